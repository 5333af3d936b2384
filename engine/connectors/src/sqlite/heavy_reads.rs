//! Threads for reads that take long: so many at once, and behind everything else that wants the processor, so that a
//! service which scans its data does not slow down the short reads of its neighbours.

use connector_interface::ConnectorError;
use std::{sync::Arc, time::Duration};
use tokio::{
    runtime::{Builder, Runtime},
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout_at},
};

/// How far these threads stand back, the most that the system knows: beside others that want a whole processor they keep
/// a sixtieth of it, and mostly nobody does.
const NICENESS: i32 = 19;

/// The threads, made when they are needed and ended when they are idle.
pub struct HeavyReads {
    permits: Arc<Semaphore>,
    at_once_max: u32,
    /// Never drives anything: its pool of blocking threads is what is used.
    threads: Option<Runtime>,
}

impl HeavyReads {
    /// No thread yet, at most so many later.
    pub fn new(at_once_max: usize) -> HeavyReads {
        let stand_back = || {
            // On Linux that is this thread's. Elsewhere it would be the whole process's, and the reads compete with the rest.
            if cfg!(target_os = "linux") {
                let _ = rustix::process::setpriority_process(None, NICENESS);
            }
        };
        let threads = Builder::new_current_thread()
            .max_blocking_threads(at_once_max.max(1))
            .thread_name("heavy-read")
            .on_thread_start(stand_back)
            .build();
        HeavyReads {
            permits: Arc::new(Semaphore::new(at_once_max)),
            at_once_max: u32::try_from(at_once_max).unwrap_or(u32::MAX),
            threads: threads.ok(),
        }
    }

    /// Runs a read, waiting for a thread until the moment `end`; `limit` is the time that was given, for the error.
    pub async fn run<T: Send + 'static>(
        &self,
        (end, limit): (Instant, Duration),
        read: impl FnOnce() -> Result<T, ConnectorError> + Send + 'static,
    ) -> Result<T, ConnectorError> {
        let permit = timeout_at(end, self.permits.clone().acquire_owned()).await;
        let permit = permit.map_err(|_| ConnectorError::timed_out(limit))?;
        let Some(threads) = &self.threads else {
            return Err(ConnectorError::Unavailable("no threads for long reads".to_owned()));
        };
        let run = threads.spawn_blocking(move || {
            let _permit = permit;
            read()
        });
        run.await.unwrap_or_else(|_| Err(ConnectorError::Database("a read ended without an answer".to_owned())))
    }

    /// Waits until none runs, and lets none begin while the guard lives.
    pub async fn none_runs(&self) -> Option<SemaphorePermit<'_>> {
        self.permits.acquire_many(self.at_once_max).await.ok()
    }
}

impl Drop for HeavyReads {
    fn drop(&mut self) {
        if let Some(threads) = self.threads.take() {
            // It may be dropped where nothing may wait.
            threads.shutdown_background();
        }
    }
}
