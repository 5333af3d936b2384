//! Holds `docs/security-checks.md` true, both ways: every check that we claim has a row, every row names tests that
//! exist, and every test of this target, and every check that a test names, stands in the table.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The checks that we claim.
const CLAIMED: &[&str] = &[
    "SA-01", "SA-02", "SA-05", "SA-09", "SA-10", "SA-11", "SA-12", "SA-13", "SA-14", "SA-15", "SA-18", "SA-20",
    "SA-22", "SA-23", "SA-25", "SA-26", "SA-27", "SA-28", "SA-29", "SA-30", "SA-31", "SA-32", "SA-33", "SA-34",
    "SA-37", "SA-39", "SA-40", "SA-41", "SA-42", "SA-43", "SA-52", "SA-53", "SA-54", "SA-56", "SA-57", "SA-58",
    "SA-59", "SA-60", "SA-64", "BI-1", "BI-2", "BI-3", "BI-8", "T1", "T2", "T3", "T4", "T5", "T6", "O1", "O2",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the server package lies in the workspace").to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Rows of the table: id, tests, and how the check was seen to fail.
fn rows() -> BTreeMap<String, (Vec<String>, String)> {
    let mut rows = BTreeMap::new();
    for line in read("docs/security-checks.md").lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let is_id = |id: &str| {
            ["SA-", "BI-", "T", "O"].iter().any(|kind| id.strip_prefix(kind).is_some_and(|n| n.parse::<u32>().is_ok()))
        };
        let [id, _holds, tests, seen] = cells.as_slice() else { panic!("a row has four cells: {line}") };
        if is_id(id) {
            let tests = tests.split('`').skip(1).step_by(2).map(str::to_owned).collect();
            assert!(rows.insert((*id).to_owned(), (tests, (*seen).to_owned())).is_none(), "{id} has two rows");
        }
    }
    rows
}

/// Names of the tests in a source file.
fn tests(text: &str) -> BTreeSet<String> {
    let mut lines = text.lines().map(str::trim).peekable();
    let mut found = BTreeSet::new();
    while let Some(line) = lines.next() {
        if line.starts_with("#[") && (line.ends_with("test]") || line.contains("::test(")) {
            let function = lines.by_ref().find(|line| line.contains("fn ")).unwrap_or_default();
            let name = function.split("fn ").nth(1).and_then(|rest| rest.split('(').next()).unwrap_or_default();
            found.insert(name.to_owned());
        }
    }
    found
}

#[test]
fn the_table_of_checks_is_true() {
    let rows = rows();
    let mut wrong = Vec::new();
    for id in CLAIMED {
        if !rows.contains_key(*id) {
            wrong.push(format!("{id} is claimed and has no row"));
        }
    }
    let mut named = BTreeSet::new();
    for (id, (tests_of_row, seen)) in &rows {
        if !CLAIMED.contains(&id.as_str()) {
            wrong.push(format!("{id} has a row and is not claimed"));
        }
        if tests_of_row.is_empty() || seen.is_empty() {
            wrong.push(format!("{id}: a row names its tests and says how it was seen to fail"));
        }
        for test in tests_of_row {
            named.insert(test.clone());
            let known = test.split_once("::").is_some_and(|(file, name)| {
                fs::read_to_string(root().join(file)).is_ok_and(|text| tests(&text).contains(name))
            });
            if !known {
                wrong.push(format!("{id}: there is no test {test}"));
            }
        }
    }
    for entry in fs::read_dir(root().join("server/tests/security")).expect("this folder") {
        let file = format!("server/tests/security/{}", entry.expect("an entry").file_name().to_string_lossy());
        let text = read(&file);
        for test in tests(&text) {
            let test = format!("{file}::{test}");
            if !named.contains(&test) && !test.ends_with("the_table_of_checks_is_true") {
                wrong.push(format!("{test} stands in no row"));
            }
        }
        if file.ends_with("table.rs") {
            continue;
        }
        for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
            let is_check = word.starts_with("SA-") || word.starts_with("BI-");
            if is_check && !rows.contains_key(word) {
                wrong.push(format!("{file} names {word}, which has no row"));
            }
        }
    }
    assert!(wrong.is_empty(), "docs/security-checks.md:\n  {}", wrong.join("\n  "));
}
