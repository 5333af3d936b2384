//! A control plane's own database, durable and transactional: connection, migrations, change sequence (design D22).
//!
//! It does not know what is stored: each owner (an engine's registry, the console) has a place of its own, hands in its
//! migrations and writes its own SQL, once for every database, against [`Transaction`].
//!
//! What happens on [`Store::open`], in order: the database is opened, a schema newer than this build is refused, a
//! copy is kept before the schema changes, missing migrations run, each in a transaction.

mod postgres;
mod sqlite;
mod transaction;
mod value;

use region_config::Clock;
use std::{fmt, path::PathBuf, sync::Arc, time::Duration};
use tokio::sync::Mutex;
use transaction::Session;

pub use postgres::Schema;
pub use transaction::{Transaction, current_change, next_change};
pub use value::{FromValue, Row, ToValue, Value};

/// A control plane's database. Clones share it.
#[derive(Clone)]
pub struct Store {
    /// One connection: control planes see few and small statements, and one writer needs no lock waits.
    database: Arc<Mutex<Database>>,
}

enum Database {
    Sqlite(rusqlite::Connection),
    Postgres(Box<postgres::Connection>),
}

/// Time that a transaction waits for those before it in this process.
const TURN: Duration = Duration::from_secs(10);

/// Where a control store lies.
#[derive(Clone)]
pub enum Place {
    /// A file of SQLite.
    File(PathBuf),
    /// A schema of a Postgres database.
    Schema(Box<Schema>),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File(path) => path.display().fmt(f),
            Place::Schema(schema) => schema.fmt(f),
        }
    }
}

/// One step of an owner's schema, in the words of each database.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// `V1__what_it_does`; the number counts up.
    pub name: &'static str,
    /// For SQLite.
    pub sqlite: &'static str,
    /// For Postgres, whose integers are all `BIGINT`, and whose texts sort by their bytes (`COLLATE "C"`).
    pub postgres: &'static str,
}

/// The number of the newest migration.
fn newest(migrations: &[Migration]) -> u32 {
    let numbers = migrations.iter().filter_map(|migration| {
        let (number, _) = migration.name.strip_prefix('V')?.split_once("__")?;
        number.parse().ok()
    });
    numbers.max().unwrap_or(0)
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
    /// The database cannot be reached, or has no room for this now.
    #[error("control store: the database is not available: {0}")]
    Unavailable(String),
    /// The blocking thread was lost.
    #[error("control store: the task was cancelled")]
    Cancelled,
}

impl Store {
    /// Opens (and makes) the database at a place and brings it to the newest schema.
    pub fn open(place: &Place, migrations: &[Migration], clock: &dyn Clock) -> Result<Store, StoreError> {
        let database = match place {
            Place::File(path) => Database::Sqlite(sqlite::open(path, migrations, clock)?),
            Place::Schema(schema) => {
                // On a thread of its own: the caller's may belong to a runtime, which would not let it wait.
                let opened = std::thread::scope(|scope| {
                    scope.spawn(|| postgres::Connection::open(schema, migrations, clock)).join()
                });
                Database::Postgres(Box::new(opened.unwrap_or(Err(StoreError::Cancelled))?))
            }
        };
        Ok(Store { database: Arc::new(Mutex::new(database)) })
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
        let turn = tokio::time::timeout(TURN, self.database.clone().lock_owned()).await;
        let Ok(mut database) = turn else {
            return Err(E::from(StoreError::Unavailable("other transactions took too long".to_owned())));
        };
        let task = tokio::task::spawn_blocking(move || run(&mut database, work));
        task.await.unwrap_or_else(|_| Err(E::from(StoreError::Cancelled)))
    }
}

fn run<T, E: From<StoreError>>(
    database: &mut Database,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let transaction = Transaction::new(match database {
        Database::Sqlite(connection) => Session::Sqlite(sqlite::begin(connection)?),
        Database::Postgres(connection) => Session::Postgres(connection.begin()?),
    });
    let value = work(&transaction)?;
    transaction.commit()?;
    Ok(value)
}
