//! One region's engine: its registry, its live services, its database, put together.

use crate::{
    data_api::{Executor, Plans, Response},
    management::ManagementAccess,
    quota::Quotas,
    registry::{Deleting, Registry, RegistryError},
    service::Service,
    services::Services,
    watch::Peers,
};
use connector_interface::{Connector, ConnectorError, Faults, IdSource};
use control_store::{Place, StoreError};
use parking_lot::Mutex;
use region_config::{Address, Chance, Clock, RegionName, chance::cuid, keys::Keys};
use shared_state::{ChangeHint, Hints};
use std::{collections::HashSet, sync::Arc, time::Duration};
use tokio::sync::Notify;

/// Time between two looks at what other engines are doing.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What an engine is made of.
pub struct EngineOptions {
    /// Which region it serves.
    pub region: RegionName,
    /// Where its registry lies.
    pub registry: Place,
    /// The installation's keys.
    pub keys: Keys,
    /// Who may manage services.
    pub access: ManagementAccess,
    /// `rawAccess`: names of the configured databases for `executeRaw`, if it is allowed.
    pub raw_access: Option<Vec<String>>,
    /// The database.
    pub connector: Arc<dyn Connector>,
    /// Storage has the names that Prisma 1 gives it, and what is there already is taken over. Otherwise a service gets
    /// storage of a name that nothing else has.
    pub adopts_storage: bool,
    /// Bytes that a service may hold unless it has a limit of its own; none: any number.
    pub service_bytes_max: Option<u64>,
    /// Hints to other parts of the installation.
    pub hints: Hints,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random numbers.
    pub chance: Arc<dyn Chance>,
    /// What the crash test has planned.
    pub faults: Faults,
}

/// A region's engine.
pub struct Engine {
    /// Names this life of it among the engines that share a registry.
    pub(crate) id: String,
    pub(crate) region: RegionName,
    pub(crate) registry: Registry,
    pub(crate) services: Arc<Services>,
    pub(crate) executor: Arc<Executor>,
    pub(crate) access: ManagementAccess,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) adopts_storage: bool,
    pub(crate) faults: Faults,
    pub(crate) peers: Mutex<Peers>,
    hints: Hints,
    /// Row ids of services whose deploy or delete is under way in this process.
    busy: Mutex<HashSet<i64>>,
    /// Tells that one of them ended.
    freed: Notify,
    /// A migration that takes longer goes on while its deploy is answered.
    pub(crate) answers_deploys_within: Duration,
}

/// Why an engine cannot do what it was asked; never shown to a client as it stands.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The database failed.
    #[error(transparent)]
    Connector(#[from] ConnectorError),
}

impl Engine {
    /// Opens a region's engine. What a crash left half done is finished by [`Engine::resume`] and [`Engine::watch`].
    pub fn open(options: EngineOptions) -> Result<Engine, StoreError> {
        let EngineOptions {
            region,
            registry,
            keys,
            access,
            raw_access,
            connector,
            adopts_storage,
            service_bytes_max,
            hints,
            clock,
            chance,
            faults,
        } = options;
        let registry = Registry::open(&registry, keys, clock.clone(), chance.clone())?;
        let ids: Arc<dyn IdSource> = Arc::new(Ids { clock: clock.clone(), chance: chance.clone() });
        let seeds = [chance.number(), chance.number(), chance.number(), chance.number()];
        let id = chance.hex(8);
        let quotas = Quotas::new(registry.clone(), connector.clone(), clock.clone(), id.clone(), service_bytes_max);
        let executor = Executor {
            connector,
            plans: Plans::new(seeds),
            clock: clock.clone(),
            ids: ids.clone(),
            quotas,
            faults: faults.clone(),
        };
        Ok(Engine {
            id,
            services: Arc::new(Services::new(registry.clone(), raw_access, clock.clone())),
            adopts_storage,
            faults,
            peers: Mutex::default(),
            region,
            registry,
            executor: Arc::new(executor),
            access,
            ids,
            clock,
            chance,
            hints,
            busy: Mutex::default(),
            freed: Notify::new(),
            answers_deploys_within: Duration::from_secs(2),
        })
    }

    /// The region it serves.
    pub fn region(&self) -> &RegionName {
        &self.region
    }

    /// The service at an address, if there is one.
    pub async fn find(&self, address: &Address) -> Result<Option<Arc<Service>>, RegistryError> {
        self.services.find(address).await
    }

