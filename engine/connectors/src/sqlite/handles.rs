//! Open files: taken for one run, given back, reused by the next run of the same service.
//!
//! A pool bounds how many wait over all services; those that waited longest are closed first, some at once, and all are
//! closed when nobody has needed them for a while. Files are closed on a blocking thread, since the last one to close writes the
//! log back into the database.

use super::{SqliteOptions, budget::Budget, failure::failure};
use crate::sql::quoted;
use connector_interface::{ConnectorError, Placement};
use parking_lot::Mutex;
use rusqlite::{
    Connection, OpenFlags,
    config::DbConfig,
    hooks::{AuthAction, AuthContext, Authorization},
    limits::Limit,
};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

/// What handles of a pool are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Reads only.
    Reader,
    /// Reads and writes; one at a time for each service.
    Writer,
}

/// An open file.
pub struct Handle {
    /// The connection.
    pub connection: Connection,
    /// What a run on it may take.
    pub budget: Budget,
    /// Set while a statement runs whose text is a stranger's: it may not leave the file or the transaction.
    pub is_raw: Arc<AtomicBool>,
    storage: String,
    epoch: u64,
}

/// Handles of one role.
pub struct Pool {
    folder: PathBuf,
    role: Role,
    options: Arc<SqliteOptions>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    waiting: HashMap<String, Vec<(Instant, Handle)>>,
    count: usize,
    /// Grows when a service is removed: handles from before are closed instead of being kept.
    epoch: u64,
}

/// The file of a service. Its name is not a stranger's word but is checked all the same.
pub fn path(folder: &Path, placement: &Placement) -> Result<PathBuf, ConnectorError> {
    let storage = &placement.storage;
    let is_id = storage.len() == 32 && storage.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !is_id {
        return Err(ConnectorError::Unavailable("a storage id is 32 lower-case hex digits".to_owned()));
    }
    Ok(folder.join(&storage[..2]).join(format!("{storage}.sqlite")))
}

impl Pool {
    /// A pool without handles.
    pub fn new(folder: PathBuf, role: Role, options: Arc<SqliteOptions>) -> Pool {
        Pool { folder, role, options, state: Mutex::default() }
    }

    /// A waiting handle of the service, or a new one.
    pub fn take(&self, placement: &Placement) -> Result<Handle, ConnectorError> {
        let epoch = {
            let mut state = self.state.lock();
            if let Some(waiting) = state.waiting.get_mut(&placement.storage)
                && let Some((_, handle)) = waiting.pop()
            {
                state.count -= 1;
                return Ok(handle);
            }
            state.epoch
        };
        let path = path(&self.folder, placement)?;
        let is_raw = Arc::new(AtomicBool::new(false));
        let mut connection = self.open(&path, &is_raw).map_err(failure)?;
        let budget = Budget::of(&mut connection).map_err(failure)?;
        Ok(Handle { connection, budget, is_raw, storage: placement.storage.clone(), epoch })
    }

