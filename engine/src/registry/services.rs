//! Rows of services.

use super::{Registry, RegistryError, engines::note_change};
use connector_interface::{ConnectorError, Placement};
use control_store::{Row, StoreError, Transaction, params};
use region_config::{Address, keys::Keys};

/// A service as the registry knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRecord {
    /// Row id: never used again, even after a delete.
    pub id: i64,
    /// Whose it is and what it is called.
    pub address: Address,
    /// Secrets of its data API; none means open.
    pub secrets: Vec<String>,
    /// Where its data lives.
    pub placement: Placement,
    /// When it was made, milliseconds since 1970.
    pub created_ms: i64,
}

/// Why a service cannot be added.
#[derive(Debug, thiserror::Error)]
pub enum AddServiceError {
    /// There is one of that address.
    #[error("the service exists")]
    Exists,
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The database failed.
    #[error(transparent)]
    Connector(#[from] ConnectorError),
}

impl From<StoreError> for AddServiceError {
    fn from(error: StoreError) -> Self {
        AddServiceError::Registry(error.into())
    }
}

const COLUMNS: &str = "id, workspace, name, stage, secrets, placement, created_ms";

impl Registry {
    /// The live service of that address.
    pub async fn find(&self, address: &Address) -> Result<Option<ServiceRecord>, RegistryError> {
        let (address, keys) = (address.clone(), self.keys.clone());
        self.store.transaction(move |t| select(t, &address, &keys)).await
    }

    /// The live service of that row id.
    pub async fn find_by_id(&self, id: i64) -> Result<Option<ServiceRecord>, RegistryError> {
        let keys = self.keys.clone();
        self.store
            .transaction(move |t| {
                let sql = format!("SELECT {COLUMNS} FROM service WHERE id = ?1 AND state = 'live'");
                let row = t.query_optional(&sql, params![id], RawService::read)?;
                row.map(|row| row.open(&keys)).transpose()
            })
            .await
    }

    /// Every live service of a workspace, or of all, by workspace, name and stage.
    pub async fn list(&self, workspace: Option<String>) -> Result<Vec<ServiceRecord>, RegistryError> {
        let keys = self.keys.clone();
        self.store
            .transaction(move |t| {
                let sql = format!(
                    "SELECT {COLUMNS} FROM service
                      WHERE state = 'live' AND workspace = coalesce(?1, workspace)
                      ORDER BY workspace, name, stage"
                );
                let rows = t.query(&sql, params![workspace], RawService::read)?;
                rows.into_iter().map(|row| row.open(&keys)).collect()
            })
            .await
    }

    /// Adds a service with its first migration: revision 1, successful, without steps (`prisma1-server.md` §6.7). It lives
    /// at the first of these places that no other service has, one whose removal has not ended included.
    pub async fn add(
        &self,
        address: &Address,
        secrets: &[String],
        [placement, free]: [Placement; 2],
        empty_schema: String,
    ) -> Result<ServiceRecord, AddServiceError> {
        let mut record = ServiceRecord {
            id: 0,
            address: address.clone(),
            secrets: secrets.to_vec(),
            placement,
            created_ms: self.clock.now_ms(),
        };
        let (sealed, keys) = (self.seal_secrets(secrets), self.keys.clone());
        self.store
            .transaction(move |t| {
                if select(t, &record.address, &keys)?.is_some() {
                    return Err(AddServiceError::Exists);
                }
                let is_taken = "SELECT EXISTS (SELECT 1 FROM service WHERE placement = ?1)";
                if t.query_row(is_taken, params![placement_text(&record.placement)], |row| row.get(0))? {
                    record.placement = free;
                }
                let id: i64 = t.query_row(
                    "INSERT INTO service (workspace, name, stage, secrets, placement, created_ms)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id",
                    params![
                        record.address.workspace.as_deref().unwrap_or(""),
                        record.address.service,
                        record.address.stage,
                        sealed,
                        placement_text(&record.placement),
                        record.created_ms,
                    ],
                    |row| row.get(0),
                )?;
                t.execute(
                    "INSERT INTO migration (service_id, revision, schema, functions, status, steps, errors,
                                            started_ms, finished_ms, datamodel, live)
                     VALUES (?1, 1, ?2, '[]', 'SUCCESS', '[]', '[]', ?3, ?3, '', 1)",
                    params![id, empty_schema, record.created_ms],
                )?;
                note_change(t, &record.address)?;
                Ok(ServiceRecord { id, ..record })
            })
            .await
    }
}

fn select(t: &Transaction<'_>, address: &Address, keys: &Keys) -> Result<Option<ServiceRecord>, RegistryError> {
    let row = t.query_optional(
        &format!("SELECT {COLUMNS} FROM service WHERE workspace = ?1 AND name = ?2 AND stage = ?3 AND state = 'live'"),
        params![address.workspace.as_deref().unwrap_or(""), address.service, address.stage],
        RawService::read,
    )?;
    row.map(|row| row.open(keys)).transpose()
}

/// A row as it is stored: secrets sealed, placement as text.
struct RawService {
    id: i64,
    workspace: String,
    name: String,
    stage: String,
    secrets: String,
    placement: String,
    created_ms: i64,
}

impl RawService {
    fn read(row: &Row) -> Result<RawService, StoreError> {
        Ok(RawService {
            id: row.get(0)?,
            workspace: row.get(1)?,
            name: row.get(2)?,
            stage: row.get(3)?,
            secrets: row.get(4)?,
            placement: row.get(5)?,
            created_ms: row.get(6)?,
        })
    }

    fn open(self, keys: &Keys) -> Result<ServiceRecord, RegistryError> {
        let corrupt = |reason: String| RegistryError::Corrupt { service: self.id, reason };
        let secrets = keys.open(&self.secrets).map_err(|e| corrupt(e.to_string()))?;
        Ok(ServiceRecord {
            id: self.id,
            address: Address {
                workspace: (!self.workspace.is_empty()).then_some(self.workspace),
                service: self.name,
                stage: self.stage,
            },
            secrets: serde_json::from_str(&secrets).map_err(|e| corrupt(e.to_string()))?,
            placement: parse_placement(self.id, &self.placement)?,
            created_ms: self.created_ms,
        })
    }
}

fn placement_text(placement: &Placement) -> String {
    serde_json::json!({ "storage": placement.storage }).to_string()
}

pub(super) fn parse_placement(service: i64, text: &str) -> Result<Placement, RegistryError> {
    serde_json::from_str(text).map_err(|e| RegistryError::Corrupt { service, reason: e.to_string() })
}
