//! The unmodified `prisma1@1.34.12` command line against a cloud, in the three ways of connecting it
//! (`prisma1-cli-and-cloud.md` §4, ways A, F and D), with throttling on.

use crate::{
    clients::{Clients, has},
    cloud::{Cloud, get, post},
    prisma1_shell::Shell,
};
use serde_json::{Value, json};

const USERS: &str = "type User {\n  id: ID! @id\n  name: String!\n}\n";

#[test]
fn the_life_of_a_service_at_the_original_addresses() {
    let Some(clients) = Clients::installed() else { return };
    let cloud = Cloud::start();
    let shell = Shell::through_proxy(&clients, &cloud);
    let endpoint = format!("https://eu1.prisma.sh/{}/shop/dev", cloud.workspace);
    let api = format!("{}/{}/shop/dev", cloud.eu1, cloud.workspace);

    has(&shell.ok(&["login", "--key", &cloud.session_key()]), &["Successfully signed in"]);
    has(&shell.ok(&["account"]), &["ada@example.test"]);
    shell.ok(&["init", ".", "-e", &endpoint]);
    has(&shell.read("prisma.yml"), &[&endpoint]);

    shell.write("datamodel.prisma", USERS);
    shell.write("seed.graphql", "mutation { createUser(data: { name: \"Ada\" }) { id } }\n");
    let yml = format!(
        "endpoint: {endpoint}\ndatamodel: datamodel.prisma\nsecret: s3cr3t\nseed:\n  import: seed.graphql\ngenerate:\n  - generator: javascript-client\n    output: ./client\n"
    );
    shell.write("prisma.yml", &yml);
    has(
        &shell.ok(&["deploy"]),
        &["User (Type)", "Created type `User`", "Created field `name`", "Your Prisma endpoint is live"],
    );

    let token = shell.ok(&["token"]);
    let token = token.lines().find(|l| l.contains('.')).expect("a token").trim();
    let users = || post(&api, &json!({ "query": "{ users { name } }" }), Some(token)).json();
    assert_eq!(users(), json!({ "data": { "users": [{ "name": "Ada" }] } }), "the seed ran");
    let stranger = post(&api, &json!({ "query": "{ users { name } }" }), None);
    assert_eq!(stranger.json()["errors"][0]["code"], 3015);

    has(&shell.ok(&["deploy"]), &["Service is already up to date."]);
    has(&shell.ok(&["list"]), &["shop", "dev", "prisma-eu1"]);
    has(&shell.ok(&["info"]), &["shop", &endpoint]);
    let facts: Value = serde_json::from_str(&shell.ok(&["info", "--json"])).expect("JSON");
    assert_eq!((&facts["workspace"], &facts["httpEndpoint"]), (&json!(cloud.workspace), &json!(endpoint)));
    assert_eq!(shell.ok(&["cluster-token"]).trim().split('.').count(), 3);

    shell.write(
        "datamodel.prisma",
        "type User {\n  id: ID! @id\n  fullName: String! @rename(oldName: \"name\")\n  age: Int\n}\n",
    );
    has(&shell.ok(&["deploy", "--dry-run"]), &["Potential changes"]);
    has(&shell.ok(&["deploy"]), &["Updated field `name`", "Created field `age`"]);
    let renamed = post(&api, &json!({ "query": "{ users { fullName age } }" }), Some(token)).json();
    assert_eq!(renamed, json!({ "data": { "users": [{ "fullName": "Ada", "age": null }] } }));

    shell.write("datamodel.prisma", "type User {\n  id: ID! @id\n  age: Int\n}\n");
    has(&shell.refused(&["deploy"]), &["data loss", "--force"]);
    let kept = post(&api, &json!({ "query": "{ users { fullName } }" }), Some(token)).json();
    assert_eq!(kept["data"]["users"][0]["fullName"], "Ada", "a refused deploy changes nothing");
    has(&shell.ok(&["deploy", "--force"]), &["Ignoring warnings"]);

    shell.write("datamodel.prisma", "type User {\n  id: ID!\n}\n");
    has(&shell.refused(&["deploy"]), &["must be marked as the id field"]);
    shell.write("datamodel.prisma", "type User {\n  id: ID! @id\n  name: String!\n");
    shell.refused(&["deploy"]);

    shell.write("datamodel.prisma", "type User {\n  id: ID! @id\n  age: Int\n  name: String\n}\n");
    shell.ok(&["deploy"]);
    shell.ok(&["generate"]);
    assert!(shell.project().join("client/index.js").exists());
    shell.ok(&["seed"]);
    shell.ok(&["reset", "--force"]);
    assert_eq!(users(), json!({ "data": { "users": [] } }));
    shell.ok(&["delete", "--force"]);
    let gone = post(&api, &json!({ "query": "{ users { name } }" }), Some(token));
    assert_eq!(gone.json()["errors"][0]["code"], 3016, "{gone:?}");
    shell.ok(&["logout"]);
    has(&shell.ok(&["account"]), &["not logged in"]);
}

