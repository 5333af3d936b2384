//! The type system of small datamodels as text, and what introspection answers.
//!
//! ```text
//! === datamodel
//! === raw access      names of databases, one a line; may be left out
//! === schema          the API's types
//! === document        an introspection query
//! === variables       JSON; may be left out
//! === answer          JSON of each root field
//! ```

mod api;
mod case_files;

use query::{Api, ApiOptions, Document, RootField};
use serde_json::{Map, Value as Json};
use std::hash::{DefaultHasher, Hasher};

#[test]
fn schemas() {
    case_files::run("schema", print);
}

#[test]
fn introspection() {
    case_files::run("introspection", print);
}

fn print(sections: &[(&str, &str)]) -> String {
    let mut printed = String::new();
    let mut options = ApiOptions::default();
    let (mut datamodel, mut document, mut variables) = ("", "", "{}");
    for (name, body) in sections.iter().copied() {
        let api = |options: &ApiOptions| api::api(datamodel, options.clone());
        let body = match name {
            "datamodel" => {
                datamodel = body;
                body.to_owned()
            }
            "raw access" => {
                options.raw_access = Some(body.lines().map(str::to_owned).collect());
                body.to_owned()
            }
            "document" => {
                (document, variables) = (body, "{}");
                body.to_owned()
            }
            "variables" => {
                variables = body;
                body.to_owned()
            }
            "schema" => api(&options).schema_text(),
            "answer" => answer(&api(&options), document, variables),
            other => format!("there is no section {other}\n"),
        };
        printed.push_str(&format!("=== {name}\n{body}"));
    }
    printed
}

fn answer(api: &Api, document: &str, variables: &str) -> String {
    let variables: Map<String, Json> = serde_json::from_str(variables).expect("variables are a JSON object");
    let document = match Document::parse(api, document) {
        Ok(document) => document,
        Err(error) => return format!("refused: {error}\n"),
    };
    assert!(document.is_introspection_only(None), "nothing but introspection");
    let plan = document.plan(api, None, &variables).expect("a plan");
    let mut printed = String::new();
    for root in plan.roots {
        let answer = match root.field {
            RootField::Static(json) => {
                let json: Json = serde_json::from_str(&json).expect("introspection writes JSON");
                serde_json::to_string_pretty(&json).expect("JSON can be written")
            }
            other => format!("{other:?}"),
        };
        printed.push_str(&format!("{}: {answer}\n", root.key));
    }
    printed
}

/// What is answered to `__type(name: $name)` follows from the plan alone, so the name must be part of the shape.
#[test]
fn a_type_name_among_the_variables_steers() {
    let api = api::api("type User {\n  id: ID! @id\n}\n", ApiOptions::default());
    let document =
        Document::parse(&api, "query($n: String!) { ...F } fragment F on Query { __type(name: $n) { name } }");
    let document = document.expect("a valid document");
    let shape = |name: &str| {
        let variables = Map::from_iter([("n".to_owned(), Json::from(name))]);
        let mut hasher = DefaultHasher::new();
        document.shape(None, &variables, &mut hasher);
        hasher.finish()
    };
    assert_eq!(shape("User"), shape("User"));
    assert_ne!(shape("User"), shape("Node"));
}

/// Operations of one document differ in their plans although their variables look alike, and a name that none of them
/// has must not find a plan at all.
#[test]
fn the_operation_that_is_asked_for_steers() {
    let api = api::api("type User {\n  id: ID! @id\n}\n", ApiOptions::default());
    let document =
        Document::parse(&api, "query A { users { id } } query B { usersConnection { aggregate { count } } }");
    let document = document.expect("a valid document");
    let shapes = [Some("A"), Some("B"), Some("C"), None].map(|name| {
        let mut hasher = DefaultHasher::new();
        document.shape(name, &Map::new(), &mut hasher);
        hasher.finish()
    });
    let different: std::collections::HashSet<u64> = shapes.into_iter().collect();
    assert_eq!(different.len(), shapes.len(), "{shapes:?}");
}
