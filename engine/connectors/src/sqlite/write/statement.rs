//! Running prepared statements. Names are quoted by [`quote`], values are bound by position.

use super::Write;
use crate::sqlite::{
    bind::{self, Bound},
    failure::failure,
};
use connector_interface::{CellType, ConnectorError, Value};
use rusqlite::CachedStatement;

pub(super) use crate::sql::quoted as quote;

/// Runs a statement that changes rows. The error is the database's own: its meaning depends on the statement.
pub(super) fn execute<'v>(
    write: &Write,
    sql: &str,
    values: impl IntoIterator<Item = &'v Value>,
) -> rusqlite::Result<()> {
    prepared(write, sql, values)?.raw_execute()?;
    Ok(())
}

/// Whether a query has a row.
pub(super) fn exists<'v>(
    write: &Write,
    sql: &str,
    values: impl IntoIterator<Item = &'v Value>,
) -> Result<bool, ConnectorError> {
    let mut statement = prepared(write, sql, values).map_err(failure)?;
    let found = statement.raw_query().next().map_err(failure)?.is_some();
    Ok(found)
}

/// The first column of all rows.
pub(super) fn all<'v>(
    write: &Write,
    sql: &str,
    values: impl IntoIterator<Item = &'v Value>,
    cell: CellType,
) -> Result<Vec<Value>, ConnectorError> {
    let mut statement = prepared(write, sql, values).map_err(failure)?;
    first_column(&mut statement, cell)
}

/// The first column of all rows of a statement whose parameters are bound.
pub(super) fn first_column(statement: &mut rusqlite::Statement, cell: CellType) -> Result<Vec<Value>, ConnectorError> {
    let mut values = Vec::new();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(failure)? {
        values.push(bind::value(row.get_ref(0).map_err(failure)?, cell)?);
    }
    Ok(values)
}

/// A statement with its parameters bound, from the connection's cache.
pub(super) fn prepared<'w, 'v>(
    write: &Write<'w>,
    sql: &str,
    values: impl IntoIterator<Item = &'v Value>,
) -> rusqlite::Result<CachedStatement<'w>> {
    let mut statement = write.connection.prepare_cached(sql)?;
    for (index, value) in values.into_iter().enumerate() {
        statement.raw_bind_parameter(index + 1, Bound(value))?;
    }
    Ok(statement)
}

/// `?1, ?2, …`.
pub(super) fn places(count: usize) -> String {
    let places: Vec<String> = (1..=count).map(|place| format!("?{place}")).collect();
    places.join(", ")
}
