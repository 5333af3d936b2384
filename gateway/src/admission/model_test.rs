//! The limiter against a reference model: a token bucket and a queue that are stepped millisecond by millisecond.
//!
//! Several services, random costs, random leavers. Both must give every request the same verdict at the same time. The
//! limiter's waiters are polled only when their waker was called or the time they were told has come, so a forgotten
//! wake-up shows as a request that never runs.

use super::{Arrival, Limiter, Ticket, Turn, nanos};
use crate::config::LineRate;
use region_config::{Chance, SystemChance, chance::SeededChance};
use std::{
    collections::VecDeque,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Wake, Waker},
    time::Duration,
};

const SERVICES: usize = 3;
const STEPS_MS: u64 = 1_500;
/// Enough for the longest line of the slowest rate to run empty.
const SETTLE_MS: u64 = 40_000;
const SEEDS: usize = 300;

/// One request of a scenario.
#[derive(Debug, Clone, Copy)]
struct Call {
    service: usize,
    cost: u32,
    at_ms: u64,
    leaves_at_ms: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Ran(u64),
    Refused,
    Left,
    /// Still waiting at the end: never right.
    Stuck,
}

#[derive(Debug)]
struct Scenario {
    rate: LineRate,
    calls: Vec<Call>,
}

impl Scenario {
    fn random(seed: u64) -> Scenario {
        let chance = SeededChance::new(seed);
        let below = |n: u64| chance.number() % n;
        let burst = 1 + u32::try_from(below(12)).unwrap();
        let period_ms = 1 + below(60);
        let rate = LineRate {
            burst: NonZeroU32::new(burst).unwrap(),
            period: Duration::from_millis(period_ms),
            waiting_max: usize::try_from(below(26)).unwrap(),
            wait_time_max: Duration::from_millis(if below(4) == 0 { 1 + below(500) } else { 30_000 }),
        };
        let cost_max = if below(2) == 0 { 1 } else { 1 + below(u64::from(burst) + 3) };
        let busy = 1 + below(2 * period_ms);
        let mut calls = Vec::new();
        let mut at_ms = 0;
        while at_ms < STEPS_MS && calls.len() < 300 {
            // Arrivals come in bunches, with rests in between.
            at_ms += if below(20) == 0 { below(300) } else { below(busy) / 2 };
            calls.push(Call {
                service: usize::try_from(below(SERVICES as u64)).unwrap(),
                cost: 1 + u32::try_from(below(cost_max)).unwrap(),
                at_ms,
                leaves_at_ms: (below(4) == 0).then(|| at_ms + 1 + below(10 * period_ms)),
            });
        }
        Scenario { rate, calls }
    }

    /// What the limiter says.
    fn run_limiter(&self) -> Vec<Verdict> {
        let limiter: Limiter<usize> = Limiter::new(self.rate);
        let mut verdicts = vec![Verdict::Stuck; self.calls.len()];
        let mut waiters: Vec<Waiter> = Vec::new();
        let mut next = 0;
        for now_ms in 0..STEPS_MS + SETTLE_MS {
            let now = Duration::from_millis(now_ms);
            poll_all(&limiter, &mut waiters, now_ms, &mut verdicts);
            waiters.retain(|waiter| {
                let leaves = self.calls[waiter.call].leaves_at_ms == Some(now_ms);
                if leaves {
                    limiter.leave(&waiter.ticket);
                    verdicts[waiter.call] = Verdict::Left;
                }
                !leaves
            });
            poll_all(&limiter, &mut waiters, now_ms, &mut verdicts);
            while let Some(call) = self.calls.get(next).filter(|call| call.at_ms == now_ms) {
                let at_latest = at_latest(&limiter, call, now);
                // A sweep at any moment must forget nothing that matters.
                limiter.shard(&call.service).next_sweep = 0;
                match limiter.arrive(call.service, call.cost, now) {
                    Arrival::Admitted(_) => verdicts[next] = Verdict::Ran(now_ms),
                    Arrival::Refused(_) => verdicts[next] = Verdict::Refused,
                    Arrival::Waiting(ticket) => waiters.push(Waiter::new(next, ticket, at_latest)),
                }
                poll_all(&limiter, &mut waiters, now_ms, &mut verdicts);
                next += 1;
            }
        }
        let end = nanos(Duration::from_millis(2 * (STEPS_MS + SETTLE_MS)));
        for shard in &limiter.shards {
            let mut shard = shard.lock();
            shard.sweep_when_due(end);
            assert!(shard.lines.is_empty(), "a service at rest is remembered");
        }
        verdicts
    }

