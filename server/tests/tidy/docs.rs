//! Pages that must say what the code does: the table of limits is written from the constants, and the figures are those
//! that were measured. `UPDATE_EXPECT=1` writes the table again.

use crate::{figures, none, read, root};
use connectors::sqlite::SqliteOptions;
use gateway::{Allowance, GatewayLimits};
use region_config::limits;
use serde_json::Value as Json;
use std::time::Duration;

const BEGIN: &str = "<!-- written from the code by server/tests/tidy/docs.rs -->\n";
const MEASURED: &str = "<!-- written from measured-data.json by server/tests/tidy/docs.rs -->\n";
const END: &str = "<!-- to here -->";

#[test]
fn the_table_of_limits_is_that_of_the_code() {
    let path = root().join("docs/limits.md");
    let page = read(&path);
    let (before, rest) = page.split_once(BEGIN).expect("the mark where the table begins");
    let (_, after) = rest.split_once(END).expect("the mark where the table ends");
    let written = format!("{before}{BEGIN}\n{}\n{END}{after}", tables());
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, written).expect("a writable page");
        return;
    }
    assert!(page == written, "docs/limits.md differs from the code; UPDATE_EXPECT=1 writes it again:\n{}", tables());
}

#[test]
fn the_page_on_speed_quotes_what_was_measured() {
    let measured: Json = serde_json::from_str(&read(&root().join("docs/measured.json"))).expect("JSON of ./bench");
    let page = read(&root().join("docs/performance.md"));
    let figures = measured["figures"].as_object().expect("figures");
    assert!(figures.values().all(|figure| figure["runs"].as_array().is_some_and(|runs| runs.len() >= 7)));
    let missing = figures.iter().filter(|(name, figure)| {
        let row = format!("| `{name}` | {} |", figure["median"]);
        !page.contains(&row)
    });
    none(
        "figures that docs/performance.md does not quote",
        missing.map(|(name, f)| format!("{name} {}", f["median"])).collect(),
    );
    for of in ["machine", "date"] {
        assert!(page.contains(measured[of].as_str().expect("text")), "docs/performance.md does not say the {of}");
    }
}

#[test]
fn the_tables_on_the_data_api_are_those_that_were_measured() {
    let measured: Json =
        serde_json::from_str(&read(&root().join("docs/measured-data.json"))).expect("JSON of ./bench data");
    let path = root().join("docs/performance.md");
    let page = read(&path);
    let (before, rest) = page.split_once(MEASURED).expect("the mark where the tables begin");
    let (_, after) = rest.split_once(END).expect("the mark where the tables end");
    let written = format!("{before}{MEASURED}\n{}\n{END}{after}", figures::tables(&measured));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        return std::fs::write(&path, written).expect("a writable page");
    }
    assert!(
        page == written,
        "docs/performance.md differs from docs/measured-data.json; UPDATE_EXPECT=1 writes it again"
    );
}

