//! A transaction: what owners write their SQL against, once for every database.
//!
//! The SQL is what the databases have in common: parameters `?1`, `?2`, …, `RETURNING` for what was made.

use crate::{StoreError, Value, params, postgres, sqlite, value::Row};

/// A running transaction.
pub struct Transaction<'t> {
    session: Session<'t>,
}

/// The database it runs on.
pub(crate) enum Session<'t> {
    Sqlite(rusqlite::Transaction<'t>),
    Postgres(postgres::Session<'t>),
}

impl<'t> Transaction<'t> {
    pub(crate) fn new(session: Session<'t>) -> Transaction<'t> {
        Transaction { session }
    }

    /// Ends it; everything is durable then.
    pub(crate) fn commit(self) -> Result<(), StoreError> {
        match self.session {
            Session::Sqlite(session) => session.commit().map_err(sqlite::failure),
            Session::Postgres(session) => session.commit(),
        }
    }

    /// Runs a statement; how many rows it changed.
    pub fn execute(&self, sql: &str, parameters: &[Value]) -> Result<u64, StoreError> {
        match &self.session {
            Session::Sqlite(session) => sqlite::execute(session, sql, parameters),
            Session::Postgres(session) => session.execute(sql, parameters),
        }
    }

    /// The rows of a statement, each as `read` makes it.
    pub fn query<T>(
        &self,
        sql: &str,
        parameters: &[Value],
        read: impl Fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = match &self.session {
            Session::Sqlite(session) => sqlite::query(session, sql, parameters)?,
            Session::Postgres(session) => session.query(sql, parameters)?,
        };
        rows.iter().map(read).collect()
    }

    /// The first row of a statement, if there is one.
    pub fn query_optional<T>(
        &self,
        sql: &str,
        parameters: &[Value],
        read: impl Fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.query(sql, parameters, read)?.into_iter().next())
    }

    /// The row of a statement that always has one.
    pub fn query_row<T>(
        &self,
        sql: &str,
        parameters: &[Value],
        read: impl Fn(&Row) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.query_optional(sql, parameters, read)?
            .ok_or_else(|| StoreError::Statement("a statement yielded no row".to_owned()))
    }
}

/// Takes the next number of the change sequence (design D21): every change of what others cache takes one, in the
/// transaction that makes it. The table `change_number (value)` belongs to the owner's migrations.
pub fn next_change(transaction: &Transaction<'_>) -> Result<i64, StoreError> {
    transaction.query_row("UPDATE change_number SET value = value + 1 RETURNING value", params![], |row| row.get(0))
}

/// The newest number of the change sequence.
pub fn current_change(transaction: &Transaction<'_>) -> Result<i64, StoreError> {
    transaction.query_row("SELECT value FROM change_number", params![], |row| row.get(0))
}
