//! What a service may hold (design D8; SA-23, SA-25, SA-26): exact on both databases, however many write at once and
//! however well the data compresses. The bytes are added up here from what the API shows.

use crate::{cloud::Process, on_each_database, start_with};
use serde_json::{Value, json};
use std::{
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

const DATAMODEL: &str = "
type Note { id: ID! @id text: String! more: String count: Int @default(value: 0) tags: [String] @scalarList(strategy: RELATION)
            topics: [Topic] author: Author @relation(link: INLINE) }
type Topic { id: ID! @id name: String! notes: [Note] }
type Author { id: ID! @id name: String! notes: [Note] }";

/// A service on an engine.
struct Service {
    _process: Process,
    url: String,
    agent: ureq::Agent,
}

impl Service {
    fn start(database: &str, folder: &Path, bytes: u64) -> Service {
        let (process, origin) = start_with(database, folder, &["--service-bytes", &bytes.to_string()]);
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_idle_connections_per_host(70);
        let service = Service { _process: process, url: format!("{origin}/shop/dev"), agent: config.build().into() };
        let management =
            |query: &str, variables: Value| service.send(&format!("{origin}/management"), query, variables);
        management(
            "mutation { addProject(input: { name: \"shop\", stage: \"dev\" }) { project { name } } }",
            json!({}),
        );
        let deploy = "mutation($types: String!) { deploy(input: { name: \"shop\", stage: \"dev\", types: $types }) { errors { description } } }";
        let deployed = management(deploy, json!({ "types": DATAMODEL }));
        assert_eq!(deployed["data"]["deploy"]["errors"], json!([]), "{deployed}");
        service
    }

    fn send(&self, url: &str, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let mut answer =
            self.agent.post(url).header("content-type", "application/json").send(&body).expect("an answer");
        let text = answer.body_mut().with_config().limit(u64::MAX).read_to_string().expect("a body");
        serde_json::from_str(&text).expect("JSON")
    }

    fn ask(&self, query: &str, variables: Value) -> Value {
        self.send(&self.url, query, variables)
    }

    /// Sends a write: the error of the quota, if it was refused; any other error is a fault.
    fn write(&self, query: &str, variables: Value) -> Result<Value, Refused> {
        let mut answer = self.ask(query, variables);
        let Some(error) = answer.get("errors") else { return Ok(answer["data"].take()) };
        assert_eq!(error[0]["code"], 6013, "{answer}");
        let number = |name: &str| error[0][name].as_u64().unwrap_or_else(|| panic!("{answer}"));
        Err(Refused { used: number("usedBytes"), limit: number("limitBytes") })
    }

    fn import(&self, kind: &str, values: &[Value]) -> Result<Value, Refused> {
        let body = json!({ "valueType": kind, "values": values }).to_string();
        let url = format!("{}/import", self.url);
        let mut answer =
            self.agent.post(url).header("content-type", "application/json").send(&body).expect("an answer");
        let answer: Value = serde_json::from_str(&answer.body_mut().read_to_string().expect("a body")).expect("JSON");
        let Some(error) = answer.get("errors") else { return Ok(answer) };
        assert_eq!(error[0]["code"], 6013, "{answer}");
        let number = |name: &str| error[0][name].as_u64().unwrap_or_else(|| panic!("{answer}"));
        Err(Refused { used: number("usedBytes"), limit: number("limitBytes") })
    }

    fn create(&self, text: &str) -> Result<Value, Refused> {
        self.write("mutation($t: String!) { createNote(data: { text: $t }) { id } }", json!({ "t": text }))
    }

    /// All bytes of the service by the table in the docs.
    fn bytes(&self) -> u64 {
        let mut bytes = 0;
        for page in 0.. {
            let query = "query($skip: Int!) { notes(first: 15, skip: $skip, orderBy: id_ASC) { id text more count tags topics { id } author { id } } }";
            let answer = self.ask(query, json!({ "skip": page * 15 }));
            let notes = answer["data"]["notes"].as_array().unwrap_or_else(|| panic!("{answer}"));
            let length = |value: &Value| value.as_str().map_or(0, |text| text.len() as u64);
            for note in notes {
                bytes += 24 + length(&note["id"]) + length(&note["text"]) + length(&note["more"]);
                bytes += if note["count"].is_null() { 0 } else { 8 };
                bytes += note["tags"].as_array().expect("a list").iter().map(|tag| 16 + length(tag)).sum::<u64>();
                bytes += note["topics"].as_array().expect("a list").len() as u64 * 32;
                bytes += if note["author"].is_null() { 0 } else { 32 };
            }
            if notes.len() < 15 {
                break;
            }
        }
        let others = self.ask("{ topics { id name } authors { id name } }", json!({}));
        for kind in ["topics", "authors"] {
            for node in others["data"][kind].as_array().expect("a list") {
                bytes += 24 + 25 + node["name"].as_str().expect("a name").len() as u64;
            }
        }
        bytes
    }
}

/// What the error of the quota says.
#[derive(Debug, PartialEq)]
struct Refused {
    used: u64,
    limit: u64,
}

/// The same on each database: its kind, its folder, and how a service of so many bytes is started.
fn on_both(name: &str, run: impl Fn(&str, &Path, &dyn Fn(u64) -> Service)) {
    on_each_database(name, |database, folder| {
        let kind = if database.contains("postgres") { "postgres" } else { "sqlite" };
        run(kind, folder, &|bytes| Service::start(database, folder, bytes));
    });
}

/// Bytes of the largest file below a folder.
fn largest_file(folder: &Path) -> u64 {
    let mut largest = 0;
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let bytes = if path.is_dir() { largest_file(&path) } else { path.metadata().map_or(0, |data| data.len()) };
        largest = largest.max(bytes);
    }
    largest
}

