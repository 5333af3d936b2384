//! SA-05: two services with the same 10,000 ids. What is asked of one never answers with, and never changes, a row of the
//! other; on both databases.

use crate::{
    cloud::{Management, Service},
    surfaces::{SECRET, on_each_database},
};
use serde_json::{Value, json};

/// Ids that both services have.
const IDS: usize = 10_000;
/// Ids in a document.
const AT_ONCE: usize = 200;
const TYPES: &str = "type Holder { id: ID! @id notes: [Note] }
    type Note { id: ID! @id text: String holder: Holder @relation(link: INLINE) }";

#[test]
fn equal_ids_of_two_services_never_meet() {
    on_each_database(|_, _, origin, _| ask(origin));
}

fn ask(origin: &str) {
    let management = Management { url: format!("{origin}/management"), secret: SECRET.to_owned() };
    let services = ["a", "b"].map(|name| {
        management.add(name, "dev");
        management.deploy(name, "dev", TYPES);
        let service = Service { url: format!("{origin}/{name}/dev") };
        for holder in 0..IDS / AT_ONCE {
            let note = |n: usize| format!("{{ id: \"n{}\", text: \"{name}\" }}", holder * AT_ONCE + n);
            let notes: String = (0..AT_ONCE).map(note).collect();
            done(&service, &format!("mutation {{ createHolder(data: {{ id: \"h{holder}\", notes: {{ create: [{notes}] }} }}) {{ id }} }}"));
        }
        service
    });
    let [a, b] = &services;
    done(b, r#"mutation { createNote(data: { id: "only", text: "b" }) { id } }"#);
    for (service, name) in [(a, "a"), (b, "b")] {
        for holder in 0..IDS / AT_ONCE {
            assert_own(service, name, holder);
        }
    }
    let found = done(
        a,
        r#"{ note(where: { id: "only" }) { text } node(id: "only") { id } notes(where: { id: "only" }) { text } }"#,
    );
    assert_eq!(found, json!({ "note": null, "node": null, "notes": [] }));
    let wrong = a.query(r#"mutation { updateNote(where: { id: "only" }, data: { text: "a" }) { id } }"#);
    assert_eq!(wrong["errors"][0]["code"], 3039, "{wrong}");
    let all = IDS + 1;
    done(a, r#"mutation { updateManyNotes(data: { text: "changed" }) { count } }"#);
    assert_eq!(count(b, "b"), all);
    done(a, "mutation { deleteManyNotes { count } deleteManyHolders { count } }");
    assert_eq!((count(a, "changed"), count(b, "b")), (0, all));
}

/// Every way to ask for a note by its id yields the service's own.
fn assert_own(service: &Service, name: &str, holder: usize) {
    let ids = || holder * AT_ONCE..(holder + 1) * AT_ONCE;
    let notes: String = ids().map(|n| format!("x{n}: note(where: {{ id: \"n{n}\" }}) {{ text }} ")).collect();
    let nodes: String = ids().map(|n| format!("x{n}: node(id: \"n{n}\") {{ ... on Note {{ text }} }} ")).collect();
    for document in [notes, nodes] {
        let found = done(service, &format!("{{ {document} }}"));
        assert!(ids().all(|n| found[format!("x{n}")]["text"] == name), "{name}: {found}");
    }
    let found = done(service, &format!("{{ holder(where: {{ id: \"h{holder}\" }}) {{ notes {{ text }} }} }}"));
    let notes = found["holder"]["notes"].as_array().expect("a list");
    assert!(notes.len() == AT_ONCE && notes.iter().all(|note| note["text"] == name), "{name}: {found}");
}

fn count(service: &Service, text: &str) -> usize {
    let found =
        done(service, &format!("{{ notesConnection(where: {{ text: \"{text}\" }}) {{ aggregate {{ count }} }} }}"));
    found["notesConnection"]["aggregate"]["count"].as_u64().expect("a count") as usize
}

fn done(service: &Service, query: &str) -> Value {
    let mut answer = service.query(query);
    assert!(answer["errors"].is_null(), "{answer:.600}");
    answer["data"].take()
}
