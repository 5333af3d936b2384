//! Admission (design D7): a rate limit with a waiting line, one for each service. Pure: the time is handed in.
//!
//! A service's bucket holds `burst` units and gets one more every period. Who finds enough in it goes at once. Who does
//! not waits in the service's line, first in first out; when the line is full, the next one is refused at once.
//!
//! How it works, in order:
//! 1. [`Limiter::arrive`] admits, refuses or gives a [`Ticket`]. The bucket is one number, the *theoretical arrival
//!    time* (`tat`): the moment at which it will be full again. A service whose `tat` has passed and where nobody waits
//!    is a service with a full bucket, so it is forgotten by the next sweep and costs nothing.
//! 2. A waiter polls [`Limiter::turn`]. Only the head of a line has a time to sleep to; the others are woken when the one
//!    before them goes. **Admission happens in the waiter's own poll**: it takes itself out of the line and pays. So no
//!    unit is ever in flight between "granted" and "taken", where a waiter that goes away would lose it.
//! 3. [`Limiter::leave`] takes a waiter out that goes away, and wakes the next if it was the head: everybody behind
//!    moves up. The time that a waiter was told at its arrival is therefore an upper bound.
//!
//! [`waiting`] makes a future of a ticket.

mod line;
#[cfg(test)]
mod model_test;
pub(crate) mod waiting;

use crate::config::LineRate;
use line::Line;
use parking_lot::Mutex;
use std::{collections::HashMap, hash::Hash, task::Waker, time::Duration};

/// Parts of the table, so that requests of different services seldom wait for each other's lock.
const SHARDS: usize = 64;
/// Time between two sweeps of a part.
const SWEEP_EVERY: Duration = Duration::from_secs(10);

/// The limiter: lines by key.
pub(crate) struct Limiter<K> {
    rate: Rate,
    shards: Vec<Mutex<Shard<K>>>,
    hasher: ahash::RandomState,
}

/// A rate in nanoseconds.
#[derive(Debug, Clone, Copy)]
struct Rate {
    burst: u32,
    period: u64,
    waiting_max: usize,
    wait_time_max: u64,
}

struct Shard<K> {
    lines: HashMap<K, Line, ahash::RandomState>,
    next_sweep: u64,
}

/// What an arrival meets.
#[derive(Debug)]
pub(crate) enum Arrival<K> {
    /// It goes at once.
    Admitted(Meter),
    /// It waits.
    Waiting(Ticket<K>),
    /// The line is full, or too slow.
    Refused(Full),
}

/// No room in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full {
    /// When the first place in the line becomes free.
    pub retry_after: Duration,
    /// What the bucket holds.
    pub meter: Meter,
}

/// What a bucket holds: for the headers `RateLimit-…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meter {
    /// Units that fit.
    pub limit: u32,
    /// Units that are there.
    pub remaining: u32,
    /// Time until it is full.
    pub reset: Duration,
}

/// A place in a line. Whoever holds it goes or leaves; [`waiting::Waiting`] sees to that.
#[derive(Debug)]
pub(crate) struct Ticket<K> {
    key: K,
    number: u64,
}

/// What a waiter's poll meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It goes; its place is gone and its cost paid.
    Go(Meter),
    /// It is the head of the line, and its time has not come.
    At(Duration),
    /// Others are before it. Its waker is called when that changes.
    Behind,
}

impl<K: Hash + Eq + Copy> Limiter<K> {
    /// A limiter where nobody has called yet.
    pub fn new(rate: LineRate) -> Limiter<K> {
        let hasher = ahash::RandomState::new();
        let shard = || Shard { lines: HashMap::with_hasher(hasher.clone()), next_sweep: 0 };
        Limiter {
            rate: Rate {
                burst: rate.burst.get(),
                period: nanos(rate.period),
                waiting_max: rate.waiting_max,
                wait_time_max: nanos(rate.wait_time_max),
            },
            shards: (0..SHARDS).map(|_| Mutex::new(shard())).collect(),
            hasher,
        }
    }

    /// A request arrives and wants `cost` units.
    pub fn arrive(&self, key: K, cost: u32, now: Duration) -> Arrival<K> {
        let now = nanos(now);
        let mut shard = self.shard(&key);
        shard.sweep_when_due(now);
        let line = shard.lines.entry(key).or_default();
        if line.is_open(&self.rate, cost, now) {
            return Arrival::Admitted(line.pay(&self.rate, cost, now));
        }
        match line.full(&self.rate, cost, now) {
            Some(full) => Arrival::Refused(full),
            None => Arrival::Waiting(Ticket { key, number: line.join(cost) }),
        }
    }

    /// How a key stands, without charging it.
    pub fn meter(&self, key: K, now: Duration) -> Meter {
        let shard = self.shard(&key);
        let rested = Meter { limit: self.rate.burst, remaining: self.rate.burst, reset: Duration::ZERO };
        shard.lines.get(&key).map_or(rested, |line| line.meter(&self.rate, nanos(now)))
    }

    /// Whether a request of cost 1 would be refused now; nothing changes. For the look before a body is read.
    pub fn full(&self, key: K, now: Duration) -> Option<Full> {
        let now = nanos(now);
        let shard = self.shard(&key);
        let line = shard.lines.get(&key)?;
        if line.is_open(&self.rate, 1, now) { None } else { line.full(&self.rate, 1, now) }
    }

    /// A waiter asks whether it is its turn, and is woken by `waker` when that may have changed.
    pub fn turn(&self, ticket: &Ticket<K>, now: Duration, waker: &Waker) -> Turn {
        let mut shard = self.shard(&ticket.key);
        // A line stays while somebody waits in it; a ticket without one has been used already.
        let Some(line) = shard.lines.get_mut(&ticket.key) else { return Turn::Behind };
        let (turn, next) = line.turn(&self.rate, ticket.number, nanos(now), waker);
        drop(shard);
        if let Some(next) = next {
            next.wake();
        }
        turn
    }

    /// A waiter goes away without having had its turn.
    pub fn leave(&self, ticket: &Ticket<K>) {
        let mut shard = self.shard(&ticket.key);
        let next = shard.lines.get_mut(&ticket.key).and_then(|line| line.leave(ticket.number));
        drop(shard);
        if let Some(next) = next {
            next.wake();
        }
    }

    /// Takes units for something that has already happened; whoever comes next waits for them.
    pub fn charge(&self, key: K, cost: u32, now: Duration) {
        let now = nanos(now);
        self.shard(&key).lines.entry(key).or_default().pay(&self.rate, cost, now);
    }

    fn shard(&self, key: &K) -> parking_lot::MutexGuard<'_, Shard<K>> {
        let hash = self.hasher.hash_one(key);
        // The table within a shard uses the low bits.
        let index = usize::try_from(hash >> 56).expect("8 bits fit") % SHARDS;
        self.shards[index].lock()
    }
}

impl<K> Shard<K> {
    fn sweep_when_due(&mut self, now: u64) {
        if now >= self.next_sweep {
            self.lines.retain(|_, line| !line.is_at_rest(now));
            self.next_sweep = now.saturating_add(nanos(SWEEP_EVERY));
        }
    }
}

/// Nanoseconds since the clock's start: enough for 584 years.
fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
