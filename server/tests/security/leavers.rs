//! Clients that leave: who waits and goes is never executed (T6), and what has begun ends whoever goes.

use crate::{
    client::{Client, bare, post},
    cloud::{Cloud, Management, Service},
    surfaces::{NOTE, SECRET, address, engine},
};
use serde_json::json;
use std::{
    collections::BTreeSet,
    fs::File,
    process::Command,
    time::{Duration, Instant},
};

/// Sends the log to a file, with the lines that tell what was executed.
fn log_to(command: &mut Command, file: &std::path::Path) {
    command.env("REFRACT_LOG", "warn,execution=debug").stderr(File::create(file).expect("a writable folder"));
}

/// Request ids of what was executed, as the engine's log tells.
fn executed(file: &std::path::Path) -> Vec<String> {
    let log = std::fs::read_to_string(file).unwrap_or_default();
    let id = |line: &str| -> Option<String> {
        let line: serde_json::Value = serde_json::from_str(line).ok()?;
        (line["target"] == "execution").then(|| line["fields"]["request_id"].as_str().unwrap_or_default().to_owned())
    };
    log.lines().filter_map(id).collect()
}

/// Ten run at once, 25 wait. The first five of the line stay, of the others every second one hangs up.
#[test]
fn of_those_who_wait_the_ones_who_leave_are_never_executed() {
    let logs = tempfile::tempdir().unwrap();
    let log = logs.path().join("log");
    let cloud = Cloud::start_as(tempfile::tempdir().unwrap(), &[], |command| log_to(command, &log));
    let service = cloud.deploy("noted", NOTE);
    let address = address(&cloud.eu1);
    let path = service.url.strip_prefix(&cloud.eu1).unwrap();
    let connected = |n: usize| {
        let query = format!("mutation {{ createNote(data: {{ text: \"n{n}\" }}) {{ text }} }}");
        let mut client = Client::connect(address);
        client.send(post(path, &json!({ "query": query }).to_string()));
        (n, client)
    };
    let mut answered = BTreeSet::new();
    let mut ids = BTreeSet::new();
    let mut longest = 0_u64;
    let mut answer = |(n, mut client): (usize, Client)| {
        let answer = client.answer();
        assert_eq!(answer.json()["data"]["createNote"]["text"], format!("n{n}"), "{answer:?}");
        answered.insert(format!("n{n}"));
        ids.insert(answer.header("request-id").unwrap().to_owned());
        let throttled: u64 = answer.header("throttled-by").unwrap().trim_end_matches("ms").parse().unwrap();
        longest = throttled.max(longest);
    };
    (0..10).map(connected).for_each(&mut answer);
    let waiting = (10..35).map(|n| {
        // One after the other, so that each has its place.
        std::thread::sleep(Duration::from_millis(5));
        connected(n)
    });
    let waiting: Vec<_> = waiting.collect();
    let (stay, leave): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(n, _)| *n < 15 || n % 2 == 0);
    drop(leave);
    stay.into_iter().for_each(&mut answer);
    // Everybody behind a leaver has moved up: the last would have waited 25 seconds, one a second.
    assert!(longest < 20_000, "{longest} ms");
    let found = service.query("{ notes { text } }");
    let found: BTreeSet<String> =
        found["data"]["notes"].as_array().unwrap().iter().map(|n| n["text"].as_str().unwrap().to_owned()).collect();
    assert_eq!(found, answered, "what is stored is what was answered");
    assert_eq!(cloud.process.stop(), Some(0));
    let log: BTreeSet<String> = executed(&log).into_iter().collect();
    let others: Vec<&String> = log.difference(&ids).collect();
    // The last look at what is stored, and nothing else.
    assert_eq!((others.len(), ids.is_subset(&log)), (1, true), "executed for nobody: {others:?}");
}

/// A mutation of many root fields whose client hangs up hard in the middle is carried out to its last field.
#[test]
fn a_mutation_that_has_begun_ends_without_its_client() {
    const FIELDS: usize = 400;
    let (_process, origin, _folder) = engine(|_| {});
    let management = Management { url: format!("{origin}/management"), secret: SECRET.to_owned() };
    management.add("shop", "dev");
    management.deploy("shop", "dev", NOTE);
    let service = Service { url: format!("{origin}/shop/dev") };
    let count = || {
        let answer = service.query("{ notesConnection { aggregate { count } } }");
        answer["data"]["notesConnection"]["aggregate"]["count"].as_u64().expect("a count") as usize
    };
    let fields: String =
        (0..FIELDS).map(|n| format!("a{n}: createNote(data: {{ text: \"{n}\" }}) {{ id }} ")).collect();
    let body = json!({ "query": format!("mutation {{ {fields} }}") }).to_string();
    let mut cut_in_the_middle = 0;
    for round in 0..5 {
        let mut client = Client::connect(address(&origin));
        client.send(bare("GET", "/status", "") + &post("/shop/dev", &body));
        let before = round * FIELDS;
        until("the mutation has begun", || count() > before);
        // The answer about the status was not read: this ends the connection with RST.
        drop(client);
        cut_in_the_middle += usize::from(count() < before + FIELDS);
        until("every field has been carried out", || count() == before + FIELDS);
    }
    assert!(cut_in_the_middle > 0, "no mutation was still running when its client left");
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < end, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
