//! What can be set about SQLite, with units and defaults.

use connector_interface::answer::AnswerLimits;
use std::time::Duration;

/// Settings of [`SqliteConnector`](super::SqliteConnector).
#[derive(Debug, Clone, PartialEq)]
pub struct SqliteOptions {
    /// Open files that wait for their next read, over all services. Each takes some 100 KiB to 1 MiB of memory.
    pub idle_readers_max: usize,
    /// Open files that wait for their next write, over all services.
    pub idle_writers_max: usize,
    /// A waiting file is closed after this time.
    pub idle_time: Duration,
    /// Prepared statements kept with an open file.
    pub statements_max: usize,
    /// Steps of SQLite's machine that a read may take on the worker that serves the request, in thousands. Over it the
    /// read stops and begins again on a blocking thread. A thousand steps take some 10 to 30 microseconds.
    pub inline_steps_thousands: u32,
    /// Time after which a statement is stopped.
    pub time_limit: Duration,
    /// Reads on blocking threads at once, over all services; others wait within their time limit.
    pub blocking_reads_max: usize,
    /// Services that write at once; others wait.
    pub writers_max: usize,
    /// Writes of one service that wait or run; more are refused.
    pub queued_writes_max: usize,
    /// Writes that are committed together.
    pub batch_max: usize,
    /// Size that a service's file may reach, in bytes: a last protection of the disk. What a service may hold is counted
    /// by the engine.
    pub file_bytes_max: u64,
    /// What the operating system's cache lends of a file, in bytes.
    pub mmap_bytes: u64,
    /// Limits of an answer.
    pub answer: AnswerLimits,
}

impl Default for SqliteOptions {
    fn default() -> SqliteOptions {
        SqliteOptions {
            idle_readers_max: 256,
            idle_writers_max: 64,
            idle_time: Duration::from_secs(60),
            statements_max: 64,
            inline_steps_thousands: 50,
            time_limit: Duration::from_secs(8),
            blocking_reads_max: 16,
            writers_max: 16,
            queued_writes_max: 256,
            batch_max: 64,
            file_bytes_max: 4_000_000_000,
            mmap_bytes: 256 * 1024 * 1024,
            answer: AnswerLimits::default(),
        }
    }
}
