//! Addresses: paths that mean nothing are answered before anything is looked up.

use crate::{
    client::{post, query},
    server::{Server, limits},
};
use region_config::{Chance, SystemChance, chance::SeededChance};

#[test]
fn bad_paths_get_404_and_no_look_up() {
    let server = Server::start(limits());
    let mut client = server.client();
    for path in [
        "/",
        "/acme",
        "/shop/dev",
        "/acme/shop%2Fdev",
        "/acme/shop/%2e%2e",
        "/acme/shop/..",
        "/acme/shop/.",
        "/acme/shop/d%00",
        "/acme/shop/d%0a",
        "/acme/shop/dev;x=1",
        "/acme;x/shop/dev",
        "//acme/shop/dev",
        "/acme//shop/dev",
        "/acme/shop/dev/",
        "/acme/shop/dev//",
        "/acme/shop%252Fdev/x",
        "/acme/shop/dev/private/",
        "/acme/shop/dev/Private",
        "/Acme/shop/dev",
        "/acme\\shop/dev",
        "/acme/sh~op/dev",
        "/acme~x~shop/dev",
        "/acme/shop$x/dev",
        "/acme/shop@dev/x",
        "/management/",
        "/management/x",
        "/MANAGEMENT",
        "/status/x",
        "/favicon.ico",
        "/_assets/../acme/shop/dev",
    ] {
        let answer = client.ask(post(path, &query("a")));
        assert_eq!((answer.status, answer.error().0), (404, Some(6001)), "{path}");
    }
    let long = format!("/acme/{}/dev", "s".repeat(60_000));
    assert_eq!(client.ask(post(&long, &query("a"))).status, 404);
    assert_eq!((server.lookups(), server.executed().len()), (0, 0));
    // A query string is no part of the address, and a fragment never comes from an honest client.
    assert_eq!(client.ask(post("/acme/shop/dev?x=/../..", &query("a"))).status, 200);
    // Bytes that no target may have are refused by the server's own parser.
    for path in ["/аcme/shop/dev", "/acme/shop/d ev", "/acme/shop/d\u{0}"] {
        assert_eq!(server.client().ask(post(path, &query("a"))).status, 400, "{path}");
    }
    assert_eq!(server.executed().len(), 1);
}

/// The grammar once more, written for the test alone.
fn expected(path: &str) -> Option<String> {
    let letters = |s: &str, more: &str, max: usize| {
        s.len() <= max
            && s.chars().next().is_some_and(|c| c.is_ascii_alphabetic())
            && s.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    let mut parts: Vec<&str> = path.split('/').collect();
    if !parts.remove(0).is_empty() {
        return None;
    }
    let endpoint = match parts.last().copied() {
        Some("private") => "Private",
        Some("import") => "Import",
        Some("export") => "Export",
        Some("_datamodel") => "Datamodel",
        _ => "Api",
    };
    if endpoint != "Api" {
        parts.pop();
    }
    let (workspace, service, stage) = match parts.as_slice() {
        [workspace, service, stage] => (*workspace, *service, *stage),
        [both, stage] => {
            let (workspace, service) = both.split_once('~')?;
            (workspace, service, *stage)
        }
        _ => return None,
    };
    let slug = letters(workspace, "-", 40)
        && workspace.len() >= 3
        && !workspace.ends_with('-')
        && workspace.chars().all(|c| !c.is_ascii_uppercase());
    (slug && letters(service, "-_", 140) && letters(stage, "-_", 30))
        .then(|| format!("us1 {workspace}~{service}@{stage} {endpoint}"))
}

const BETWEEN: [&str; 11] = ["/", "/", "/", "/", "/", "", "//", "%2F", "/./", "/../", "\\"];
const NAMES: [&str; 27] = [
    "acme",
    "a-b",
    "ab",
    "Acme",
    "acme-",
    "acme~shop",
    "a~b~c",
    "shop",
    "shop",
    "shop",
    "dev",
    "d_1",
    "1d",
    "-",
    "_",
    "~",
    "%2e",
    "..",
    ".",
    "%00",
    ";",
    "private",
    "import",
    "export",
    "_datamodel",
    "shop;v=1",
    "sh%6fp",
];

#[test]
fn random_paths_reach_the_service_they_name_or_none() {
    let seed = SystemChance.number();
    println!("seed {seed}");
    let chance = SeededChance::new(seed);
    let pick = |choices: &[&str]| choices[usize::try_from(chance.number() % choices.len() as u64).unwrap()].to_owned();
    let mut limits = limits();
    // Nobody is to wait, and introspection and tokens play no part.
    limits.requests.burst = std::num::NonZeroU32::new(1_000_000).unwrap();
    limits.import_kib.burst = limits.requests.burst;
    limits.export_kib.burst = limits.requests.burst;
    let server = Server::start(limits);
    let mut client = server.client();
    let mut accepted = 0;
    for round in 0..4_000 {
        // Every other path is a good one with one change, if any.
        let mut parts: Vec<String> = if chance.number().is_multiple_of(2) {
            ["/", &pick(&["acme", "a-b"]), "/", "shop", "/", "dev", &pick(&["", "/private", "/import", "/export"])]
                .map(str::to_owned)
                .to_vec()
        } else {
            (0..chance.number() % 12).map(|n| pick(if n % 2 == 0 { &BETWEEN } else { &NAMES })).collect()
        };
        let place = usize::try_from(chance.number() % 20).unwrap();
        if let Some(part) = parts.get_mut(place) {
            *part = pick(if chance.number().is_multiple_of(2) { &BETWEEN } else { &NAMES });
        }
        let mut path = parts.concat();
        if !path.starts_with('/') {
            path.insert(0, '/');
        }
        let before = server.lookups();
        let answer = client.ask(post(&path, &query("a")));
        let executed = server.executed();
        server.engine.executed.lock().clear();
        let lookups = server.lookups() - before;
        match expected(&path) {
            None => {
                assert_eq!((answer.status, lookups, executed.len()), (404, 0, 0), "seed {seed}, {round}: {path}");
            }
            Some(target) if target.contains("~shop@") => {
                accepted += 1;
                assert_eq!((answer.status, lookups), (200, 1), "seed {seed}, {round}: {path}");
                assert_eq!(executed, [format!("{target}: {}", query("a"))], "seed {seed}, {round}: {path}");
            }
            Some(_) => {
                assert_eq!((answer.error().0, lookups), (Some(3016), 1), "seed {seed}, {round}: {path}");
                assert!(executed.is_empty());
            }
        }
    }
    assert!(accepted > 500, "seed {seed}: the paths are too wild, {accepted} accepted");
}
