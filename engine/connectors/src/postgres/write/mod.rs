//! Writes: in one statement where that is enough ([`simple`]), else the interpreter's statements inside a transaction,
//! both on an exclusive connection.

mod simple;

use simple::Run;
pub use simple::Simple;

use super::{
    bind::{Bound, parameters},
    cell::Raw,
    failure::failure,
    lanes::{Connection, Knowledge},
    read::{self, Execution, Prepared},
    schema::columns_of_index,
    turns::HOLD,
};
use crate::{
    sql::{Dialect, Parameter, Sql},
    write::{self, Failure, Refused, RowChange, Session, unique_violation},
};
use connector_interface::{CellType, Change, ConnectorError, Slot, Value, WriteContext, WriteOutcome, WritePlan};
use datamodel::{Field, Model, ModelId};
use futures::future::{join, try_join_all};
use std::{rc::Rc, sync::Arc};
use tokio_postgres::{Error, Row, Transaction, error::SqlState, types::Type};

/// How often a write is begun again after it stood in the way of another one.
const ATTEMPTS: usize = 4;

/// Carries out `plan` in one transaction. Nothing has been acknowledged when it is begun again.
pub async fn run(
    connection: &mut Connection,
    schema: &str,
    plan: &WritePlan,
    parameters: &[Value],
    context: &WriteContext,
) -> Result<WriteOutcome, ConnectorError> {
    let dialect = Dialect::Postgres { schema: schema.into() };
    let mut attempt = 1;
    loop {
        match once(connection, schema, &dialect, plan, parameters, context).await {
            Err(Failed::InTheWay(_)) if attempt < ATTEMPTS => attempt += 1,
            Err(Failed::InTheWay(error)) => return Err(ConnectorError::Unavailable(error)),
            Err(Failed::For(Failure::For(error))) => return Err(error),
            Err(Failed::For(Failure::Unique { model, broken })) => {
                return Err(told(connection, schema, context, model, &broken).await?);
            }
            Ok(outcome) => return Ok(outcome),
        }
    }
}

/// The rows that were read behind a write, or why they were not, and what the write changed.
type ReadBehind = (Result<Vec<Vec<Row>>, ConnectorError>, Vec<Change>);

/// Carries out a write in one statement and runs the read of its node behind it, without waiting in between. `None`
/// when nothing was written and the interpreter has to say why, or to do it. A read may fail behind a write that stands.
pub async fn run_simple(
    connection: &Connection,
    simple: &Simple,
    read: (&Prepared, Slot, Execution<'_>),
    parameters: &[Value],
    context: &WriteContext,
) -> Result<Option<ReadBehind>, ConnectorError> {
    let Some(run) = simple.run(parameters, context) else { return Ok(None) };
    context.growth.draw(run.bytes)?;
    let done = write_and_fetch(connection, simple, read, parameters, run).await;
    // Nothing was stored; the interpreter draws again.
    if let Ok(None) = done {
        context.growth.undo();
    }
    done
}

async fn write_and_fetch(
    connection: &Connection,
    simple: &Simple,
    read: (&Prepared, Slot, Execution<'_>),
    parameters: &[Value],
    run: Run,
) -> Result<Option<ReadBehind>, ConnectorError> {
    let (prepared, id, execution) = read;
    let mut of_read = parameters.to_vec();
    if let Some(slot) = of_read.get_mut(id.0 as usize) {
        *slot = run.id.clone();
    }
    let statement = connection.statement(&simple.text, true).await.map_err(failure)?;
    let write = connection.client().execute_raw(&statement, simple.bound(&run));
    let fetch = prepared.fetch(connection, Execution { parameters: &of_read, ..execution });
    let (written, fetched) = join(write, fetch).await;
    match written {
        Ok(0) => Ok(None),
        Ok(_) => {
            let rows = fetched.map_err(|(read::Failed::Lost(error) | read::Failed::Refused(error))| error);
            Ok(Some((rows, run.changes)))
        }
        // The interpreter finds out what is wrong, or does it when it is its turn.
        Err(error) if is_in_the_way(&error) || refused(&error).is_some() => Ok(None),
        Err(error) => Err(failure(error)),
    }
}

/// The broken unique constraint by the API name of its field.
async fn told(
    connection: &Connection,
    schema: &str,
    context: &WriteContext,
    model: ModelId,
    broken: &str,
) -> Result<ConnectorError, ConnectorError> {
    let columns = columns_of_index(connection.client(), schema, broken).await?;
    let is_broken = |_: &Model, field: &Field| columns.iter().any(|column| column == field.column());
    let told = unique_violation(&context.datamodel, model, is_broken);
    Ok(told.unwrap_or_else(|| ConnectorError::Database(format!("the constraint {broken} was broken"))))
}

enum Failed {
    /// Another write held what this one needed, and the other way round.
    InTheWay(String),
    For(Failure),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Failed {
        if is_in_the_way(&error) {
            return Failed::InTheWay(error.to_string());
        }
        Failed::For(Failure::For(failure(error)))
    }
}

async fn once(
    connection: &mut Connection,
    schema: &str,
    dialect: &Dialect,
    plan: &WritePlan,
    parameters: &[Value],
    context: &WriteContext,
) -> Result<WriteOutcome, Failed> {
    let knowledge = connection.knowledge();
    let transaction = connection.client_mut().transaction().await?;
    transaction.query_typed(HOLD, &[(&schema, Type::TEXT)]).await?;
    let session = InTransaction { transaction: &transaction, knowledge, dialect, in_the_way: Default::default() };
    let outcome = write::run(&session, plan, parameters, context).await;
    let in_the_way = session.in_the_way.take();
    match outcome {
        Ok(outcome) => {
            transaction.commit().await?;
            Ok(outcome)
        }
        Err(failed) => {
            transaction.rollback().await?;
            Err(in_the_way.map_or(Failed::For(failed), Failed::InTheWay))
        }
    }
}

struct InTransaction<'t> {
    transaction: &'t Transaction<'t>,
    knowledge: Rc<Knowledge>,
    dialect: &'t Dialect,
    /// Set when a statement failed because of another write.
    in_the_way: std::cell::Cell<Option<String>>,
}

impl InTransaction<'_> {
    async fn statement(&self, sql: &Sql) -> Result<tokio_postgres::Statement, Error> {
        if let Some(statement) = self.knowledge.get(sql.text()) {
            return Ok(statement);
        }
        let statement = self.transaction.prepare(sql.text()).await?;
        self.knowledge.keep(Arc::from(sql.text()), statement.clone());
        Ok(statement)
    }

    fn refused(&self, error: Error) -> Refused {
        if let Some(refused) = refused(&error) {
            return refused;
        }
        if is_in_the_way(&error) {
            self.in_the_way.set(Some(error.to_string()));
        }
        Refused::For(failure(error))
    }
}

