//! Runs a cell and judges what came of it.

use crate::{
    Cell, STANDS_STILL,
    acknowledged::Log,
    cloud::management_token,
    engines::{Engines, SECRET, Setup},
    patient::try_post,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

/// Everything has ended this long after the fault.
const ENDS_WITHIN: Duration = Duration::from_secs(60);

/// What is there before.
pub const OLD: &str = "type Note { id: ID! @id text: String! @unique }";
/// The deploy that the fault happens to: it makes a table and changes another.
pub const NEW: &str =
    "type Note { id: ID! @id text: String! @unique size: Int tags: [Tag] } type Tag { id: ID! @id name: String! }";
/// The one after it.
const NEXT: &str = "type Note { id: ID! @id text: String! @unique size: Int more: String }";

/// Runs a cell; its line of the report.
pub fn run(cell: Cell, mut engines: Engines) -> String {
    let first = engines.first().to_owned();
    add(&first);
    let deployed = deploy(&first, OLD);
    assert_eq!(deployed.as_ref().map(errors), Some(Vec::new()), "{cell}: {deployed:?}");
    assert_eq!(ended(&first)["status"], "SUCCESS", "{cell}");

    let log = Log::new(engines.folder.path().join("acknowledged"));
    let over = AtomicBool::new(false);
    let mut begun = Instant::now();
    let mut taken_over = None;
    let deletes = cell.point.starts_with('X');
    std::thread::scope(|scope| {
        let service = format!("{first}/shop/dev");
        let (log, over) = (&log, &over);
        scope.spawn(move || log.write_to(&service, over));
        let _ends = Ends(over);
        // Something has been acknowledged before it happens.
        while log.read().0.len() < 20 {
            std::thread::sleep(Duration::from_millis(5));
        }
        let asked = scope.spawn(|| if deletes { delete(&first) } else { deploy(&first, NEW) });
        match cell.fault {
            "kill" => {
                asked.join().unwrap();
                begun = Instant::now();
                // Where there is another one, it takes over.
                if engines.second.is_none() {
                    engines.start_again();
                }
            }
            "stop" => {
                while !engines.stands_still() {
                    std::thread::sleep(Duration::from_millis(5));
                }
                begun = Instant::now();
                // Where there is another one, it takes over meanwhile.
                taken_over = engines.second.as_ref().map(|_| judge(cell, &engines, log, None));
                std::thread::sleep(STANDS_STILL.saturating_sub(begun.elapsed()));
                engines.go_on();
                match taken_over {
                    // It kept the old model when it was stopped, and is asked before anything else can have told it.
                    Some(("new", _)) => assert_serves(cell, &first, NEW),
                    Some(_) => {}
                    None => begun = Instant::now(),
                }
                asked.join().unwrap();
            }
            _ => {
                asked.join().unwrap();
                begun = Instant::now();
            }
        }
    });
    let (afterwards, took) = judge(cell, &engines, &log, Some(begun));
    // What the other one had ended stays ended; the time is its own.
    let took = taken_over.filter(|(state, _)| *state == afterwards).map_or(took, |(_, took)| took);
    if matches!(cell.setup, Setup::TwoEngines) && cell.fault == "kill" {
        engines.start_again();
    }
    go_on(cell, &engines);
    format!("{cell}\t{afterwards}\t{:.1}\t{}\t0", took.as_secs_f32(), log.read().0.len())
}

/// What was asked for has ended, and left the old state or the new one, with everything that was acknowledged.
fn judge(cell: Cell, engines: &Engines, log: &Log, begun: Option<Instant>) -> (&'static str, Duration) {
    let origin = engines.working();
    let begun = begun.unwrap_or_else(Instant::now);
    let end = begun + ENDS_WITHIN;
    if cell.point.starts_with('X') {
        // The name is free at once, or, when the delete was cut off before it was written down, when it is asked for again.
        let query = json!({ "query": "{ notes { text } }" });
        loop {
            let answer = try_post(&format!("{origin}/shop/dev"), &query, None);
            if answer.is_some_and(|answer| answer["errors"][0]["code"] == 3016) {
                return ("deleted", begun.elapsed());
            }
            assert!(Instant::now() < end, "{cell}: the service still answers");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    let status = loop {
        let status = manage(origin, STATUS, json!({})).map(|answer| answer["data"]["migrationStatus"].clone());
        if let Some(status) = status.filter(is_final) {
            break status;
        }
        assert!(Instant::now() < end, "{cell}: the migration does not end");
        std::thread::sleep(Duration::from_millis(20));
    };
    let took = begun.elapsed();
    let is_new = status["revision"] == 3 && status["status"] == "SUCCESS";
    let is_old = status["revision"] == 2 || status["status"] == "ROLLBACK_SUCCESS";
    assert!(is_new || is_old, "{cell}: {status}");
    assert_eq!(status["errors"] != json!([]), status["status"] == "ROLLBACK_SUCCESS", "{cell}: {status}");
    assert_serves(cell, origin, if is_new { NEW } else { OLD });
    let fields = if is_new { "text size tags { name }" } else { "text" };
    let query = json!({ "query": format!("{{ notes {{ {fields} }} }}") });
    let found = try_post(&format!("{origin}/shop/dev"), &query, None).unwrap();
    let mut times: BTreeMap<u32, usize> = BTreeMap::new();
    for note in found["data"]["notes"].as_array().unwrap_or_else(|| panic!("{cell}: {found}")) {
        *times.entry(note["text"].as_str().unwrap().parse().unwrap()).or_default() += 1;
    }
    let (acknowledged, meant) = log.read();
    let lost: Vec<&u32> = acknowledged.iter().filter(|number| !times.contains_key(number)).collect();
    assert!(lost.is_empty(), "{cell}: acknowledged and lost: {lost:?}");
    let odd: Vec<_> = times.iter().filter(|(number, times)| **times > 1 || !meant.contains(number)).collect();
    assert!(odd.is_empty(), "{cell}: there twice, or never sent: {odd:?}");
    (if is_new { "new" } else { "old" }, took)
}

/// The next requests work, on every engine, and the second one never answers from an old schema.
fn go_on(cell: Cell, engines: &Engines) {
    let origin = engines.working();
    if cell.point.starts_with('X') {
        // A delete that was cut off may be asked for again, and is done.
        delete(origin);
        add(origin);
    } else {
        // What the command line does after a lost connection.
        let again = deploy(origin, NEW);
        assert_eq!(again.as_ref().map(errors), Some(Vec::new()), "{cell}: the same once more: {again:?}");
        assert_eq!(ended(origin)["status"], "SUCCESS", "{cell}: the same once more");
        assert_serves(cell, origin, NEW);
        assert_serves(cell, engines.first(), NEW);
    }
    let next = deploy(origin, NEXT);
    assert_eq!(next.as_ref().map(errors), Some(Vec::new()), "{cell}: the next deploy: {next:?}");
    let status = ended(origin);
    assert_eq!(status["status"], "SUCCESS", "{cell}: the next deploy: {status}");
    // No engine answers from the old schema now.
    assert_serves(cell, engines.first(), NEXT);
    assert_serves(cell, origin, NEXT);
    if cell.point.starts_with('X') {
        let notes = try_post(&format!("{origin}/shop/dev"), &json!({ "query": "{ notes { text } }" }), None);
        assert_eq!(notes, Some(json!({ "data": { "notes": [] } })), "{cell}: what was deleted is gone");
    }
    let create = json!({ "query": "mutation { createNote(data: { text: \"next\", more: \"m\" }) { text more } }" });
    let created = try_post(&format!("{}/shop/dev", engines.first()), &create, None).unwrap();
    assert_eq!(created, json!({ "data": { "createNote": { "text": "next", "more": "m" } } }), "{cell}");
}

/// Ends the writing, also when a verdict has ended the cell.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

const STATUS: &str = "{ migrationStatus(name: \"shop\", stage: \"dev\") { revision status errors datamodel } }";

fn is_final(status: &Value) -> bool {
    matches!(status["status"].as_str(), Some("SUCCESS" | "ROLLBACK_SUCCESS" | "ROLLBACK_FAILURE"))
}

/// The newest migration, when it has ended.
pub fn ended(origin: &str) -> Value {
    let end = Instant::now() + ENDS_WITHIN;
    loop {
        let answer = manage(origin, STATUS, json!({})).unwrap();
        if is_final(&answer["data"]["migrationStatus"]) {
            return answer["data"]["migrationStatus"].clone();
        }
        assert!(Instant::now() < end, "it does not end: {answer}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// An engine serves a datamodel.
pub fn assert_serves(cell: Cell, origin: &str, datamodel: &str) {
    let served = try_post(&format!("{origin}/shop/dev/_datamodel"), &json!({}), None);
    assert_eq!(served, Some(json!(datamodel)), "{cell}: what is served at {origin}");
}

fn manage(origin: &str, query: &str, variables: Value) -> Option<Value> {
    let body = json!({ "query": query, "variables": variables });
    try_post(&format!("{origin}/management"), &body, Some(&management_token(SECRET)))
}

/// Adds the service.
pub fn add(origin: &str) {
    let query = "mutation { addProject(input: { name: \"shop\", stage: \"dev\" }) { project { name } } }";
    let answer = manage(origin, query, json!({})).unwrap();
    assert_eq!(answer["data"]["addProject"]["project"]["name"], "shop", "{answer}");
}

fn delete(origin: &str) -> Option<Value> {
    let query = "mutation { deleteProject(input: { name: \"shop\", stage: \"dev\" }) { project { name } } }";
    manage(origin, query, json!({}))
}

/// Deploys, whatever is lost by it.
pub fn deploy(origin: &str, types: &str) -> Option<Value> {
    let query = "mutation($t: String!) { deploy(input: { name: \"shop\", stage: \"dev\", types: $t, force: true }) {
        errors { description } migration { revision status errors } } }";
    manage(origin, query, json!({ "t": types }))
}

/// What an answered deploy was refused with.
pub fn errors(answer: &Value) -> Vec<Value> {
    let of = |errors: &Value| errors.as_array().cloned().unwrap_or_default();
    [of(&answer["errors"]), of(&answer["data"]["deploy"]["errors"])].concat()
}
