//! Random pairs of datamodels on real files: a migration from one to the other ends in the same tables, columns, keys
//! and indexes as a first deploy of the other.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where something is wrong")]

#[path = "../../migrate/tests/support/mod.rs"]
#[allow(dead_code, reason = "its tables without a database are for other tests")]
mod datamodels;
#[path = "../../migrate/tests/support/random_datamodel.rs"]
mod random_datamodel;
mod support;

use connector_interface::{Connector as _, SchemaChange};
use connectors::sqlite::SqliteOptions;
use datamodel::Datamodel;
use migrate::{Renames, infer_steps, schema_changes};
use random_datamodel::{Dice, datamodel};
use rusqlite::Connection;
use support::{Service, block_on};

/// Pairs that are tried; about a third of them are two valid datamodels.
const SEEDS: std::ops::Range<u64> = 10_000..10_100;

#[test]
fn a_migration_ends_where_a_first_deploy_does() {
    let empty = Datamodel::default();
    let fresh = |datamodel: &Datamodel| {
        let steps = infer_steps(&empty, datamodel, &Renames::default()).unwrap();
        schema_changes(&empty, datamodel, &steps)
    };
    let mut compared = 0;
    for seed in SEEDS {
        let mut dice = Dice(seed);
        let (previous_text, next_text) = (datamodel(&mut dice), datamodel(&mut dice));
        let Ok((previous, _)) = datamodels::compile(&previous_text, None) else { continue };
        let Ok((next, renames)) = datamodels::compile(&next_text, Some(&previous)) else { continue };
        let Ok(steps) = infer_steps(&previous, &next, &renames) else { continue };
        compared += 1;
        let changes = schema_changes(&previous, &next, &steps);
        let about = format!("seed {seed}\n--- previous\n{previous_text}\n--- next\n{next_text}\n{changes:#?}");
        let migrated = layout_after(vec![fresh(&previous), changes]);
        let migrated = migrated.unwrap_or_else(|error| panic!("{error}\n{about}"));
        assert_eq!(migrated, layout_after(vec![fresh(&next)]).unwrap(), "{about}");
    }
    assert!(compared > 20, "only {compared} pairs were compared");
}

/// What is in the file after some deploys, one line each.
fn layout_after(deploys: Vec<Vec<SchemaChange>>) -> Result<Vec<String>, String> {
    block_on(async {
        let service = Service::empty(SqliteOptions::default()).await;
        for changes in deploys {
            let changed = service.connector.change_schema(&service.placement, service.next_revision(), changes).await;
            changed.map_err(|error| format!("{error:?}"))?;
        }
        service.connector.close().await;
        Ok(layout(&Connection::open(service.path()).unwrap()))
    })
}

fn layout(connection: &Connection) -> Vec<String> {
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
    let mut lines = Vec::new();
    for (kind, columns) in [
        ("column", "name, type, \"notnull\", pk FROM pragma_table_info(t.name)"),
        ("key", "\"table\", \"from\", \"to\", on_delete FROM pragma_foreign_key_list(t.name)"),
        (
            "index",
            "l.\"unique\", l.origin, group_concat(i.name) FROM pragma_index_list(t.name) l, pragma_index_info(l.name) i
              GROUP BY l.name",
        ),
    ] {
        // Each is read table by table: the order of tables and columns is not compared.
        let mut names = connection.prepare(tables).unwrap();
        let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        for name in names {
            let mut statement = connection.prepare(&format!("SELECT {}", columns.replace("t.name", "?1"))).unwrap();
            let count = statement.column_count();
            let rows = statement.query_map([&name], |row| {
                Ok((0..count).map(|index| format!(" {:?}", row.get_ref(index).unwrap())).collect::<String>())
            });
            lines.extend(rows.unwrap().map(|row| format!("{name} {kind}{}", row.unwrap())));
        }
    }
    lines.sort();
    lines
}
