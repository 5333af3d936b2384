//! BI-2: requests by the schema, with changes, and of raw bytes, at the real engine on a real Postgres server and on
//! SQLite. None ends in a fault of ours; and on Postgres, which writes down every statement, none of what a request chose
//! stands in one, and each statement names one service (SA-02).
//!
//! `REQUESTS=400000` sends more than usual.

use crate::{
    client::{Answer, Client},
    cloud::{Management, Service},
    mutation::{Numbers, base_seed, mutated},
    postgres::Postgres,
    random_request::{MARKS, Schema},
    surfaces::{SECRET, address, engine_on},
};
use serde_json::json;
use std::{
    io::Write as _,
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
};

/// Requests to each database.
const REQUESTS: usize = 30_000;
/// Connections that they come over.
const CONNECTIONS: usize = 4;
/// The services that take them.
const SERVICES: [&str; 2] = ["first", "second"];
/// Names of tables of both.
const TABLES: [&str; 8] = ["User", "Post", "Comment", "Profile", "label", "User_tags", "User_kinds", "_LabelToPost"];
/// A service with a field of every kind and every layout of a relation.
const EVERY_KIND: &str = include_str!("../../../engine/fuzz/seeds/every_kind.graphql");

/// What Postgres is told: to write down the statements, without their values and without errors, which quote values.
const LOGGED: [&str; 5] = [
    "log_statement=all",
    "log_parameter_max_length=0",
    "log_min_messages=log",
    "log_min_error_statement=panic",
    "log_line_prefix=|",
];

/// What became of the requests.
#[derive(Default)]
struct Counts {
    /// With data.
    answered: AtomicUsize,
    /// With errors, though they fit the schema.
    refused: AtomicUsize,
    /// With status 400.
    malformed: AtomicUsize,
}

#[test]
fn random_requests_on_sqlite() {
    send_all("{ connector: sqlite }");
}

#[test]
fn random_requests_on_postgres_and_what_they_become() {
    let server = match Postgres::start_with(&LOGGED) {
        Ok(server) => server,
        Err(why) => {
            drop(std::io::stdout().write_all(format!("left out: requests on Postgres: {why}\n").as_bytes()));
            return;
        }
    };
    send_all(&server.configuration("requests").replace("rawAccess: true", "rawAccess: false"));
    let log = server.log();
    let is_of_service = |text: &&str| judge(text).unwrap_or_else(|why| panic!("a statement {why}: {text}"));
    let of_services = statements(&log).filter(is_of_service).count();
    println!("{} statements, {of_services} of services", statements(&log).count());
    assert!(of_services > requests() / 4, "only {of_services} statements were written down");
}

fn requests() -> usize {
    let said = std::env::var_os("REQUESTS");
    said.map_or(REQUESTS, |said| said.to_string_lossy().parse().expect("REQUESTS is a number"))
}

/// Sends all requests to an engine on a database.
fn send_all(database: &str) {
    let folder = tempfile::tempdir().unwrap();
    let config = format!("managementApiSecret: {SECRET}\ndatabases: {{ default: {database} }}\n");
    let (mut process, origin) = engine_on(folder.path(), 0, |command| {
        command.env("PRISMA_CONFIG", config);
    });
    let management = Management { url: format!("{origin}/management"), secret: SECRET.to_owned() };
    for service in SERVICES {
        management.add(service, "dev");
        management.deploy(service, "dev", EVERY_KIND);
    }
    let schema = Schema::of(&Service { url: format!("{origin}/first/dev") });
    let (base, next, counts) = (base_seed(), AtomicUsize::new(0), Counts::default());
    let work = || {
        let mut client = Client::connect(address(&origin));
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= requests() {
                return;
            }
            send(&schema, &mut client, address(&origin), base.wrapping_add(number as u64), &counts);
        }
    };
    std::thread::scope(|scope| {
        (0..CONNECTIONS).for_each(|_| drop(scope.spawn(work)));
    });
    assert!(process.is_running(), "seed {base}");
    let [answered, refused, malformed] =
        [&counts.answered, &counts.refused, &counts.malformed].map(|count| count.load(Ordering::Relaxed));
    println!("{answered} answered, {refused} refused that fit the schema, {malformed} malformed");
    assert!(answered * 4 > requests(), "seed {base}: only {answered} requests were answered");
}