/// Kinds of writes, each of which adds something; the variables are a text and a number.
const WRITES: &[&str] = &[
    "mutation($t: String!) { createNote(data: { text: $t }) { id } }",
    "mutation($t: String!, $id: ID!) { updateNote(where: { id: $id }, data: { more: $t }) { id } }",
    "mutation($t: String!) { updateManyNotes(where: { count: 7 }, data: { more: $t }) { count } }",
    "mutation($t: String!) { createAuthor(data: { name: $t, notes: { create: [{ text: $t }, { text: $t, topics: { create: { name: $t } } }] } }) { id } }",
    "mutation($t: String!, $id: ID!) { updateNote(where: { id: $id }, data: { tags: { set: [$t, $t] } }) { id } }",
    "mutation($t: String!) { createTopic(data: { name: $t, notes: { connect: [{ id: \"first\" }] } }) { id } }",
    "mutation($t: String!) { upsertNote(where: { id: \"none\" }, create: { text: $t, tags: { set: [$t] } }, update: {}) { id } }",
];

#[test]
fn sixty_four_writers_at_the_edge_never_pass_it() {
    const LIMIT: u64 = 3_000_000;
    on_both("edge", |kind, _, start| {
        let service = start(LIMIT);
        service
            .write("mutation { createNote(data: { id: \"first\", text: \"\", count: 7 }) { id } }", json!({}))
            .unwrap();
        let ids: Vec<Value> = (0..64).map(|_| service.create("x").expect("room")["createNote"]["id"].take()).collect();
        let (accepted, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for (writer, id) in ids.iter().enumerate() {
                let (service, accepted, refused) = (&service, &accepted, &refused);
                scope.spawn(move || {
                    let mut kinds_refused = [false; WRITES.len()];
                    for n in 0..200 {
                        let which = (writer + n) % WRITES.len();
                        let text = "x".repeat(500 + 37 * (writer + n));
                        let mut variables = json!({ "t": text });
                        if WRITES[which].contains("$id") {
                            variables["id"] = id.clone();
                        }
                        match service.write(WRITES[which], variables) {
                            Ok(_) => accepted.fetch_add(1, Ordering::Relaxed),
                            Err(error) => {
                                assert_eq!(error.limit, LIMIT);
                                assert!(error.used <= LIMIT, "{error:?}");
                                kinds_refused[which] = true;
                                refused.fetch_add(1, Ordering::Relaxed)
                            }
                        };
                        if kinds_refused.iter().all(|is_refused| *is_refused) {
                            break;
                        }
                    }
                });
            }
        });
        let bytes = service.bytes();
        println!("{kind}: {} accepted, {} refused, {bytes} bytes", accepted.into_inner(), refused.into_inner());
        assert!(bytes <= LIMIT, "{bytes} bytes");
        // Now that it is quiet, the last byte can be used, and not one more.
        service.write("mutation($id: ID!) { deleteNote(where: { id: $id }) { id } }", json!({ "id": ids[0] })).unwrap();
        let bytes = service.bytes();
        let rest = usize::try_from(LIMIT - bytes - 24 - 25 - 8).expect("a number");
        assert_eq!(service.create(&"y".repeat(rest + 1)), Err(Refused { used: bytes, limit: LIMIT }), "{kind}");
        service.create(&"y".repeat(rest)).unwrap_or_else(|error| panic!("{kind}: {error:?}"));
        assert_eq!(service.bytes(), LIMIT, "{kind}");
        assert_eq!(service.create(""), Err(Refused { used: LIMIT, limit: LIMIT }), "{kind}");
    });
}

