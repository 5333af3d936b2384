//! Random engines lease, write, stop for a while and die, on a service that never holds more than it may.

use super::*;
use connector_interface::{Growth, Room};
use region_config::{Chance as _, SystemChance, chance::SeededChance};
use std::sync::Arc;

const LIMIT: u64 = 20_000_000;
const ENGINES: usize = 3;

/// An engine, as `quota::Quotas` goes about it.
struct Engine {
    holder: String,
    room: Arc<Room>,
    until_ms: i64,
    /// Writes that drew and have not been committed: what they drew, what they will store, and when they began.
    under_way: Vec<(Arc<Growth>, u64, i64)>,
}

impl Engine {
    fn new(number: u64) -> Engine {
        Engine { holder: format!("e{number}"), room: Arc::default(), until_ms: 0, under_way: Vec::new() }
    }

    fn ask(&self, needed: u64, now_ms: i64) -> Ask {
        let returned = self.room.empty();
        Ask {
            holder: self.holder.clone(),
            returned,
            under_way: self.room.outstanding(),
            needed,
            wanted: needed,
            now_ms,
        }
    }

    fn take(&mut self, answer: Answer, now_ms: i64) -> bool {
        let Answer::Granted { bytes } = answer else { return false };
        self.room.add(bytes);
        self.until_ms = now_ms + LEASE_MS;
        true
    }
}

#[test]
fn what_is_stored_stays_within_the_limit_whatever_engines_do() {
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..200 {
        let seed = SystemChance.number();
        println!("seed {seed}");
        let (in_this, not_in_this) = run(&SeededChance::new(seed));
        accepted += in_this;
        refused += not_in_this;
    }
    println!("{accepted} writes, {refused} refused");
    assert!(accepted > 10_000 && refused > 500, "the scenarios are too tame: {accepted} {refused}");
}

fn run(random: &SeededChance) -> (u32, u32) {
    let below = |end: u64| random.number() % end;
    let mut ledger = Ledger { limit: LIMIT, spoken_for: None, leases: BTreeMap::new() };
    let mut engines: Vec<Engine> = (0..ENGINES as u64).map(Engine::new).collect();
    let (mut stored, mut now_ms, mut names) = (0u64, 0i64, ENGINES as u64);
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..3_000 {
        now_ms += below(300) as i64;
        // Some are busy and some are not, so that leases grow old.
        let engine = below(ENGINES as u64).min(below(ENGINES as u64 + 1)) as usize;
        // No write takes longer than its time.
        for engine in &mut engines {
            engine.under_way.retain(|(_, stores, began_ms)| {
                let is_in_time = began_ms + GRACE_MS > now_ms;
                stored += if is_in_time { 0 } else { *stores };
                is_in_time
            });
        }
        match below(100) {
            // A write begins. It stores at most what it drew.
            0..55 => {
                let needed = if below(20) > 0 { 1 + below(200_000) } else { 3_000_000 };
                let engine = &mut engines[engine];
                if now_ms >= engine.until_ms || engine.room.left() < needed {
                    let ask = engine.ask(needed, now_ms);
                    let answer = ledger.lease(&ask);
                    let mut made = engine.take(answer, now_ms);
                    // It counts when nothing of its own is under way.
                    if !made && engine.under_way.is_empty() {
                        let answer = ledger.settle(stored, &engine.ask(needed, now_ms));
                        made = engine.take(answer, now_ms);
                        let others: u64 = ledger.leases.values().map(|lease| lease.bytes).sum();
                        assert!(made || stored + needed + others > ledger.limit, "what fits is let in");
                    }
                    if !made {
                        refused += 1;
                        continue;
                    }
                }
                let growth = Growth::within(engine.room.clone(), false);
                growth.draw(needed).unwrap();
                let stores = if below(4) > 0 { needed } else { below(needed + 1) };
                engine.under_way.push((growth, stores, now_ms));
                accepted += 1;
            }
            // A write is committed, or rolled back.
            55..85 => {
                if let Some((growth, stores, _)) = engines[engine].under_way.pop() {
                    if below(5) > 0 {
                        stored += stores;
                    } else {
                        growth.undo();
                    }
                }
            }
            85..92 => stored -= below(stored / 4 + 1),
            // The process is killed: what it had sent is stored all the same, or not.
            92..94 => {
                for (_, stores, _) in std::mem::take(&mut engines[engine].under_way) {
                    stored += below(2) * stores;
                }
                names += 1;
                engines[engine] = Engine::new(names);
            }
            // It ends in peace.
            94..95 => {
                let ended = &mut engines[engine];
                for (_, stores, _) in std::mem::take(&mut ended.under_way) {
                    stored += stores;
                }
                ledger.give_back(&ended.holder, ended.room.empty());
                ended.until_ms = 0;
            }
            // A deploy.
            95..96 => ledger.spoken_for = None,
            // A long time without requests: writes end within their time.
            96..98 => {
                for engine in &mut engines {
                    for (_, stores, _) in std::mem::take(&mut engine.under_way) {
                        stored += stores;
                    }
                }
                now_ms += below(3 * LEASE_MS as u64) as i64;
            }
            _ => ledger.limit = LIMIT / (1 + below(2)),
        }
        assert!(stored <= LIMIT, "{stored} bytes are stored");
    }
    (accepted, refused)
}
