//! A region as the console reaches it, answered by the engine of this process.

use console_web::{RegionLink, RegionLinkError, ServiceInfo};
use datamodel::Version;
use engine::Engine;
use futures::future::BoxFuture;
use region_config::{Address, Region};
use std::sync::{Arc, OnceLock};

/// A region whose engine runs in this process. The console is opened before the engines, since these ask it for
/// workspaces: the engine is put in afterwards.
pub struct EngineRegion {
    region: Region,
    engine: OnceLock<Arc<Engine>>,
}

impl EngineRegion {
    /// A region whose engine comes later.
    pub fn new(region: Region) -> EngineRegion {
        EngineRegion { region, engine: OnceLock::new() }
    }

    /// Puts the engine in.
    pub fn connect(&self, engine: Arc<Engine>) {
        // A second engine for the same region does not exist in one process.
        let _ = self.engine.set(engine);
    }

    fn engine(&self) -> Result<&Arc<Engine>, RegionLinkError> {
        self.engine.get().ok_or_else(|| self.failed(&"it has not started yet"))
    }

    fn failed(&self, reason: &dyn std::fmt::Display) -> RegionLinkError {
        RegionLinkError { region: self.region.name.to_string(), reason: reason.to_string() }
    }
}

impl RegionLink for EngineRegion {
    fn region(&self) -> &Region {
        &self.region
    }

    fn list_services<'a>(&'a self, workspace: &'a str) -> BoxFuture<'a, Result<Vec<ServiceInfo>, RegionLinkError>> {
        Box::pin(async move {
            let records = self.engine()?.list(workspace).await.map_err(|e| self.failed(&e))?;
            let v1 = self.engine()?.v1_services(workspace).await.map_err(|e| self.failed(&e))?;
            let info = |record: engine::ServiceRecord| ServiceInfo {
                service: record.address.service,
                stage: record.address.stage,
                has_secret: !record.secrets.is_empty(),
                datamodel_version: if v1.contains(&record.id) { Version::V1 } else { Version::V11 }.number(),
                created_at_ms: Some(record.created_ms),
            };
            Ok(records.into_iter().map(info).collect())
        })
    }

    fn delete_service<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, Result<(), RegionLinkError>> {
        Box::pin(async move {
            let (engine, address) = (self.engine()?.clone(), address.clone());
            // Connectors answer on the thread that asks; the console wants a future that may move.
            let deleted = actix_web::rt::spawn(async move { engine.delete(&address).await });
            deleted.await.map_err(|e| self.failed(&e))?.map_err(|e| self.failed(&e))
        })
    }
}
