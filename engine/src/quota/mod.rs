//! How much a service may hold (design D8).
//!
//! A write draws what it can add at most from the room that this engine leased for its service: an addition in memory.
//! When that does not suffice the write is rolled back, more is leased from the registry ([`ledger`]) and the write runs
//! again. When the registry says that there is no more, the bytes are counted, while no write of the service is under
//! way; a write that does not fit even then runs once more, tightly: only what it adds beyond what it replaces counts.
//! If that is too much as well, the client is told how much is used.
//!
//! Reads and deletes draw nothing. Counting takes time, so it is done at most once in ten seconds, and, when rows may have
//! become smaller or fewer since, in at most a tenth of the time.

mod ledger;

pub use ledger::{Answer, Ask, Ledger};

use crate::{
    registry::{Registry, RegistryError, ServiceRecord},
    service::Service,
    task::to_the_end,
};
use connector_interface::{Connector, ConnectorError, Growth, Room, ServiceError};
use parking_lot::Mutex;
use region_config::Clock;
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};
use tokio::sync::{Mutex as Turn, RwLock};

/// Services of which something is kept; over it, those that do not write just now are given up.
const KEPT: usize = 4_096;
/// How often a write runs again because it needs more room.
const ATTEMPTS: u32 = 16;
/// A write tells how much it had come to need when there was no more room; each time it gets this many times more.
const MORE_EACH_TIME: u64 = 4;
/// Counting again when nothing is known to have changed, in milliseconds.
const COUNT_EVERY_MS: i64 = 10_000;
/// Part of the time that counting may take when something has changed.
const COUNTING_SHARE: i64 = 10;
/// The longest that a write waits for its service to be counted again, in milliseconds.
const COUNT_WAIT_MAX_MS: i64 = 2_000;
/// For so long the registry is not asked again for what it said it has not, in milliseconds.
const FULL_FOR_MS: i64 = 1_000;
/// Bytes on disk for each byte of the limit: indexes, and what databases need to store rows at all.
pub const STORED_PER_LIMIT: u64 = 3;
/// How often the bytes on disk are looked at, in milliseconds.
const STORED_EVERY_MS: i64 = 10_000;

/// The quotas of a region's services.
pub struct Quotas {
    registry: Registry,
    connector: Arc<dyn Connector>,
    clock: Arc<dyn Clock>,
    /// This engine, as the registry knows it.
    holder: String,
    /// Bytes that a service may hold unless it has a limit of its own; none: nothing is counted.
    limit: Option<u64>,
    services: Mutex<HashMap<i64, Arc<ServiceQuota>>>,
}

#[derive(Default)]
struct ServiceQuota {
    room: Arc<Room>,
    /// Milliseconds since 1970: until then the room may be drawn on.
    until_ms: AtomicI64,
    /// Read by writes that are under way, written by who counts.
    writes: RwLock<()>,
    /// Whether rows may have become smaller or fewer since they were counted.
    may_have_shrunk: AtomicBool,
    known: Turn<Known>,
}

/// What is known of a service; whoever holds it asks for room.
#[derive(Default)]
struct Known {
    /// When the bytes were counted, and how long that took, in milliseconds.
    counted: Option<(i64, i64)>,
    full: Option<Full>,
    /// When the bytes on disk were looked at, and how many there were.
    stored: Option<(i64, u64)>,
}

/// The registry has no more.
#[derive(Clone, Copy)]
struct Full {
    at_ms: i64,
    used: u64,
    limit: u64,
}

impl Quotas {
    /// Nothing is leased yet. `holder` is a name that no other engine has or had.
    pub fn new(
        registry: Registry,
        connector: Arc<dyn Connector>,
        clock: Arc<dyn Clock>,
        holder: String,
        limit: Option<u64>,
    ) -> Quotas {
        Quotas { registry, connector, clock, holder, limit, services: Mutex::default() }
    }

