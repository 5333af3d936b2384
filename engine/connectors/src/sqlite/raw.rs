//! `executeRaw`: a stranger's statement (`prisma1-server.md` §5.10).
//!
//! It runs in a transaction of its own on the service's writer, within the time limit. What it may do is decided when it
//! is prepared: anything to its service's tables, nothing to other files, settings or the transaction.

use super::{SqliteOptions, failure::failure, handles::Handle, writer::within_time};
use connector_interface::{ConnectorError, ServiceError};
use rusqlite::{Connection, Statement, TransactionBehavior, types::ValueRef};
use serde_json::{Map, Number, Value as Json};
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs a statement: JSON of its rows, or of the number of changed rows.
pub fn execute(handle: &mut Handle, options: &SqliteOptions, statement: &str) -> Result<String, ConnectorError> {
    let Handle { connection, budget, is_raw, .. } = handle;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failure)?;
    let json = within_time(budget, options, || {
        let _raw = Raw::begin(is_raw);
        run(&transaction, options, statement)
    })?;
    transaction.commit().map_err(refused)?;
    Ok(json)
}

/// While it lives the connection's authorizer is strict.
struct Raw<'a>(&'a AtomicBool);

impl<'a> Raw<'a> {
    fn begin(flag: &'a AtomicBool) -> Raw<'a> {
        flag.store(true, Ordering::Relaxed);
        Raw(flag)
    }
}

impl Drop for Raw<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

fn run(connection: &Connection, options: &SqliteOptions, statement: &str) -> Result<String, ConnectorError> {
    let mut prepared = connection.prepare(statement).map_err(refused)?;
    if prepared.column_count() == 0 {
        let before = connection.total_changes();
        prepared.execute([]).map_err(refused)?;
        // After a statement that changes no rows, SQLite still tells the number of the one before.
        let changed = if connection.total_changes() == before { 0 } else { connection.changes() };
        return Ok(changed.to_string());
    }
    rows(&mut prepared, options)
}

fn rows(statement: &mut Statement<'_>, options: &SqliteOptions) -> Result<String, ConnectorError> {
    let labels: Vec<(String, bool)> = statement
        .columns()
        .map(|column| {
            let is_boolean = column.decl_type().is_some_and(|declared| declared.eq_ignore_ascii_case("boolean"));
            (column.name().to_owned(), is_boolean)
        })
        .collect();
    let mut json = String::from("[");
    let mut rows = statement.query([]).map_err(refused)?;
    let mut count = 0;
    while let Some(row) = rows.next().map_err(refused)? {
        let mut object = Map::new();
        for (index, (label, is_boolean)) in labels.iter().enumerate() {
            object.insert(label.clone(), cell(row.get_ref(index).map_err(refused)?, *is_boolean));
        }
        json.push_str(if count > 0 { "," } else { "" });
        json.push_str(&Json::Object(object).to_string());
        count += 1;
        let limits = &options.answer;
        if count > limits.rows_max || json.len() > limits.bytes_max {
            let message = format!(
                "The statement returns more than {} rows or {} bytes, which is the limit. Ask for less at once, for example with LIMIT.",
                limits.rows_max, limits.bytes_max
            );
            return Err(ServiceError::TooMuch { message }.into());
        }
    }
    json.push(']');
    Ok(json)
}

fn cell(cell: ValueRef<'_>, is_boolean: bool) -> Json {
    match cell {
        ValueRef::Null => Json::Null,
        ValueRef::Integer(number @ (0 | 1)) if is_boolean => Json::Bool(number == 1),
        ValueRef::Integer(number) => Json::from(number),
        ValueRef::Real(number) if number.fract() == 0.0 && number.abs() < 1e15 => Json::from(number as i64),
        ValueRef::Real(number) => Number::from_f64(number).map_or(Json::Null, Json::Number),
        ValueRef::Text(bytes) => Json::String(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Blob(bytes) => Json::String(bytes.iter().map(|byte| format!("{byte:02x}")).collect()),
    }
}

/// SQLite's words with its code, in the form of the original's driver.
fn refused(error: rusqlite::Error) -> ConnectorError {
    let (code, text) = match &error {
        rusqlite::Error::SqliteFailure(code, text) => (code.extended_code & 0xff, text.clone()),
        rusqlite::Error::SqlInputError { error, msg, .. } => (error.extended_code & 0xff, Some(msg.clone())),
        rusqlite::Error::MultipleStatement => (1, Some("only one statement is executed at a time".to_owned())),
        other => (1, Some(other.to_string())),
    };
    let (name, meaning) = match code {
        1 => ("SQLITE_ERROR", "SQL error or missing database"),
        13 => ("SQLITE_FULL", "Insertion failed because database is full"),
        18 => ("SQLITE_TOOBIG", "String or BLOB exceeds size limit"),
        19 => ("SQLITE_CONSTRAINT", "Abort due to constraint violation"),
        20 => ("SQLITE_MISMATCH", "Data type mismatch"),
        // A text without a statement, a comment alone.
        21 => ("SQLITE_MISUSE", "Library used incorrectly"),
        23 => ("SQLITE_AUTH", "Authorization denied"),
        _ => return failure(error),
    };
    let message = format!("[{name}]  {meaning} ({})", text.unwrap_or_default());
    ServiceError::Raw { message, code }.into()
}
