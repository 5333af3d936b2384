//! A control plane's own database, durable and transactional: connection, migrations, change sequence (design D22).
//!
//! It does not know what is stored: each owner (an engine's registry, the console) has a file of its own, hands in its
//! migrations and writes its own SQL. SQLite today; the callers speak the re-exported driver types.
//!
//! What happens on [`Store::open`], in order: the folder's file is opened, a schema newer than this build is refused, a
//! copy is kept before the schema changes, missing migrations run, each in a transaction.

use region_config::Clock;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

pub use refinery::{Migration, Runner};
pub use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
/// An error of the driver.
pub type DriverError = rusqlite::Error;

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
    /// The file cannot be opened.
    #[error("cannot open {path}: {reason}")]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The file was written by a newer version.
    #[error(
        "{path} was written by a newer version (schema {found}, this build knows {known}): start that version, or restore a backup"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Schema of the file.
        found: u32,
        /// Newest schema of this build.
        known: u32,
    },
    /// A migration failed; the copy made before it is kept.
    #[error("cannot bring {path} to the current schema: {reason}")]
    Migrate {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A statement failed.
    #[error("control store: {0}")]
    Statement(#[from] DriverError),
    /// The blocking thread was lost.
    #[error("control store: the task was cancelled")]
    Cancelled,
}

impl Store {
    /// Opens (and makes) the database at `path` and brings it to the newest schema.
    pub fn open(path: &Path, migrations: &[Migration], clock: &dyn Clock) -> Result<Store, StoreError> {
        let open_error = |reason: String| StoreError::Open { path: path.to_owned(), reason };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| open_error(e.to_string()))?;
        }
        let mut connection = Connection::open(path).map_err(|e| open_error(e.to_string()))?;
        connection
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;")
            .map_err(|e| open_error(e.to_string()))?;
        migrate(&mut connection, path, migrations, clock)?;
        Ok(Store { shared: Arc::new(Shared { connection: tokio::sync::Mutex::new(connection) }) })
    }

    /// Runs statements in one transaction on a blocking thread. It is committed, durably, when this returns `Ok`, and
    /// rolled back when `work` fails. Work that has begun runs to its end even if the caller goes away.
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
    let transaction = connection
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .map_err(|e| E::from(StoreError::Statement(e)))?;
    let value = work(&transaction)?;
    transaction.commit().map_err(|e| E::from(StoreError::Statement(e)))?;
    Ok(value)
}

/// Takes the next number of the change sequence (design D21): every change of what others cache takes one, in the
/// transaction that makes it. The table `change_number (value)` belongs to the owner's migrations.
pub fn next_change(transaction: &Transaction<'_>) -> Result<i64, DriverError> {
    transaction.query_row("UPDATE change_number SET value = value + 1 RETURNING value", [], |row| row.get(0))
}

/// The newest number of the change sequence.
pub fn current_change(transaction: &Transaction<'_>) -> Result<i64, DriverError> {
    transaction.query_row("SELECT value FROM change_number", [], |row| row.get(0))
}

fn migrate(
    connection: &mut Connection,
    path: &Path,
    migrations: &[Migration],
    clock: &dyn Clock,
) -> Result<(), StoreError> {
    let failed = |reason: String| StoreError::Migrate { path: path.to_owned(), reason };
    let known = migrations.iter().map(|m| m.version() as u32).max().unwrap_or(0);
    let found = schema_version(connection).map_err(|e| failed(e.to_string()))?;
    if found > known {
        return Err(StoreError::Newer { path: path.to_owned(), found, known });
    }
    if found > 0 && found < known {
        let copy = path.with_extension(format!("before-{known}.{}.sqlite", clock.now_s()));
        connection.execute("VACUUM INTO ?1", [copy.to_string_lossy()]).map_err(|e| failed(e.to_string()))?;
    }
    if found < known {
        Runner::new(migrations).run(connection).map_err(|e| failed(e.to_string()))?;
    }
    Ok(())
}

/// The newest migration that ran; 0 for a new file.
fn schema_version(connection: &Connection) -> Result<u32, DriverError> {
    let exists = connection
        .query_row("SELECT 1 FROM sqlite_schema WHERE name = 'refinery_schema_history'", [], |_| Ok(()))
        .optional()?;
    if exists.is_none() {
        return Ok(0);
    }
    connection.query_row("SELECT coalesce(max(version), 0) FROM refinery_schema_history", [], |row| row.get(0))
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
        let change = store.transaction_blocking(|t| Ok::<_, StoreError>(next_change(t)?)).unwrap();
        assert_eq!(change, 1);
        let undone: Result<(), StoreError> = store.transaction_blocking(|t| {
            next_change(t)?;
            Err(StoreError::Cancelled)
        });
        assert!(undone.is_err());
        drop(store);

        let store = Store::open(&path, &second, &clock).unwrap();
        assert_eq!(store.transaction_blocking(|t| Ok::<_, StoreError>(current_change(t)?)).unwrap(), 1);
        drop(store);
        assert!(path.with_extension("before-2.1.sqlite").exists());

        let error = Store::open(&path, &first, &clock).err().unwrap();
        assert!(matches!(error, StoreError::Newer { found: 2, known: 1, .. }), "{error}");
    }
}
