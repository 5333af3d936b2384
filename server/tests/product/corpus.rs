//! What people really wrote for Prisma 1, against the engine alone: the corpus's own program deploys every datamodel and
//! sends every operation that came with it. The corpus is no part of the project: it is read beside the workspace, or
//! where `REFRACT_CORPUS` says. In CI nothing of it may be left out.

use crate::engine_role;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

#[test]
fn what_people_wrote_is_understood() {
    let corpus = folder();
    if !corpus.join("run.py").exists() || Command::new("python3").arg("--version").output().is_err() {
        return left_out("all cases: the corpus and python3 are needed", 1);
    }
    let (_process, origin, folder) = engine_role::start("databases: {default: {connector: sqlite}}");
    let report = folder.path().join("report.json");
    let mut run = Command::new("python3");
    run.arg(corpus.join("run.py"))
        .args(["--management", &format!("{origin}/management"), "--service-base", &origin, "--json"])
        .arg(&report)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    // Its exit code says that something is wrong, which here is judged one by one.
    let output = run.output().expect("python3 starts");
    let report = std::fs::read(&report).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)));
    let report: Vec<Value> = serde_json::from_slice(&report).expect("a report");
    judge(&corpus, &report);
}

/// Where the corpus lies, if it is there.
pub fn folder() -> PathBuf {
    std::env::var_os("REFRACT_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus"), PathBuf::from)
}

fn judge(corpus: &Path, report: &[Value]) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut expected: BTreeMap<_, _> = table(&corpus.join("expect-operations.tsv"))
        .into_iter()
        .map(|row| ((row["document"].clone(), row["operation"].clone()), row["kind"].clone()))
        .collect();
    let (mut wrong, mut operations, mut subscriptions) = (Vec::new(), 0, 0);
    for datamodel in report {
        let number = text(&datamodel["number"]);
        if datamodel["result"] == "wrong" {
            wrong.push(format!("{number}: {}", datamodel["why"]));
        }
        if datamodel["want"] == "refuse" {
            // Without a service there is nothing to send its operations to.
            expected.retain(|(document, _), _| document.split('-').next() != Some(&number));
        }
        for operation in datamodel["operations"].as_array().into_iter().flatten() {
            operations += 1;
            let place = (text(&operation["document"]), text(&operation["operation"]));
            let is_subscription = expected.remove(&place).is_some_and(|kind| kind == "subscription");
            match text(&operation["why"]) {
                _ if operation["result"] != "wrong" => {}
                why if is_subscription && why.contains("no upgrade: HTTP/1.1 400") => subscriptions += 1,
                why => wrong.push(format!("{} operation {}: {why}", place.0, place.1)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let unseen = table(&corpus.join("index.tsv")).len() - report.len() + expected.len();
    let seen = format!("{} datamodels and {operations} operations of the corpus", report.len());
    left_out(&format!("{unseen} cases; seen: {seen}, {subscriptions} of them subscriptions, not served yet"), unseen);
}

/// Says what is left out, past the harness, which shows only what failing tests print.
pub fn left_out(what: &str, cases: usize) {
    let may = std::env::var_os("CI").is_none_or(|ci| ci.is_empty() || ci == "false");
    assert!(may || cases == 0, "nothing may be left out here, but {what}");
    let _ = writeln!(std::io::stderr(), "left out of the corpus: {what}");
}

/// The rows of a table, by the names of its columns.
fn table(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    let names = lines.next().unwrap_or_default();
    lines.map(|row| names.iter().cloned().zip(row).collect()).collect()
}