    /// A handle that calls the service's database by a name: an empty database in memory with the service's file
    /// beside it. It is not one of the pool's.
    pub fn open_as(&self, placement: &Placement, schema: &str) -> Result<Handle, ConnectorError> {
        let path = path(&self.folder, placement)?;
        let is_raw = Arc::new(AtomicBool::new(false));
        let mut connection = self.open(Path::new(":memory:"), &is_raw).map_err(failure)?;
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 1).map_err(failure)?;
        let name = quoted(schema);
        connection.execute(&format!("ATTACH ?1 AS {name}"), [path.to_string_lossy()]).map_err(failure)?;
        let pages_max = self.options.file_bytes_max / PAGE_BYTES;
        connection.execute_batch(&format!("PRAGMA {name}.max_page_count = {pages_max}")).map_err(failure)?;
        let raw = is_raw.clone();
        let judge = move |context: AuthContext<'_>| {
            if raw.load(Ordering::Relaxed) { within_the_named_file(context) } else { Authorization::Allow }
        };
        connection.authorizer(Some(judge)).map_err(failure)?;
        let budget = Budget::of(&mut connection).map_err(failure)?;
        Ok(Handle { connection, budget, is_raw, storage: placement.storage.clone(), epoch: 0 })
    }

    /// Keeps a handle for the next run.
    pub fn give(&self, handle: Handle) {
        let now = Instant::now();
        let mut closed = Vec::new();
        let mut state = self.state.lock();
        if handle.epoch == state.epoch && handle.connection.is_autocommit() {
            state.count += 1;
            match state.waiting.get_mut(&handle.storage) {
                Some(waiting) => waiting.push((now, handle)),
                None => drop(state.waiting.insert(handle.storage.clone(), vec![(now, handle)])),
            }
        } else {
            closed.push(handle);
        }
        let max = match self.role {
            Role::Reader => self.options.idle_readers_max,
            Role::Writer => self.options.idle_writers_max,
        };
        if state.count > max {
            state.remove_oldest(max, &mut closed);
        }
        drop(state);
        close(closed);
    }

    /// Closes the handles that nobody has needed for a while. Takes time: on a blocking thread.
    pub fn sweep(&self) {
        let (now, idle_time) = (Instant::now(), self.options.idle_time);
        let mut closed = Vec::new();
        self.state.lock().remove_where(&mut closed, |since| now.duration_since(since) >= idle_time);
    }

    /// Closes the waiting handles of a service at once, and those in use when they come back.
    pub fn forget(&self, placement: &Placement) {
        let forgotten = {
            let mut state = self.state.lock();
            state.epoch += 1;
            let epoch = state.epoch;
            let forgotten = state.waiting.remove(&placement.storage).unwrap_or_default();
            state.count -= forgotten.len();
            // Waiting handles of other services are as good as new ones.
            state.waiting.values_mut().flatten().for_each(|(_, handle)| handle.epoch = epoch);
            forgotten
        };
        drop(forgotten);
    }

    /// Closes every waiting handle, and those in use when they come back.
    pub fn forget_all(&self) {
        let mut closed = Vec::new();
        {
            let mut state = self.state.lock();
            state.epoch += 1;
            state.remove_where(&mut closed, |_| true);
        }
        drop(closed);
    }

    fn open(&self, path: &Path, is_raw: &Arc<AtomicBool>) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags)?;
        let pages_max = self.options.file_bytes_max / PAGE_BYTES;
        let mmap = self.options.mmap_bytes;
        // The log is written back and cut to size by the writer, so readers need none of its settings.
        let settings = match self.role {
            // Pages of the file are mapped; only those that are still in the log are copied, and need a place.
            Role::Reader => "PRAGMA query_only = ON; PRAGMA cache_size = -256;".to_owned(),
            Role::Writer => format!("PRAGMA journal_size_limit = 1048576; PRAGMA max_page_count = {pages_max};"),
        };
        connection.execute_batch(&format!(
            "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA mmap_size = {mmap}; {settings}"
        ))?;
        for (config, value) in [
            // Without it, binding a value re-prepares statements that ANALYZE has statistics for.
            (DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true),
            (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
            (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
            (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
            (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
        ] {
            connection.set_db_config(config, value)?;
        }
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX)?;
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
        connection.set_limit(Limit::SQLITE_LIMIT_WORKER_THREADS, 0)?;
        rusqlite::vtab::array::load_module(&connection)?;
        connection.set_prepared_statement_cache_capacity(self.options.statements_max);
        match self.role {
            Role::Reader => {
                // A worker never waits for a lock; the run begins again on a thread for long reads, which may.
                connection.busy_timeout(Duration::ZERO)?;
                connection.authorizer(Some(only_reading))?;
            }
            Role::Writer => {
                connection.busy_timeout(LOCK_WAIT)?;
                let is_raw = is_raw.clone();
                connection.authorizer(Some(move |context: AuthContext<'_>| {
                    if is_raw.load(Ordering::Relaxed) { within_the_file(context) } else { Authorization::Allow }
                }))?;
            }
        }
        Ok(connection)
    }
}