/// Sends one request and judges its answer.
fn send(schema: &Schema, client: &mut Client, address: SocketAddr, seed: u64, counts: &Counts) {
    let mut numbers = Numbers::new(seed);
    let service = numbers.pick(&SERVICES);
    let (document, variables) = schema.request(&mut numbers);
    let kind = numbers.below(10);
    let document = if (6..8).contains(&kind) { mutated(&document, &mut numbers) } else { document };
    let mut body = json!({ "query": document, "variables": variables }).to_string().into_bytes();
    if kind >= 8 {
        for _ in 0..=numbers.below(4) {
            let (at, length) = (numbers.below(body.len() + 1), numbers.below(12));
            let end = (at + length).min(body.len());
            let bytes: Vec<u8> = (0..numbers.below(4)).map(|_| numbers.below(256) as u8).collect();
            body.splice(at..end, bytes);
        }
    }
    let head = format!(
        "POST /{service}/dev HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let answer = client.ask([head.as_bytes(), &body].concat());
    if answer.header("connection").is_some_and(|connection| connection.eq_ignore_ascii_case("close")) {
        *client = Client::connect(address);
    }
    let about =
        || format!("seed {seed}: {}\n{}", String::from_utf8_lossy(&body), String::from_utf8_lossy(&answer.body));
    assert_no_fault(&answer, &about);
    let json = answer.json();
    let count = match (answer.status, json["errors"].is_null()) {
        (400, _) => &counts.malformed,
        (_, true) => &counts.answered,
        (_, false) if kind < 6 => {
            // What says a place in the document says that it does not fit the schema.
            assert!(!json.to_string().contains("(line "), "{}", about());
            &counts.refused
        }
        _ => return,
    };
    count.fetch_add(1, Ordering::Relaxed);
}

/// Nothing of an answer is a fault of ours or tells of the inside (SA-57).
fn assert_no_fault(answer: &Answer, about: &dyn Fn() -> String) {
    assert!((200..500).contains(&answer.status), "{} {}", answer.status, about());
    let text = answer.text();
    for word in ["internal", "panicked", "SELECT ", "pg_", ".rs:", "sqlite"] {
        assert!(!text.contains(word), "tells {word}, {}", about());
    }
}

/// The statements that a server's log holds.
fn statements(log: &str) -> impl Iterator<Item = &str> {
    log.split("\n|").filter(|line| line.contains("execute ") || line.contains("statement: "))
}

/// Whether a statement is about a service, or which rule it breaks.
fn judge(statement: &str) -> Result<bool, String> {
    // How many rows are wanted stands in the text, as a number and nothing else: the planner goes by it.
    let judged = statement.replace("LIMIT 161803398", "");
    if let Some(mark) = MARKS.iter().find(|mark| judged.contains(**mark)) {
        return Err(format!("holds {mark}, which a request chose"));
    }
    if statement.contains("search_path") {
        return Err("goes by a search path".to_owned());
    }
    for table in TABLES {
        let quoted = format!("\"{table}\"");
        let mut places = statement.match_indices(&quoted).map(|(place, _)| place);
        if places.any(|place| !statement[..place].ends_with('.')) {
            return Err(format!("names {table} without its schema"));
        }
    }
    match SERVICES.iter().filter(|service| statement.contains(&format!("\"{service}$dev\"."))).count() {
        services @ 0..2 => Ok(services == 1),
        _ => Err("is about two services".to_owned()),
    }
}

#[test]
fn statements_that_break_a_rule_are_seen() {
    for (statement, is_sound) in [
        (r#"SELECT t0."id" FROM "first$dev"."User" AS t0 WHERE t0."id" = $1 LIMIT 161803398"#, true),
        ("START TRANSACTION", true),
        (r#"SELECT t0."id" FROM "first$dev"."User" AS t0 WHERE t0."id" = 'mK4r7Zq1'"#, false),
        (r#"SELECT t0."id" AS "mK4r7Zq1" FROM "first$dev"."User" AS t0"#, false),
        (r#"SELECT t0."id" FROM "first$dev"."User" AS t0 LIMIT 1 OFFSET 161803398"#, false),
        (r#"SELECT t0."id" FROM "User" AS t0"#, false),
        (r#"SELECT t0."id" FROM "first$dev"."User" AS t0 JOIN "second$dev"."Post" AS t1 ON TRUE"#, false),
        (r#"SET search_path TO "first$dev""#, false),
    ] {
        assert_eq!(judge(statement).is_ok(), is_sound, "{statement}");
    }
}
