//! A control plane's own database, durable and transactional: connection, migrations, change sequence (design D22).
//!
//! It does not know what is stored: each owner (an engine's registry, the console) has a place of its own, hands in its
//! migrations and writes its own SQL, once for every database, against [`Transaction`].
//!
//! What happens on [`Store::open`], in order: the database is opened, a schema newer than this build is refused, a
//! copy is kept before the schema changes, missing migrations run, each in a transaction.

mod sqlite;
mod transaction;
mod value;

use region_config::Clock;
use rusqlite::Connection;
use std::{path::Path, sync::Arc};
use transaction::Session;

pub use refinery::{Migration, Runner};
pub use transaction::{Transaction, current_change, next_change};
pub use value::{FromValue, Row, ToValue, Value};

/// A control plane's database. Clones share it.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    /// One connection: control planes see few and small statements, and one writer needs no lock waits.
    connection: tokio::sync::Mutex<Connection>,
}

/// Why a control store cannot do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be opened.
    #[error("cannot open {place}: {reason}")]
    Open {
        /// Where it lies.
        place: String,
        /// Why.
        reason: String,
    },
    /// The database was written by a newer version.
    #[error(
        "{place} was written by a newer version (schema {found}, this build knows {known}): start that version, or restore a backup"
    )]
    Newer {
        /// Where it lies.
        place: String,
        /// Schema of the database.
        found: u32,
        /// Newest schema of this build.
        known: u32,
    },
    /// A migration failed; the copy made before it is kept.
    #[error("cannot bring {place} to the current schema: {reason}")]
    Migrate {
        /// Where it lies.
        place: String,
        /// Why.
        reason: String,
    },
    /// A statement failed, or a row does not hold what its reader expects.
    #[error("control store: {0}")]
    Statement(String),
    /// The blocking thread was lost.
    #[error("control store: the task was cancelled")]
    Cancelled,
}

impl Store {
    /// Opens (and makes) the database at `path` and brings it to the newest schema.
    pub fn open(path: &Path, migrations: &[Migration], clock: &dyn Clock) -> Result<Store, StoreError> {
        let connection = sqlite::open(path, migrations, clock)?;
        Ok(Store { shared: Arc::new(Shared { connection: tokio::sync::Mutex::new(connection) }) })
    }

    /// Runs statements in one transaction on a blocking thread. It is committed, durably, when this returns `Ok`, and
    /// rolled back when `work` fails. Work that has begun runs to its end even if the caller goes away. Transactions of a
    /// store run one after the other, so what one reads nobody changes before it ends.
    pub async fn transaction<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        let shared = self.shared.clone();
        let task = tokio::task::spawn_blocking(move || run(&mut shared.connection.blocking_lock(), work));
        task.await.unwrap_or_else(|_| Err(E::from(StoreError::Cancelled)))
    }

    /// The same, on this thread: for start-up and commands, never inside a runtime's worker.
    pub fn transaction_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        E: From<StoreError>,
        F: FnOnce(&Transaction<'_>) -> Result<T, E>,
    {
        run(&mut self.shared.connection.blocking_lock(), work)
    }
}

fn run<T, E: From<StoreError>>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let transaction = Transaction::new(Session::Sqlite(sqlite::begin(connection)?));
    let value = work(&transaction)?;
    transaction.commit()?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use region_config::clock::ManualClock;

    fn migration(version: u32, sql: &str) -> Migration {
        Migration::unapplied(&format!("V{version}__test"), sql).unwrap()
    }

    #[test]
    fn opens_migrates_keeps_a_copy_and_refuses_a_newer_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("control/test.sqlite");
        let clock = ManualClock::at(1_000);
        let first = [migration(
            1,
            "CREATE TABLE change_number (value INTEGER NOT NULL); INSERT INTO change_number VALUES (0);",
        )];
        let second = [first[0].clone(), migration(2, "CREATE TABLE more (a TEXT);")];

        let store = Store::open(&path, &first, &clock).unwrap();
        let change = store.transaction_blocking(next_change).unwrap();
        assert_eq!(change, 1);
        let undone: Result<(), StoreError> = store.transaction_blocking(|t| {
            next_change(t)?;
            Err(StoreError::Cancelled)
        });
        assert!(undone.is_err());
        drop(store);

        let store = Store::open(&path, &second, &clock).unwrap();
        assert_eq!(store.transaction_blocking(current_change).unwrap(), 1);
        drop(store);
        assert!(path.with_extension("before-2.1.sqlite").exists());

        let error = Store::open(&path, &first, &clock).err().unwrap();
        assert!(matches!(error, StoreError::Newer { found: 2, known: 1, .. }), "{error}");
    }
}
