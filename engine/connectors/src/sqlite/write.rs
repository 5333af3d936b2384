//! Writes: the interpreter's statements on an open file, inside the savepoint that the writer holds.
//!
//! Everything is done when it is asked: the futures of this session are ready at once.

#[cfg(test)]
mod tests;

use super::{
    bind::{self, bind},
    failure::failure,
};
use crate::{
    sql::{Dialect, Sql},
    write::{self, Failure, Refused, RowChange, Session, unique_violation},
};
use connector_interface::{CellType, ConnectorError, Value, WriteContext, WriteOutcome, WritePlan};
use futures::executor::block_on;
use rusqlite::{CachedStatement, Connection, ffi};

/// Carries out `plan`. The connection is inside a transaction or savepoint that the caller rolls back on `Err`.
pub fn run(
    connection: &Connection,
    plan: &WritePlan,
    parameters: &[Value],
    context: &WriteContext,
) -> Result<WriteOutcome, ConnectorError> {
    block_on(write::run(&File(connection), plan, parameters, context)).map_err(|failure| match failure {
        Failure::For(error) => error,
        Failure::Unique { model, broken } => {
            let is_broken = |model: &datamodel::Model, field: &datamodel::Field| {
                broken == format!("UNIQUE constraint failed: {}.{}", model.table(), field.column())
            };
            unique_violation(&context.datamodel, model, is_broken).unwrap_or(ConnectorError::Database(broken))
        }
    })
}

struct File<'c>(&'c Connection);

impl<'c> File<'c> {
    fn prepared(&self, sql: &Sql, slots: &[Value], own: &[&Value]) -> rusqlite::Result<CachedStatement<'c>> {
        let mut statement = self.0.prepare_cached(sql.text())?;
        bind(&mut statement, sql.parameters(), slots, own)?;
        Ok(statement)
    }
}

impl Session for File<'_> {
    fn dialect(&self) -> &Dialect {
        &Dialect::Sqlite
    }

    async fn execute(&self, sql: &Sql, slots: &[Value], own: &[&Value]) -> Result<(), Refused> {
        self.prepared(sql, slots, own).and_then(|mut statement| statement.raw_execute()).map_err(refused)?;
        Ok(())
    }

    async fn execute_each(&self, sql: &Sql, each: &[Vec<&Value>]) -> Result<(), Refused> {
        for own in each {
            self.execute(sql, &[], own).await?;
        }
        Ok(())
    }

    async fn execute_rows(&self, change: &RowChange<'_>, rows: &[Vec<&Value>]) -> Result<u64, Refused> {
        let sql = change.for_one(&Dialect::Sqlite);
        let mut statement = self.0.prepare_cached(sql.text()).map_err(refused)?;
        let mut changed = 0;
        for row in rows {
            bind(&mut statement, sql.parameters(), &[], row).map_err(refused)?;
            changed += statement.raw_execute().map_err(refused)? as u64;
        }
        Ok(changed)
    }

    async fn rows(
        &self,
        sql: &Sql,
        slots: &[Value],
        own: &[&Value],
        cells: &[CellType],
    ) -> Result<Vec<Vec<Value>>, Refused> {
        let mut statement = self.prepared(sql, slots, own).map_err(refused)?;
        let mut found = Vec::new();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(refused)? {
            let cell = |(index, kind): (usize, &CellType)| {
                bind::value(row.get_ref(index).map_err(refused)?, *kind).map_err(Refused::For)
            };
            found.push(cells.iter().enumerate().map(cell).collect::<Result<_, _>>()?);
        }
        Ok(found)
    }
}

fn refused(error: rusqlite::Error) -> Refused {
    let rusqlite::Error::SqliteFailure(code, Some(message)) = &error else { return Refused::For(failure(error)) };
    match code.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            Refused::Unique(message.clone())
        }
        ffi::SQLITE_CONSTRAINT_NOTNULL => Refused::NotNull,
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Refused::ForeignKey,
        _ => Refused::For(failure(error)),
    }
}
