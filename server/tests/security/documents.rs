//! BI-8: documents that mean to cost more than they are worth, to every API. Each gets a clear error, and none ends the
//! process or keeps it busy.

use crate::surfaces::{Api, Surface, Target, alone, assert_clear, up};
use serde_json::json;
use std::time::Duration;

/// Processor time that one refused request may take. Without the bounds the worst take minutes.
const CPU_MAX: Duration = Duration::from_millis(20);
/// Times that one is asked again which took longer: the middle one counts, for the system disturbs one try or another.
const TRIES: usize = 5;
/// Processor time that a large request may take which is answered (design §4: none over 250 ms).
const ANSWERED_CPU_MAX: Duration = Duration::from_millis(250);
/// Processor time that introspection may take, which is answered.
const INTROSPECTION_CPU_MAX: Duration = Duration::from_millis(1_000);

/// Documents that every API refuses.
fn abusive(api: &Api) -> Vec<(String, String)> {
    let Api { field, leaf, .. } = api;
    let root = format!("{field} {{ {leaf} }}");
    let value = |text: &str| format!("{{ {} }}", api.argument.replace("VALUE", text));
    let wrapped = |open: &str, inner: &str, close: &str, n| format!("{}{inner}{}", open.repeat(n), close.repeat(n));
    let numbered = |n: usize, make: &dyn Fn(usize) -> String| (0..n).map(make).collect::<String>();
    let mut documents = Vec::new();
    let mut add = |name: &str, document: String| documents.push((name.to_owned(), document));
    for n in [2_000, 20_000] {
        add("lists", value(&wrapped("[", "1", "]", n)));
        add("open lists", value(&"[".repeat(n)));
        add("objects", value(&wrapped("{a:", "1", "}", n)));
        add("selections", wrapped(&format!("{{ {field} "), leaf, " }", n));
        add("inline fragments", wrapped("{ ... on Query ", &format!("{{ {root} }}"), " }", n));
        add("types", format!("query($x: {}) {{ {root} }}", wrapped("[", "Int", "]", n)));
        add("default values", format!("query($x: Int = {}) {{ {root} }}", wrapped("[", "1", "]", n)));
    }
    for n in 10..=30 {
        let doubled = |n: usize| format!(" fragment F{} on Query {{ ...F{n} ...F{n} }}", n + 1);
        // Below 14 doublings the data API answers: it is not too much.
        if n >= 14 {
            let last = format!("{{ ...F{n} }} fragment F0 on Query {{ a: {root} }}");
            add(&format!("{n} doublings"), last + &numbered(n, &doubled));
        }
    }
    add("a circle", "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".to_owned());
    add("a circle of one", "{ ...A } fragment A on Query { ...A }".to_owned());
    add(
        "300 fragments",
        numbered(300, &|n| format!("fragment F{n} on Query {{ {root} }} ")) + &format!("{{ {root} }}"),
    );
    add("equal fields", format!("{{ {} }}", "a ".repeat(50_000)));
    add("aliases", format!("{{ {} }}", numbered(10_000, &|n| format!("a{n}: {root} "))));
    add("few aliases", format!("{{ {} }}", numbered(1_500, &|n| format!("a{n}: {root} "))));
    let directives = "@skip(if: false) ".repeat(10_000);
    add("directives of a field", format!("{{ {field} {directives} {{ {leaf} }} }}"));
    add("directives of an operation", format!("query {directives} {{ {root} }}"));
    add("directives of a fragment", format!("{{ ...F }} fragment F on Query {directives} {{ {root} }}"));
    add("directives of a spread", format!("{{ ...F {directives} }} fragment F on Query {{ {root} }}"));
    add("directives of a variable", format!("query($x: Int {directives}) {{ {root} }}"));
    add("100 unknown directives", format!("query {} {{ {root} }}", "@a ".repeat(100)));
    add("variables", format!("query({}) {{ {root} }}", numbered(75_000, &|n| format!("$a{n:x}:Int "))));
    add("1,000 unused variables", format!("query({}) {{ {root} }}", numbered(1_000, &|n| format!("$a{n}:Int "))));
    add("unknown fields", format!("{{ {} }}", numbered(2_000, &|n| format!("a{n} "))));
    add("a long name", format!("{{ {} }}", "a".repeat(1_000_000)));
    add("a long name of middle length", format!("{{ {} }}", "a".repeat(100_000)));
    add("a long alias", format!("{{ {}: nothing }}", "a".repeat(100_000)));
    add("a long text", format!("{{ nothing(x: \"{}\") }}", "x".repeat(1_000_000)));
    add("a long text at a number", value(&format!("[\"{}\"]", "x".repeat(200_000))));
    add("a long type", format!("query($x: {}) {{ {root} }}", "A".repeat(200_000)));
    add("a long fragment", format!("{{ ...{} }}", "F".repeat(200_000)));
    add("a long number", value(&"9".repeat(200_000)));
    add("an open text", format!("{{ {field}(x: \"{}", "(".repeat(5_000)));
    add("an open block text", format!("{{ {field}(x: \"\"\"{}", "(".repeat(5_000)));
    for (round, close, n) in [
        ("fields { type { ofType { ", " } } }", 15),
        ("fields { type { ofType { ofType { ofType { ", " } } } } }", 11),
        ("fields { args { type { ofType { ", " } } } }", 12),
        ("possibleTypes { ", " }", 40),
    ] {
        add(
            "a round of introspection",
            format!("{{ __schema {{ types {{ {} }} }} }}", wrapped(round, "name", close, n)),
        );
    }
    for text in [
        "",
        " ",
        "{",
        "}",
        "{}",
        "{ \u{0} }",
        "{ é }",
        "{ a\u{202e}b }",
        "{ а }",
        "query",
        "\u{feff}",
        "𝒳",
        "{ \"a\" }",
    ] {
        add(&format!("{text:?}"), text.to_owned());
    }
    add("nothing of that name", "{ `'\"; DROP TABLE Note; -- }".to_owned());
    documents
}

