//! What a service of many types costs before its first answer; part of `./bench data`. Prints one line of JSON: medians
//! over 101 rounds of the time from the stored model to its API, and from the text of a new document to its plan with
//! statements; and the memory that an API with its model takes, from the resident memory of 200 of them.

#![expect(clippy::disallowed_methods, reason = "times are measured by the real clock")]

use connector_interface::{Connector as _, Placement};
use connectors::sqlite::{SqliteConnector, SqliteOptions};
use datamodel::Datamodel;
use query::{Api, ApiOptions, Document, RootField};
use region_config::{document_scan, limits};
use std::{path::Path, sync::Arc, time::Instant};

const ROUNDS: usize = 101;
const COPIES: usize = 200;
/// Bytes of a page of memory.
const PAGE: usize = 4096;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a datamodel with the types Type1 to Type100")?;
    let text = std::fs::read_to_string(path)?;
    let mut ids = 0;
    let mut id = || {
        ids += 1;
        format!("c{ids}")
    };
    let compiled =
        datamodel::compile(&text, None, &datamodel::Rules::default(), &mut id).map_err(|_| "a broken datamodel")?;
    let stored = datamodel::stored::to_json(&compiled.datamodel).to_string();

    let mut ready_us = Vec::new();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let api = load(&stored)?;
        ready_us.push(began.elapsed().as_nanos() as f64 / 1e3);
        drop(api);
    }
    let before = resident()?;
    let copies = (0..COPIES).map(|_| load(&stored)).collect::<Result<Vec<_>, _>>()?;
    let kib = (resident()? - before) / COPIES / 1024;
    drop(copies);

    let api = load(&stored)?;
    let connector = SqliteConnector::open(Path::new("."), SqliteOptions::default());
    let placement = Placement { storage: "0".repeat(32) };
    let mut sight_us = Vec::new();
    for round in 0..ROUNDS {
        let number = round % 90 + 11;
        let query = format!(
            "query Q($w: Type{number}WhereInput) {{ a{round}: type{number}s(where: $w, first: 20, orderBy: name_ASC) {{
               id name code amount prev {{ id name tenth {{ id name active }} }} tenth {{ id code prev {{ id }} }} }} }}"
        );
        let began = Instant::now();
        document_scan::scan(&query, &limits::QUERY_DOCUMENT)?;
        let document = Document::parse(&api, &query).map_err(|_| "a document that is not valid")?;
        let plan = document.plan(&api, None, &serde_json::Map::new()).map_err(|_| "a document without a plan")?;
        for root in &plan.roots {
            if let RootField::Read(read) = &root.field {
                drop(connector.prepare(&placement, read));
            }
        }
        sight_us.push(began.elapsed().as_nanos() as f64 / 1e3);
    }
    let figures = serde_json::json!({
        "type_system_ms": rounded(median(ready_us) / 1e3),
        "type_system_kib": kib,
        "first_sight_ms": rounded(median(sight_us) / 1e3),
    });
    println!("{figures}");
    Ok(())
}

/// A service's API as an engine makes it from its registry.
fn load(stored: &str) -> Result<Api, Box<dyn std::error::Error>> {
    let datamodel: Datamodel = datamodel::stored::from_json(&serde_json::from_str(stored)?)?;
    Ok(Api::new(Arc::new(datamodel), ApiOptions::default()))
}

fn resident() -> Result<usize, Box<dyn std::error::Error>> {
    let statistics = std::fs::read_to_string("/proc/self/statm")?;
    Ok(statistics.split(' ').nth(1).ok_or("no statistics of memory")?.parse::<usize>()? * PAGE)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
