//! The registry of a region: which services exist, their secrets and placement, and every migration of each. Durable:
//! a control store of the engine's own (design D22). Callers see domain types only.

mod migrations;
mod quota;
mod services;

pub use migrations::{MigrationRecord, NewMigration, Progress};
pub use services::{AddServiceError, ServiceRecord};

use control_store::{Migration, Store, StoreError};
use region_config::{Chance, Clock, keys::Keys};
use std::{path::Path, sync::Arc};

/// The registry. Clones share it.
#[derive(Clone)]
pub struct Registry {
    store: Store,
    keys: Keys,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
}

/// Why the registry cannot do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The control store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A row does not hold what this build writes.
    #[error("the registry's row of service {service} cannot be read: {reason}")]
    Corrupt {
        /// Row id of the service.
        service: i64,
        /// What is wrong.
        reason: String,
    },
}

impl Registry {
    /// Opens (and makes) the registry at `path`.
    pub fn open(
        path: &Path,
        keys: Keys,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Registry, StoreError> {
        let migrations = [
            ("V1__registry", include_str!("../../migrations/V1__registry.sql")),
            ("V2__quota", include_str!("../../migrations/V2__quota.sql")),
        ]
        .map(|(name, sql)| Migration::unapplied(name, sql).expect("the embedded migrations have well-formed names"));
        let store = Store::open(path, &migrations, clock.as_ref())?;
        Ok(Registry { store, keys, clock, chance })
    }

    fn seal_secrets(&self, secrets: &[String]) -> String {
        self.keys.seal(&serde_json::json!(secrets).to_string(), self.chance.as_ref())
    }
}
