//! Live services, found by address: a bounded cache over the registry that loads each service once (single flight),
//! remembers for a while that there is none, and forgets what changed. A load that was on its way when its address was
//! forgotten is handed to those who waited for it and not kept.

use crate::{
    registry::{Registry, RegistryError},
    service::Service,
};
use query::{ApiOptions, DocumentLimits};
use quick_cache::sync::Cache;
use region_config::{Address, limits};
use std::sync::Arc;

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
}

impl Services {
    /// Services of a registry. `raw_access` holds the names of databases that `executeRaw` may use.
    pub fn new(registry: Registry, raw_access: Option<Vec<String>>) -> Services {
        let options = ApiOptions { raw_access, limits: DOCUMENT_LIMITS };
        Services { registry, options, known: Cache::new(KEPT) }
    }

    /// The service at an address, if there is one.
    pub async fn find(&self, address: &Address) -> Result<Option<Arc<Service>>, RegistryError> {
        self.known.get_or_insert_async(address, self.load(address)).await
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Without this the numbers that the query package's own tests use could come to differ from those in force.
    #[test]
    fn the_limits_in_force_are_those_that_are_tested() {
        assert_eq!(DOCUMENT_LIMITS, DocumentLimits::default());
    }
}
