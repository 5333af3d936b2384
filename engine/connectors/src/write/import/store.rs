//! Rows into tables, many a statement. When the database refuses a statement, it is tried again with half of its rows,
//! so that one row that cannot be stored costs a few statements and stands in the way of no other.

use super::super::{Failure, Refused, RowChange, Session, Write};
use connector_interface::{ConnectorError, Value};

/// Most values of one statement.
const VALUES_MAX: usize = 20_000;

/// A row on its way.
pub(super) struct Row<'v> {
    /// Its values, as the change wants them.
    pub values: Vec<&'v Value>,
    /// What it adds.
    pub bytes: u64,
}

/// Stores rows; those that the database refused, with its reason. Counts what they add.
pub(super) async fn store<S: Session>(
    write: &Write<'_, S>,
    change: &RowChange<'_>,
    rows: Vec<Row<'_>>,
) -> Result<Vec<(usize, String)>, Failure> {
    let (values, bytes): (Vec<_>, Vec<_>) = rows.into_iter().map(|row| (row.values, row.bytes)).unzip();
    let width = values.first().map_or(1, |row| row.len().max(1));
    let mut refused = Vec::new();
    let mut parts: Vec<(usize, usize)> = Vec::new();
    let step = (VALUES_MAX / width).max(1);
    for from in (0..values.len()).step_by(step).rev() {
        parts.push((from, values.len().min(from + step)));
    }
    while let Some((from, to)) = parts.pop() {
        // From the second pass on, some of a chunk is written.
        write.context.faults.at("I1")?;
        command(write, "SAVEPOINT part").await?;
        match write.session.execute_rows(change, &values[from..to]).await {
            Ok(changed) => {
                command(write, "RELEASE SAVEPOINT part").await?;
                // Rows that were there already add nothing.
                let added = bytes[from..to].iter().take(usize::try_from(changed).unwrap_or(usize::MAX));
                write.grow(added.sum())?;
            }
            Err(error) => {
                let reason = reason(error)?;
                command(write, "ROLLBACK TO SAVEPOINT part").await?;
                command(write, "RELEASE SAVEPOINT part").await?;
                if to - from == 1 {
                    refused.push((from, reason));
                } else {
                    let middle = from + (to - from) / 2;
                    parts.extend([(middle, to), (from, middle)]);
                }
            }
        }
    }
    Ok(refused)
}

async fn command<S: Session>(write: &Write<'_, S>, command: &str) -> Result<(), Failure> {
    let mut sql = write.sql();
    sql.push(command);
    match write.session.execute(&sql, &[], &[]).await {
        Ok(()) => Ok(()),
        Err(error) => Err(ConnectorError::Database(format!("{command}: {error:?}")).into()),
    }
}

/// What is said of a row that the database refuses; `Err` when it refuses more than the row.
fn reason(refused: Refused) -> Result<String, Failure> {
    match refused {
        Refused::Unique(_) => Ok("duplicate key value violates unique constraint".to_owned()),
        Refused::NotNull => Ok("null value violates not-null constraint".to_owned()),
        Refused::ForeignKey => Ok("insert or update violates foreign key constraint".to_owned()),
        Refused::For(ConnectorError::Service(error)) => Ok(error.to_string()),
        Refused::For(error) => Err(Failure::For(error)),
    }
}
