//! Plans as text: every file of `tests/cases/plan` has one datamodel and any number of operations with the plan that
//! is expected of each. `UPDATE_EXPECT=1` writes what is printed into the files.
//!
//! ```text
//! === datamodel
//! === document        what the next sections belong to
//! === variables       JSON; may be left out
//! === plan            the printed plan, or what is refused
//! ```

mod api;
mod case_files;

use query::{Api, ApiOptions, Document};
use serde_json::Map;

#[test]
fn plans() {
    case_files::run("plan", print);
}

/// The file with the plans that are printed now.
fn print(sections: &[(&str, &str)]) -> String {
    let (&(first, datamodel), sections) = sections.split_first().expect("a file has sections");
    assert_eq!(first, "datamodel", "a datamodel comes first");
    let options = ApiOptions { raw_access: Some(vec!["default".into()]), ..ApiOptions::default() };
    let api = api::api(datamodel, options);
    let mut printed = format!("=== datamodel\n{datamodel}");
    let mut document = "";
    let mut variables = "{}";
    for (name, body) in sections.iter().copied() {
        match name {
            "document" => (document, variables) = (body, "{}"),
            "variables" => variables = body,
            other => assert_eq!(other, "plan", "an unknown section"),
        }
        let body = if name == "plan" { plan(&api, document, variables) } else { body.to_owned() };
        printed.push_str(&format!("=== {name}\n{body}"));
    }
    printed
}

fn plan(api: &Api, document: &str, variables: &str) -> String {
    let variables: Map<_, _> = serde_json::from_str(variables).expect("variables are a JSON object");
    let document = match Document::parse(api, document) {
        Ok(document) => document,
        Err(error) => return format!("refused: {error}\n"),
    };
    match document.plan(api, None, &variables) {
        Ok(plan) => plan.display(api.datamodel()).to_string(),
        Err(errors) => errors.iter().map(|error| format!("refused: {error}\n")).collect(),
    }
}
