//! The account of one service: what it may hold, what is spoken for, and what engines have leased of it. Pure; the
//! registry keeps it, and whoever changes it does so in one transaction.
//!
//! What always holds: the bytes that are stored, or may yet be stored without asking again, are never more than
//! `spoken_for`, and nothing is leased beyond the limit. An engine that is gone leaves a lease that counts as used until
//! the bytes are counted after the lease has run out.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most that is leased at once, unless a single write needs more.
const LEASE_BYTES: u64 = 1024 * 1024;
/// Near the limit less is leased: so many leases would use up what is left.
const LEASES_LEFT: u64 = 8;
/// How long an engine may draw on a lease without asking again, in milliseconds.
pub const LEASE_MS: i64 = 60_000;
/// A write that drew in time ends within this time, in milliseconds.
const GRACE_MS: i64 = 30_000;

/// The account of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// Bytes that it may hold.
    pub limit: u64,
    /// Bytes at the last count and those leased since; none when they have not been counted since a deploy.
    pub spoken_for: Option<u64>,
    /// What each engine holds.
    pub leases: BTreeMap<String, Lease>,
}

/// What an engine holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Bytes that may yet be stored: unspent ones, and those of writes that had not ended.
    pub bytes: u64,
    /// Milliseconds since 1970; afterwards its engine asks again before it draws.
    pub until_ms: i64,
}

/// An engine that asks.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Which engine: one process, once started.
    pub holder: String,
    /// Bytes of its lease that it hands back.
    pub returned: u64,
    /// Bytes that its writes drew which have not ended.
    pub under_way: u64,
    /// The least that it can do something with.
    pub needed: u64,
    /// What it could do with.
    pub wanted: u64,
    /// Milliseconds since 1970.
    pub now_ms: i64,
}

/// What an engine is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It may store these bytes.
    Granted {
        /// How many.
        bytes: u64,
    },
    /// There is not that much room, as far as is known.
    Full {
        /// Bytes spoken for.
        used: u64,
    },
    /// The bytes have to be counted first.
    Uncounted,
}

impl Ledger {
    /// Leases bytes, in the place of what the engine held before.
    pub fn lease(&mut self, ask: &Ask) -> Answer {
        let until_ms = ask.now_ms + LEASE_MS;
        let Some(spoken_for) = self.spoken_for else {
            // What is under way will not be seen by another engine that counts now.
            self.leases.insert(ask.holder.clone(), Lease { bytes: ask.under_way, until_ms });
            return Answer::Uncounted;
        };
        let held = self.leases.get(&ask.holder).map_or(0, |lease| lease.bytes);
        let used = spoken_for.saturating_sub(ask.returned.min(held));
        let left = self.limit.saturating_sub(used);
        let usual = LEASE_BYTES.min(left / LEASES_LEFT);
        let granted = if left < ask.needed { 0 } else { usual.max(ask.wanted).min(left).max(ask.needed) };
        self.spoken_for = Some(used + granted);
        let bytes = ask.under_way + granted;
        self.leases.insert(ask.holder.clone(), Lease { bytes, until_ms });
        if granted > 0 || ask.needed == 0 { Answer::Granted { bytes: granted } } else { Answer::Full { used } }
    }

    /// Takes over the bytes that were counted while no write of this engine was under way, and leases.
    pub fn settle(&mut self, counted: u64, ask: &Ask) -> Answer {
        self.leases.retain(|holder, lease| *holder != ask.holder && lease.until_ms + GRACE_MS > ask.now_ms);
        let others: u64 = self.leases.values().map(|lease| lease.bytes).sum();
        self.spoken_for = Some(counted + others);
        self.lease(ask)
    }

    /// Takes back what an engine does not need any more.
    pub fn give_back(&mut self, holder: &str, returned: u64) {
        if let (Some(lease), Some(spoken_for)) = (self.leases.remove(holder), self.spoken_for) {
            self.spoken_for = Some(spoken_for.saturating_sub(returned.min(lease.bytes)));
        }
    }
}

#[cfg(test)]
#[path = "ledger_model_test.rs"]
mod model_test;
