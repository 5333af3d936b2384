//! Live services, found by address: a bounded cache over the registry that loads each service once (single flight),
//! remembers for a while that there is none, and forgets what changed. A load that was on its way when its address was
//! forgotten is handed to those who waited for it and not kept.
//!
//! Where other engines share the registry, something may be kept only while they know that this one listens: an engine
//! that has not been heard of for long is not waited for by deploys (design D21).

use crate::{
    registry::{Registry, RegistryError},
    service::Service,
};
use query::{ApiOptions, DocumentLimits};
use quick_cache::sync::Cache;
use region_config::{Address, Clock, limits};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// Services that are kept ready, and addresses known to mean none.
const KEPT: usize = 2_000;

/// Bounds on what a document asks for, from the table of limits.
const DOCUMENT_LIMITS: DocumentLimits = DocumentLimits {
    nesting_max: limits::QUERY_DOCUMENT.nesting_max,
    field_depth_max: limits::FIELD_DEPTH_MAX,
    introspection_depth_max: limits::INTROSPECTION_DEPTH_MAX,
    aliases_max: limits::ALIASES_MAX,
    directives_max: limits::DIRECTIVES_MAX,
    fragments_max: limits::FRAGMENTS_MAX,
    expanded_selections_max: limits::EXPANDED_SELECTIONS_MAX as u64,
    errors_max: limits::ERRORS_MAX,
    introspection_bytes_max: limits::RESPONSE_BYTES_MAX,
};

/// The live services of a region.
pub struct Services {
    registry: Registry,
    options: ApiOptions,
    known: Cache<Address, Option<Arc<Service>>>,
    clock: Arc<dyn Clock>,
    /// Milliseconds on the clock that nobody can set: until then what is kept is known to be new.
    listens_until_ms: AtomicU64,
}

impl Services {
    /// Services of a registry. `raw_access` holds the names of databases that `executeRaw` may use.
    pub fn new(registry: Registry, raw_access: Option<Vec<String>>, clock: Arc<dyn Clock>) -> Services {
        let options = ApiOptions { raw_access, limits: DOCUMENT_LIMITS };
        // Nobody else changes a registry that is not shared.
        let listens_until_ms = AtomicU64::new(if registry.is_shared() { 0 } else { u64::MAX });
        Services { registry, options, known: Cache::new(KEPT), clock, listens_until_ms }
    }

    /// The service at an address, if there is one.
    pub async fn find(&self, address: &Address) -> Result<Option<Arc<Service>>, RegistryError> {
        let listens_until_ms = self.listens_until_ms.load(Ordering::Acquire);
        if listens_until_ms != u64::MAX && milliseconds(self.clock.monotonic()) >= listens_until_ms {
            self.known.clear();
            return self.load(address).await;
        }
        self.known.get_or_insert_async(address, self.load(address)).await
    }

    /// Notes that what is kept was new at a moment, and that others know for so long that this engine listens.
    pub(crate) fn listened(&self, at: Duration, for_so_long: Duration) {
        self.listens_until_ms.store(milliseconds(at + for_so_long), Ordering::Release);
    }

    /// Forgets everything.
    pub(crate) fn forget_all(&self) {
        self.known.clear();
    }

    /// Forgets what is known of an address: after a deploy, new secrets, a new or a deleted service.
    pub fn forget(&self, address: &Address) {
        self.known.remove(address);
    }

    async fn load(&self, address: &Address) -> Result<Option<Arc<Service>>, RegistryError> {
        let Some(record) = self.registry.find(address).await? else { return Ok(None) };
        let Some(active) = self.registry.active_migration(record.id).await? else { return Ok(None) };
        Service::new(record, active, self.options.clone()).map(|service| Some(Arc::new(service)))
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without this the numbers that the query package's own tests use could come to differ from those in force.
    #[test]
    fn the_limits_in_force_are_those_that_are_tested() {
        assert_eq!(DOCUMENT_LIMITS, DocumentLimits::default());
    }
}
