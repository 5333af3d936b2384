//! A control store in a schema of a Postgres database.
//!
//! The owner's calls are blocking, so each connection has a small runtime of its own and is driven on the thread that
//! uses it. Transactions of a store run one after the other, over all processes, behind one advisory lock: none has to
//! be repeated, on no database. A lost connection is opened again by the next transaction.

mod migrate;
mod values;

use crate::{Migration, StoreError, Value, value::Row};
use region_config::Clock;
use std::{cell::Cell, error::Error as _, fmt, future::Future, time::Duration};
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, Config, Error, IsolationLevel, NoTls, types::ToSql};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Time to open a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// Time after which the server gives up a statement, and a transaction that says nothing more.
const STATEMENT: Duration = Duration::from_secs(8);
/// Time that a transaction waits for those of other processes.
const LOCK: Duration = Duration::from_secs(5);
/// Time after which a server that says nothing counts as lost.
const ANSWER: Duration = Duration::from_secs(12);

/// A schema of a Postgres database.
#[derive(Clone)]
pub struct Schema {
    /// Server, user, password (which nothing shows), database.
    pub server: Config,
    /// How connections are encrypted, if they are.
    pub encryption: Option<MakeRustlsConnect>,
    /// The schema's name.
    pub name: String,
}

impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = self.server.get_dbname().unwrap_or_default();
        write!(f, "the schema '{}' of the Postgres database '{database}'", self.name)
    }
}

impl Schema {
    /// The schema's name as it stands in SQL.
    fn quoted(&self) -> String {
        format!("\"{}\"", self.name.replace('"', "\"\""))
    }

    /// The server's address with what every session starts with: nothing else of the database is in sight.
    fn session(&self) -> Config {
        let path = self.quoted().replace('\\', "\\\\").replace(' ', "\\ ");
        let mut session = self.server.clone();
        session.application_name("refract").connect_timeout(CONNECT).keepalives(true).options(format!(
            "-c search_path={path} -c statement_timeout={} -c lock_timeout={} -c idle_in_transaction_session_timeout={}",
            STATEMENT.as_millis(),
            LOCK.as_millis(),
            STATEMENT.as_millis(),
        ));
        session
    }

    /// The text that the store's advisory lock is made from.
    fn lock(&self) -> String {
        format!("refract control store {}", self.name)
    }
}

/// A connection to a control store.
pub struct Connection {
    /// There until this is dropped.
    runtime: Option<Runtime>,
    schema: Schema,
    client: Option<Client>,
    /// The server did not answer: the connection is not used again.
    lost: Cell<bool>,
}

impl Connection {
    /// Opens (and makes) the schema and brings its tables to the newest form.
    pub fn open(schema: &Schema, migrations: &[Migration], clock: &dyn Clock) -> Result<Connection, StoreError> {
        let open_error = |reason: String| StoreError::Open { place: schema.to_string(), reason };
        let runtime = Builder::new_current_thread().enable_io().enable_time().build();
        let runtime = runtime.map_err(|error| open_error(error.to_string()))?;
        let mut connection =
            Connection { runtime: Some(runtime), schema: schema.clone(), client: None, lost: Cell::new(false) };
        let mut client = connection.connect().map_err(|error| open_error(error.to_string()))?;
        connection.runtime().block_on(migrate::migrate(&mut client, schema, migrations, clock))?;
        connection.client = Some(client);
        Ok(connection)
    }

