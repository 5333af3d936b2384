//! How long a statement may run: a number of steps, a moment in time, or until whoever asked has gone.
//!
//! SQLite calls a connection's progress handler every thousand steps of its machine; the handler looks here.

use parking_lot::Mutex;
use rusqlite::Connection;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio::time::Instant;

/// What a run on a connection may take.
#[derive(Debug, Clone)]
pub enum Allowance {
    /// So many thousands of steps.
    Steps(u32),
    /// Until a moment, or until the flag is set.
    Until(Instant, Arc<AtomicBool>),
}

/// Why a run was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// It took all its steps.
    OutOfSteps,
    /// Its time was over.
    OutOfTime,
    /// Nobody waits for it any more.
    Abandoned,
}

/// The budget of one connection. Without an allowance nothing is stopped.
#[derive(Debug, Clone, Default)]
pub struct Budget(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    allowance: Option<Allowance>,
    thousands: u32,
    stopped: Option<Stopped>,
}

/// What a run took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// Thousands of steps.
    pub thousands: u32,
    /// Whether it was stopped before its end.
    pub stopped: Option<Stopped>,
}

/// Steps of SQLite's machine between two looks.
const STEPS: i32 = 1000;

impl Budget {
    /// A budget that watches over a connection.
    pub fn of(connection: &mut Connection) -> rusqlite::Result<Budget> {
        let budget = Budget::default();
        let watched = budget.clone();
        connection.progress_handler(STEPS, Some(move || watched.0.lock().is_spent()))?;
        Ok(budget)
    }

    /// Runs something within an allowance, and says what it took.
    pub fn within<T>(&self, allowance: Allowance, run: impl FnOnce() -> T) -> (T, Spent) {
        *self.0.lock() = State { allowance: Some(allowance), ..State::default() };
        let result = run();
        let State { thousands, stopped, .. } = std::mem::take(&mut *self.0.lock());
        (result, Spent { thousands, stopped })
    }
}

impl State {
    fn is_spent(&mut self) -> bool {
        self.thousands = self.thousands.saturating_add(1);
        let stopped = match &self.allowance {
            None => None,
            Some(Allowance::Steps(thousands)) => (self.thousands > *thousands).then_some(Stopped::OutOfSteps),
            Some(Allowance::Until(_, gone)) if gone.load(Ordering::Relaxed) => Some(Stopped::Abandoned),
            Some(Allowance::Until(end, _)) => (Instant::now() >= *end).then_some(Stopped::OutOfTime),
        };
        if stopped.is_some() {
            self.stopped = stopped;
        }
        stopped.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn count_to(connection: &Connection, number: u32) -> rusqlite::Result<i64> {
        let sql = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < ?1) SELECT count(*) FROM c";
        connection.query_row(sql, [number], |row| row.get(0))
    }

    #[test]
    fn a_run_ends_with_its_allowance() {
        let mut connection = Connection::open_in_memory().unwrap();
        let budget = Budget::of(&mut connection).unwrap();
        let flag = |set| Arc::new(AtomicBool::new(set));
        let later = Instant::now() + Duration::from_secs(600);
        let cases = [
            (Allowance::Steps(5), 10, None),
            (Allowance::Steps(5), 100_000_000, Some(Stopped::OutOfSteps)),
            (Allowance::Until(Instant::now(), flag(false)), 100_000_000, Some(Stopped::OutOfTime)),
            (Allowance::Until(later, flag(true)), 100_000_000, Some(Stopped::Abandoned)),
            (Allowance::Until(later, flag(false)), 10_000, None),
        ];
        for (allowance, number, expected) in cases {
            let (result, spent) = budget.within(allowance.clone(), || count_to(&connection, number));
            assert_eq!(spent.stopped, expected, "{allowance:?}");
            assert_eq!(result.is_ok(), expected.is_none(), "{allowance:?}");
        }
        // What one run left over or used up does not matter to the next, nor without an allowance.
        assert_eq!(count_to(&connection, 100_000).unwrap(), 100_000);
    }
}