fn assert_refused(target: &mut Target) {
    let mut worst = (Duration::ZERO, String::new());
    for place in 0..target.surfaces.len() {
        for (number, (name, document)) in abusive(&target.surfaces[place].api).into_iter().enumerate() {
            let surface: &Surface = &target.surfaces[place];
            let what = format!("{}: {name}", surface.name);
            let body = json!({ "query": document }).to_string();
            let mut costs = Vec::new();
            while costs.is_empty() || (costs[0] > CPU_MAX && costs.len() < TRIES) {
                let before = target.cpu();
                let answer = surface.ask(number, body.as_bytes());
                costs.push(target.cpu().saturating_sub(before));
                assert_clear(&answer, &what);
            }
            costs.sort_unstable();
            let cost = costs[costs.len() / 2];
            assert!(cost <= CPU_MAX, "{what}: {cost:?} of processor time");
            worst = worst.max((cost, what));
        }
        let name = target.surfaces[place].name;
        target.assert_unharmed(name);
    }
    println!("the dearest: {worst:?}");
}

#[test]
fn abusive_documents_get_a_clear_error_behind_the_gateway() {
    assert_refused(&mut up());
}

#[test]
fn abusive_documents_get_a_clear_error_from_the_engine_alone() {
    assert_refused(&mut alone());
}

/// Introspection as deep as it may be is answered or refused within the same bounds.
#[test]
fn introspection_in_rounds_costs_little() {
    for mut target in [up(), alone()] {
        for surface in &target.surfaces {
            for (name, round, close) in [
                ("direct", "fields { type { ", " } }"),
                ("one inside", "fields { type { ofType { ", " } } }"),
                ("lists", "fields { type { ofType { ofType { ofType { ", " } } } } }"),
                ("everything", "fields { type { name ofType { name ofType { name ofType { name ", " } } } } }"),
                ("arguments", "fields { args { type { ofType { ", " } } } }"),
            ] {
                for n in 1..=12 {
                    let document =
                        format!("{{ __schema {{ types {{ {}name{} }} }} }}", round.repeat(n), close.repeat(n));
                    let before = target.cpu();
                    let answer = surface.ask(n, json!({ "query": document }).to_string().as_bytes());
                    let cost = target.cpu().saturating_sub(before);
                    let what = format!("{}: {n} rounds, {name}: {} bytes, {cost:?}", surface.name, answer.body.len());
                    assert!(answer.status < 500 && cost <= INTROSPECTION_CPU_MAX, "{what}");
                    if cost > Duration::from_millis(100) {
                        println!("{what}");
                    }
                }
            }
        }
        target.assert_unharmed("introspection");
    }
}

/// What is large but means no harm is answered.
#[test]
fn large_documents_and_values_are_answered() {
    let mut target = alone();
    let data = &target.surfaces[0];
    let long = "x".repeat(1_000_000);
    let doubled: String = (0..12).map(|n| format!(" fragment F{} on Note {{ ...F{n} ...F{n} }}", n + 1)).collect();
    let variables: serde_json::Map<_, _> = (0..80_000).map(|n| (format!("{n:x}"), json!(1))).collect();
    for (name, body) in [
        ("a long value", json!({ "query": format!("{{ notes(where: {{ text: \"{long}\" }}) {{ id }} }}") })),
        (
            "a long variable",
            json!({ "query": "query($t: String) { notes(where: { text: $t }) { id } }", "variables": { "t": long } }),
        ),
        (
            "doubled fragments",
            json!({ "query": format!("{{ notes {{ ...F12 }} }} fragment F0 on Note {{ id }}{doubled}") }),
        ),
        ("equal fields", json!({ "query": format!("{{ notes {{ {} }} }}", "id ".repeat(9_000)) })),
        ("variables that nobody declared", json!({ "query": "{ notes { id } }", "variables": variables })),
        ("50 operations", json!(vec![json!({ "query": "{ notes { id } }" }); 50])),
    ] {
        let before = target.cpu();
        let answer = data.ask(0, body.to_string().as_bytes());
        let cost = target.cpu().saturating_sub(before);
        let json = answer.json();
        let first = if json.is_array() { &json[0] } else { &json };
        assert_eq!(first, &json!({ "data": { "notes": [] } }), "{name}: {:.300}", answer.text());
        assert!(cost <= ANSWERED_CPU_MAX, "{name}: {cost:?} of processor time");
    }
    target.assert_unharmed("large documents");
}
