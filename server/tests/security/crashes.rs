//! `kill -9` in the middle of writes and of deploys, again and again: after each restart nothing acknowledged is lost,
//! `migrationStatus` tells the truth, and the next deploy works (O1 and O2 of the fault matrix, in small).

use crate::{
    cloud::{Management, Service, management_token},
    mutation::{Numbers, base_seed},
    patient::try_post,
    surfaces::{NOTE, SECRET, address, engine_on},
};
use serde_json::json;
use std::{
    collections::BTreeSet,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

/// Crashes of each test.
const CRASHES: u32 = 6;

/// Runs an engine, what happens to it, and a crash after a random while; on one port, so that clients find it again.
fn crash_while(
    folder: &std::path::Path,
    port: &mut u16,
    numbers: &mut Numbers,
    happens: impl Fn(&str, &AtomicBool) + Sync,
) {
    let (process, origin) = engine_on(folder, *port, |_| {});
    *port = address(&origin).port();
    let over = AtomicBool::new(false);
    let after = Duration::from_millis(80 + numbers.below(250) as u64);
    std::thread::scope(|scope| {
        scope.spawn(|| happens(&origin, &over));
        std::thread::sleep(after);
        process.kill();
        over.store(true, Ordering::SeqCst);
    });
}

#[test]
fn no_acknowledged_write_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut numbers = Numbers::new(base_seed());
    let mut port = 0;
    {
        let (_process, origin) = engine_on(folder.path(), 0, |_| {});
        let management = Management { url: format!("{origin}/management"), secret: SECRET.to_owned() };
        management.add("shop", "dev");
        let types = "type Order { id: ID! @id name: String! lines: [Line] } type Line { id: ID! @id order: Order! @relation(link: INLINE) name: String! }";
        management.deploy("shop", "dev", types);
    }
    let next = AtomicU32::new(0);
    let acknowledged = Mutex::new(BTreeSet::new());
    for _ in 0..CRASHES {
        crash_while(folder.path(), &mut port, &mut numbers, |origin, over| {
            std::thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| {
                        while !over.load(Ordering::SeqCst) {
                            let n = next.fetch_add(1, Ordering::SeqCst);
                            let query = format!("mutation {{ createOrder(data: {{ name: \"{n}\", lines: {{ create: [{{ name: \"{n}\" }}, {{ name: \"{n}\" }}] }} }}) {{ name }} }}");
                            let answer = try_post(&format!("{origin}/shop/dev"), &json!({ "query": query }), None);
                            if let Some(answer) = answer {
                                assert_eq!(answer["data"]["createOrder"]["name"], n.to_string(), "{answer}");
                                acknowledged.lock().unwrap().insert(n);
                            }
                        }
                    });
                }
            });
        });
    }
    let (_process, origin) = engine_on(folder.path(), 0, |_| {});
    let service = Service { url: format!("{origin}/shop/dev") };
    let found = service.query("{ orders { name lines { name } } lines { order { name } } }");
    let mut stored = BTreeSet::new();
    for order in found["data"]["orders"].as_array().unwrap_or_else(|| panic!("{found}")) {
        let n: u32 = order["name"].as_str().unwrap().parse().unwrap();
        assert!(stored.insert(n), "{n} is there twice");
        assert_eq!(order["lines"].as_array().map(Vec::len), Some(2), "half of a write: {order}");
    }
    let acknowledged = acknowledged.into_inner().unwrap();
    let lost: Vec<&u32> = acknowledged.difference(&stored).collect();
    println!("{} acknowledged, {} stored", acknowledged.len(), stored.len());
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    assert!(acknowledged.len() > 20, "{} acknowledged", acknowledged.len());
}

/// The n-th datamodel of a service: each adds something to the one before, and removes something.
fn datamodel(n: u32) -> String {
    let this = n % 7;
    let list = if n.is_multiple_of(2) {
        "tags: [String] @scalarList(strategy: RELATION)"
    } else {
        "other: Other @relation(link: INLINE)"
    };
    let other = if n.is_multiple_of(2) { "" } else { " type Other { id: ID! @id name: String @unique }" };
    format!("type Note {{ id: ID! @id text: String f{this}: Int {list} }}{other}")
}

