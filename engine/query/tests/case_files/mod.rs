//! Cases as text files: sections that start with `=== name`. A check function prints every file anew from its inputs;
//! what it prints must be what stands there. `UPDATE_EXPECT=1` writes it into the file.

use std::{fs, path::Path};

const UPDATE: &str = "UPDATE_EXPECT";

/// Runs all files of a folder below `tests/cases`.
pub fn run(folder: &str, print: impl Fn(&[(&str, &str)]) -> String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(folder);
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no cases");
    let mut wrong = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a readable case");
        let printed = print(&sections(&text));
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

fn sections(text: &str) -> Vec<(&str, &str)> {
    let heads = text
        .match_indices("=== ")
        .map(|(start, _)| start)
        .filter(|start| *start == 0 || text[..*start].ends_with('\n'));
    let heads: Vec<usize> = heads.chain([text.len()]).collect();
    heads.windows(2).map(|range| text[range[0] + 4..range[1]].split_once('\n').expect("a named section")).collect()
}

/// The lines around the first one that differs, of both.
fn difference(expected: &str, printed: &str) -> String {
    let line = expected.lines().zip(printed.lines()).take_while(|(a, b)| a == b).count();
    let excerpt = |text: &str| text.lines().skip(line.saturating_sub(3)).take(12).collect::<Vec<_>>().join("\n  ");
    format!("line {}\nexpected\n  {}\nprinted\n  {}", line + 1, excerpt(expected), excerpt(printed))
}
