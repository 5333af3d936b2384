//! Source files: each opens with `//!`, none is too long, none holds what belongs to one machine.

use crate::{files, none, packages, read, root, shown};

/// Lines of a source file beyond which it must be split.
const LINES_MAX: usize = 560;

#[test]
fn every_source_file_says_what_it_is_for() {
    let mut wrong = Vec::new();
    for (_, folder) in packages() {
        for file in files(&folder, ".rs") {
            if !read(&file).starts_with("//!") {
                wrong.push(shown(&file));
            }
        }
    }
    none("source files that do not open with //!", wrong);
}

#[test]
fn no_source_file_is_too_long() {
    let mut wrong = Vec::new();
    for (_, folder) in packages() {
        for file in files(&folder, ".rs") {
            let lines = read(&file).lines().count();
            if lines > LINES_MAX {
                wrong.push(format!("{} has {lines} lines", shown(&file)));
            }
        }
    }
    none("source files to split", wrong);
}

#[test]
fn nothing_is_left_behind() {
    // Written in two parts, so that this file does not find itself.
    let marks = [("todo", "!("), ("unimplemented", "!("), ("FIX", "ME"), ("dbg", "!("), ("#[ign", "ore")];
    let mut wrong = Vec::new();
    for (_, folder) in packages() {
        for file in files(&folder, ".rs") {
            let text = read(&file);
            for (a, b) in marks {
                if text.contains(&format!("{a}{b}")) {
                    wrong.push(format!("{} has {a}{b}", shown(&file)));
                }
            }
        }
    }
    none("left behind", wrong);
}

#[test]
fn nothing_of_one_machine_is_in_the_tree() {
    let marks = [("/wo", "rk/"), ("/ro", "ot/"), ("registry.", "npmjs"), ("static.", "crates.io"), ("pypi.", "org")];
    let mut wrong = Vec::new();
    for ending in [".rs", ".md", ".toml", ".json", ".sh", ".html", ".sql", "test", "run", ".mjs", ".lock"] {
        for file in files(&root(), ending) {
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            for (a, b) in marks {
                if text.contains(&format!("{a}{b}")) {
                    wrong.push(format!("{} has {a}{b}", shown(&file)));
                }
            }
        }
    }
    none("paths and hosts of one machine", wrong);
}
