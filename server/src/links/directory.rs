//! The gateway's directory, answered by the engines of this process.

use engine::http::Engines;
use futures::future::BoxFuture;
use gateway::{Directory, DirectoryUnavailable, Entry, ServiceKey};
use region_config::{Address, RegionName};
use std::sync::Arc;

/// Looks services up in the engines, which keep them ready.
pub struct EngineDirectory {
    /// The engines.
    pub engines: Arc<Engines>,
}

impl Directory for EngineDirectory {
    fn find<'a>(
        &'a self,
        region: &'a RegionName,
        address: &'a Address,
    ) -> BoxFuture<'a, Result<Option<Entry>, DirectoryUnavailable>> {
        Box::pin(async move {
            let Some(engine) = self.engines.engine(region) else { return Ok(None) };
            match engine.find(address).await {
                Ok(service) => Ok(service.map(|service| Entry {
                    key: ServiceKey(u128::from(service.record.id.unsigned_abs())),
                    tokens: service.tokens.clone(),
                })),
                Err(error) => {
                    tracing::error!(%region, %error, "a service cannot be loaded");
                    Err(DirectoryUnavailable)
                }
            }
        })
    }
}
