//! What the interpreter asks of a database: statements within the transaction that the caller holds.

use super::{Failure, RowChange, Write, errors};
use crate::sql::{Dialect, Sql};
use connector_interface::{CellType, ConnectorError, Value};
use datamodel::ModelId;

/// A transaction of a database.
pub trait Session {
    /// The language of its statements.
    fn dialect(&self) -> &Dialect;

    /// Runs a statement that changes rows. Parameters are `slots` of the request and `own` values.
    async fn execute(&self, sql: &Sql, slots: &[Value], own: &[&Value]) -> Result<(), Refused>;

    /// Runs a statement once for each list of own values.
    async fn execute_each(&self, sql: &Sql, each: &[Vec<&Value>]) -> Result<(), Refused>;

    /// Makes a change for each of many rows of values, in as few statements as the database can; how many rows changed.
    async fn execute_rows(&self, change: &RowChange<'_>, rows: &[Vec<&Value>]) -> Result<u64, Refused>;

    /// The rows of a statement, with cells of these kinds.
    async fn rows(
        &self,
        sql: &Sql,
        slots: &[Value],
        own: &[&Value],
        cells: &[CellType],
    ) -> Result<Vec<Vec<Value>>, Refused>;
}

/// Why a statement was refused.
#[derive(Debug)]
pub enum Refused {
    /// A value is there already. What the database says of it: enough for it to find the column.
    Unique(String),
    /// A column that may not be null.
    NotNull,
    /// A row that others reference, or a reference to a row that is not there.
    ForeignKey,
    /// Anything else.
    For(ConnectorError),
}

impl<S: Session> Write<'_, S> {
    /// A statement to be written.
    pub(super) fn sql(&self) -> Sql {
        Sql::new(self.session.dialect().clone())
    }

    /// Runs a statement that changes rows of a model.
    pub(super) async fn execute(&self, model: ModelId, sql: &Sql, own: &[&Value]) -> Result<(), Failure> {
        self.session.execute(sql, &[], own).await.map_err(|refused| errors::refused(model, refused))
    }

    /// Runs it once for each list of values.
    pub(super) async fn execute_each(&self, model: ModelId, sql: &Sql, each: &[Vec<&Value>]) -> Result<(), Failure> {
        self.session.execute_each(sql, each).await.map_err(|refused| errors::refused(model, refused))
    }

    /// The rows of a query.
    pub(super) async fn rows(
        &self,
        model: ModelId,
        sql: &Sql,
        own: &[&Value],
        cells: &[CellType],
    ) -> Result<Vec<Vec<Value>>, Failure> {
        let rows = self.session.rows(sql, self.parameters, own, cells).await;
        rows.map_err(|refused| errors::refused(model, refused))
    }

    /// The first column of a query.
    pub(super) async fn column(
        &self,
        model: ModelId,
        sql: &Sql,
        own: &[&Value],
        cell: CellType,
    ) -> Result<Vec<Value>, Failure> {
        let rows = self.rows(model, sql, own, &[cell]).await?;
        Ok(rows.into_iter().filter_map(|row| row.into_iter().next()).collect())
    }

    /// Whether a query has a row.
    pub(super) async fn exists(&self, model: ModelId, sql: &Sql, own: &[&Value]) -> Result<bool, Failure> {
        Ok(!self.rows(model, sql, own, &[]).await?.is_empty())
    }
}