#[test]
fn a_project_of_a_local_server_works_unchanged() {
    let Some(clients) = Clients::installed() else { return };
    let cloud = Cloud::start();
    let mut shell = Shell::plain(&clients);
    shell.set("PRISMA_MANAGEMENT_API_SECRET", &cloud.secret);
    shell.write("prisma.yml", &format!("endpoint: {}\ndatamodel: datamodel.prisma\n", cloud.eu1));
    shell.write("datamodel.prisma", USERS);
    has(&shell.ok(&["deploy"]), &["Created type `User`"]);
    let created =
        post(&cloud.eu1, &json!({ "query": "mutation { createUser(data: { name: \"Eve\" }) { name } }" }), None);
    assert_eq!(created.json(), json!({ "data": { "createUser": { "name": "Eve" } } }));
    shell.write("prisma.yml", &format!("endpoint: {}\ndatamodel: datamodel.prisma\ngenerate:\n  - generator: graphql-schema\n    output: ./schema.graphql\n", cloud.eu1));
    shell.ok(&["generate", "--endpoint"]);
    has(&shell.read("schema.graphql"), &["type User"]);
    shell.ok(&["delete", "--force"]);

    let mut wrong = Shell::plain(&clients);
    wrong.set("PRISMA_MANAGEMENT_API_SECRET", "wrong");
    wrong.write("prisma.yml", &format!("endpoint: {}\ndatamodel: datamodel.prisma\n", cloud.eu1));
    wrong.write("datamodel.prisma", USERS);
    has(&wrong.refused(&["deploy"]), &["PRISMA_MANAGEMENT_API_SECRET"]);
}

#[test]
fn own_endpoints_work_after_a_login_with_a_key() {
    let Some(clients) = Clients::installed() else { return };
    let cloud = Cloud::start();
    let mut shell = Shell::plain(&clients);
    shell.set("CLOUD_API_ENDPOINT", &format!("{}/cloud", cloud.eu1));
    shell.ok(&["login", "--key", &cloud.session_key()]);
    let private = cloud.eu1.replace("localhost", "127.0.0.2");
    shell.write(
        "prisma.yml",
        &format!("endpoint: {private}/{}~shop/dev\ndatamodel: datamodel.prisma\n", cloud.workspace),
    );
    shell.write("datamodel.prisma", USERS);
    has(&shell.ok(&["deploy"]), &["Created type `User`"]);
    has(&shell.ok(&["list"]), &["shop"]);
    assert_eq!(get(&format!("{private}/{}~shop/dev", cloud.workspace)).status, 200);
    shell.ok(&["delete", "--force"]);
    let gone = post(&format!("{private}/{}~shop/dev", cloud.workspace), &json!({ "query": "{ users { id } }" }), None);
    assert_eq!(gone.json()["errors"][0]["code"], 3016, "{gone:?}");
}
