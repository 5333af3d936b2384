//! The database goes away and comes back while the engine runs.

use crate::{Postgres, start};
use serde_json::{Value, json};
use std::{
    io::Write as _,
    time::{Duration, Instant},
};

fn ask(origin: &str, path: &str, query: &str) -> Value {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(60)))
        .http_status_as_error(false)
        .build()
        .into();
    let body = json!({ "query": query }).to_string();
    let mut answer = agent
        .post(format!("{origin}{path}"))
        .header("content-type", "application/json")
        .send(&body)
        .expect("an answer");
    serde_json::from_str(&answer.body_mut().read_to_string().expect("a body")).expect("JSON")
}

#[test]
fn a_lost_database_is_used_again_when_it_is_back() {
    let mut server = match Postgres::start() {
        Ok(server) => server,
        Err(why) => return drop(std::io::stdout().write_all(format!("left out: a lost database: {why}\n").as_bytes())),
    };
    let folder = tempfile::tempdir().expect("a folder");
    let (_process, origin) = start(&server.configuration("away"), folder.path());
    ask(
        &origin,
        "/management",
        "mutation { addProject(input: { name: \"shop\", stage: \"dev\" }) { project { name } } }",
    );
    let deploy = |types: &str| {
        let types = Value::from(types);
        let mutation = format!(
            "mutation {{ deploy(input: {{ name: \"shop\", stage: \"dev\", types: {types} }}) {{ errors {{ description }} migration {{ status }} }} }}"
        );
        ask(&origin, "/management", &mutation)
    };
    let ended = || {
        let query = "{ migrationStatus(name: \"shop\", stage: \"dev\") { status errors } }";
        ask(&origin, "/management", query)["data"]["migrationStatus"].clone()
    };
    let user = "type User { id: ID! @id name: String! }";
    assert_eq!(deploy(user)["data"]["deploy"]["errors"], json!([]));
    assert_eq!(ended()["status"], "SUCCESS");
    let create = "mutation { createUser(data: { name: \"Ada\" }) { name } }";
    assert_eq!(ask(&origin, "/shop/dev", create), json!({ "data": { "createUser": { "name": "Ada" } } }));

    server.stop();
    for query in ["{ users { name } }", "query { user(where: { id: \"x\" }) { name } }", create] {
        let begun = Instant::now();
        let answer = ask(&origin, "/shop/dev", query);
        assert!(answer["errors"][0]["message"].is_string(), "{answer}");
        assert!(begun.elapsed() < Duration::from_secs(30), "nobody waits for ever");
    }
    let failed = deploy("type User { id: ID! @id name: String! age: Int }");
    assert!(failed["errors"][0]["message"].is_string() || failed["data"]["deploy"].is_null(), "{failed}");

    server.start_again();
    let end = Instant::now() + Duration::from_secs(30);
    while ask(&origin, "/shop/dev", "{ users { name } }") != json!({ "data": { "users": [{ "name": "Ada" }] } }) {
        assert!(Instant::now() < end, "the engine uses the database again");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(ask(&origin, "/shop/dev", create), json!({ "data": { "createUser": { "name": "Ada" } } }));
    let done = deploy("type User { id: ID! @id name: String! age: Int }");
    assert_eq!(ended()["status"], "SUCCESS", "{done}");
}