    /// Begins a transaction; it is the only one of this store until it ends.
    pub fn begin(&mut self) -> Result<Session<'_>, StoreError> {
        if !self.is_alive() {
            self.client = Some(self.connect()?);
        }
        let Connection { runtime, schema, client, lost } = self;
        let (Some(runtime), Some(client)) = (runtime.as_ref(), client.as_mut()) else {
            return Err(StoreError::Unavailable("the connection is closed".to_owned()));
        };
        let begun = answered(runtime, lost, async {
            // Every statement sees what was committed before it, so what comes after the lock sees everything.
            let transaction = client.build_transaction().isolation_level(IsolationLevel::ReadCommitted).start().await?;
            let hold = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
            transaction.execute(hold, &[&schema.lock()]).await?;
            Ok(transaction)
        });
        Ok(Session { runtime, lost, transaction: Some(begun?) })
    }

    fn is_alive(&self) -> bool {
        if self.lost.take() {
            return false;
        }
        let Some(client) = &self.client else { return false };
        answered(self.runtime(), &self.lost, client.check_connection()).is_ok()
    }

    fn connect(&self) -> Result<Client, StoreError> {
        let session = self.schema.session();
        answered(self.runtime(), &self.lost, async {
            if let Some(encryption) = &self.schema.encryption {
                let (client, connection) = session.connect(encryption.clone()).await?;
                tokio::spawn(connection);
                return Ok(client);
            }
            let (client, connection) = session.connect(NoTls).await?;
            tokio::spawn(connection);
            Ok(client)
        })
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().expect("the runtime is there until the connection is dropped")
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // A runtime that is dropped on a thread of another one would panic.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A running transaction; rolled back when it is dropped.
pub struct Session<'t> {
    runtime: &'t Runtime,
    lost: &'t Cell<bool>,
    transaction: Option<tokio_postgres::Transaction<'t>>,
}

impl Session<'_> {
    /// Ends it; everything is durable then.
    pub fn commit(mut self) -> Result<(), StoreError> {
        match self.transaction.take() {
            Some(transaction) => answered(self.runtime, self.lost, transaction.commit()),
            None => Ok(()),
        }
    }

    /// Runs a statement; how many rows it changed.
    pub fn execute(&self, sql: &str, parameters: &[Value]) -> Result<u64, StoreError> {
        let sql = numbered(sql);
        let parameters: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|value| value as _).collect();
        answered(self.runtime, self.lost, self.transaction().execute(&sql, &parameters))
    }

    /// Runs a statement; its rows.
    pub fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        let sql = numbered(sql);
        let parameters: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|value| value as _).collect();
        let rows = answered(self.runtime, self.lost, self.transaction().query(&sql, &parameters))?;
        rows.iter().map(|row| values::row(row).map_err(failure)).collect()
    }

    fn transaction(&self) -> &tokio_postgres::Transaction<'_> {
        self.transaction.as_ref().expect("a session has its transaction until it ends")
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        // Now, not with the next transaction: others wait for the lock.
        if let Some(transaction) = self.transaction.take()
            && !self.lost.get()
        {
            let _ = answered(self.runtime, self.lost, transaction.rollback());
        }
    }
}

/// Waits for the server, but not for ever.
fn answered<T>(
    runtime: &Runtime,
    lost: &Cell<bool>,
    answer: impl Future<Output = Result<T, Error>>,
) -> Result<T, StoreError> {
    match runtime.block_on(async { tokio::time::timeout(ANSWER, answer).await }) {
        Ok(answer) => answer.map_err(failure),
        Err(_) => {
            lost.set(true);
            Err(StoreError::Unavailable("Postgres does not answer".to_owned()))
        }
    }
}

/// An error of the driver, without the values that it may show.
fn failure(error: Error) -> StoreError {
    let Some(database) = error.as_db_error() else {
        let source = error.source().map(|source| format!(": {source}")).unwrap_or_default();
        return StoreError::Unavailable(format!("{error}{source}"));
    };
    let code = database.code().code();
    let text = format!("{} ({code})", database.message());
    // Connections, signing in, databases, room, limits of time, shutting down or starting up, files.
    match ["08", "25P03", "28", "3D", "53", "55P03", "57", "58"].iter().any(|class| code.starts_with(class)) {
        true => StoreError::Unavailable(text),
        false => StoreError::Statement(text),
    }
}

/// A statement with parameters as Postgres writes them: `$1` for `?1`, outside of texts.
fn numbered(sql: &str) -> String {
    let mut is_text = false;
    let numbered = sql.chars().map(|c| match c {
        '\'' => {
            is_text = !is_text;
            c
        }
        '?' if !is_text => '$',
        c => c,
    });
    numbered.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_outside_of_texts() {
        for (sql, expected) in [
            ("a = ?1 AND b = ?12", "a = $1 AND b = $12"),
            ("a = '?1' AND b = ?1", "a = '?1' AND b = $1"),
            ("a = 'it''s ?1' AND b = ?1", "a = 'it''s ?1' AND b = $1"),
        ] {
            assert_eq!(numbered(sql), expected);
        }
    }
}
