//! Runs the cases of `tests/cases`: two datamodels, and what follows from them.
//!
//! A file holds several cases, each with a title line `=== …` and sections `--- previous` and `--- next`; the other
//! sections are what is expected. `UPDATE_EXPECT=1` rewrites them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[path = "support/print.rs"]
mod print;
mod support;

use datamodel::Datamodel;
use migrate::{Renames, assess, infer_steps, schema_changes, steps_from_json, steps_to_json};
use print::{print_change, print_notices, print_question, print_step};
use std::fmt::Write;
use std::{env, fs, path::Path};
use support::tables::Tables;

#[test]
fn every_case_gives_what_it_expects() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let update = env::var_os("UPDATE_EXPECT").is_some();
    let mut differences = Vec::new();
    let mut count = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let mut actual = String::new();
        for case in text.split("=== ").skip(1) {
            let answer = answer(case);
            if !case.trim_end().ends_with(answer.trim_end()) {
                differences.push(format!("{}: {}\n{answer}", path.display(), case.lines().next().unwrap_or_default()));
            }
            let given = case.split("--- steps").next().unwrap().split("--- ambiguous").next().unwrap().trim_end();
            write!(actual, "=== {given}\n{answer}\n").unwrap();
            count += 1;
        }
        if update {
            fs::write(&path, actual.trim_end().to_owned() + "\n").unwrap();
        }
    }
    assert!(count > 0, "no cases found");
    assert!(update || differences.is_empty(), "{} cases differ:\n{}", differences.len(), differences.join("\n"));
}

/// The expected sections of a case.
fn answer(case: &str) -> String {
    let section = |name: &str| {
        let start = case.find(&format!("--- {name}\n")).unwrap_or_else(|| panic!("no section {name} in:\n{case}"));
        let body = &case[start + name.len() + 5..];
        body.split("--- ").next().unwrap().to_owned()
    };
    let (previous, _) = compile(&section("previous"), None);
    let (next, renames) = compile(&section("next"), Some(&previous));
    let steps = match infer_steps(&previous, &next, &renames) {
        Ok(steps) => steps,
        Err(ambiguous) => return format!("--- ambiguous\n{ambiguous}\n"),
    };
    assert_eq!(steps_from_json(&steps_to_json(&steps)).unwrap(), steps, "steps survive being stored");
    let again = infer_steps(&next, &next, &renames).unwrap();
    assert_eq!(again, [], "a second deploy of the same datamodel changes nothing: {case}");

    let changes = schema_changes(&previous, &next, &steps);
    let mut tables = Tables::of(&previous);
    tables.apply_all(&changes).unwrap_or_else(|error| panic!("{error} in {case}"));
    assert_eq!(tables, Tables::of(&next), "the changes lead to the tables of the next datamodel: {case}");

    let assessment = assess(&previous, &next, &steps);
    let mut answer = "--- steps\n".to_owned();
    steps.iter().for_each(|step| writeln!(answer, "{}", print_step(step)).unwrap());
    answer.push_str("--- questions\n");
    let no = vec![false; assessment.questions.len()];
    answer.push_str(&print_notices(&assessment.judge(&no)));
    for (i, question) in assessment.questions.iter().enumerate() {
        writeln!(answer, "{}", print_question(question)).unwrap();
        let mut answers = no.clone();
        answers[i] = true;
        answer.push_str(&print_notices(&assessment.judge(&answers)));
    }
    answer.push_str("--- changes\n");
    changes.iter().for_each(|change| writeln!(answer, "{}", print_change(change)).unwrap());
    answer
}

fn compile(text: &str, previous: Option<&Datamodel>) -> (Datamodel, Renames) {
    support::compile(text, previous).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[test]
fn a_taken_directive_may_stay() {
    let renames = Renames { models: [("B".to_owned(), "A".to_owned())].into(), ..Renames::default() };
    let (a, _) = compile("type A { id: ID! @id }", None);
    let (b, _) = compile("type B { id: ID! @id }", None);
    assert_eq!(infer_steps(&a, &b, &renames).unwrap().len(), 1);
    assert_eq!(infer_steps(&b, &b, &renames).unwrap(), []);
}