    /// Runs a write with as much room as it needs, or says that there is none. It may run several times, of which all but
    /// the last are rolled back.
    pub async fn write<T>(
        &self,
        service: &Service,
        mut attempt: impl AsyncFnMut(Arc<Growth>) -> Result<T, ConnectorError>,
    ) -> Result<T, ConnectorError> {
        let Some(limit) = self.limit else { return attempt(Growth::unbounded()).await };
        let quota = self.of(service.record.id);
        let mut tight = false;
        let mut full = Full { at_ms: 0, used: limit, limit };
        for attempts in 0..ATTEMPTS {
            let needed = {
                let _under_way = quota.writes.read().await;
                let room = if quota.may_draw(self.clock.now_ms()) { quota.room.clone() } else { Arc::default() };
                match attempt(Growth::within(room, tight)).await {
                    Err(ConnectorError::Full { needed }) => needed,
                    done => return done,
                }
            };
            let wanted = needed.saturating_mul(MORE_EACH_TIME.saturating_pow(attempts));
            match self.make_room(service, &quota, limit, (needed, wanted)).await? {
                None => {}
                Some(is_full) if tight => {
                    full = is_full;
                    break;
                }
                Some(is_full) => {
                    full = is_full;
                    tight = true;
                }
            }
        }
        Err(ServiceError::QuotaExceeded { used_bytes: full.used, limit_bytes: full.limit }.into())
    }

    /// Notes that a write removed or replaced something.
    pub fn may_have_shrunk(&self, service: &Service) {
        if self.limit.is_some() {
            self.of(service.record.id).may_have_shrunk.store(true, Ordering::Release);
        }
    }

    /// Has the bytes counted before the next lease: a deploy may have added or removed some.
    pub async fn uncount(&self, service: i64) -> Result<(), RegistryError> {
        if self.limit.is_none() {
            return Ok(());
        }
        let quota = self.of(service);
        // Who counts just now has counted what was there before.
        let _not_counting = quota.writes.write().await;
        self.registry.uncount_bytes(service).await?;
        quota.draw_until(0);
        Ok(())
    }

    /// How many bytes a service holds, counted now, and how many it may hold.
    pub async fn measure(&self, service: &Service) -> Result<(u64, Option<u64>), crate::EngineError> {
        let ServiceRecord { id, placement, .. } = &service.record;
        let own = self.registry.limit_bytes(*id).await?;
        let live = self.connector.live_bytes(placement, service.datamodel.clone()).await?;
        Ok((live, own.or(self.limit)))
    }

    /// Gives back all that is leased and not used.
    pub async fn close(&self) -> Result<(), RegistryError> {
        let services = std::mem::take(&mut *self.services.lock());
        self.give_back(services.into_iter().collect()).await
    }

    fn of(&self, service: i64) -> Arc<ServiceQuota> {
        let mut services = self.services.lock();
        if let Some(quota) = services.get(&service) {
            return quota.clone();
        }
        if services.len() >= KEPT {
            let at_rest = services.extract_if(|_, quota| Arc::strong_count(quota) == 1).collect();
            let (registry, holder) = (self.registry.clone(), self.holder.clone());
            drop(to_the_end(async move {
                if let Err(error) = give_back(&registry, holder, at_rest).await {
                    tracing::warn!(%error, "leases were not given back and count as used for a while");
                }
            }));
        }
        services.entry(service).or_default().clone()
    }

    async fn give_back(&self, services: Vec<(i64, Arc<ServiceQuota>)>) -> Result<(), RegistryError> {
        give_back(&self.registry, self.holder.clone(), services).await
    }

