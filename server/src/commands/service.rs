//! One service of an installation, for commands that look into it or change it, also while the installation runs.

use super::installation::{InstallationArguments, Storage};
use crate::{data_folder::DataFolder, failure::Failure, settings::SettingsFile};
use clap::Args;
use connector_interface::Faults;
use engine::{Engine, EngineOptions, ManagementAccess, Service};
use region_config::{
    Address, RegionName, SystemChance, SystemClock,
    address::{Endpoint, Grammar, Target},
    limits::SERVICE_BYTES_MAX,
};
use shared_state::Hints;
use std::sync::Arc;

/// Flags that say which service.
#[derive(Args)]
pub struct ServiceArguments {
    /// The service: WORKSPACE/SERVICE/STAGE.
    pub service: String,
    /// Its region.
    #[arg(long, default_value = "eu1")]
    pub region: String,
    #[command(flatten)]
    pub installation: InstallationArguments,
}

impl ServiceArguments {
    /// The region's engine beside the one that runs, and the service.
    pub async fn open(&self) -> Result<(Engine, Arc<Service>), Failure> {
        let folder = DataFolder::open(&self.installation.data)?;
        let engine = self.open_engine(&folder).await?;
        let address = address(&self.service)?;
        let service = engine.find(&address).await.map_err(|e| Failure::of("cannot look for the service", e))?;
        let service = service.ok_or_else(|| {
            Failure::Configuration(format!("there is no service {} in region {}", self.service, self.region))
        })?;
        Ok((engine, service))
    }

    async fn open_engine(&self, folder: &DataFolder) -> Result<Engine, Failure> {
        let unknown = || Failure::Configuration(format!("there is no region '{}' in this installation", self.region));
        let region = RegionName::parse(&self.region).ok_or_else(unknown)?;
        if !folder.running()?.regions.iter().any(|(name, _)| name == region.as_str()) {
            return Err(unknown());
        }
        let storage = Storage::of(&self.installation, folder).await?;
        let limit = SettingsFile::read(&folder.settings())?.service_bytes.unwrap_or(SERVICE_BYTES_MAX);
        Engine::open(EngineOptions {
            registry: storage.control(folder, region.as_str()),
            region,
            keys: folder.keys()?,
            access: ManagementAccess::Secret(None),
            raw_access: None,
            connector: storage.connector(folder),
            adopts_storage: false,
            service_bytes_max: Some(limit),
            hints: Hints::in_process(),
            clock: Arc::new(SystemClock::new()),
            chance: Arc::new(SystemChance),
            faults: Faults::default(),
        })
        .map_err(|e| Failure::of("cannot open the region's registry", e))
    }
}

fn address(service: &str) -> Result<Address, Failure> {
    match Target::parse(&format!("/{service}"), Grammar::Cloud) {
        Some(Target::Service(address, Endpoint::Api)) => Ok(address),
        _ => Err(Failure::Configuration(format!("'{service}' is not of the form WORKSPACE/SERVICE/STAGE"))),
    }
}
