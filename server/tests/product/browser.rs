//! What people and pages do in a real browser, Debian's chromium: the console with and without JavaScript, a login of the
//! command line approved on it, GraphQL Playground, and services used from a page of another origin.

use crate::{
    clients::{Clients, has},
    cloud::{ACCOUNT, Cloud, PASSWORD, Service, post, refract},
    prisma1_shell::Shell,
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;

const USERS: &str = "type User { id: ID! @id name: String! }";

#[test]
fn the_console_works_without_javascript() {
    visit_the_console(false);
}

#[test]
fn the_console_works_with_javascript() {
    visit_the_console(true);
}

fn visit_the_console(javascript: bool) {
    let Some(clients) = Clients::with_browser() else { return };
    let cloud = Cloud::start();
    let service = cloud.deploy("shop", USERS);
    let link = |command: &str, account: &str| {
        let said = refract(&["admin", command, "--account", account, "--data", &cloud.data()]).output();
        String::from_utf8_lossy(&said.expect("it runs").stdout).trim().to_owned()
    };
    let input = json!({
        "console": cloud.console, "link": link("link", ACCOUNT), "invitation": link("invite", "grace@example.test"),
        "email": ACCOUNT, "password": PASSWORD, "workspace": cloud.workspace, "endpoint": service.url, "secret": cloud.secret,
        "javascript": javascript,
    });
    clients.script("browser/console.js", &input);
    let gone = service.query("{ users { name } }");
    assert_eq!(gone["errors"][0]["code"], 3016, "{gone}");
}

#[test]
fn a_waiting_login_is_approved() {
    let Some((code, text)) = decide_a_login("Approve", false) else { return };
    assert_eq!(code, 0, "{text}");
    has(&text, &["Authenticated with ada@example.test"]);
}

#[test]
fn a_waiting_login_is_denied() {
    let Some((code, text)) = decide_a_login("Deny", true) else { return };
    assert_eq!(code, 1, "{text}");
    has(&text, &["denied"]);
}

/// How `prisma1 login` ends that a browser decides about.
fn decide_a_login(decision: &str, javascript: bool) -> Option<(i32, String)> {
    let clients = Clients::with_browser()?;
    let cloud = Cloud::start();
    let shell = Shell::through_proxy(&clients, &cloud);
    let login = shell.start(&["login"]);
    let input = json!({
        "console": cloud.console, "secret": shell.login_secret(), "email": ACCOUNT, "password": PASSWORD,
        "decision": decision, "javascript": javascript,
    });
    clients.script("browser/approve.js", &input);
    let said = login.wait();
    Some((said.code, said.text))
}

#[test]
fn the_playground_runs_a_query() {
    let Some(clients) = Clients::with_browser() else { return };
    let cloud = Cloud::start();
    let service = cloud.deploy("shop", USERS);
    service.query("mutation { createUser(data: { name: \"Ada\" }) { id } }");
    clients.script("browser/playground.js", &json!({ "endpoint": service.url }));
}

#[test]
fn pages_of_another_origin_use_an_open_service() {
    let Some(clients) = Clients::with_browser() else { return };
    let cloud = Cloud::start();
    let service = cloud.deploy("shop", USERS);
    use_from_another_origin(&clients, &service, "");
}

#[test]
fn pages_of_another_origin_use_a_service_with_a_secret() {
    let Some(clients) = Clients::with_browser() else { return };
    let cloud = Cloud::start();
    let mut shell = Shell::plain(&clients);
    shell.set("PRISMA_MANAGEMENT_API_SECRET", &cloud.secret);
    let service = Service { url: format!("{}/{}/shop/dev", cloud.eu1, cloud.workspace) };
    shell.write("prisma.yml", &format!("endpoint: {}\ndatamodel: datamodel.prisma\nsecret: s3cr3t\n", service.url));
    shell.write("datamodel.prisma", USERS);
    shell.ok(&["deploy"]);
    let stranger = post(&service.url, &json!({ "query": "{ users { id } }" }), None).json();
    assert_eq!(stranger["errors"][0]["code"], 3015, "{stranger}");
    let token = encode(&Header::new(Algorithm::HS256), &json!({ "iat": 1 }), &EncodingKey::from_secret(b"s3cr3t"));
    use_from_another_origin(&clients, &service, &token.expect("a token"));
}

fn use_from_another_origin(clients: &Clients, service: &Service, token: &str) {
    for client in ["apollo", "graphql-request"] {
        let input = json!({ "client": client, "endpoint": service.url, "token": token });
        clients.script("browser/other-origin.js", &input);
    }
}
