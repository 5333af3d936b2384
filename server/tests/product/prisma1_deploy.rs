//! Projects of `prisma1` with more in them: webhooks, a seed that fails, another region, clients of every generator, and
//! the playground.

use crate::{
    clients::{Clients, has},
    cloud::{Cloud, get, post},
    prisma1_shell::Shell,
};
use serde_json::json;
use std::net::TcpListener;

const USERS: &str = "type User {\n  id: ID! @id\n  name: String!\n}\n";

#[test]
fn a_project_with_a_webhook_deploys_to_the_region_it_names() {
    let Some(clients) = Clients::installed() else { return };
    let cloud = Cloud::start();
    let shell = Shell::through_proxy(&clients, &cloud);
    shell.ok(&["login", "--key", &cloud.session_key()]);
    let yml = format!(
        "endpoint: https://us1.prisma.sh/{}/shop/dev\ndatamodel: datamodel.prisma\nsubscriptions:\n  userCreated:\n    query: |\n      subscription {{ user(where: {{ mutation_in: [CREATED] }}) {{ node {{ id }} }} }}\n    webhook:\n      url: http://127.0.0.1:9/hook\n      headers:\n        X-One: one\n",
        cloud.workspace
    );
    shell.write("prisma.yml", &yml);
    shell.write("datamodel.prisma", USERS);
    has(&shell.ok(&["deploy"]), &["prisma-us1", "Created type `User`"]);
    has(&shell.ok(&["deploy"]), &["Service is already up to date."]);
    has(&shell.ok(&["list"]), &["shop", "prisma-us1"]);

    let query = json!({ "query": "mutation { createUser(data: { name: \"Ada\" }) { name } }" });
    let path = format!("{}/shop/dev", cloud.workspace);
    let created = post(&format!("{}/{path}", cloud.us1), &query, None).json();
    assert_eq!(created, json!({ "data": { "createUser": { "name": "Ada" } } }));
    let elsewhere = post(&format!("{}/{path}", cloud.eu1), &query, None).json();
    assert_eq!(elsewhere["errors"][0]["code"], 3016, "{elsewhere}");
    shell.ok(&["delete", "--force"]);
    assert!(!shell.ok(&["list"]).contains("shop"));
}

#[test]
fn a_seed_that_fails_says_why_and_leaves_the_deploy() {
    let Some(clients) = Clients::installed() else { return };
    let cloud = Cloud::start();
    let shell = Shell::through_proxy(&clients, &cloud);
    shell.ok(&["login", "--key", &cloud.session_key()]);
    let endpoint = format!("https://eu1.prisma.sh/{}/shop/dev", cloud.workspace);
    let yml = format!("endpoint: {endpoint}\ndatamodel: datamodel.prisma\nseed:\n  import: seed.graphql\n");
    shell.write("prisma.yml", &yml);
    shell.write("datamodel.prisma", USERS);
    shell.write("seed.graphql", "mutation { createUser(data: { nom: \"Ada\" }) { id } }\n");
    has(&shell.refused(&["deploy"]), &["Created type `User`", "Field 'nom' is not defined"]);
    has(&shell.ok(&["deploy"]), &["Service is already up to date."]);
    has(&shell.refused(&["seed"]), &["Field 'nom' is not defined"]);

    // More operations than the throttle lets through at once: they wait.
    shell.write("seed.graphql", &operations(14));
    shell.ok(&["seed"]);
    let users = json!({ "query": "{ usersConnection { aggregate { count } } }" });
    let counted = post(&format!("{}/{}/shop/dev", cloud.eu1, cloud.workspace), &users, None).json();
    assert_eq!(counted["data"]["usersConnection"]["aggregate"]["count"], 14, "{counted}");
}

fn operations(count: usize) -> String {
    (0..count).map(|n| format!("mutation m{n} {{ createUser(data: {{ name: \"{n}\" }}) {{ id }} }}\n")).collect()
}

#[test]
fn every_generator_works_from_the_datamodel_and_from_the_service() {
    let Some(clients) = Clients::installed() else { return };
    let cloud = Cloud::start();
    let shell = Shell::through_proxy(&clients, &cloud);
    shell.ok(&["login", "--key", &cloud.session_key()]);
    let generators =
        [("javascript-client", "js"), ("typescript-client", "ts"), ("flow-client", "flow"), ("go-client", "go")];
    let mut yml = format!(
        "endpoint: https://eu1.prisma.sh/{}/shop/dev\ndatamodel: datamodel.prisma\ngenerate:\n  - generator: graphql-schema\n    output: ./local.graphql\n",
        cloud.workspace
    );
    for (generator, folder) in generators {
        yml += &format!("  - generator: {generator}\n    output: ./{folder}\n");
    }
    shell.write("prisma.yml", &yml);
    shell.write("datamodel.prisma", USERS);
    shell.ok(&["deploy"]);
    let local = declared(&shell.read("local.graphql"));
    assert!(local.contains(&"input UserWhereUniqueInput".to_owned()), "{local:?}");
    for (_, folder) in generators {
        assert!(shell.project().join(folder).read_dir().is_ok_and(|mut files| files.next().is_some()), "{folder}");
    }
    shell.write("prisma.yml", &yml.replace("local.graphql", "asked.graphql"));
    shell.ok(&["generate", "--endpoint"]);
    assert_eq!(declared(&shell.read("asked.graphql")), local, "what the service has, the client expects");
}

/// What a schema declares, in order.
fn declared(schema: &str) -> Vec<String> {
    let words = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    let kinds = ["type ", "input ", "enum ", "interface ", "scalar ", "union "];
    let mut declared: Vec<String> =
        schema.lines().filter(|line| kinds.iter().any(|kind| line.starts_with(kind))).map(words).collect();
    declared.sort();
    declared
}

#[test]
fn the_playground_leads_to_the_service() {
    let Some(clients) = Clients::installed() else { return };
    let cloud = Cloud::start();
    let shell = Shell::through_proxy(&clients, &cloud);
    shell.ok(&["login", "--key", &cloud.session_key()]);
    let endpoint = format!("https://eu1.prisma.sh/{}/shop/dev", cloud.workspace);
    shell.write("prisma.yml", &format!("endpoint: {endpoint}\ndatamodel: datamodel.prisma\nsecret: s3cr3t\n"));
    shell.write("datamodel.prisma", USERS);
    shell.ok(&["deploy"]);

    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
    let mut playground = shell.start(&["playground", "--server-only", "--port", &port.to_string()]);
    playground.wait_for("Serving playground");
    let page = get(&format!("http://localhost:{port}/playground"));
    has(&page.body, &[&format!("\"url\":\"{endpoint}\"")]);
    let token = page.body.split_once("\"Authorization\":\"Bearer ").and_then(|(_, rest)| rest.split_once('"'));
    let (token, _) = token.unwrap_or_else(|| panic!("no token: {page:?}"));
    let api = format!("{}/{}/shop/dev", cloud.eu1, cloud.workspace);
    let users = post(&api, &json!({ "query": "{ users { name } }" }), Some(token)).json();
    assert_eq!(users, json!({ "data": { "users": [] } }));
}
