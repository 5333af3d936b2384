//! Storage of a service: its schema, and changes to its tables (`prisma1-server.md` §3).
//!
//! Each change is made against the tables as they are, so that objects that exist already are adapted and a change that
//! was made before is none. All changes of a migration are one transaction, one command a statement, and the schema's
//! comment notes the revision with them.

mod catalog;
mod columns;
mod names;
mod tables;

use super::{bind::Bound, failure::failure};
use crate::sql::{Dialect, Sql, quoted};
use connector_interface::{ColumnSpec, ColumnType, ConnectorError, Faults, Reached, SchemaChange, ServiceError, Value};
use datamodel::ScalarType;
use tokio_postgres::{Client, Error, Transaction, error::SqlState};

pub use catalog::columns_of_index;
pub use names::place;

/// How often a migration is begun again when running writes hold its tables.
const ATTEMPTS: usize = 5;
/// Time that a migration waits for another one of the same service.
const TURN: &str = "12s";

/// Makes the schema of a service. Safe to repeat.
pub async fn create(client: &Client, schema: &str) -> Result<(), ConnectorError> {
    client.batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS {}", quoted(schema))).await.map_err(failure)
}

/// Removes it with all that is in it. Safe to repeat.
pub async fn remove(client: &Client, schema: &str) -> Result<(), ConnectorError> {
    client.batch_execute(&format!("DROP SCHEMA IF EXISTS {} CASCADE", quoted(schema))).await.map_err(failure)
}

/// Makes all changes, or gives the revision up, unless either was done before.
pub async fn change(
    client: &mut Client,
    faults: &Faults,
    schema: &str,
    revision: i64,
    changes: Option<&[SchemaChange]>,
) -> Result<Reached, ConnectorError> {
    let mut attempt = 1;
    loop {
        match change_once(client, faults, schema, revision, changes).await {
            Err(Failed::Busy(_)) if attempt < ATTEMPTS => attempt += 1,
            Err(Failed::Busy(error)) => {
                let text = format!("requests kept the tables locked: {error}");
                return Err(ConnectorError::Unavailable(text));
            }
            Err(Failed::For(error)) => return Err(error),
            Ok(reached) => return Ok(reached),
        }
    }
}

/// Why a migration did not run.
enum Failed {
    /// Running writes held a table for too long, or wanted what it holds.
    Busy(Error),
    /// For good.
    For(ConnectorError),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Failed {
        match error.code() {
            Some(&SqlState::LOCK_NOT_AVAILABLE | &SqlState::T_R_DEADLOCK_DETECTED) => Failed::Busy(error),
            _ => Failed::For(failure(error)),
        }
    }
}

impl From<ConnectorError> for Failed {
    fn from(error: ConnectorError) -> Failed {
        Failed::For(error)
    }
}

async fn change_once(
    client: &mut Client,
    faults: &Faults,
    schema: &str,
    revision: i64,
    changes: Option<&[SchemaChange]>,
) -> Result<Reached, Failed> {
    let transaction = client.transaction().await?;
    // Filling a column of a large table may take longer than a request. It ends with the transaction.
    transaction.batch_execute("SET LOCAL statement_timeout = '10min'").await?;
    take_turn(&transaction, schema).await?;
    let tables = Tables { transaction: &transaction, schema };
    let (noted, how) = catalog::revision(&tables).await?;
    if noted >= revision {
        return Ok(if noted == revision { how } else { Reached::Changed });
    }
    for (index, change) in changes.unwrap_or_default().iter().enumerate() {
        make(&tables, change).await?;
        if index == 0 {
            faults.at("D2")?;
        }
    }
    let reached = if changes.is_some() { Reached::Changed } else { Reached::GivenUp };
    catalog::note_revision(&tables, revision, reached).await?;
    if changes.is_some() {
        faults.at("D3")?;
    }
    // Between the command and its answer, as far as one process can tell.
    let (committed, passed) = tokio::join!(transaction.commit(), async {
        tokio::task::yield_now().await;
        if changes.is_some() { faults.at("D4") } else { Ok(()) }
    });
    committed?;
    passed?;
    Ok(reached)
}

