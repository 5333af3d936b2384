//! What can be set about SQLite, with units and defaults.

use connector_interface::{Faults, answer::AnswerLimits};
use std::time::Duration;

/// Settings of [`SqliteConnector`](super::SqliteConnector).
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// Open files that wait for their next read, over all services. Each takes some 50 to 100 KiB of memory, and up to 256 more
    /// while much is written.
    pub idle_readers_max: usize,
    /// Open files that wait for their next write, over all services.
    pub idle_writers_max: usize,
    /// A waiting file is closed after this time.
    pub idle_time: Duration,
    /// Prepared statements kept with an open file.
    pub statements_max: usize,
    /// Steps of SQLite's machine that a read may take on the worker that serves the request, in thousands. Over it the
    /// read stops and begins again on a thread for long reads. A thousand steps take some 10 to 30 microseconds.
    pub inline_steps_thousands: u32,
    /// Time after which a statement is stopped.
    pub time_limit: Duration,
    /// Long reads at once, over all services; others wait within their time limit.
    pub heavy_reads_max: usize,
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
    /// What the crash test has planned.
    pub faults: Faults,
}

/// Files of the process that are left to others: connections of clients, the control stores.
const OTHER_FILES: u64 = 400;
/// Descriptors of an open database: its file, its log, and the index of the log.
const FILES_A_HANDLE: u64 = 3;

impl SqliteOptions {
    /// The defaults, with no more waiting files than a process can have that may open `files` files.
    pub fn within_open_files(files: u64) -> SqliteOptions {
        let defaults = SqliteOptions::default();
        let handles = usize::try_from(files.saturating_sub(OTHER_FILES) / FILES_A_HANDLE).unwrap_or(usize::MAX);
        // Two of three read; each kind keeps at least a few.
        let share = |part: usize, max: usize| (handles / 3 * part).clamp(8, max);
        SqliteOptions {
            idle_readers_max: share(2, defaults.idle_readers_max),
            idle_writers_max: share(1, defaults.idle_writers_max),
            ..defaults
        }
    }
}

impl Default for SqliteOptions {
    fn default() -> SqliteOptions {
        SqliteOptions {
            idle_readers_max: 2048,
            idle_writers_max: 64,
            idle_time: Duration::from_secs(60),
            statements_max: 64,
            inline_steps_thousands: 50,
            time_limit: Duration::from_secs(8),
            heavy_reads_max: 16,
            writers_max: 16,
            queued_writes_max: 256,
            batch_max: 64,
            file_bytes_max: 4_000_000_000,
            mmap_bytes: 256 * 1024 * 1024,
            answer: AnswerLimits::default(),
            faults: Faults::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_files_fit_into_what_the_process_may_open() {
        let waiting = |files| {
            let options = SqliteOptions::within_open_files(files);
            (options.idle_readers_max, options.idle_writers_max)
        };
        assert_eq!(waiting(0), (8, 8));
        assert_eq!(waiting(1024), (138, 64));
        assert_eq!(waiting(u64::MAX), (2048, 64));
    }
}
