//! Running the statements of a read on a connection.

use super::{Execution, Prepared, Query, Statement, Text, Untied};
use crate::postgres::{
    bind::{self, Bound},
    cell::Raw,
    failure::{failure, is_lost, is_stale},
    lanes::Connection,
};
use connector_interface::{ConnectorError, ServiceError, Value, answer::AnswerLimits};
use futures::{TryStreamExt as _, future::try_join_all};
use std::{pin::pin, sync::atomic::Ordering};
use tokio_postgres::Row;

/// Why a read did not succeed.
pub enum Failed {
    /// The connection is gone: another one may succeed.
    Lost(ConnectorError),
    /// It will not succeed.
    Refused(ConnectorError),
}

/// The binary rows of an answer may be so many times as large as its JSON: a null takes eight bytes, a small number twelve.
const ROW_BYTES: usize = 4;

impl Prepared {
    /// Runs the statements: the rows of each. All of them are sent before the first answer is waited for.
    pub async fn fetch(&self, connection: &Connection, execution: Execution<'_>) -> Result<Vec<Vec<Row>>, Failed> {
        match &self.query {
            Query::Many { untied: Some(untied), level, .. } if !untied.has_ties.load(Ordering::Relaxed) => {
                let found = rows(connection, &untied.statement, execution, &[]).await?;
                match untied.page(found, execution.parameters) {
                    Some(page) => Ok(vec![page]),
                    None => Ok(vec![rows(connection, level, execution, &[]).await?]),
                }
            }
            Query::One { level, .. } | Query::Many { level, .. } | Query::Connection { statement: level, .. } => {
                Ok(vec![rows(connection, level, execution, &[]).await?])
            }
            Query::Node(candidates) => {
                try_join_all(candidates.iter().map(|(level, _)| rows(connection, level, execution, &[]))).await
            }
            Query::Saved { level, columns, .. } => {
                let row = execution.saved.map_or(&[][..], |saved| &saved.columns);
                let cell = |name: &String| row.iter().find(|(column, _)| column == name);
                let own: Vec<&Value> =
                    columns.iter().map(|name| cell(name).map_or(&Value::Null, |(_, value)| value)).collect();
                Ok(vec![rows(connection, level, execution, &own).await?])
            }
        }
    }
}

fn last_column(row: &Row) -> Option<&[u8]> {
    let raw: Raw<'_> = row.try_get(row.len().checked_sub(1)?).ok()?;
    raw.bytes
}

impl Untied {
    /// The rows of the page; `None` when two of them, or the last one and that behind it, share a sort key.
    fn page(&self, mut rows: Vec<Row>, slots: &[Value]) -> Option<Vec<Row>> {
        if rows.windows(2).any(|pair| last_column(&pair[0]) == last_column(&pair[1])) {
            self.has_ties.store(true, Ordering::Relaxed);
            return None;
        }
        if let Some(Value::Int(first)) = self.first.and_then(|slot| slots.get(slot.0 as usize)) {
            rows.truncate(usize::try_from(*first).unwrap_or(usize::MAX));
        }
        Some(rows)
    }
}

async fn rows(
    connection: &Connection,
    statement: &Statement,
    execution: Execution<'_>,
    own: &[&Value],
) -> Result<Vec<Row>, Failed> {
    let parameters =
        bind::parameters(statement.sql.parameters(), execution.parameters, own).map_err(Failed::Refused)?;
    let text = statement.text(execution.parameters);
    match run(connection, &text, &parameters, execution.limits).await {
        Err(Run::Driver(error)) if is_stale(&error) => {
            connection.forget(&text.text);
            run(connection, &text, &parameters, execution.limits).await
        }
        done => done,
    }
    .map_err(|error| match error {
        Run::Driver(error) if is_lost(&error) => Failed::Lost(failure(error)),
        Run::Driver(error) => Failed::Refused(failure(error)),
        Run::TooMuch(error) => Failed::Refused(error),
    })
}

enum Run {
    Driver(tokio_postgres::Error),
    TooMuch(ConnectorError),
}

impl From<tokio_postgres::Error> for Run {
    fn from(error: tokio_postgres::Error) -> Run {
        Run::Driver(error)
    }
}

async fn run(
    connection: &Connection,
    text: &Text,
    parameters: &[Bound<'_>],
    limits: AnswerLimits,
) -> Result<Vec<Row>, Run> {
    let prepared = connection.statement(&text.text, text.is_kept).await?;
    let mut stream = pin!(connection.client().query_raw(&prepared, parameters).await?);
    let (mut rows, mut bytes) = (Vec::new(), 0);
    while let Some(row) = stream.try_next().await? {
        bytes += row.raw_size_bytes();
        rows.push(row);
        if rows.len() > limits.rows_max + 1 || bytes > ROW_BYTES * limits.bytes_max {
            let message = format!(
                "The answer has more than {} rows or {} bytes, which is the limit. Ask for less at once, for example with `first`.",
                limits.rows_max, limits.bytes_max
            );
            return Err(Run::TooMuch(ServiceError::TooMuch { message }.into()));
        }
    }
    Ok(rows)
}
