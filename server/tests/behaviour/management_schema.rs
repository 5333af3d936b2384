//! The schema of the management API, which the CLI introspects, against the committed one: every type, field and
//! argument of `prisma1-server.md` §6.1 with its nullability, and `datamodelVersion`, which is ours.

use crate::{
    cloud::{Management, Process},
    start,
};
use serde_json::{Value, json};
use std::path::Path;

const INTROSPECTION: &str = "{ __schema { types { kind name
  fields { name args { name type { ...T } } type { ...T } } inputFields { name type { ...T } }
  interfaces { name } } } }
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

#[test]
fn the_management_schema_is_the_specified_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_process, origin): (Process, String) = start("{connector: sqlite, rawAccess: true}", folder.path());
    let management = Management { url: format!("{origin}/management"), secret: String::new() };
    let answer = management.call(INTROSPECTION, json!({}));
    let mut types: Vec<&Value> = answer["data"]["__schema"]["types"]
        .as_array()
        .expect("types")
        .iter()
        .filter(|t| !text(&t["name"]).starts_with("__") && t["kind"] != "SCALAR")
        .collect();
    types.sort_by_key(|t| text(&t["name"]));
    let printed = types.into_iter().map(print).collect::<Vec<_>>().join("\n");

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/behaviour/management.graphql");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &printed).expect("a writable folder");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    for (expected, got) in committed.lines().zip(printed.lines()) {
        assert_eq!(got, expected);
    }
    assert_eq!(printed, committed);
}

fn print(definition: &Value) -> String {
    let keyword = match text(&definition["kind"]) {
        "INPUT_OBJECT" => "input",
        "INTERFACE" => "interface",
        _ => "type",
    };
    let names: Vec<&str> = list(&definition["interfaces"]).iter().map(|i| text(&i["name"])).collect();
    let implements = if names.is_empty() { String::new() } else { format!(" implements {}", names.join(" & ")) };
    let mut printed = format!("{keyword} {}{implements} {{\n", text(&definition["name"]));
    for field in list(&definition["fields"]).iter().chain(list(&definition["inputFields"])) {
        let arguments: Vec<String> = list(&field["args"]).iter().map(typed).collect();
        let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        printed.push_str(&format!("  {}{arguments}: {}\n", text(&field["name"]), type_name(&field["type"])));
    }
    printed + "}\n"
}

fn typed(argument: &Value) -> String {
    format!("{}: {}", text(&argument["name"]), type_name(&argument["type"]))
}

fn type_name(of: &Value) -> String {
    match text(&of["kind"]) {
        "NON_NULL" => format!("{}!", type_name(&of["ofType"])),
        "LIST" => format!("[{}]", type_name(&of["ofType"])),
        _ => text(&of["name"]).to_owned(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}
