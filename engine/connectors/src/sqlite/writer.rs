//! One writer a service: first in, first out, on a blocking thread.
//!
//! What is queued together is committed together, since a durable commit costs far more than a small write: each job
//! runs in a savepoint of one transaction, and is answered once the transaction has been committed. When the
//! transaction breaks (a job was interrupted, the file is full, the commit is refused), nothing of it is stored, and
//! every job runs again in a transaction of its own, so that only the one at fault fails. Jobs must bear that.

use super::{
    SqliteOptions,
    budget::{Allowance, Budget, Stopped},
    failure::failure,
    handles::{Handle, Pool},
    space,
};
use connector_interface::{ConnectorError, Placement};
use parking_lot::Mutex;
use rusqlite::{Connection, TransactionBehavior};
use std::{
    collections::{HashMap, VecDeque},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, atomic::AtomicBool},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
    time::Instant,
};

/// The writers of all services.
pub struct Writers {
    pool: Pool,
    options: Arc<SqliteOptions>,
    permits: Arc<Semaphore>,
    /// Services with a running writer, and what waits for it.
    queues: Mutex<HashMap<String, VecDeque<Job>>>,
}

enum Job {
    /// May share its transaction.
    Shared(Box<dyn Shared>),
    /// Has the handle to itself, outside of any transaction.
    Alone(Solitary),
}

/// A job that is handed the handle, or why there is none.
type Solitary = Box<dyn FnOnce(Result<&mut Handle, ConnectorError>) + Send>;

/// A job within a transaction that others may share.
trait Shared: Send {
    /// Runs it; `false` when it failed and must be rolled back.
    fn run(&mut self, connection: &Connection, budget: &Budget, options: &SqliteOptions) -> bool;
    /// Whatever it did is void.
    fn fail(&mut self, error: ConnectorError);
    /// Tells whoever waits.
    fn answer(self: Box<Self>);
}

struct Pending<T, F> {
    work: F,
    result: Option<Result<T, ConnectorError>>,
    reply: oneshot::Sender<Result<T, ConnectorError>>,
}

impl<T, F> Shared for Pending<T, F>
where
    T: Send,
    F: FnMut(&Connection) -> Result<T, ConnectorError> + Send,
{
    fn run(&mut self, connection: &Connection, budget: &Budget, options: &SqliteOptions) -> bool {
        if self.reply.is_closed() {
            // Whoever asked has gone before it began.
            return false;
        }
        let result = within_time(budget, options, || (self.work)(connection));
        let succeeded = result.is_ok();
        self.result = Some(result);
        succeeded
    }

    fn fail(&mut self, error: ConnectorError) {
        self.result = Some(Err(error));
    }

    fn answer(self: Box<Self>) {
        if let Some(result) = self.result {
            // Nobody may be waiting any more.
            let _ = self.reply.send(result);
        }
    }
}

/// Runs something within the time limit. A panic is an error of this run alone.
pub fn within_time<T>(
    budget: &Budget,
    options: &SqliteOptions,
    run: impl FnOnce() -> Result<T, ConnectorError>,
) -> Result<T, ConnectorError> {
    let limit = options.time_limit;
    let allowance = Allowance::Until(Instant::now() + limit, Arc::new(AtomicBool::new(false)));
    let (result, spent) = budget.within(allowance, || catch_unwind(AssertUnwindSafe(run)));
    match result {
        Err(_) => Err(ConnectorError::Database("a write panicked".to_owned())),
        Ok(Err(_)) if spent.stopped == Some(Stopped::OutOfTime) => Err(ConnectorError::timed_out(limit)),
        Ok(result) => result,
    }
}

impl Writers {
    /// No writer runs yet.
    pub fn new(pool: Pool, options: Arc<SqliteOptions>) -> Writers {
        let permits = Arc::new(Semaphore::new(options.writers_max));
        Writers { pool, options, permits, queues: Mutex::default() }
    }

    /// The writers' open files.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Waits until nothing runs or waits.
    pub async fn all_idle(&self) {
        let all = u32::try_from(self.options.writers_max).unwrap_or(u32::MAX);
        // The semaphore is fair: what queued before gets its turn before.
        drop(self.permits.acquire_many(all).await);
    }

