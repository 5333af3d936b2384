//! Questions about existing rows, before a deploy.

use super::failure::failure;
use crate::sql::Sql;
use connector_interface::{ConnectorError, DataCheck};
use rusqlite::{Connection, OptionalExtension, params};

/// Answers each question.
pub fn all(connection: &Connection, checks: &[DataCheck]) -> Result<Vec<bool>, ConnectorError> {
    checks.iter().map(|check| one(connection, check)).collect()
}

fn one(connection: &Connection, check: &DataCheck) -> Result<bool, ConnectorError> {
    let mut sql = Sql::sqlite();
    let mut parameter = None;
    let (table, column) = match check {
        DataCheck::AnyRow { table } => {
            sql.push("SELECT 1 FROM ").name(table).push(" LIMIT 1");
            (table, None)
        }
        DataCheck::SeveralRows { table } => {
            sql.push("SELECT 1 FROM ").name(table).push(" LIMIT 1 OFFSET 1");
            (table, None)
        }
        DataCheck::AnyNull { table, column } => {
            sql.push("SELECT 1 FROM ").name(table).push(" WHERE ").name(column).push(" IS NULL LIMIT 1");
            (table, Some(column))
        }
        DataCheck::AnyValue { table, column } => {
            sql.push("SELECT 1 FROM ").name(table).push(" WHERE ").name(column).push(" IS NOT NULL LIMIT 1");
            (table, Some(column))
        }
        DataCheck::AnyDuplicate { table, column } => {
            sql.push("SELECT 1 FROM ").name(table).push(" WHERE ").name(column).push(" IS NOT NULL GROUP BY ");
            sql.name(column).push(" HAVING count(*) > 1 LIMIT 1");
            (table, Some(column))
        }
        DataCheck::AnyUnlinked { id, table, link_table, link_column } => {
            let (row, link) = (sql.alias(), sql.alias());
            sql.push("SELECT 1 FROM ").table(table, row);
            if has_column(connection, link_table, Some(link_column))? {
                sql.push(" WHERE NOT EXISTS (SELECT 1 FROM ").table(link_table, link).push(" WHERE ");
                sql.column(link, link_column).push(" = ").column(row, &id.name).push(")");
            }
            sql.push(" LIMIT 1");
            (table, None)
        }
        DataCheck::ValueUsed { table, column, value } => {
            sql.push("SELECT 1 FROM ").name(table).push(" WHERE ").name(column).push(" = ").own(0).push(" LIMIT 1");
            parameter = Some(value);
            (table, Some(column))
        }
    };
    if !has_column(connection, table, column)? {
        return Ok(false);
    }
    let mut statement = connection.prepare(sql.text()).map_err(failure)?;
    let found = match parameter {
        Some(value) => statement.exists([value]),
        None => statement.exists([]),
    };
    found.map_err(failure)
}

/// Whether a table has a column, or exists at all.
fn has_column(connection: &Connection, table: &str, column: Option<&String>) -> Result<bool, ConnectorError> {
    let sql = "SELECT 1 FROM pragma_table_info(?1) WHERE ?2 IS NULL OR name = ?2 COLLATE NOCASE";
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    let found: Option<i64> =
        statement.query_row(params![table, column], |row| row.get(0)).optional().map_err(failure)?;
    Ok(found.is_some())
}
