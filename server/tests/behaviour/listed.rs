//! The list of all services of an engine, on both databases.

use crate::{Postgres, ask, start};
use serde_json::json;
use std::io::Write as _;

#[test]
fn services_are_listed_by_name_and_stage() {
    let server = Postgres::start();
    let mut databases = vec!["{connector: sqlite}".to_owned()];
    match &server {
        Ok(server) => databases.push(server.configuration("listed")),
        Err(why) => drop(std::io::stdout().write_all(format!("left out: lists on postgres: {why}\n").as_bytes())),
    }
    for database in databases {
        let folder = tempfile::tempdir().expect("a folder");
        let (_process, origin) = start(&database, folder.path());
        for (name, stage) in [("shop", "dev"), ("Shop", "dev"), ("blog", "prod"), ("blog", "dev")] {
            let add = format!(
                "mutation {{ addProject(input: {{ name: \"{name}\", stage: \"{stage}\" }}) {{ project {{ name }} }} }}"
            );
            assert!(ask(&origin, "/management", &add).get("errors").is_none());
        }
        let listed = ask(&origin, "/management", "{ listProjects { name stage } }");
        let expected = [("Shop", "dev"), ("blog", "dev"), ("blog", "prod"), ("shop", "dev")];
        let expected = expected.map(|(name, stage)| json!({ "name": name, "stage": stage }));
        assert_eq!(listed, json!({ "data": { "listProjects": expected } }), "{database}");
    }
}
