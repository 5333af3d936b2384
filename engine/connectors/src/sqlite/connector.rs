//! The connector: where reads, writes and schema work meet the open files.

use super::{
    SqliteOptions,
    budget::{Allowance, Stopped},
    check,
    failure::failure,
    handles::{Handle, LOCK_WAIT, Pool, Role, path},
    heavy_reads::HeavyReads,
    measure, raw,
    read::{Execution, Prepared},
    schema, space, write,
    writer::{Writers, within_time},
};
use connector_interface::{
    Answer, Capabilities, Connector, ConnectorError, DataCheck, Placement, Position, PreparedRead, Reached, ReadPlan,
    SavedRow, SchemaChange, Value, WriteContext, WriteOutcome, WritePlan,
};
use datamodel::Datamodel;
use futures::future::LocalBoxFuture;
use rusqlite::{Connection, OpenFlags};
use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

/// SQLite files below one folder.
pub struct SqliteConnector {
    folder: PathBuf,
    options: Arc<SqliteOptions>,
    readers: Arc<Pool>,
    writers: Arc<Writers>,
    heavy_reads: HeavyReads,
    /// Set once somebody looks after idle handles.
    swept: AtomicBool,
}

impl SqliteConnector {
    /// A connector whose files are `services/ab/<storage>.sqlite` below `folder`. Nothing is opened or made yet.
    pub fn open(folder: &Path, options: SqliteOptions) -> SqliteConnector {
        let folder = folder.join("services");
        let options = Arc::new(options);
        let pool = |role| Pool::new(folder.clone(), role, options.clone());
        SqliteConnector {
            readers: Arc::new(pool(Role::Reader)),
            writers: Arc::new(Writers::new(pool(Role::Writer), options.clone())),
            heavy_reads: HeavyReads::new(options.heavy_reads_max),
            swept: AtomicBool::new(false),
            folder,
            options,
        }
    }

    /// From the first use on, closes now and then the files that nobody needs any more, so that idle services have none
    /// open and their logs are written back.
    fn keep_swept(&self) {
        if self.swept.load(Ordering::Relaxed) || self.swept.swap(true, Ordering::Relaxed) {
            return;
        }
        let (readers, writers) = (Arc::downgrade(&self.readers), Arc::downgrade(&self.writers));
        let pause = self.options.idle_time / 2;
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(pause).await;
                let (Some(readers), Some(writers)) = (readers.upgrade(), writers.upgrade()) else { return };
                let sweep = move || {
                    readers.sweep();
                    writers.pool().sweep();
                };
                // Without it files stay open a while longer.
                drop(tokio::task::spawn_blocking(sweep).await);
            }
        });
    }

    /// Runs a read where it may take its time. Ends it when nobody waits for it any more.
    async fn read_in_its_own_time(
        &self,
        placement: &Placement,
        prepared: Arc<Prepared>,
        execution: Execution<'_>,
        answer: &mut Answer,
    ) -> Result<(), ConnectorError> {
        let limit = self.options.time_limit;
        let end = Instant::now() + limit;
        let abandoned = SetOnDrop(Arc::new(AtomicBool::new(false)));
        let allowance = Allowance::Until(end, abandoned.0.clone());
        let (readers, inline_thousands) = (self.readers.clone(), self.options.inline_steps_thousands);
        let (placement, parameters, saved) =
            (placement.clone(), execution.parameters.to_vec(), execution.saved.cloned());
        let (key, position) = (execution.root.0.to_owned(), execution.root.1);
        let mut limits = execution.limits;
        limits.bytes_max = limits.bytes_max.saturating_sub(answer.bytes.len());
        let mut part = Answer { rows: answer.rows, ..Answer::default() };
        let read = move || {
            let handle = readers.take(&placement)?;
            let execution =
                Execution { parameters: &parameters, saved: saved.as_ref(), root: (&key, position), limits };
            let Handle { connection, budget, .. } = &handle;
            let (result, spent) = budget.within(allowance, || {
                connection.busy_timeout(LOCK_WAIT).map_err(failure)?;
                prepared.run(connection, execution, &mut part)?;
                connection.busy_timeout(Duration::ZERO).map_err(failure)
            });
            match result {
                Ok(()) => {
                    // It comes back to the workers well below their bound: a run that they stop was for nothing.
                    prepared.is_heavy.store(spent.thousands > inline_thousands / 8, Ordering::Relaxed);
                    readers.give(handle);
                    Ok(part)
                }
                Err(_) if spent.stopped == Some(Stopped::OutOfTime) => Err(ConnectorError::timed_out(limit)),
                Err(error) => Err(error),
            }
        };
        let part = self.heavy_reads.run((end, limit), read).await?;
        answer.rows = part.rows;
        answer.errors.extend(part.errors);
        if answer.bytes.is_empty() {
            answer.bytes = part.bytes;
        } else {
            answer.bytes.extend_from_slice(&part.bytes);
        }
        Ok(())
    }
}