/// SQLite's own size of a page.
const PAGE_BYTES: u64 = 4096;
/// Longest value and longest row.
const VALUE_BYTES_MAX: i32 = 64 * 1024 * 1024;
/// How long a thread that may wait does so for the lock of a file that another process (a backup) holds.
pub const LOCK_WAIT: Duration = Duration::from_secs(5);

impl State {
    /// Makes room when more than `max` wait. Looks at all of them, and so removes an eighth of them at once.
    fn remove_oldest(&mut self, max: usize, removed: &mut Vec<Handle>) {
        let mut times: Vec<Instant> = self.waiting.values().flatten().map(|(since, _)| *since).collect();
        let number = times.len().saturating_sub(max) + max / 8;
        let Some(last) = number.checked_sub(1).filter(|last| *last < times.len()) else { return };
        let (_, newest_removed, _) = times.select_nth_unstable(last);
        let newest_removed = *newest_removed;
        self.remove_where(removed, |since| since <= newest_removed);
    }

    fn remove_where(&mut self, removed: &mut Vec<Handle>, is_removed: impl Fn(Instant) -> bool) {
        self.waiting.retain(|_, waiting| {
            let kept = waiting.iter().position(|(since, _)| !is_removed(*since)).unwrap_or(waiting.len());
            removed.extend(waiting.drain(..kept).map(|(_, handle)| handle));
            !waiting.is_empty()
        });
        self.count = self.waiting.values().map(Vec::len).sum();
    }
}

/// Statements of a plan name tables that a stranger chose: `@db(name: "pragma_database_list")` must not read the
/// server's folders. Called when a statement is prepared, not when it runs.
fn only_reading(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Select
        | AuthAction::Read { .. }
        | AuthAction::Function { .. }
        | AuthAction::Recursive
        | AuthAction::Transaction { .. } => Authorization::Allow,
        _ => Authorization::Deny,
    }
}

/// What a raw statement may do: anything to the data and tables of its service, nothing to other files, to the
/// settings of the connection, or to the transaction it runs in.
fn within_the_file(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Attach { .. }
        | AuthAction::Detach { .. }
        | AuthAction::Pragma { .. }
        | AuthAction::Transaction { .. }
        | AuthAction::Savepoint { .. }
        | AuthAction::CreateVtable { .. }
        | AuthAction::DropVtable { .. }
        | AuthAction::CreateTempIndex { .. }
        | AuthAction::CreateTempTable { .. }
        | AuthAction::CreateTempTrigger { .. }
        | AuthAction::CreateTempView { .. }
        | AuthAction::Unknown { .. } => Authorization::Deny,
        AuthAction::Function { function_name } if function_name.eq_ignore_ascii_case("load_extension") => {
            Authorization::Deny
        }
        _ => Authorization::Allow,
    }
}

/// The same where the file has a name: nothing is stored in the empty database beside it, where it would be lost.
fn within_the_named_file(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Insert { .. } if context.database_name == Some("main") => Authorization::Deny,
        _ => within_the_file(context),
    }
}