/// Waits until nobody else changes the tables of this service. A process that stands still in the middle of it loses its
/// turn together with its transaction, when the server has heard nothing of it for the time that its sessions may idle.
async fn take_turn(transaction: &Transaction<'_>, schema: &str) -> Result<(), Failed> {
    transaction.batch_execute(&format!("SET LOCAL lock_timeout = '{TURN}'")).await?;
    let lock = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
    match transaction.execute(lock, &[&format!("refract storage {schema}")]).await {
        Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => {
            let text = "somebody else changes the tables of this service".to_owned();
            return Err(Failed::For(ConnectorError::Unavailable(text)));
        }
        taken => taken?,
    };
    Ok(transaction.batch_execute("SET LOCAL lock_timeout TO DEFAULT").await?)
}

/// The tables of a service within a migration's transaction.
struct Tables<'t> {
    transaction: &'t Transaction<'t>,
    schema: &'t str,
}

impl Tables<'_> {
    /// A statement to be written.
    fn sql(&self) -> Sql {
        Sql::new(Dialect::Postgres { schema: self.schema.into() })
    }

    /// Runs a command.
    async fn run(&self, sql: &Sql) -> Result<(), Failed> {
        Ok(self.transaction.batch_execute(sql.text()).await?)
    }

    /// Runs a statement with one value.
    async fn run_with(&self, sql: &Sql, value: &Value) -> Result<(), Failed> {
        self.transaction.execute(sql.text(), &[&Bound::Value(value)]).await?;
        Ok(())
    }
}

async fn make(on: &Tables<'_>, change: &SchemaChange) -> Result<(), Failed> {
    match change {
        SchemaChange::CreateTable { table, id, sequence } => tables::create(on, table, id, sequence.as_ref()).await,
        SchemaChange::DropTable { table } => tables::remove(on, table).await,
        SchemaChange::RenameTable { from, to } => tables::rename(on, from, to).await,
        SchemaChange::ReplaceId { table, from, to, sequence } => {
            tables::replace_id(on, table, from, to, sequence.as_ref()).await
        }
        SchemaChange::ChangeSequence { table, id, from, to } => {
            tables::change_sequence(on, table, id, from.as_ref(), to.as_ref()).await
        }
        SchemaChange::CreateListTable { table, model_table, model_id, value } => {
            tables::create_list(on, table, (model_table, model_id), *value).await
        }
        SchemaChange::CreateLinkTable { table, a, b, id_column } => {
            tables::create_link(on, table, a, b, id_column.as_deref()).await
        }
        SchemaChange::DropLinkId { table, column } => columns::remove(on, table, column).await,
        SchemaChange::AddColumn { table, column, fill } => columns::add(on, table, column, fill.as_ref()).await,
        SchemaChange::DropColumn { table, column } | SchemaChange::DropRelationColumn { table, column } => {
            columns::remove(on, table, column).await
        }
        SchemaChange::AlterColumn { table, from, to, fill } => columns::alter(on, table, from, to, fill.as_ref()).await,
        SchemaChange::RenameLinkColumns { table, renames } => {
            for (from, to) in renames {
                columns::rename(on, table, from, to).await?;
            }
            Ok(())
        }
        SchemaChange::AddRelationColumn { table, column } => columns::add_relation(on, table, column).await,
        SchemaChange::RenameRelationColumn { table, from, to } => columns::rename(on, table, from, to).await,
    }
}

/// The type of a column, as the catalogue spells it too.
fn declared(column_type: ColumnType) -> &'static str {
    match column_type {
        ColumnType::Enum => "text",
        ColumnType::Scalar(scalar) => match scalar {
            ScalarType::String | ScalarType::Json => "text",
            ScalarType::Id => "character varying(25)",
            ScalarType::Uuid => "uuid",
            ScalarType::Int => "integer",
            ScalarType::Float => "numeric(65,30)",
            ScalarType::Boolean => "boolean",
            ScalarType::DateTime => "timestamp(3) without time zone",
        },
    }
}

/// Appends a column's name and type.
fn column(sql: &mut Sql, spec: &ColumnSpec) {
    sql.name(&spec.name).push(" ").push(declared(spec.column_type));
}

/// What a deploy is told when the tables stand in its way.
fn refused(message: String) -> Failed {
    Failed::For(ConnectorError::Service(ServiceError::Raw { message, code: 1 }))
}
