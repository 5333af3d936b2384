//! The registry of a region: which services exist, their secrets and placement, and every migration of each. Durable:
//! a control store of the engine's own (design D22). Callers see domain types only.

mod engines;
mod migrations;
mod quota;
mod services;
mod work;

pub(crate) use engines::Forget;
pub use migrations::{Begun, MigrationRecord, NewMigration, Progress};
pub use services::{AddServiceError, ServiceRecord};
pub(crate) use work::Deleting;

use control_store::{Migration, Place, Store, StoreError};
use region_config::{Chance, Clock, keys::Keys};
use std::sync::Arc;

/// The registry's schema, oldest step first.
const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "V1__registry",
        sqlite: include_str!("../../migrations/V1__registry.sql"),
        postgres: include_str!("../../migrations/postgres/V1__registry.sql"),
    },
    Migration {
        name: "V2__quota",
        sqlite: include_str!("../../migrations/V2__quota.sql"),
        postgres: include_str!("../../migrations/V2__quota.sql"),
    },
    Migration {
        name: "V3__engines",
        sqlite: include_str!("../../migrations/V3__engines.sql"),
        postgres: include_str!("../../migrations/V3__engines.sql"),
    },
];

/// The registry. Clones share it.
#[derive(Clone)]
pub struct Registry {
    store: Store,
    /// Other engines may use it: a file is one process's.
    shared: bool,
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
    /// Opens (and makes) the registry at a place.
    pub fn open(
        place: &Place,
        keys: Keys,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Registry, StoreError> {
        let store = Store::open(place, MIGRATIONS, clock.as_ref())?;
        let shared = matches!(place, Place::Schema(_));
        Ok(Registry { store, shared, keys, clock, chance })
    }

    fn seal_secrets(&self, secrets: &[String]) -> String {
        self.keys.seal(&serde_json::json!(secrets).to_string(), self.chance.as_ref())
    }
}