    /// Leases at least `needed` bytes, `wanted` if there are as many, or says how full the service is.
    async fn make_room(
        &self,
        service: &Service,
        quota: &ServiceQuota,
        limit: u64,
        (needed, wanted): (u64, u64),
    ) -> Result<Option<Full>, ConnectorError> {
        let mut known = quota.known.lock().await;
        let now_ms = self.clock.now_ms();
        if quota.may_draw(now_ms) && quota.room.left() >= needed {
            return Ok(None);
        }
        let wait_ms = known.wait_to_count_ms(quota.may_have_shrunk.load(Ordering::Acquire), now_ms);
        if let Some(full) = known.full
            && wait_ms.is_none()
            && now_ms < full.at_ms + FULL_FOR_MS
            && needed > full.limit.saturating_sub(full.used)
        {
            return Ok(Some(full));
        }
        let id = service.record.id;
        let leased = self.registry.lease_bytes(id, limit, self.ask(quota, needed, wanted)).await;
        let (answer, limit_bytes) = leased.map_err(unavailable)?;
        match answer {
            Answer::Granted { bytes } => {
                self.grant(service, quota, &mut known, (bytes, limit_bytes)).await?;
                return Ok(None);
            }
            Answer::Full { used } => {
                let full = Full { at_ms: now_ms, used, limit: limit_bytes };
                known.full = Some(full);
                let Some(wait_ms) = wait_ms else { return Ok(Some(full)) };
                tokio::time::sleep(Duration::from_millis(wait_ms)).await;
            }
            Answer::Uncounted => {}
        }
        // Nobody else writes to this service until it has been counted.
        let _alone = quota.writes.write().await;
        quota.may_have_shrunk.store(false, Ordering::Release);
        let began_ms = self.clock.now_ms();
        let counted = self.connector.live_bytes(&service.record.placement, service.datamodel.clone()).await?;
        let now_ms = self.clock.now_ms();
        known.counted = Some((now_ms, now_ms - began_ms));
        let settled = self.registry.settle_bytes(id, limit, counted, self.ask(quota, needed, wanted)).await;
        let (answer, limit_bytes) = settled.map_err(unavailable)?;
        match answer {
            Answer::Granted { bytes } => {
                known.full = None;
                self.grant(service, quota, &mut known, (bytes, limit_bytes)).await?;
                Ok(None)
            }
            Answer::Full { used } => {
                known.full = Some(Full { at_ms: now_ms, used, limit: limit_bytes });
                Ok(known.full)
            }
            Answer::Uncounted => {
                Err(ConnectorError::Unavailable("a service was deployed while it was counted".to_owned()))
            }
        }
    }

    /// Hands back what is left, and asks for at least `needed` bytes.
    fn ask(&self, quota: &ServiceQuota, needed: u64, wanted: u64) -> Ask {
        let returned = quota.room.empty();
        let under_way = quota.room.outstanding();
        Ask { holder: self.holder.clone(), returned, under_way, needed, wanted, now_ms: self.clock.now_ms() }
    }

    /// Lets writes draw on what was leased, unless the tables and indexes of the service have outgrown its rows by far.
    async fn grant(
        &self,
        service: &Service,
        quota: &ServiceQuota,
        known: &mut Known,
        (bytes, limit): (u64, u64),
    ) -> Result<(), ConnectorError> {
        let now_ms = self.clock.now_ms();
        // What is not drawn on is handed back when somebody asks the next time.
        quota.room.add(bytes);
        quota.draw_until(0);
        let stored = match known.stored {
            Some((at_ms, stored)) if now_ms < at_ms + STORED_EVERY_MS => stored,
            _ => {
                let stored = self.connector.stored_bytes(&service.record.placement).await?;
                known.stored = Some((now_ms, stored));
                stored
            }
        };
        let limit_bytes = limit.saturating_mul(STORED_PER_LIMIT);
        if stored > limit_bytes {
            return Err(ServiceError::DiskExceeded { used_bytes: stored, limit_bytes }.into());
        }
        quota.draw_until(now_ms + ledger::LEASE_MS);
        Ok(())
    }
}

impl ServiceQuota {
    fn may_draw(&self, now_ms: i64) -> bool {
        now_ms < self.until_ms.load(Ordering::Acquire)
    }

    fn draw_until(&self, until_ms: i64) {
        self.until_ms.store(until_ms, Ordering::Release);
    }
}

impl Known {
    /// How long to wait before the bytes may be counted again; none when it is too early for that.
    fn wait_to_count_ms(&self, has_shrunk: bool, now_ms: i64) -> Option<u64> {
        let Some((at_ms, took_ms)) = self.counted else { return Some(0) };
        let (pause_ms, longest_ms) =
            if has_shrunk { (took_ms * COUNTING_SHARE, COUNT_WAIT_MAX_MS) } else { (COUNT_EVERY_MS, 0) };
        let wait_ms = (at_ms + pause_ms - now_ms).max(0);
        if wait_ms > longest_ms { None } else { u64::try_from(wait_ms).ok() }
    }
}

async fn give_back(
    registry: &Registry,
    holder: String,
    services: Vec<(i64, Arc<ServiceQuota>)>,
) -> Result<(), RegistryError> {
    let unused: Vec<_> = services.iter().map(|(service, quota)| (*service, quota.room.empty())).collect();
    if unused.is_empty() { Ok(()) } else { registry.give_bytes_back(holder, unused).await }
}

fn unavailable(error: RegistryError) -> ConnectorError {
    ConnectorError::Unavailable(error.to_string())
}
