//! A control store in a file of SQLite.

use crate::{Migration, StoreError, Value, value::Row};
use refinery::Runner;
use region_config::Clock;
use rusqlite::{Connection, OptionalExtension as _, ToSql, params_from_iter, types::ToSqlOutput, types::ValueRef};
use std::path::Path;

/// Opens (and makes) the file and brings it to the newest schema.
pub fn open(path: &Path, migrations: &[Migration], clock: &dyn Clock) -> Result<Connection, StoreError> {
    let open_error = |reason: String| StoreError::Open { place: path.display().to_string(), reason };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|e| open_error(e.to_string()))?;
    }
    // One process at a time makes the file or changes its schema; free again when this is dropped.
    let opening = std::fs::File::create(path.with_extension("lock")).map_err(|e| open_error(e.to_string()))?;
    opening.lock().map_err(|e| open_error(e.to_string()))?;
    let mut connection = Connection::open(path).map_err(|e| open_error(e.to_string()))?;
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;")
        .map_err(|e| open_error(e.to_string()))?;
    migrate(&mut connection, path, migrations, clock)?;
    Ok(connection)
}

/// Begins a transaction; it is the only one until it ends.
pub fn begin(connection: &mut Connection) -> Result<rusqlite::Transaction<'_>, StoreError> {
    connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(failure)
}

/// Runs a statement; how many rows it changed.
pub fn execute(session: &Connection, sql: &str, parameters: &[Value]) -> Result<u64, StoreError> {
    let changed = session.prepare_cached(sql).and_then(|mut s| s.execute(params_from_iter(parameters)));
    Ok(changed.map_err(failure)? as u64)
}

/// Runs a statement; its rows.
pub fn query(session: &Connection, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
    let mut statement = session.prepare_cached(sql).map_err(failure)?;
    let columns = statement.column_count();
    let mut found = statement.query(params_from_iter(parameters)).map_err(failure)?;
    let mut rows = Vec::new();
    while let Some(row) = found.next().map_err(failure)? {
        let values = (0..columns).map(|column| value(row.get_ref(column).map_err(failure)?));
        rows.push(Row(values.collect::<Result<_, _>>()?));
    }
    Ok(rows)
}

/// An error of the driver.
pub fn failure(error: rusqlite::Error) -> StoreError {
    StoreError::Statement(error.to_string())
}

fn value(cell: ValueRef<'_>) -> Result<Value, StoreError> {
    Ok(match cell {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(integer) => Value::Integer(integer),
        ValueRef::Text(text) => {
            let text = std::str::from_utf8(text).map_err(|e| StoreError::Statement(e.to_string()))?;
            Value::Text(text.to_owned())
        }
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        ValueRef::Real(_) => return Err(StoreError::Statement("a column holds a fraction".to_owned())),
    })
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Integer(integer) => ValueRef::Integer(*integer),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn migrate(
    connection: &mut Connection,
    path: &Path,
    migrations: &[Migration],
    clock: &dyn Clock,
) -> Result<(), StoreError> {
    let place = || path.display().to_string();
    let failed = |reason: String| StoreError::Migrate { place: place(), reason };
    let known = crate::newest(migrations);
    let found = schema_version(connection).map_err(|e| failed(e.to_string()))?;
    if found > known {
        return Err(StoreError::Newer { place: place(), found, known });
    }
    if found > 0 && found < known {
        let copy = path.with_extension(format!("before-{known}.{}.sqlite", clock.now_s()));
        connection.execute("VACUUM INTO ?1", [copy.to_string_lossy()]).map_err(|e| failed(e.to_string()))?;
    }
    if found < known {
        let texts = migrations.iter().map(|migration| refinery::Migration::unapplied(migration.name, migration.sqlite));
        let texts = texts.collect::<Result<Vec<_>, _>>().map_err(|e| failed(e.to_string()))?;
        Runner::new(&texts).run(connection).map_err(|e| failed(e.to_string()))?;
    }
    Ok(())
}

/// The newest migration that ran; 0 for a new file.
fn schema_version(connection: &Connection) -> Result<u32, rusqlite::Error> {
    let exists = connection
        .query_row("SELECT 1 FROM sqlite_schema WHERE name = 'refinery_schema_history'", [], |_| Ok(()))
        .optional()?;
    if exists.is_none() {
        return Ok(0);
    }
    connection.query_row("SELECT coalesce(max(version), 0) FROM refinery_schema_history", [], |row| row.get(0))
}