    /// What the reference says.
    fn run_reference(&self) -> Vec<Verdict> {
        let mut services: Vec<_> = (0..SERVICES).map(|_| Reference::full(&self.rate)).collect();
        let mut verdicts = vec![Verdict::Stuck; self.calls.len()];
        let mut next = 0;
        for now_ms in 0..STEPS_MS + SETTLE_MS {
            for service in &mut services {
                service.refill();
                service.run(now_ms, &mut verdicts);
                service.waiting.retain(|(call, _)| {
                    let leaves = self.calls[*call].leaves_at_ms == Some(now_ms);
                    if leaves {
                        verdicts[*call] = Verdict::Left;
                    }
                    !leaves
                });
                service.run(now_ms, &mut verdicts);
            }
            while let Some(call) = self.calls.get(next).filter(|call| call.at_ms == now_ms) {
                let service = &mut services[call.service];
                if service.waiting.is_empty() && service.holds(call.cost) {
                    service.units -= i64::from(call.cost) * service.unit;
                    verdicts[next] = Verdict::Ran(now_ms);
                } else if service.waiting.len() >= self.rate.waiting_max
                    || service.wait_of(call.cost) > self.rate.wait_time_max
                {
                    verdicts[next] = Verdict::Refused;
                } else {
                    service.waiting.push_back((next, call.cost));
                }
                next += 1;
            }
        }
        verdicts
    }
}

/// A waiter of the limiter, polled as an executor would.
struct Waiter {
    call: usize,
    ticket: Ticket<usize>,
    woken: Arc<Flag>,
    sleeps_to_ms: Option<u64>,
    at_latest: Duration,
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Waiter {
    fn new(call: usize, ticket: Ticket<usize>, at_latest: Duration) -> Waiter {
        // A future is polled once when it is made.
        Waiter { call, ticket, woken: Arc::new(Flag(AtomicBool::new(true))), sleeps_to_ms: None, at_latest }
    }
}

/// Polls whoever is to be polled, until nobody is.
fn poll_all(limiter: &Limiter<usize>, waiters: &mut Vec<Waiter>, now_ms: u64, verdicts: &mut [Verdict]) {
    let now = Duration::from_millis(now_ms);
    loop {
        let due = waiters.iter_mut().position(|waiter| {
            let woken = waiter.woken.0.swap(false, Ordering::SeqCst);
            woken || waiter.sleeps_to_ms.take_if(|ms| *ms <= now_ms).is_some()
        });
        let Some(place) = due else { return };
        let waiter = &mut waiters[place];
        match limiter.turn(&waiter.ticket, now, &Waker::from(waiter.woken.clone())) {
            Turn::Go(_) => {
                assert!(now <= waiter.at_latest, "{now:?} is later than promised: {:?}", waiter.at_latest);
                verdicts[waiter.call] = Verdict::Ran(now_ms);
                waiters.remove(place);
            }
            Turn::At(due) => waiter.sleeps_to_ms = Some(u64::try_from(due.as_nanos().div_ceil(1_000_000)).unwrap()),
            Turn::Behind => waiter.sleeps_to_ms = None,
        }
    }
}

fn at_latest(limiter: &Limiter<usize>, call: &Call, now: Duration) -> Duration {
    let shard = limiter.shard(&call.service);
    shard
        .lines
        .get(&call.service)
        .map_or(now, |line| Duration::from_nanos(line.at_latest(&limiter.rate, call.cost, nanos(now))))
}

/// A token bucket in nanoseconds of refill, and its queue.
struct Reference {
    units: i64,
    unit: i64,
    capacity: i64,
    waiting: VecDeque<(usize, u32)>,
}

impl Reference {
    fn full(rate: &LineRate) -> Reference {
        let unit = i64::try_from(rate.period.as_nanos()).unwrap();
        let capacity = i64::from(rate.burst.get()) * unit;
        Reference { units: capacity, unit, capacity, waiting: VecDeque::new() }
    }

