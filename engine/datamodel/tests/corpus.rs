//! Every datamodel of the corpus has the verdict of Prisma 1.34, or that of 1.30 where this accepts it. The corpus is no part of the project: the test reads it
//! beside the workspace, or where `REFRACT_CORPUS` says. In CI nothing of it may be left out.

use std::path::{Path, PathBuf};

use datamodel::{CompileError, Rules, compile};

fn corpus() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "a test that needs files from outside the project")]
    let given = std::env::var("REFRACT_CORPUS");
    given.map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"), PathBuf::from)
}

fn nothing_may_be_left_out() -> bool {
    std::env::var_os("CI").is_some_and(|ci| !ci.is_empty() && ci != "false")
}

#[test]
fn verdicts_of_the_corpus() {
    let corpus = corpus();
    let Ok(table) = std::fs::read_to_string(corpus.join("expect.tsv")) else {
        assert!(!nothing_may_be_left_out(), "there is no corpus at {}", corpus.display());
        eprintln!("there is no corpus at {}: all cases left out", corpus.display());
        return;
    };
    let (mut checked, mut left_out, mut wrong) = (0, 0, Vec::new());
    for row in table.lines().skip(1) {
        let column: Vec<&str> = row.split('\t').collect();
        let (number, type_name, field) = (column[0], column[3], column[4]);
        let verdict = if column[2] == "accept" { "accept" } else { column[1] };
        let Ok(text) = std::fs::read_to_string(corpus.join("datamodels").join(format!("{number}.prisma"))) else {
            left_out += 1;
            continue;
        };
        checked += 1;
        let mut count = 0;
        let compiled = compile(&text, None, &Rules::default(), &mut || {
            count += 1;
            format!("c{count}")
        });
        let is_right = match (&compiled, verdict) {
            (Ok(_), "accept") => true,
            (Err(CompileError::Syntax(error)), "refuse") => {
                column[5].starts_with("2.1 ") && column[11].contains(&format!("line {}:", error.line))
            }
            (Err(CompileError::Invalid(errors)), "refuse") => {
                errors.iter().any(|e| e.type_name == type_name && e.field.as_deref().unwrap_or_default() == field)
            }
            (Err(CompileError::RelationNames(_)), "refuse") => column[5].contains("(4004)"),
            _ => false,
        };
        if !is_right {
            wrong.push(format!("{number}: {verdict} {type_name} {field}, but {:?}", compiled.err()));
        }
    }
    println!("{checked} datamodels checked, {left_out} left out");
    assert!(left_out == 0 || !nothing_may_be_left_out(), "{left_out} datamodels of the table are missing");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