    /// Runs a job in a transaction, and answers when it has been committed durably. It may run more than once, of which
    /// only the last time counts. Once it has begun it ends, whether or not somebody waits.
    pub async fn write<T: Send + 'static>(
        self: &Arc<Writers>,
        placement: &Placement,
        work: impl FnMut(&Connection) -> Result<T, ConnectorError> + Send + 'static,
    ) -> Result<T, ConnectorError> {
        let (reply, answer) = oneshot::channel();
        self.enqueue(placement, Job::Shared(Box::new(Pending { work, result: None, reply })))?;
        answer.await.unwrap_or_else(|_| Err(given_up()))
    }

    /// Runs a job that has the service's handle to itself.
    pub async fn alone<T: Send + 'static>(
        self: &Arc<Writers>,
        placement: &Placement,
        work: impl FnOnce(&mut Handle) -> Result<T, ConnectorError> + Send + 'static,
    ) -> Result<T, ConnectorError> {
        let (reply, answer) = oneshot::channel();
        let job = move |handle: Result<&mut Handle, ConnectorError>| {
            let result = handle.and_then(|handle| {
                catch_unwind(AssertUnwindSafe(|| work(handle)))
                    .unwrap_or_else(|_| Err(ConnectorError::Database("a schema change panicked".to_owned())))
            });
            let _ = reply.send(result);
        };
        self.enqueue(placement, Job::Alone(Box::new(job)))?;
        answer.await.unwrap_or_else(|_| Err(given_up()))
    }

    fn enqueue(self: &Arc<Writers>, placement: &Placement, job: Job) -> Result<(), ConnectorError> {
        {
            let mut queues = self.queues.lock();
            if let Some(queue) = queues.get_mut(&placement.storage) {
                if queue.len() >= self.options.queued_writes_max {
                    return Err(ConnectorError::Unavailable("too many writes wait for this service".to_owned()));
                }
                queue.push_back(job);
                return Ok(());
            }
            queues.insert(placement.storage.clone(), VecDeque::from([job]));
        }
        let (writers, placement) = (self.clone(), placement.clone());
        match self.permits.clone().try_acquire_owned() {
            Ok(permit) => drop(tokio::task::spawn_blocking(move || writers.drain(&placement, permit))),
            Err(_) => drop(tokio::spawn(async move {
                // The semaphore is never closed.
                if let Ok(permit) = writers.permits.clone().acquire_owned().await {
                    tokio::task::spawn_blocking(move || writers.drain(&placement, permit));
                }
            })),
        }
        Ok(())
    }

    /// Works until the queue is empty.
    fn drain(&self, placement: &Placement, _permit: OwnedSemaphorePermit) {
        let mut handle = self.pool.take(placement);
        loop {
            let (shared, alone) = self.next_jobs(placement);
            if shared.is_empty() && alone.is_none() {
                // What cannot be given back now stays for the next rows.
                if let Ok(handle) = &handle
                    && space::give_back(&handle.connection).unwrap_or(false)
                {
                    continue;
                }
                match self.end(placement, handle) {
                    Some(more) => handle = more,
                    None => return,
                }
                continue;
            }
            match &mut handle {
                Ok(handle) => {
                    self.run_shared(handle, shared);
                    if let Some(alone) = alone {
                        alone(Ok(handle));
                    }
                }
                Err(error) => {
                    let again = || ConnectorError::Unavailable(error.to_string());
                    for mut job in shared {
                        job.fail(again());
                        job.answer();
                    }
                    if let Some(alone) = alone {
                        alone(Err(again()));
                    }
                }
            }
        }
    }

    /// Ends the service's writer unless there is work again. The handle is back in the pool before the next writer can
    /// begin, so that there is one a service.
    fn end(
        &self,
        placement: &Placement,
        handle: Result<Handle, ConnectorError>,
    ) -> Option<Result<Handle, ConnectorError>> {
        let mut queues = self.queues.lock();
        if queues.get(&placement.storage).is_some_and(|queue| !queue.is_empty()) {
            return Some(handle);
        }
        if let Ok(handle) = handle {
            self.pool.give(handle);
        }
        queues.remove(&placement.storage);
        None
    }

    /// The next jobs that may share a transaction, and the one behind them that may not.
    fn next_jobs(&self, placement: &Placement) -> (Vec<Box<dyn Shared>>, Option<Solitary>) {
        let mut queues = self.queues.lock();
        let mut shared = Vec::new();
        let Some(queue) = queues.get_mut(&placement.storage) else { return (shared, None) };
        while shared.len() < self.options.batch_max {
            match queue.pop_front() {
                Some(Job::Shared(job)) => shared.push(job),
                Some(Job::Alone(job)) => return (shared, Some(job)),
                None => break,
            }
        }
        (shared, None)
    }

    fn run_shared(&self, handle: &mut Handle, mut jobs: Vec<Box<dyn Shared>>) {
        if jobs.len() > 1 {
            match self.attempt(handle, &mut jobs) {
                Ok(()) => return jobs.into_iter().for_each(|job| job.answer()),
                // The disk failed, perhaps after the commit had been written: to run them again might do things twice.
                Err(ConnectorError::Unavailable(text)) => {
                    for mut job in jobs {
                        job.fail(ConnectorError::Unavailable(text.clone()));
                        job.answer();
                    }
                    return;
                }
                Err(_) => {}
            }
        }
        for mut job in jobs {
            if let Err(error) = self.attempt(handle, std::slice::from_mut(&mut job)) {
                job.fail(error);
            }
            job.answer();
        }
    }

    /// One transaction. On `Err` nothing of it is stored.
    fn attempt(&self, handle: &mut Handle, jobs: &mut [Box<dyn Shared>]) -> Result<(), ConnectorError> {
        let Handle { connection, budget, .. } = handle;
        let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failure)?;
        if let [job] = jobs {
            if job.run(&transaction, budget, &self.options) {
                return transaction.commit().map_err(failure);
            }
            return Ok(());
        }
        for job in jobs {
            let mut savepoint = transaction.savepoint().map_err(failure)?;
            let succeeded = job.run(&savepoint, budget, &self.options);
            if savepoint.is_autocommit() {
                // SQLite rolls the whole transaction back when it interrupts a write.
                return Err(ConnectorError::Database("the transaction was rolled back".to_owned()));
            }
            if !succeeded {
                savepoint.rollback().map_err(failure)?;
            }
            savepoint.commit().map_err(failure)?;
        }
        transaction.commit().map_err(failure)
    }
}

fn given_up() -> ConnectorError {
    ConnectorError::Unavailable("the write was given up".to_owned())
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
