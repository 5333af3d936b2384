//! Cases as text: a datamodel (or one after the other), and what becomes of it. `UPDATE_EXPECT=1` rewrites the
//! expectations.
//!
//! A file holds cases of the form `=== title`, a datamodel, more datamodels that are deployed over it (each behind
//! `--- then`), `--- expect`, and the outcome of the last one.

mod outcome;

use std::path::{Path, PathBuf};

#[test]
fn cases() {
    #[expect(clippy::disallowed_methods, reason = "the switch that rewrites expectations")]
    let is_update = std::env::var("UPDATE_EXPECT").is_ok();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut count, mut wrong) = (0, Vec::new());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut updated = String::new();
        for case in text.split("=== ").skip(1) {
            count += 1;
            let (title, rest) = case.split_once('\n').unwrap();
            let (datamodels, expected) = rest.split_once("--- expect\n").unwrap_or((rest, ""));
            let texts: Vec<&str> = datamodels.split("--- then\n").collect();
            let outcome = outcome::of(&texts);
            if outcome.trim_end() != expected.trim_end() {
                wrong.push(format!("{}: {title}\n{outcome}", file.display()));
            }
            updated.push_str(&format!("=== {title}\n{}--- expect\n{}\n\n", datamodels, outcome.trim_end()));
        }
        if is_update {
            std::fs::write(&file, updated.trim_end().to_owned() + "\n").unwrap();
        }
    }
    assert!(count > 0, "there are no cases");
    assert!(is_update || wrong.is_empty(), "{} of {count} cases differ:\n{}", wrong.len(), wrong.join("\n"));
}
