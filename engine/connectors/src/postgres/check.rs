//! Questions about existing rows, before a deploy.

use super::{bind::Bound, failure::failure};
use crate::sql::{Dialect, Sql};
use connector_interface::{ConnectorError, DataCheck, Value};
use futures::future::try_join_all;
use std::collections::HashSet;
use tokio_postgres::Client;

/// Answers each question, all in two trips: what is there, then the questions about it.
pub async fn all(client: &Client, schema: &str, checks: &[DataCheck]) -> Result<Vec<bool>, ConnectorError> {
    if checks.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT c.relname::text, a.attname::text FROM pg_catalog.pg_class c \
               JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
               JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
               WHERE n.nspname = $1 AND c.relkind IN ('r', 'p')";
    let rows = client.query(sql, &[&schema]).await.map_err(failure)?;
    let there: HashSet<(String, String)> =
        rows.iter().filter_map(|row| Some((row.try_get(0).ok()?, row.try_get(1).ok()?))).collect();
    try_join_all(checks.iter().map(|check| one(client, schema, &there, check))).await
}

async fn one(
    client: &Client,
    schema: &str,
    there: &HashSet<(String, String)>,
    check: &DataCheck,
) -> Result<bool, ConnectorError> {
    let has = |table: &str, column: Option<&str>| match column {
        Some(column) => there.contains(&(table.to_owned(), column.to_owned())),
        None => there.iter().any(|(name, _)| name == table),
    };
    let mut sql = Sql::new(Dialect::Postgres { schema: schema.into() });
    let mut parameter = None;
    let (table, column) = match check {
        DataCheck::AnyRow { table } => {
            sql.push("SELECT 1 FROM ").table_name(table).push(" LIMIT 1");
            (table, None)
        }
        DataCheck::SeveralRows { table } => {
            sql.push("SELECT 1 FROM ").table_name(table).push(" LIMIT 1 OFFSET 1");
            (table, None)
        }
        DataCheck::AnyNull { table, column } => {
            sql.push("SELECT 1 FROM ").table_name(table).push(" WHERE ").name(column).push(" IS NULL LIMIT 1");
            (table, Some(column))
        }
        DataCheck::AnyValue { table, column } => {
            sql.push("SELECT 1 FROM ").table_name(table).push(" WHERE ").name(column).push(" IS NOT NULL LIMIT 1");
            (table, Some(column))
        }
        DataCheck::AnyDuplicate { table, column } => {
            sql.push("SELECT 1 FROM ").table_name(table).push(" WHERE ").name(column);
            sql.push(" IS NOT NULL GROUP BY ").name(column).push(" HAVING count(*) > 1 LIMIT 1");
            (table, Some(column))
        }
        DataCheck::AnyUnlinked { id, table, link_table, link_column } => {
            let (row, link) = (sql.alias(), sql.alias());
            sql.push("SELECT 1 FROM ").table(table, row);
            if has(link_table, Some(link_column)) {
                sql.push(" WHERE NOT EXISTS (SELECT 1 FROM ").table(link_table, link).push(" WHERE ");
                sql.column(link, link_column).push(" = ").column(row, &id.name).push(")");
            }
            sql.push(" LIMIT 1");
            (table, None)
        }
        DataCheck::ValueUsed { table, column, value } => {
            sql.push("SELECT 1 FROM ")
                .table_name(table)
                .push(" WHERE ")
                .name(column)
                .push(" = ")
                .own(0)
                .push(" LIMIT 1");
            parameter = Some(Value::Text(value.clone()));
            (table, Some(column))
        }
    };
    if !has(table, column.map(String::as_str)) {
        return Ok(false);
    }
    let found = match &parameter {
        Some(value) => client.query_opt(sql.text(), &[&Bound::Value(value)]).await,
        None => client.query_opt(sql.text(), &[]).await,
    };
    Ok(found.map_err(failure)?.is_some())
}
