//! The list of all services of an engine, on both databases.

use crate::{ask, on_each_database, start};
use serde_json::json;

#[test]
fn services_are_listed_by_name_and_stage() {
    on_each_database("listed", |database, folder| {
        let (_process, origin) = start(database, folder);
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
    });
}