#[test]
fn compressible_data_counts_in_full_and_deleting_makes_room() {
    const LIMIT: u64 = 100_000_000;
    on_both("room", |kind, folder, start| {
        let service = start(LIMIT);
        let megabyte = "a".repeat(1_000_000);
        let accepted = (0..200).take_while(|_| service.create(&megabyte).is_ok()).count();
        assert_eq!(accepted, 99, "{kind}: 99 megabytes and their nodes are less than the limit, 100 are more");
        assert_eq!(service.bytes(), 99 * (1_000_000 + 24 + 25 + 8));

        // What is full can be read, and what is there can be replaced, and deleted.
        let replaced = "mutation($t: String!) { updateManyNotes(where: { text_starts_with: \"a\" }, data: { text: $t }) { count } }";
        let short = json!({ "t": "b".repeat(1_000_000) });
        assert_eq!(service.write(replaced, short), Ok(json!({ "updateManyNotes": { "count": 99 } })), "{kind}");
        let ids = service.ask("{ notes(first: 10) { id } }", json!({}));
        let ids: Vec<Value> =
            ids["data"]["notes"].as_array().expect("notes").iter().map(|note| note["id"].clone()).collect();
        service.create(&megabyte).expect_err("it is full");
        let deleted = service.write(
            "mutation($ids: [ID!]!) { deleteManyNotes(where: { id_in: $ids }) { count } }",
            json!({ "ids": ids }),
        );
        assert_eq!(deleted, Ok(json!({ "deleteManyNotes": { "count": 10 } })), "{kind}");
        let since = Instant::now();
        while service.create(&megabyte).is_err() {
            assert!(since.elapsed() < Duration::from_secs(5), "{kind}: no room 5 s after 10 MB were deleted");
        }

        // Nothing is used once everything is deleted.
        service.write("mutation { deleteManyNotes { count } }", json!({})).expect("deletes always work");

        // On SQLite the file gets small again; Postgres does so by itself, some time later.
        let since = Instant::now();
        while kind == "sqlite" && largest_file(folder) > 20_000_000 {
            assert!(since.elapsed() < Duration::from_secs(60), "{} bytes on disk", largest_file(folder));
            std::thread::sleep(Duration::from_millis(200));
        }

        let too_much = json!({ "t": "a".repeat(900_000), "list": vec!["a".repeat(900); 1] });
        let multiplied = format!(
            "mutation($t: String!, $list: [String!]) {{ createAuthor(data: {{ name: \"\", notes: {{ create: [{}] }} }}) {{ id }} }}",
            "{ text: $t, tags: { set: $list } },".repeat(112)
        );
        let since = Instant::now();
        let refused = service.write(&multiplied, too_much).expect_err("more than a service may hold");
        assert_eq!(refused, Refused { used: 0, limit: LIMIT }, "{kind}");
        assert!(since.elapsed() < Duration::from_secs(20), "{kind}");
        assert_eq!(service.bytes(), 0, "{kind}: nothing of a refused write is stored");
    });
}

#[test]
fn storage_that_outgrew_its_rows_is_refused_and_can_be_read() {
    // The tables and indexes of the datamodel alone are more than three times this. (SQLite writes them into the file later.)
    const LIMIT: u64 = 10_000;
    on_both("disk", |kind, _, start| {
        if kind == "sqlite" {
            return;
        }
        let service = start(LIMIT);
        let answer = service.ask("mutation { createNote(data: { text: \"\" }) { id } }", json!({}));
        let error = &answer["errors"][0];
        assert_eq!((&error["code"], &error["limitBytes"]), (&6013.into(), &(3 * LIMIT).into()), "{answer}");
        assert!(error["usedBytes"].as_u64() > Some(3 * LIMIT), "{answer}");
        assert!(error["message"].as_str().is_some_and(|message| message.contains("on disk")), "{answer}");
        assert_eq!(service.bytes(), 0);
    });
}

#[test]
fn an_import_fits_to_the_byte_or_stores_nothing() {
    const LIMIT: u64 = 200_000;
    on_both("import", |kind, _, start| {
        let service = start(LIMIT);
        // A node weighs 24, its id 2 and its text the rest.
        let node = |id: &str, bytes: usize| json!({ "_typeName": "Note", "id": id, "text": "x".repeat(bytes - 26) });
        let first = [node("n1", 100_000), node("n2", 50_000)];
        assert_eq!(service.import("nodes", &first), Ok(json!([])), "{kind}");
        let refused = service.import("nodes", &[node("n3", 25_000), node("n4", 25_001)]);
        assert_eq!(refused, Err(Refused { used: 150_000, limit: LIMIT }), "{kind}");
        assert_eq!(service.bytes(), 150_000, "{kind}");
        let lists = [json!({ "_typeName": "Note", "id": "n1", "tags": ["x".repeat(9_984)] })];
        assert_eq!(service.import("lists", &lists), Ok(json!([])), "{kind}");
        assert_eq!(service.import("nodes", &[node("n5", 39_968)]), Ok(json!([])), "{kind}");
        let author = json!({ "_typeName": "Author", "id": "a", "name": "x".repeat(1_000) });
        assert!(service.import("nodes", &[author]).is_err(), "{kind}");
        assert_eq!(service.bytes(), LIMIT - 32, "{kind}");
        // What is stored already weighs nothing more.
        assert_eq!(service.import("nodes", &first), Ok(json!([])), "{kind}");
        assert_eq!(service.import("lists", &lists), Ok(json!([])), "{kind}");
        assert_eq!(service.import("nodes", &[node("n6", 32)]), Ok(json!([])), "{kind}");
        let full = Err(Refused { used: LIMIT, limit: LIMIT });
        assert_eq!(service.import("nodes", &[first[0].clone(), node("n7", 26)]), full, "{kind}");
        assert_eq!(service.bytes(), LIMIT, "{kind}");
    });
}
