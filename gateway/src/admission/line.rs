//! One service's bucket and line. All times in nanoseconds.

use super::{Full, Meter, Rate, Turn};
use std::{collections::VecDeque, task::Waker, time::Duration};

/// A bucket, and who waits for it. A bucket that is full, with nobody waiting, is the default.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// When the bucket is full again; over one burst ahead, it is in debt.
    tat: u64,
    /// Boxed, since most services have nobody waiting.
    queue: Option<Box<Queue>>,
}

#[derive(Debug, Default)]
struct Queue {
    waiters: VecDeque<Waiter>,
    next_number: u64,
}

#[derive(Debug)]
struct Waiter {
    number: u64,
    cost: u32,
    waker: Option<Waker>,
}

impl Line {
    /// Whether a request goes at once: nobody is before it, and the bucket holds its cost.
    pub fn is_open(&self, rate: &Rate, cost: u32, now: u64) -> bool {
        self.queue.is_none() && due(self.tat, cost, rate) <= now
    }

    /// Why a request that cannot go at once cannot wait either.
    pub fn full(&self, rate: &Rate, cost: u32, now: u64) -> Option<Full> {
        let in_time = self.at_latest(rate, cost, now).saturating_sub(now) <= rate.wait_time_max;
        if in_time && self.waiters().len() < rate.waiting_max {
            return None;
        }
        let first_cost = self.waiters().next().map_or(cost, |head| head.cost);
        let retry_after = due(self.tat, first_cost, rate).saturating_sub(now);
        Some(Full { retry_after: Duration::from_nanos(retry_after), meter: self.meter(rate, now) })
    }

    /// Takes a place at the end, and returns its number.
    pub fn join(&mut self, cost: u32) -> u64 {
        let queue = self.queue.get_or_insert_default();
        let number = queue.next_number;
        queue.next_number += 1;
        queue.waiters.push_back(Waiter { number, cost, waker: None });
        number
    }

    /// Pays for a request that goes now.
    pub fn pay(&mut self, rate: &Rate, cost: u32, now: u64) -> Meter {
        self.tat = paid(self.tat, cost, rate, now);
        self.meter(rate, now)
    }

    /// A waiter's poll, and the next waiter to be woken if this one goes.
    pub fn turn(&mut self, rate: &Rate, number: u64, now: u64, waker: &Waker) -> (Turn, Option<Waker>) {
        let Some(queue) = &mut self.queue else { return (Turn::Behind, None) };
        match queue.waiters.iter_mut().position(|waiter| waiter.number == number) {
            Some(0) => {
                let cost = queue.waiters[0].cost;
                let due = due(self.tat, cost, rate);
                if due > now {
                    queue.waiters[0].waker = Some(waker.clone());
                    return (Turn::At(Duration::from_nanos(due)), None);
                }
                queue.waiters.pop_front();
                let next = self.head_waker();
                (Turn::Go(self.pay(rate, cost, now)), next)
            }
            Some(place) => {
                queue.waiters[place].waker = Some(waker.clone());
                (Turn::Behind, None)
            }
            None => (Turn::Behind, None),
        }
    }

    /// Takes a waiter out. Returns who is to be woken: the new head, if the old one left.
    pub fn leave(&mut self, number: u64) -> Option<Waker> {
        let queue = self.queue.as_mut()?;
        let place = queue.waiters.iter().position(|waiter| waiter.number == number)?;
        queue.waiters.remove(place);
        let next = self.head_waker();
        if place == 0 { next } else { None }
    }

    /// Whether nothing is worth remembering.
    pub fn is_at_rest(&self, now: u64) -> bool {
        self.queue.is_none() && self.tat <= now
    }

    /// The head's waker. A queue where nobody is left goes.
    fn head_waker(&mut self) -> Option<Waker> {
        match self.queue.as_mut()?.waiters.front_mut() {
            Some(head) => head.waker.take(),
            None => {
                self.queue = None;
                None
            }
        }
    }

    /// When a request that arrives now would go if nobody before it leaves.
    pub fn at_latest(&self, rate: &Rate, cost: u32, now: u64) -> u64 {
        let tat = self.waiters().fold(self.tat, |tat, waiter| {
            let at = due(tat, waiter.cost, rate).max(now);
            paid(tat, waiter.cost, rate, at)
        });
        due(tat, cost, rate).max(now)
    }

    fn waiters(&self) -> impl ExactSizeIterator<Item = &Waiter> {
        static NOBODY: VecDeque<Waiter> = VecDeque::new();
        self.queue.as_ref().map_or(&NOBODY, |queue| &queue.waiters).iter()
    }

    pub(super) fn meter(&self, rate: &Rate, now: u64) -> Meter {
        let missing = self.tat.saturating_sub(now);
        let capacity = u64::from(rate.burst).saturating_mul(rate.period);
        let remaining = capacity.saturating_sub(missing) / rate.period;
        Meter {
            limit: rate.burst,
            remaining: u32::try_from(remaining).unwrap_or(rate.burst),
            reset: Duration::from_nanos(missing),
        }
    }
}

/// When a bucket holds a cost. A cost over the burst needs a full bucket, and leaves it in debt.
fn due(tat: u64, cost: u32, rate: &Rate) -> u64 {
    let unused = u64::from(rate.burst - cost.min(rate.burst));
    tat.saturating_sub(unused.saturating_mul(rate.period))
}

/// The bucket after a cost is paid.
fn paid(tat: u64, cost: u32, rate: &Rate, now: u64) -> u64 {
    tat.max(now).saturating_add(u64::from(cost).saturating_mul(rate.period))
}
