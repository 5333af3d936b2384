//! `refract engine`: a Prisma 1 server without a cloud around it.

use crate::cloud::{Management, Process, Service, get, post, refract};
use serde_json::json;

/// Starts one on an empty folder; its address.
pub fn start(config: &str) -> (Process, String, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").to_string_lossy().into_owned();
    let mut command = refract(&["engine", "--data", &data, "--port", "0"]);
    command.env("PRISMA_CONFIG", config);
    let process = Process::start(command);
    let origin = process.first_line.split(' ').find(|w| w.starts_with("http://")).expect("an address");
    let origin = origin.trim_end_matches(',').to_owned();
    (process, origin, folder)
}

#[test]
fn a_project_of_a_self_hosted_server_works_unchanged() {
    let (_process, origin, _folder) = start(
        "port: 4466\nmanagementApiSecret: my-secret\ndatabases:\n  default:\n    connector: sqlite\n    rawAccess: true\n",
    );
    let management = Management { url: format!("{origin}/management"), secret: "my-secret".to_owned() };
    assert_eq!(
        management.call("{ serverInfo { version primaryConnector } }", json!({}))["data"]["serverInfo"]["primaryConnector"],
        "sqlite"
    );
    let stranger = Management { url: management.url.clone(), secret: String::new() };
    assert_eq!(stranger.call("{ listProjects { name } }", json!({}))["errors"][0]["code"], 3015);
    management.add("default", "default");
    management.deploy("default", "default", "type User { id: ID! @id name: String! }");
    let service = Service { url: origin.clone() };
    service.query(r#"mutation { createUser(data: { name: "Ada" }) { id } }"#);
    // No throttle: far more than a burst is answered.
    for _ in 0..20 {
        assert_eq!(service.query("{ users { name } }"), json!({ "data": { "users": [{ "name": "Ada" }] } }));
    }
    let raw = service.query(r#"mutation { executeRaw(query: "SELECT name FROM User") }"#);
    assert_eq!(raw, json!({ "data": { "executeRaw": [{ "name": "Ada" }] } }));
    let datamodel = post(&format!("{origin}/default/default/_datamodel"), &json!({}), None);
    assert_eq!(datamodel.json(), json!("type User { id: ID! @id name: String! }"));
    let reset = post(&format!("{origin}/default/default/private"), &json!({ "query": "mutation { resetData }" }), None);
    assert_eq!(reset.json(), json!({ "data": { "resetData": true } }));
    assert_eq!(service.query("{ users { name } }"), json!({ "data": { "users": [] } }));
    assert_eq!(get(&format!("{origin}/status")).body, "\"OK\"");
    let unknown = post(&format!("{origin}/nothing/here"), &json!({ "query": "{ a }" }), None);
    assert_eq!(unknown.json()["errors"][0]["message"], "Project not found: 'nothing_here'");
}

#[test]
fn what_is_not_served_yet_says_so() {
    for (config, expected) in [
        ("databases: {default: {connector: mysql}}", "not served yet"),
        ("databases: {default: {connector: mongo, uri: 'mongodb://x'}}", "not served yet"),
        ("databases: {}", "Expected hash under 'databases' to be non-empty"),
        ("port: [", "Unable to load Prisma config"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data").to_string_lossy().into_owned();
        let mut command = refract(&["engine", "--data", &data, "--port", "0"]);
        let output = command.env("PRISMA_CONFIG", config).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected) && said.trim_end().lines().count() == 1, "{config}: {said}");
    }
}

#[test]
fn a_socket_is_refused_at_once() {
    use std::io::{BufRead as _, BufReader, Write as _};
    let (_process, origin, _folder) = start("databases: {default: {connector: sqlite}}");
    let mut socket = std::net::TcpStream::connect(origin.trim_start_matches("http://")).unwrap();
    // The request never ends: its connection would become the socket.
    socket.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
    let request = "GET /a/b HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
    socket.write_all(request.as_bytes()).unwrap();
    let mut status = String::new();
    BufReader::new(socket).read_line(&mut status).unwrap();
    assert!(status.starts_with("HTTP/1.1 400 "), "{status}");
}
