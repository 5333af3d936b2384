//! The figures of `./bench data` as tables.

use serde_json::Value as Json;

/// Everything that was measured, with its goals.
pub fn tables(measured: &Json) -> String {
    let mut page = format!("Measured {} on: {}.\n\n", text(measured, "date"), text(measured, "machine"));
    page += "On Postgres, beside the best of three hand-written servers (`ratio`: our requests/s by theirs, run by run):\n\n";
    page += "| work | ratio, 8 connections | goal | 32 connections | goal | server CPU, µs | goal | requests/s | p99, ms | theirs | times the best peer | goal |\n";
    page += "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";
    for line in list(measured, "postgres") {
        let peer = match line["best_peer"].as_str() {
            Some(peer) => format!("{} ({peer})", number(&line["times_best_peer"])),
            None => "—".to_owned(),
        };
        page += &format!("{} {peer} | {} |\n", row(line), number(&line["times_best_peer_goal"]));
    }
    page += "\nOn SQLite, beside one hand-written server on SQLite (writes: with every commit synced):\n\n";
    page += "| work | ratio, 8 connections | goal | 32 connections | goal | server CPU, µs | goal | requests/s | p99, ms | theirs |\n";
    page += "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";
    list(measured, "sqlite").for_each(|line| page += &format!("{}\n", row(line)));
    page += "\n| what | Postgres | SQLite | goal |\n| --- | --- | --- | --- |\n";
    let memory = &measured["memory_mib"];
    for (what, key, goal) in [("idle with one service, MiB", "idle", 25), ("after this load, MiB", "after_load", 100)] {
        let of = |database: &str| number(&memory[database][key]);
        page += &format!("| memory {what} | {} | {} | {goal} |\n", of("Postgres"), of("SQLite"));
    }
    for work in ["W1", "W2", "W3", "W4"] {
        let of = |database: &str| number(&measured["tenants"][database][work]);
        page +=
            &format!("| {work} over 1,000 services by one of them | {} | {} | 0.7 |\n", of("postgres"), of("sqlite"));
    }
    for (what, key, goal) in [
        ("quiet", "quiet_p99_ms", ""),
        ("beside a scan of another service", "beside_a_scan_p99_ms", "1 more"),
        ("beside a full service that keeps writing", "beside_a_full_one_p99_ms", ""),
    ] {
        let of = |database: &str| number(&measured["neighbour"][database][key]);
        page += &format!("| p99 of W1, {what}, ms | {} | {} | {goal} |\n", of("postgres"), of("sqlite"));
    }
    let limit = |key: &str| number(&measured["neighbour"]["limit_on_postgres"][key]);
    page += &format!("| the same of a hand-written server, quiet, ms | {} | | |\n", limit("quiet_p99_ms"));
    page += &format!("| the same of it, beside that scan, ms | {} | | |\n", limit("beside_a_scan_p99_ms"));
    let all = |database: &str| number(&measured["memory_mib_with_all_tenants"][database]);
    page += &format!("| memory after load on 1,000 services, MiB | {} | {} | |\n", all("Postgres"), all("SQLite"));
    let soak = |database: &str, key: &str| number(&measured["soak"][database][key]);
    for (what, key) in [("seconds of reads and writes without an error", "seconds"), ("requests in them", "requests")] {
        page += &format!("| {what} | {} | {} | |\n", soak("postgres", key), soak("sqlite", key));
    }
    let of = |database: &str| {
        let memory = &measured["soak"][database]["memory_mib"];
        format!("{} → {}", number(&memory[0]), number(&memory[1]))
    };
    page += &format!(
        "| memory after a minute and at the end, MiB | {} | {} | not growing |\n",
        of("postgres"),
        of("sqlite")
    );
    page += "\nA service of 100 types:\n\n| what | measured | goal |\n| --- | --- | --- |\n";
    for (what, key, goal) in [
        ("from the stored model to its API, ms", "type_system_ms", "5"),
        ("memory of its API and model, KiB", "type_system_kib", "1,024"),
        ("from a new document to its plan with statements, ms", "first_sight_ms", "1"),
    ] {
        page += &format!("| {what} | {} | {goal} |\n", number(&measured["many_types"][key]));
    }
    page
}

fn row(line: &Json) -> String {
    let cells =
        ["c8", "c8_goal", "c32", "c32_goal", "cpu_us", "cpu_us_goal", "requests_per_second", "p99_ms", "base_p99_ms"];
    let cells: Vec<String> = cells.iter().map(|key| number(&line[*key])).collect();
    format!("| {} | {} |", text(line, "workload"), cells.join(" | "))
}

fn list<'j>(of: &'j Json, key: &str) -> impl Iterator<Item = &'j Json> {
    of[key].as_array().into_iter().flatten()
}

fn text<'j>(of: &'j Json, key: &str) -> &'j str {
    of[key].as_str().unwrap_or_default()
}

fn number(value: &Json) -> String {
    if value.is_null() { "—".to_owned() } else { value.to_string() }
}