/// Tells the thread of a long read that nobody waits.
struct SetOnDrop(Arc<AtomicBool>);

impl Drop for SetOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn unavailable(error: io::Error) -> ConnectorError {
    ConnectorError::Unavailable(error.to_string())
}

impl Connector for SqliteConnector {
    fn capabilities(&self) -> Capabilities {
        Capabilities { name: "sqlite", stage_separator: '_', name_bytes_max: 63 }
    }

    fn place(&self, _: &str, fresh: &str) -> [Placement; 2] {
        [(); 2].map(|()| Placement { storage: fresh.to_owned() })
    }

    fn prepare(&self, _: &Placement, plan: &ReadPlan) -> PreparedRead {
        Arc::new(Prepared::of(plan))
    }

    fn read<'a>(
        &'a self,
        placement: &'a Placement,
        prepared: &'a PreparedRead,
        parameters: &'a [Value],
        saved: Option<&'a SavedRow>,
        root: (&'a str, Position),
        answer: &'a mut Answer,
    ) -> LocalBoxFuture<'a, Result<(), ConnectorError>> {
        Box::pin(async move {
            let Ok(prepared) = prepared.clone().downcast::<Prepared>() else {
                return Err(ConnectorError::Database("a plan that another connector prepared".to_owned()));
            };
            self.keep_swept();
            let execution = Execution { parameters, saved, root, limits: self.options.answer };
            if !prepared.is_heavy.load(Ordering::Relaxed) {
                let handle = self.readers.take(placement)?;
                let allowance = Allowance::Steps(self.options.inline_steps_thousands);
                let run = || prepared.run(&handle.connection, execution, answer);
                let (result, spent) = handle.budget.within(allowance, run);
                self.readers.give(handle);
                match (result, spent.stopped) {
                    (Err(_), Some(_)) => prepared.is_heavy.store(true, Ordering::Relaxed),
                    // Somebody holds a lock for a moment: a worker does not wait for it.
                    (Err(ConnectorError::Unavailable(_)), None) => {}
                    (result, _) => return result,
                }
            }
            self.read_in_its_own_time(placement, prepared, execution, answer).await
        })
    }

    fn write<'a>(
        &'a self,
        placement: &'a Placement,
        plan: Arc<WritePlan>,
        parameters: Vec<Value>,
        context: WriteContext,
    ) -> LocalBoxFuture<'a, Result<WriteOutcome, ConnectorError>> {
        Box::pin(async move {
            self.keep_swept();
            let work = move |connection: &Connection| write::run(connection, &plan, &parameters, &context);
            self.writers.write(placement, work).await
        })
    }

    fn execute_raw<'a>(
        &'a self,
        placement: &'a Placement,
        schema: String,
        statement: String,
    ) -> LocalBoxFuture<'a, Result<String, ConnectorError>> {
        let (options, writers, at) = (self.options.clone(), self.writers.clone(), placement.clone());
        Box::pin(self.writers.alone(placement, move |handle| {
            if statement.contains(&schema) {
                return raw::execute(&mut writers.pool().open_as(&at, &schema)?, &options, &statement);
            }
            raw::execute(handle, &options, &statement)
        }))
    }

    fn create<'a>(&'a self, placement: &'a Placement) -> LocalBoxFuture<'a, Result<(), ConnectorError>> {
        Box::pin(async move {
            let path = path(&self.folder, placement)?;
            on_blocking_thread(move || make(&path)).await
        })
    }

    fn remove<'a>(&'a self, placement: &'a Placement) -> LocalBoxFuture<'a, Result<(), ConnectorError>> {
        Box::pin(async move {
            let path = path(&self.folder, placement)?;
            let (readers, writers, placement) = (self.readers.clone(), self.writers.clone(), placement.clone());
            on_blocking_thread(move || {
                readers.forget(&placement);
                writers.pool().forget(&placement);
                delete(&path)
            })
            .await
        })
    }

    fn change_schema<'a>(
        &'a self,
        placement: &'a Placement,
        revision: i64,
        changes: Vec<SchemaChange>,
    ) -> LocalBoxFuture<'a, Result<Reached, ConnectorError>> {
        let faults = self.options.faults.clone();
        let change =
            move |handle: &mut Handle| schema::change(&mut handle.connection, &faults, revision, Some(&changes));
        Box::pin(self.writers.alone(placement, change))
    }

    fn give_up<'a>(
        &'a self,
        placement: &'a Placement,
        revision: i64,
    ) -> LocalBoxFuture<'a, Result<Reached, ConnectorError>> {
        let faults = self.options.faults.clone();
        let give_up = move |handle: &mut Handle| schema::change(&mut handle.connection, &faults, revision, None);
        Box::pin(self.writers.alone(placement, give_up))
    }

    fn live_bytes<'a>(
        &'a self,
        placement: &'a Placement,
        datamodel: Arc<Datamodel>,
    ) -> LocalBoxFuture<'a, Result<u64, ConnectorError>> {
        Box::pin(async move {
            let (readers, options, placement) = (self.readers.clone(), self.options.clone(), placement.clone());
            let limit = options.time_limit;
            let count = move || {
                let handle = readers.take(&placement)?;
                let Handle { connection, budget, .. } = &handle;
                let counted = within_time(budget, &options, || measure::live_bytes(connection, &datamodel));
                readers.give(handle);
                counted
            };
            self.heavy_reads.run((Instant::now() + limit, limit), count).await
        })
    }

    fn stored_bytes<'a>(&'a self, placement: &'a Placement) -> LocalBoxFuture<'a, Result<u64, ConnectorError>> {
        Box::pin(async move {
            let path = path(&self.folder, placement)?;
            on_blocking_thread(move || Ok(std::fs::metadata(&path).map_err(unavailable)?.len())).await
        })
    }

    fn check_data<'a>(
        &'a self,
        placement: &'a Placement,
        checks: Vec<DataCheck>,
    ) -> LocalBoxFuture<'a, Result<Vec<bool>, ConnectorError>> {
        Box::pin(self.writers.alone(placement, move |handle| check::all(&handle.connection, &checks)))
    }

    fn close(&self) -> LocalBoxFuture<'_, ()> {
        Box::pin(async move {
            // Whoever holds all permits knows that nothing runs.
            let reads = self.heavy_reads.none_runs().await;
            self.writers.all_idle().await;
            let (readers, writers) = (self.readers.clone(), self.writers.clone());
            let closed = on_blocking_thread(move || {
                readers.forget_all();
                writers.pool().forget_all();
                Ok(())
            });
            drop((reads, closed.await));
        })
    }
}

async fn on_blocking_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ConnectorError> + Send + 'static,
) -> Result<T, ConnectorError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(ConnectorError::Database("work on storage ended without an answer".to_owned())))
}

/// Makes an empty database in WAL mode, which the file remembers.
fn make(path: &Path) -> Result<(), ConnectorError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(unavailable)?;
        for folder in folder.ancestors().take(2) {
            // A new entry of a folder outlives a power cut only once the folder has been written.
            std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(unavailable)?;
        }
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failure)?;
    connection.execute_batch(space::CAN_SHRINK).map_err(failure)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(failure)
}

/// Deletes a database: the log first, so that a crash in between leaves no log beside a database that is not its own.
fn delete(path: &Path) -> Result<(), ConnectorError> {
    for suffix in ["-wal", "-shm", ""] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unavailable(error)),
            _ => {}
        }
    }
    Ok(())
}
