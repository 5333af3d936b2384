//! Schema changes: each against the tables as they are, so that objects that exist already are adapted and a change
//! that was made before is none. All of them are one transaction, with foreign keys checked at its end instead of at
//! each statement, as SQLite's own recipe for altering tables has it.

mod columns;
mod indexes;
mod inspect;
mod tables;

use super::failure::failure;
use connector_interface::{ColumnType, ConnectorError, Faults, Reached, SchemaChange, ServiceError};
use datamodel::ScalarType;
use rusqlite::{Connection, TransactionBehavior, config::DbConfig};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Makes all changes, or gives the revision up, unless either was done before. The file's `user_version` is the revision
/// that it has; negative when that one was given up.
pub fn change(
    connection: &mut Connection,
    faults: &Faults,
    revision: i64,
    changes: Option<&[SchemaChange]>,
) -> Result<Reached, ConnectorError> {
    let foreign_keys = DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY;
    connection.set_db_config(foreign_keys, false).map_err(failure)?;
    let result = catch_unwind(AssertUnwindSafe(|| change_unchecked(connection, faults, revision, changes)));
    // After a panic too: the connection serves writes.
    connection.set_db_config(foreign_keys, true).map_err(failure)?;
    result.unwrap_or_else(|panic| resume_unwind(panic))
}

fn change_unchecked(
    connection: &mut Connection,
    faults: &Faults,
    revision: i64,
    changes: Option<&[SchemaChange]>,
) -> Result<Reached, ConnectorError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failure)?;
    let noted: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failure)?;
    if noted.abs() >= revision {
        return Ok(if noted == -revision { Reached::GivenUp } else { Reached::Changed });
    }
    for (index, change) in changes.unwrap_or_default().iter().enumerate() {
        make(&transaction, change)?;
        if index == 0 {
            faults.at("D2")?;
        }
    }
    {
        let mut check = transaction.prepare("PRAGMA foreign_key_check").map_err(failure)?;
        let mut rows = check.raw_query();
        if let Some(row) = rows.next().map_err(failure)? {
            let table: String = row.get(0).map_err(failure)?;
            return Err(ConnectorError::Database(format!("rows of \"{table}\" reference rows that do not exist")));
        }
    }
    let (reached, note) = match changes {
        Some(_) => (Reached::Changed, revision),
        None => (Reached::GivenUp, -revision),
    };
    transaction.pragma_update(None, "user_version", note).map_err(failure)?;
    if changes.is_some() {
        faults.at("D3")?;
        faults.at("D4")?;
    }
    transaction.commit().map_err(failure)?;
    Ok(reached)
}

fn make(connection: &Connection, change: &SchemaChange) -> Result<(), ConnectorError> {
    match change {
        SchemaChange::CreateTable { table, id, sequence } => tables::create(connection, table, id, sequence.as_ref()),
        SchemaChange::DropTable { table } => tables::remove(connection, table),
        SchemaChange::RenameTable { from, to } => tables::rename(connection, from, to),
        SchemaChange::ReplaceId { table, from, to, sequence } => {
            tables::replace_id(connection, table, from, to, sequence.as_ref())
        }
        SchemaChange::ChangeSequence { table, id, from, to } => {
            tables::change_sequence(connection, table, id, from.as_ref(), to.as_ref())
        }
        SchemaChange::CreateListTable { table, model_table, model_id, value } => {
            tables::create_list(connection, table, (model_table, model_id), *value)
        }
        SchemaChange::CreateLinkTable { table, a, b, id_column } => {
            tables::create_link(connection, table, a, b, id_column.as_deref())
        }
        SchemaChange::DropLinkId { table, column } => tables::drop_link_id(connection, table, column),
        SchemaChange::AddColumn { table, column, fill } => columns::add(connection, table, column, fill.as_ref()),
        SchemaChange::DropColumn { table, column } | SchemaChange::DropRelationColumn { table, column } => {
            columns::remove(connection, table, column)
        }
        SchemaChange::AlterColumn { table, from, to, fill } => {
            columns::alter(connection, table, from, to, fill.as_ref())
        }
        SchemaChange::RenameLinkColumns { table, renames } => {
            renames.iter().try_for_each(|(from, to)| columns::rename(connection, table, from, to))
        }
        SchemaChange::AddRelationColumn { table, column } => columns::add_relation(connection, table, column),
        SchemaChange::RenameRelationColumn { table, from, to } => columns::rename(connection, table, from, to),
    }
}

/// The declared type of a column. Times are milliseconds in an INTEGER.
fn declared(column_type: ColumnType) -> &'static str {
    match column_type {
        ColumnType::Enum => "TEXT",
        ColumnType::Scalar(scalar) => match scalar {
            ScalarType::String | ScalarType::Id | ScalarType::Uuid | ScalarType::Json => "TEXT",
            ScalarType::Int | ScalarType::DateTime => "INTEGER",
            ScalarType::Float => "REAL",
            ScalarType::Boolean => "BOOLEAN",
        },
    }
}

fn run(connection: &Connection, sql: &str) -> Result<(), ConnectorError> {
    connection.execute(sql, []).map_err(failure).map(drop)
}

/// What a deploy is told when SQLite cannot do what other databases can.
fn refused(message: String) -> ConnectorError {
    ConnectorError::Service(ServiceError::Raw { message, code: 1 })
}
