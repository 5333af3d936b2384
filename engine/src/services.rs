//! Live services, found by address: a bounded cache over the registry that loads each service once (single flight),
//! remembers for a while that there is none, and forgets what changed.

use crate::{
    registry::{Registry, RegistryError},
    service::Service,
};
use query::ApiOptions;
use quick_cache::sync::Cache;
use region_config::Address;
use std::sync::Arc;

/// Services that are kept ready, and addresses known to mean none.
const KEPT: usize = 2_000;

/// The live services of a region.
pub struct Services {
    registry: Registry,
    options: ApiOptions,
    known: Cache<Address, Option<Arc<Service>>>,
}

impl Services {
    /// Services of a registry.
    pub fn new(registry: Registry, options: ApiOptions) -> Services {
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
