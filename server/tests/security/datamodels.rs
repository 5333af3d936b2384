//! BI-1 in small: random datamodels, sound and broken, deployed one over the other to the real engine. Each is refused
//! with a clear error or the service answers, and nothing is made outside the service.

use crate::{
    grammar::generated,
    mutation::{Numbers, base_seed, case_texts, mutated},
    names::Trial,
    surfaces::{NOTE, engine},
};
use serde_json::json;
use std::path::Path;

/// Datamodels a test deploys.
const ROUNDS: u64 = 250;

/// The data folder holds one database a service, and beside them what the engine keeps for itself.
pub fn assert_only_services(folder: &Path, services: usize) {
    let mut databases = 0;
    let mut folders = vec![folder.join("data").join("services")];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).expect("the folder is there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let stem = name.split('.').next().unwrap();
            let is_id = stem.len() == 32 && stem.bytes().all(|b| b.is_ascii_hexdigit());
            assert!(is_id, "a file by a stranger's name: {name}");
            databases += usize::from(name.ends_with(".sqlite"));
        }
    }
    assert_eq!(databases, services, "databases");
    let mut others: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    others.sort_unstable();
    assert_eq!(others, ["data"], "nothing lies beside the data folder");
}

fn deploy_all(make: impl Fn(&mut Numbers) -> String, accepted_min: usize) {
    let (mut process, origin, folder) = engine(|_| {});
    let base = base_seed();
    let kept = Trial::new(&origin, "kept");
    kept.management.deploy("kept", "dev", NOTE);
    kept.service.query(r#"mutation { createNote(data: { text: "kept" }) { id } }"#);
    let trial = Trial::new(&origin, "trial");
    let mut accepted = 0;
    for round in 0..ROUNDS {
        let seed = base.wrapping_add(round);
        let text = make(&mut Numbers::new(seed));
        accepted += usize::from(trial.deploy("trial", &text, &format!("seed {seed}:\n{text}")));
        assert!(process.is_running(), "seed {seed}");
    }
    println!("{accepted} of {ROUNDS} accepted");
    assert!(accepted >= accepted_min, "seed {base}: {accepted} accepted");
    assert_eq!(kept.service.query("{ notes { text } }"), json!({ "data": { "notes": [{ "text": "kept" }] } }));
    assert_only_services(folder.path(), 2);
}

#[test]
fn generated_datamodels_are_refused_or_served() {
    deploy_all(generated, 100);
}

#[test]
fn mutated_datamodels_are_refused_or_served() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/datamodel/tests/cases");
    let texts = case_texts(&cases);
    deploy_all(
        |numbers| {
            let is_case = numbers.below(2) == 0;
            let text = if is_case { texts[numbers.below(texts.len())].clone() } else { generated(numbers) };
            mutated(&text, numbers)
        },
        5,
    );
}

/// Datamodels that mean to cost more than they are worth.
#[test]
fn abusive_datamodels_get_a_clear_error() {
    let (mut process, origin, _folder) = engine(|_| {});
    let trial = Trial::new(&origin, "trial");
    let deep = |open: &str, close: &str, n: usize| format!("{}1{}", open.repeat(n), close.repeat(n));
    let types = |n: usize| (0..n).map(|i| format!("type T{i} {{ id: ID! @id }} ")).collect::<String>();
    let fields = |n: usize| (0..n).map(|i| format!("f{i}: String ")).collect::<String>();
    for (name, text) in [
        ("nothing", String::new()),
        ("deep lists", format!("type A {{ id: ID! @id x: Int @default(value: {}) }}", deep("[", "]", 2_000))),
        ("deep objects", format!("type A {{ id: ID! @id x: Int @default(value: {}) }}", deep("{a: ", "}", 2_000))),
        ("deep types", format!("type A {{ id: ID! @id x: {}Int{} }}", "[".repeat(2_000), "]".repeat(2_000))),
        ("open brackets", "type A {".repeat(2_000)),
        ("directives", format!("type A {{ id: ID! @id x: Int {} }}", "@unique ".repeat(20_000))),
        ("arguments", format!("type A {{ id: ID! @id x: Int @default({}) }}", "value: 1 ".repeat(40_000))),
        ("types", types(2_000)),
        ("fields", format!("type A {{ id: ID! @id {} }}", fields(5_000))),
        ("enums", (0..2_000).map(|i| format!("enum E{i} {{ A }} ")).collect::<String>()),
        (
            "values",
            format!(
                "enum E {{ {} }} type A {{ id: ID! @id }}",
                (0..120_000).map(|i| format!("V{i} ")).collect::<String>()
            ),
        ),
        ("equal types", "type A { id: ID! @id } ".repeat(2_000)),
        ("a long name", format!("type {} {{ id: ID! @id }}", "A".repeat(900_000))),
        ("a long comment", format!("# {}", "x".repeat(900_000))),
        ("too long", " ".repeat(1_100_000)),
        ("NUL", "type A\u{0} { id: ID! @id }".to_owned()),
        ("implements", format!("type A implements {} {{ id: ID! @id }}", "B & ".repeat(5_000))),
        ("a union", format!("union U = {}", "A | ".repeat(5_000))),
        (
            "relations",
            (0..90)
                .map(|i| {
                    format!(
                        "type T{i} {{ id: ID! @id {} }} ",
                        (0..90).map(|j| format!("f{j}: T{j} ")).collect::<String>()
                    )
                })
                .collect(),
        ),
    ] {
        assert!(!trial.deploy("trial", &text, name), "{name}");
        assert!(process.is_running(), "{name}");
    }
    assert!(trial.deploy("trial", NOTE, "after all of them"));
}
