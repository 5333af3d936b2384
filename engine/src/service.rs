//! A live service: what the registry says of it, with everything a request needs made ready. Immutable; a deploy
//! makes a new one.

use crate::registry::{MigrationRecord, RegistryError, ServiceRecord};
use datamodel::Datamodel;
use query::{Api, ApiOptions};
use std::sync::Arc;

/// A service at one revision.
pub struct Service {
    /// The registry's row.
    pub record: ServiceRecord,
    /// Revision of the active migration.
    pub revision: i64,
    /// The active model.
    pub datamodel: Arc<Datamodel>,
    /// Source of the active datamodel.
    pub datamodel_text: String,
    /// Server-side subscriptions, stored JSON.
    pub functions: String,
    /// Its API.
    pub api: Api,
    /// Verifies service tokens.
    pub tokens: Arc<region_config::service_token::ServiceTokens>,
}

impl Service {
    /// Makes a service ready from its row and its active migration.
    pub fn new(record: ServiceRecord, active: MigrationRecord, options: ApiOptions) -> Result<Service, RegistryError> {
        let corrupt = |reason: String| RegistryError::Corrupt { service: record.id, reason };
        let datamodel = parse_schema(&active.schema).map_err(corrupt)?;
        let datamodel = Arc::new(datamodel);
        Ok(Service {
            revision: active.revision,
            api: Api::new(datamodel.clone(), options),
            datamodel,
            datamodel_text: active.datamodel,
            functions: active.functions,
            tokens: Arc::new(region_config::service_token::ServiceTokens::new(&record.secrets)),
            record,
        })
    }
}

/// A stored schema, read.
pub fn parse_schema(schema: &str) -> Result<Datamodel, String> {
    let json = serde_json::from_str(schema).map_err(|e| e.to_string())?;
    datamodel::stored::from_json(&json).map_err(|e| e.to_string())
}
