//! Plans as text: every file of `tests/cases/plan` has one datamodel and any number of operations with the plan that
//! is expected of each. `UPDATE_EXPECT=1` writes what is printed into the files.
//!
//! ```text
//! === datamodel
//! === document        what the next sections belong to
//! === variables       JSON; may be left out
//! === plan            the printed plan, or what is refused
//! ```

use query::{Api, ApiOptions, Document};
use serde_json::Map;
use std::{fs, path::Path, sync::Arc};

const UPDATE: &str = "UPDATE_EXPECT";
/// More than any case needs.
const LIMITS: datamodel::Limits = datamodel::Limits { types: 100, fields_per_type: 100, fields: 1_000, enums: 100 };

#[test]
fn plans() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/plan");
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("the folder of cases").map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "no cases");
    let mut wrong = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a readable case");
        let printed = check(&text);
        if printed == text {
            continue;
        }
        if std::env::var_os(UPDATE).is_some() {
            fs::write(&file, printed).expect("a writable case");
        } else {
            wrong.push(format!("{}\n{}", file.display(), difference(&text, &printed)));
        }
    }
    assert!(wrong.is_empty(), "{}\n{UPDATE}=1 accepts what is printed", wrong.join("\n"));
}

/// The file with the plans that are printed now.
fn check(text: &str) -> String {
    let sections = sections(text);
    let mut sections = sections.iter();
    let (first, datamodel) = sections.next().copied().expect("a file has sections");
    assert_eq!(first, "datamodel", "a datamodel comes first");
    let rules = datamodel::Rules { uuid_ids: true, limits: LIMITS };
    let mut models = 0;
    let mut new_id = || {
        models += 1;
        format!("model{models}")
    };
    let compiled = datamodel::compile(datamodel, None, &rules, &mut new_id).expect("a valid datamodel");
    let api = Api::new(
        Arc::new(compiled.datamodel),
        ApiOptions { raw_access: Some(vec!["default".into()]), ..ApiOptions::default() },
    );
    let mut printed = format!("=== datamodel\n{datamodel}");
    let mut document = "";
    let mut variables = "{}";
    for (name, body) in sections.copied() {
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

fn sections(text: &str) -> Vec<(&str, &str)> {
    let heads = text
        .match_indices("=== ")
        .map(|(start, _)| start)
        .filter(|start| *start == 0 || text[..*start].ends_with('\n'));
    let heads: Vec<usize> = heads.chain([text.len()]).collect();
    heads.windows(2).map(|range| text[range[0] + 4..range[1]].split_once('\n').expect("a named section")).collect()
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

/// The lines from the first one that differs, of both.
fn difference(expected: &str, printed: &str) -> String {
    let line = expected.lines().zip(printed.lines()).take_while(|(a, b)| a == b).count();
    let excerpt = |text: &str| text.lines().skip(line.saturating_sub(3)).take(12).collect::<Vec<_>>().join("\n  ");
    format!("line {}\nexpected\n  {}\nprinted\n  {}", line + 1, excerpt(expected), excerpt(printed))
}