    fn refill(&mut self) {
        self.units = (self.units + 1_000_000).min(self.capacity);
    }

    /// A cost over the burst goes when the bucket is full, and leaves a debt.
    fn holds(&self, cost: u32) -> bool {
        self.units >= (i64::from(cost) * self.unit).min(self.capacity)
    }

    fn run(&mut self, now_ms: u64, verdicts: &mut [Verdict]) {
        while let Some((call, cost)) = self.waiting.front().copied().filter(|(_, cost)| self.holds(*cost)) {
            self.units -= i64::from(cost) * self.unit;
            verdicts[call] = Verdict::Ran(now_ms);
            self.waiting.pop_front();
        }
    }

    /// How long one more would wait: found by stepping on until it runs.
    fn wait_of(&self, cost: u32) -> Duration {
        let mut ahead = Reference { waiting: self.waiting.clone(), ..*self };
        ahead.waiting.push_back((0, cost));
        let mut verdicts = vec![Verdict::Stuck; self.waiting.iter().map(|(call, _)| call + 1).max().unwrap_or(1)];
        for ms in 0.. {
            if ms > 0 {
                ahead.refill();
            }
            ahead.run(ms, &mut verdicts);
            if ahead.waiting.is_empty() {
                return Duration::from_millis(ms);
            }
        }
        Duration::MAX
    }
}

/// The ceiling (T1): in no window does a service spend more than burst and refill allow. First in, first out (T2).
fn check_invariants(scenario: &Scenario, verdicts: &[Verdict], seed: u64) {
    let burst = scenario.rate.burst.get();
    let period_ms = u64::try_from(scenario.rate.period.as_millis()).unwrap();
    for service in 0..SERVICES {
        let ran: Vec<(u64, u32)> = scenario
            .calls
            .iter()
            .zip(verdicts)
            .filter(|(call, _)| call.service == service)
            .filter_map(|(call, verdict)| match verdict {
                Verdict::Ran(ms) => Some((*ms, call.cost)),
                _ => None,
            })
            .collect();
        assert!(ran.is_sorted_by_key(|(ms, _)| *ms), "seed {seed}: out of order");
        if ran.iter().any(|(_, cost)| *cost > burst) {
            continue;
        }
        for from in 0..ran.len() {
            let mut spent = 0;
            for (ms, cost) in &ran[from..] {
                spent += u64::from(*cost);
                let allowed = u64::from(burst) + (ms - ran[from].0) / period_ms;
                assert!(spent <= allowed, "seed {seed}: {spent} units where {allowed} are allowed");
            }
        }
    }
}

fn check(seed: u64) -> Vec<Verdict> {
    println!("seed {seed}");
    let scenario = Scenario::random(seed);
    let verdicts = scenario.run_limiter();
    let reference = scenario.run_reference();
    for (place, (got, expected)) in verdicts.iter().zip(&reference).enumerate() {
        assert_eq!(got, expected, "seed {seed}, call {place}: {:?} at {:?}", scenario.calls[place], scenario.rate);
    }
    check_invariants(&scenario, &verdicts, seed);
    verdicts
}

#[test]
fn the_limiter_does_what_the_reference_does() {
    let chance = SystemChance;
    let mut seen = [0; 3];
    for _ in 0..SEEDS {
        for verdict in check(chance.number()) {
            match verdict {
                Verdict::Ran(_) => seen[0] += 1,
                Verdict::Refused => seen[1] += 1,
                Verdict::Left => seen[2] += 1,
                Verdict::Stuck => unreachable!("the reference leaves nobody waiting"),
            }
        }
    }
    println!("{} ran, {} refused, {} left", seen[0], seen[1], seen[2]);
    assert!(seen.iter().all(|count| *count > 1_000), "the scenarios are too tame: {seen:?}");
}