    /// How many bytes a service holds, counted now, and how many it may hold.
    pub async fn usage(&self, service: &Service) -> Result<(u64, Option<u64>), EngineError> {
        self.executor.quotas.measure(service).await
    }

    /// Sets how many bytes a service may hold; `None`: as many as any service of the region. What is there stays.
    pub async fn set_limit_bytes(&self, service: &Service, limit: Option<u64>) -> Result<(), RegistryError> {
        self.registry.set_limit_bytes(service.record.id, limit).await
    }

    /// Answers a request for a part of a service's data, as [`crate::http`] does.
    pub async fn export(&self, service: &Service, request: &[u8], request_id: &str) -> Response {
        self.executor.export(service, request, request_id).await
    }

    /// Answers a request that brings data for a service, as [`crate::http`] does.
    pub async fn import(&self, service: &Arc<Service>, request: Vec<u8>, request_id: &str) -> Response {
        self.executor.import(service, request, request_id).await
    }

    /// Every service of a workspace.
    pub async fn list(&self, workspace: &str) -> Result<Vec<crate::ServiceRecord>, RegistryError> {
        self.registry.list(Some(workspace.to_owned())).await
    }

    /// The services of a workspace with a datamodel v1, by their ids.
    pub async fn v1_services(&self, workspace: &str) -> Result<HashSet<i64>, RegistryError> {
        self.registry.v1_services(workspace.to_owned()).await
    }

    /// Deletes a service with its data; nothing happens when there is none (design D26).
    pub async fn delete(self: &Arc<Engine>, address: &Address) -> Result<(), EngineError> {
        let Some(record) = self.registry.find(address).await? else { return Ok(()) };
        let Some(change) = self.registry.mark_deleting(record.id, address, &self.id).await? else { return Ok(()) };
        self.changed(address);
        // A deploy that is under way would make the storage again.
        let claim = self.claim_when_free(record.id).await;
        self.faults.at("X0")?;
        self.finish_delete(claim, Deleting { service: record.id, placement: record.placement, change }).await
    }

    /// Removes the data of a service that is not found any more, then its row. Safe to repeat.
    pub(crate) async fn finish_delete(&self, claim: Claim, deleting: Deleting) -> Result<(), EngineError> {
        let Deleting { service, placement, change } = deleting;
        self.all_others_have_seen(change).await?;
        while self.registry.is_worked_on(service, &self.id).await? {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        self.executor.connector.remove(&placement).await?;
        self.faults.at("X1")?;
        self.registry.forget(service).await?;
        drop(claim);
        Ok(self.faults.at("X2")?)
    }

    /// Ends every connection, after what runs has finished.
    pub async fn close(&self) {
        if let Err(error) = self.leave().await {
            tracing::warn!(%error, "other engines wait for this one for a while");
        }
        if let Err(error) = self.executor.quotas.close().await {
            tracing::warn!(%error, "leases were not given back and count as used for a while");
        }
        self.executor.connector.close().await;
    }

    /// The character between service and stage in project ids.
    pub fn stage_separator(&self) -> char {
        self.executor.connector.capabilities().stage_separator
    }

    /// Forgets what is kept of a service and tells the others.
    pub(crate) fn changed(&self, address: &Address) {
        self.services.forget(address);
        self.hints.tell(ChangeHint { region: self.region.clone() });
    }

    /// Claims a service for a change of its storage; `None` while another one is under way. By row id, so that what
    /// happens to a deleted service does not concern the next one of its name.
    pub(crate) fn claim(self: &Arc<Engine>, service: i64) -> Option<Claim> {
        self.busy.lock().insert(service).then(|| Claim { engine: self.clone(), service })
    }

    async fn claim_when_free(self: &Arc<Engine>, service: i64) -> Claim {
        loop {
            // Listening begins before the look, so that no end in between is missed.
            let freed = self.freed.notified();
            if let Some(claim) = self.claim(service) {
                return claim;
            }
            freed.await;
        }
    }
}

/// A service that is being changed; free again when this is dropped.
pub(crate) struct Claim {
    engine: Arc<Engine>,
    service: i64,
}

impl Claim {
    /// Row id of the service.
    pub(crate) fn service(&self) -> i64 {
        self.service
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.engine.busy.lock().remove(&self.service);
        self.engine.freed.notify_waiters();
    }
}

/// Ids from the clock and the chance that were handed in.
struct Ids {
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
}

impl IdSource for Ids {
    fn cuid(&self) -> String {
        cuid(self.clock.as_ref(), self.chance.as_ref())
    }

    fn uuid(&self) -> String {
        self.chance.uuid()
    }
}