fn tables() -> String {
    let gateway = GatewayLimits::default();
    let sqlite = SqliteOptions::default();
    let (query, fixed, datamodel) = (limits::QUERY_DOCUMENT, limits::STATIC_DOCUMENT, limits::DATAMODEL);
    let declared = datamodel::Limits::default();
    let requests = [
        row("requests at once after a rest", limits::BURST, ""),
        row("one more every", seconds(limits::REFILL), ""),
        row("requests that wait in line", limits::WAITING_MAX, "the next one: 429, code 1004, `Retry-After`"),
        row("longest wait", seconds(limits::WAIT_TIME_MAX), "429"),
        row("operations in one array", limits::BATCH_MAX, "an array is one request"),
        row("requests that wait, all services", number(gateway.waiting_requests_max), "503"),
        row("documents of introspection alone, not counted", allowance(gateway.introspection), "more are counted"),
    ];
    let documents = [
        row("depth of brackets", query.nesting_max, ""),
        row("tokens", number(query.tokens_max), ""),
        row("depth of fields", limits::FIELD_DEPTH_MAX, ""),
        row("depth of fields of introspection", limits::INTROSPECTION_DEPTH_MAX, ""),
        row("root fields and aliases", limits::ALIASES_MAX, ""),
        row("directives", limits::DIRECTIVES_MAX, ""),
        row("fragments", limits::FRAGMENTS_MAX, ""),
        row("selected fields, fragments expanded", number(limits::EXPANDED_SELECTIONS_MAX), ""),
        row("errors in one answer", limits::ERRORS_MAX, "the first ones are told"),
        row("document of the management and cloud APIs", bytes(fixed.bytes_max), ""),
    ];
    let megabytes = |bytes: u64| format!("{} MB", bytes / 1_000_000);
    let service = limits::SERVICE_BYTES_MAX;
    let sizes = [
        row("body of the data API", bytes(limits::API_BODY_BYTES_MAX), "413"),
        row("body of the management API", bytes(limits::MANAGEMENT_BODY_BYTES_MAX), "413"),
        row("body of the import API, a chunk", bytes(limits::IMPORT_BODY_BYTES_MAX), "413"),
        row("elements of a chunk", number(limits::IMPORT_ELEMENTS_MAX), "400"),
        row("items of all lists of a chunk", number(limits::IMPORT_ITEMS_MAX), "400"),
        row("depth of JSON in a body", limits::JSON_DEPTH_MAX, "400"),
        row("time in which a body must arrive", seconds(gateway.body_time_max), "408"),
        row("answer", bytes(sqlite.answer.bytes_max), "an error; nothing is cut off silently"),
        row("rows of an answer, over all lists", number(sqlite.answer.rows_max), "an error"),
        row("time of a statement", seconds(sqlite.time_limit), "an error"),
        row("writes of a service that wait", sqlite.queued_writes_max, "an error"),
        row("data of a service", megabytes(service), "code 6013; reads and deletes go on"),
        row(
            "tables and indexes of a service on disk",
            megabytes(service * engine::STORED_PER_LIMIT),
            "code 6013; reads and deletes go on",
        ),
        row("file of a service, without a quota", megabytes(sqlite.file_bytes_max), "an error; reads go on"),
    ];
    let datamodels = [
        row("datamodel", bytes(datamodel.bytes_max), ""),
        row("types", declared.types, ""),
        row("fields of a type", declared.fields_per_type, ""),
        row("fields of all types", number(declared.fields), ""),
        row("enums", declared.enums, ""),
    ];
    let calls = [
        row("management calls without a token, an address", allowance(gateway.management_without_token), "429"),
        row("management calls with a token, an address", allowance(gateway.management_with_token), "429"),
        row("calls with a wrong token, an address", allowance(gateway.refused_tokens), "429"),
    ];
    [
        table("Requests of a service", &requests),
        table("Documents", &documents),
        table("Sizes and times", &sizes),
        table("Datamodels", &datamodels),
        table("Other calls", &calls),
    ]
    .concat()
}

fn table(title: &str, rows: &[String]) -> String {
    format!("## {title}\n\n| | limit | over it |\n| --- | --- | --- |\n{}\n", rows.concat())
}

fn row(what: &str, limit: impl ToString, over: &str) -> String {
    format!("| {what} | {} | {over} |\n", limit.to_string())
}

fn allowance(allowance: Allowance) -> String {
    format!("{}, then one every {}", allowance.burst, seconds(allowance.period))
}

fn seconds(time: Duration) -> String {
    if time < Duration::from_secs(1) { format!("{} ms", time.as_millis()) } else { format!("{} s", time.as_secs()) }
}

fn bytes(bytes: usize) -> String {
    match bytes >> 20 {
        0 => format!("{} KiB", bytes >> 10),
        mib => format!("{mib} MiB"),
    }
}

/// With commas between the thousands.
fn number(number: usize) -> String {
    match number {
        0..1_000 => number.to_string(),
        _ => format!("{},{:03}", self::number(number / 1_000), number % 1_000),
    }
}