#[test]
fn deploys_that_a_crash_cuts_off_are_finished_or_never_were() {
    let folder = tempfile::tempdir().unwrap();
    let mut numbers = Numbers::new(base_seed());
    let mut port = 0;
    {
        let (_process, origin) = engine_on(folder.path(), 0, |_| {});
        let management = Management { url: format!("{origin}/management"), secret: SECRET.to_owned() };
        management.add("shop", "dev");
        management.deploy("shop", "dev", NOTE);
        let service = Service { url: format!("{origin}/shop/dev") };
        service.query(r#"mutation { createNote(data: { text: "kept" }) { id } }"#);
    }
    let next = AtomicU32::new(0);
    let newest = AtomicU32::new(1);
    let token = management_token(SECRET);
    let deploy = |origin: &str, n: u32| {
        let query =
            "mutation($t: String!) { deploy(input: { name: \"shop\", stage: \"dev\", types: $t, force: true }) {
            errors { description } migration { revision status errors } } }";
        try_post(
            &format!("{origin}/management"),
            &json!({ "query": query, "variables": { "t": datamodel(n) } }),
            Some(&token),
        )
    };
    for crash in 0..CRASHES {
        crash_while(folder.path(), &mut port, &mut numbers, |origin, over| {
            while !over.load(Ordering::SeqCst) {
                let n = next.fetch_add(1, Ordering::SeqCst);
                let Some(answer) = deploy(origin, n) else { continue };
                let migration = &answer["data"]["deploy"]["migration"];
                assert_eq!((&migration["status"], &migration["errors"]), (&json!("PENDING"), &json!([])), "{answer}");
                newest.store(migration["revision"].as_u64().unwrap() as u32, Ordering::SeqCst);
            }
        });
        let (process, origin) = engine_on(folder.path(), port, |_| {});
        let management = Management { url: format!("{origin}/management"), secret: SECRET.to_owned() };
        let status = management.call(
            "{ migrationStatus(name: \"shop\", stage: \"dev\") { revision status errors datamodel } }",
            json!({}),
        );
        let status = &status["data"]["migrationStatus"];
        let revision = status["revision"].as_u64().unwrap_or_else(|| panic!("{status}")) as u32;
        assert!(revision >= newest.load(Ordering::SeqCst), "crash {crash}: an acknowledged deploy is lost: {status}");
        assert_eq!((&status["status"], &status["errors"]), (&json!("SUCCESS"), &json!([])), "crash {crash}");
        // The service is what the newest migration says: its fields, its tables, and the data that was there.
        let service = Service { url: format!("{origin}/shop/dev") };
        let served = crate::cloud::post(&format!("{origin}/shop/dev/_datamodel"), &json!({}), None).json();
        assert_eq!(served, status["datamodel"], "crash {crash}");
        let text = served.as_str().unwrap();
        let field = text.split(" text: String ").nth(1).and_then(|rest| rest.split(':').next());
        let fields = field.map_or("text".to_owned(), |field| format!("text {field}"));
        let extra = if text.contains("tags:") {
            "tags"
        } else if text.contains("other:") {
            "other { name }"
        } else {
            ""
        };
        let found = service.query(&format!("{{ notes {{ {fields} {extra} }} }}"));
        assert_eq!(found["data"]["notes"][0]["text"], "kept", "crash {crash}: {text}: {found}");
        // Tries after the crash have counted on too: any number may be that of the datamodel which is served.
        let mut n = next.fetch_add(1, Ordering::SeqCst);
        while datamodel(n) == text {
            n = next.fetch_add(1, Ordering::SeqCst);
        }
        let answer = deploy(&origin, n).expect("it runs");
        assert_eq!(management.ended("shop", "dev")["status"], "SUCCESS", "crash {crash}: the next deploy: {answer}");
        newest.store(answer["data"]["deploy"]["migration"]["revision"].as_u64().unwrap() as u32, Ordering::SeqCst);
        assert_eq!(process.stop(), Some(0));
    }
    assert!(newest.load(Ordering::SeqCst) > CRASHES, "deploys were acknowledged");
}