fn close(handles: Vec<Handle>) {
    if handles.is_empty() {
        return;
    }
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => drop(runtime.spawn_blocking(move || drop(handles))),
        Err(_) => drop(handles),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(folder: &Path, role: Role) -> Pool {
        let options = SqliteOptions { idle_readers_max: 3, idle_writers_max: 3, ..SqliteOptions::default() };
        Pool::new(folder.to_owned(), role, Arc::new(options))
    }

    fn service(folder: &Path, digit: char) -> Placement {
        let placement = Placement { storage: digit.to_string().repeat(32) };
        let path = path(folder, &placement).unwrap();
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let connection = Connection::open(path).unwrap();
        connection.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS t (n)").unwrap();
        placement
    }

    fn waiting(pool: &Pool) -> String {
        let state = pool.state.lock();
        let mut names: Vec<char> = state
            .waiting
            .iter()
            .flat_map(|(name, waiting)| waiting.iter().filter_map(|_| name.chars().next()))
            .collect();
        names.sort_unstable();
        assert_eq!(state.count, names.len());
        names.into_iter().collect()
    }

    #[test]
    fn few_handles_wait_and_the_oldest_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        let pool = pool(folder.path(), Role::Reader);
        let services: Vec<Placement> = "abcde".chars().map(|digit| service(folder.path(), digit)).collect();
        for placement in &services {
            pool.give(pool.take(placement).unwrap());
        }
        assert_eq!(waiting(&pool), "cde");
        // A handle that is used again is young again; two of one service may be open at once.
        pool.give(pool.take(&services[2]).unwrap());
        let (first, second) = (pool.take(&services[4]).unwrap(), pool.take(&services[4]).unwrap());
        pool.give(first);
        pool.give(second);
        assert_eq!(waiting(&pool), "cee");
        let in_use = pool.take(&services[2]).unwrap();
        pool.forget(&services[4]);
        assert_eq!(waiting(&pool), "");
        pool.give(in_use);
        assert_eq!(waiting(&pool), "", "a handle from before a removal is not kept");
        pool.give(pool.take(&services[0]).unwrap());
        pool.sweep();
        assert_eq!(waiting(&pool), "a");
        pool.forget_all();
        assert_eq!(waiting(&pool), "");
    }

    #[test]
    fn sqlite_is_built_as_the_workspace_asks() {
        let connection = Connection::open_in_memory().unwrap();
        let mut statement = connection.prepare("PRAGMA compile_options").unwrap();
        let options: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let hint = "see .cargo/config.toml; LIBSQLITE3_FLAGS of the environment goes before it";
        for expected in ["DEFAULT_MEMSTATUS=0", "DEFAULT_PCACHE_INITSZ=0", "DEFAULT_LOOKASIDE=512,32"] {
            assert!(options.iter().any(|option| option == expected), "{expected} is not in {options:?}: {hint}");
        }
        assert!(!options.iter().any(|option| option.contains("FTS")), "{options:?}: {hint}");
    }

    #[test]
    fn handles_that_nobody_needs_are_closed() {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteOptions { idle_time: Duration::ZERO, ..SqliteOptions::default() };
        let pool = Pool::new(folder.path().to_owned(), Role::Reader, Arc::new(options));
        pool.give(pool.take(&service(folder.path(), 'a')).unwrap());
        assert_eq!(waiting(&pool), "a");
        pool.sweep();
        assert_eq!(waiting(&pool), "");
    }

    #[test]
    fn a_handle_within_a_transaction_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let pool = pool(folder.path(), Role::Writer);
        let handle = pool.take(&service(folder.path(), 'a')).unwrap();
        handle.connection.execute_batch("BEGIN").unwrap();
        pool.give(handle);
        assert_eq!(waiting(&pool), "");
    }

    #[test]
    fn readers_read_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let handle = pool(folder.path(), Role::Reader).take(&service(folder.path(), 'a')).unwrap();
        for allowed in ["SELECT n FROM t", "SELECT value FROM rarray(?1)", "SELECT count(*), instr('a', 'b') FROM t"] {
            handle.connection.prepare(allowed).unwrap_or_else(|error| panic!("{allowed}: {error}"));
        }
        for refused in [
            "INSERT INTO t VALUES (1)",
            "DROP TABLE t",
            "ATTACH 'x' AS x",
            "PRAGMA journal_mode = DELETE",
            "SELECT * FROM pragma_database_list",
            "SELECT * FROM \"pragma_table_info\"('t')",
        ] {
            let result =
                handle.connection.prepare(refused).and_then(|mut statement| statement.query([])?.next().map(drop));
            assert!(result.is_err(), "{refused}");
        }
    }

    #[test]
    fn storage_ids_are_hex_digits() {
        for storage in ["", "../../etc/passwd", "A0000000000000000000000000000000", "a000000000000000000000000000000/"]
        {
            assert!(path(Path::new("x"), &Placement { storage: storage.to_owned() }).is_err(), "{storage}");
        }
        let storage = "0123456789abcdef0123456789abcdef".to_owned();
        let expected = Path::new("x/01/0123456789abcdef0123456789abcdef.sqlite");
        assert_eq!(path(Path::new("x"), &Placement { storage }).unwrap(), expected);
    }
}
