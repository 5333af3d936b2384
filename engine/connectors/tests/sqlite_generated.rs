//! BI-1 on real files: datamodels by the grammar, deployed one over the other. The file says what the model says, and no
//! other file appears.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where something is wrong")]

#[path = "../../migrate/tests/support/mod.rs"]
#[allow(dead_code, reason = "its tables without a database are for other tests")]
mod datamodels;
#[path = "support/declared.rs"]
mod declared;
#[path = "../../datamodel/tests/grammar/mod.rs"]
mod grammar;
#[allow(dead_code, reason = "the datamodel's tests use more of it")]
#[path = "../../datamodel/tests/mutation/mod.rs"]
mod mutation;
mod support;

use connector_interface::{Connector as _, ConnectorError};
use connectors::sqlite::SqliteOptions;
use datamodel::Datamodel;
use declared::columns;
use grammar::generated;
use migrate::{infer_steps, schema_changes};
use mutation::{Numbers, base_seed};
use rusqlite::Connection;
use std::path::Path;
use support::{Service, block_on};

/// Datamodels that are deployed; `DATAMODELS=2000` deploys more.
const ROUNDS: u64 = 300;

#[test]
fn datamodels_are_stored_as_they_are_and_nowhere_else() {
    let base = base_seed();
    let said = std::env::var_os("DATAMODELS");
    let rounds = said.map_or(ROUNDS, |said| said.to_string_lossy().parse().unwrap());
    let (mut deployed, mut kept) = (0, 0);
    block_on(async {
        let mut service = Service::empty(SqliteOptions::default()).await;
        let mut previous = Datamodel::default();
        for round in 0..rounds {
            let seed = base.wrapping_add(round);
            let text = generated(&mut Numbers::new(seed));
            let about = format!("seed {seed}:\n{text}");
            if round % 4 == 0 {
                service = Service::empty(SqliteOptions::default()).await;
                previous = Datamodel::default();
            }
            let Ok((next, renames)) = datamodels::compile(&text, Some(&previous)) else { continue };
            let Ok(steps) = infer_steps(&previous, &next, &renames) else { continue };
            let changes = schema_changes(&previous, &next, &steps);
            let changed =
                service.connector.change_schema(&service.placement, service.next_revision(), changes).await.map(drop);
            match changed {
                Err(ConnectorError::Service(error)) if error.to_string().starts_with("SQLite keeps the name") => {
                    kept += 1;
                    continue;
                }
                changed => changed.unwrap_or_else(|error| panic!("{error}, {about}")),
            }
            let expected: Vec<_> = columns(&next).into_iter().map(|column| (column.place, column.required)).collect();
            assert_eq!(stored(&service.path()), expected, "{about}");
            assert_eq!(files(service.folder.path()), 1, "{about}");
            previous = next;
            deployed += 1;
        }
    });
    println!("{deployed} of {rounds} datamodels deployed, {kept} have names that SQLite keeps for itself");
    assert!(deployed * 2 >= rounds && (deployed + kept) * 10 >= rounds * 9, "seed {base}: only {deployed} deployed");
}

/// Places of all columns, and whether they must have a value.
fn stored(file: &Path) -> Vec<(String, bool)> {
    let connection = Connection::open(file).unwrap();
    let sql = "SELECT t.name || '.' || c.name, c.\"notnull\" OR c.pk FROM sqlite_schema t, pragma_table_info(t.name) c
               WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let mut all: Vec<(String, bool)> = rows.map(Result::unwrap).collect();
    all.sort();
    all
}

/// Databases below a folder.
fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let count = |path: std::path::PathBuf| match path.is_dir() {
        true => files(&path),
        // Beside a database lie its log and what its processes share.
        false => usize::from(!["-wal", "-shm"].iter().any(|end| path.to_string_lossy().ends_with(end))),
    };
    entries.map(count).sum()
}