/// Whether another write held what this one needed, and the other way round.
fn is_in_the_way(error: &Error) -> bool {
    matches!(error.code(), Some(&SqlState::T_R_DEADLOCK_DETECTED | &SqlState::T_R_SERIALIZATION_FAILURE))
}

/// What a broken constraint means; `None` for other errors.
fn refused(error: &Error) -> Option<Refused> {
    let database = error.as_db_error()?;
    match *database.code() {
        SqlState::UNIQUE_VIOLATION => Some(Refused::Unique(database.constraint().unwrap_or_default().to_owned())),
        SqlState::NOT_NULL_VIOLATION => Some(Refused::NotNull),
        SqlState::FOREIGN_KEY_VIOLATION => Some(Refused::ForeignKey),
        _ => None,
    }
}

impl Session for InTransaction<'_> {
    fn dialect(&self) -> &Dialect {
        self.dialect
    }

    async fn execute(&self, sql: &Sql, slots: &[Value], own: &[&Value]) -> Result<(), Refused> {
        let bound = parameters(sql.parameters(), slots, own).map_err(Refused::For)?;
        let statement = self.statement(sql).await.map_err(|error| self.refused(error))?;
        self.transaction.execute_raw(&statement, bound).await.map_err(|error| self.refused(error))?;
        Ok(())
    }

    async fn execute_each(&self, sql: &Sql, each: &[Vec<&Value>]) -> Result<(), Refused> {
        if each.is_empty() {
            return Ok(());
        }
        let statement = self.statement(sql).await.map_err(|error| self.refused(error))?;
        // All of them are sent before the first answer is waited for.
        let runs = each.iter().map(async |own| {
            let bound = parameters(sql.parameters(), &[], own).map_err(Refused::For)?;
            self.transaction.execute_raw(&statement, bound).await.map_err(|error| self.refused(error))
        });
        try_join_all(runs).await.map(drop)
    }

    async fn execute_rows(&self, change: &RowChange<'_>, rows: &[Vec<&Value>]) -> Result<u64, Refused> {
        // The types of the columns, whoever made them, are those of the statement for one row.
        let one = change.for_one(self.dialect);
        let known = self.statement(&one).await.map_err(|error| self.refused(error))?;
        let mut types = vec![None; one.parameters().len()];
        for (parameter, kind) in one.parameters().iter().zip(known.params()) {
            if let Parameter::Own(number) = parameter {
                types[*number as usize] = Some(kind);
            }
        }
        let many = change.for_many(self.dialect, types.into_iter().flatten().map(|kind| (kind.schema(), kind.name())));
        let statement = self.statement(&many).await.map_err(|error| self.refused(error))?;
        let columns = many.own_numbers().map(|number| Bound::Column { rows, number: number as usize });
        self.transaction.execute_raw(&statement, columns.collect::<Vec<_>>()).await.map_err(|error| self.refused(error))
    }

    async fn rows(
        &self,
        sql: &Sql,
        slots: &[Value],
        own: &[&Value],
        cells: &[CellType],
    ) -> Result<Vec<Vec<Value>>, Refused> {
        use futures::TryStreamExt as _;
        let bound = parameters(sql.parameters(), slots, own).map_err(Refused::For)?;
        let statement = self.statement(sql).await.map_err(|error| self.refused(error))?;
        let rows = self.transaction.query_raw(&statement, bound).await.map_err(|error| self.refused(error))?;
        let rows: Vec<_> = rows.try_collect().await.map_err(|error| self.refused(error))?;
        let row = |row: &Row| {
            let cell = |(index, kind): (usize, &CellType)| {
                let raw: Raw<'_> = row.try_get(index).map_err(|error| self.refused(error))?;
                raw.value(*kind).map_err(Refused::For)
            };
            cells.iter().enumerate().map(cell).collect()
        };
        rows.iter().map(row).collect()
    }
}
