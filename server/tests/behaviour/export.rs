//! Exports of several bundles: everything that stays is there once, whatever is deleted and created meanwhile.

use crate::{ask, deploy, on_each_database, start};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const DATAMODEL: &str = "
type Note { id: ID! @id text: String! topics: [Topic] }
type Topic { id: ID! @id notes: [Note] }";
const NOTES: usize = 40;

#[test]
fn what_is_there_all_the_time_is_exported_once() {
    on_each_database("export", |database, folder| {
        let (_process, origin) = start(database, folder);
        deploy(&origin, "shop", DATAMODEL);
        let topics: Vec<String> = (0..100).map(|n| format!("{{ id: \"t{n:03}\" }}")).collect();
        for n in 0..NOTES {
            let (text, topics) = ("x".repeat(100_000), topics.join(", "));
            let topics = if n == 0 {
                format!("topics: {{ create: [{topics}] }}")
            } else {
                format!("topics: {{ connect: [{topics}] }}")
            };
            let made = ask(
                &origin,
                "/shop/dev",
                &format!("mutation {{ createNote(data: {{ id: \"n{n:03}\", text: \"{text}\", {topics} }}) {{ id }} }}"),
            );
            assert!(made.get("errors").is_none(), "{made}");
        }
        // Between two bundles the first note that is left goes, and a new one comes before all others.
        let mut gone = BTreeSet::new();
        let (bundles, notes) = export(&origin, "nodes", |page| {
            let first = format!("n{page:03}");
            let written = ask(
                &origin,
                "/shop/dev",
                &format!(
                    "mutation {{ deleteNote(where: {{ id: \"{first}\" }}) {{ id }} createNote(data: {{ id: \"a{page:03}\", text: \"\" }}) {{ id }} }}"
                ),
            );
            assert!(written.get("errors").is_none(), "{written}");
            gone.insert(first);
        });
        assert!(bundles >= 4, "{database}: {bundles} bundles");
        let ids: Vec<&str> =
            notes.iter().filter_map(|note| note["id"].as_str()).filter(|id| id.starts_with('n')).collect();
        let once: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(once.len(), ids.len(), "{database}: nothing twice");
        for n in 0..NOTES {
            let id = format!("n{n:03}");
            assert!(once.contains(id.as_str()) || gone.contains(&id), "{database}: {id} was left out");
        }
        let (_, links) = export(&origin, "relations", |_| {});
        let links: BTreeSet<String> = links.iter().map(Value::to_string).collect();
        assert_eq!(links.len(), (NOTES - gone.len()) * 100, "{database}: every link");
    });
}

/// All elements, bundle by bundle, and how many bundles there were; something happens between two.
fn export(origin: &str, file_type: &str, mut between: impl FnMut(usize)) -> (usize, Vec<Value>) {
    let mut cursor = json!({ "table": 0, "row": 0, "field": 0, "array": 0 });
    let mut elements = Vec::new();
    for bundle in 0.. {
        let body = json!({ "fileType": file_type, "cursor": cursor }).to_string();
        let request = ureq::post(format!("{origin}/shop/dev/export")).header("content-type", "application/json");
        let mut answer = request.send(&body).expect("an answer");
        let answer: Value = serde_json::from_str(&answer.body_mut().read_to_string().expect("a body")).expect("JSON");
        let out = answer["out"]["jsonElements"].as_array().unwrap_or_else(|| panic!("{answer}"));
        let size: usize = out.iter().map(|element| element.to_string().encode_utf16().count()).sum();
        assert!(answer["out"]["size"] == size && size <= 1_000_000, "{size}");
        elements.extend(out.iter().cloned());
        cursor = answer["cursor"].clone();
        if answer["isFull"] == false {
            assert_eq!(cursor, json!({ "table": -1, "row": -1, "field": -1, "array": -1 }));
            return (bundle + 1, elements);
        }
        between(bundle);
    }
    unreachable!("an export ends");
}
