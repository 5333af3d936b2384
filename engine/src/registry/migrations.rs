//! Rows of migrations. A service's active schema is that of its newest successful one (`prisma1-server.md` §3.6).

use super::{Registry, RegistryError};
use control_store::{Row, StoreError, next_change, params};
use migrate::Status;

/// One migration as the registry knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationRecord {
    /// 1 for the one that comes with the service.
    pub revision: i64,
    /// The model, in the stored JSON form.
    pub schema: String,
    /// Server-side subscriptions, stored JSON.
    pub functions: String,
    /// Where it stands.
    pub status: Status,
    /// Steps applied.
    pub applied: i64,
    /// Steps taken back.
    pub rolled_back: i64,
    /// Stored JSON.
    pub steps: String,
    /// What went wrong.
    pub errors: Vec<String>,
    /// Milliseconds since 1970.
    pub started_ms: Option<i64>,
    /// Milliseconds since 1970.
    pub finished_ms: Option<i64>,
    /// Source of the datamodel.
    pub datamodel: String,
}

/// A migration to be made.
#[derive(Debug, Clone)]
pub struct NewMigration {
    /// Stored JSON of the model.
    pub schema: String,
    /// Stored JSON of the server-side subscriptions.
    pub functions: String,
    /// Stored JSON of the steps.
    pub steps: String,
    /// Source of the datamodel.
    pub datamodel: String,
}

/// How far a migration has got.
#[derive(Debug, Clone)]
pub struct Progress {
    /// Where it stands now.
    pub status: Status,
    /// Steps applied so far.
    pub applied: i64,
    /// Steps taken back so far.
    pub rolled_back: i64,
    /// What went wrong; never empty in a status that is a failure.
    pub errors: Vec<String>,
}

const COLUMNS: &str =
    "revision, schema, functions, status, applied, rolled_back, steps, errors, started_ms, finished_ms, datamodel";

impl Registry {
    /// The newest successful migration: the service as it is.
    pub async fn active_migration(&self, service: i64) -> Result<Option<MigrationRecord>, RegistryError> {
        self.one_migration(service, "status = 'SUCCESS'").await
    }

    /// The newest migration, whatever became of it.
    pub async fn newest_migration(&self, service: i64) -> Result<Option<MigrationRecord>, RegistryError> {
        self.one_migration(service, "TRUE").await
    }

    async fn one_migration(
        &self,
        service: i64,
        condition: &'static str,
    ) -> Result<Option<MigrationRecord>, RegistryError> {
        self.store
            .transaction(move |t| {
                let sql = format!(
                    "SELECT {COLUMNS} FROM migration WHERE service_id = ?1 AND {condition} ORDER BY revision DESC LIMIT 1"
                );
                let row = t.query_optional(&sql, params![service], RawMigration::read)?;
                row.map(|row| row.open(service)).transpose()
            })
            .await
    }

    /// Every migration of a service, newest first.
    pub async fn migrations(&self, service: i64) -> Result<Vec<MigrationRecord>, RegistryError> {
        self.store
            .transaction(move |t| {
                let sql = format!("SELECT {COLUMNS} FROM migration WHERE service_id = ?1 ORDER BY revision DESC");
                let rows = t.query(&sql, params![service], RawMigration::read)?;
                rows.into_iter().map(|row| row.open(service)).collect()
            })
            .await
    }

    /// Ids and revisions of migrations that were begun and did not end.
    pub async fn open_migrations(&self) -> Result<Vec<(i64, i64)>, RegistryError> {
        self.store
            .transaction(|t| {
                Ok(t.query(
                    "SELECT service_id, revision FROM migration JOIN service ON service.id = service_id
                      WHERE state = 'live' AND status IN ('PENDING', 'IN_PROGRESS', 'ROLLING_BACK') ORDER BY 1, 2",
                    params![],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )?)
            })
            .await
    }

    /// Writes a pending migration.
    pub async fn begin_migration(&self, service: i64, new: NewMigration) -> Result<MigrationRecord, RegistryError> {
        self.store
            .transaction(move |t| {
                let sql = format!(
                    "INSERT INTO migration (service_id, revision, schema, functions, status, steps, errors, datamodel)
                     SELECT ?1, coalesce(max(revision), 0) + 1, ?2, ?3, 'PENDING', ?4, '[]', ?5
                       FROM migration WHERE service_id = ?1
                     RETURNING {COLUMNS}"
                );
                let values = params![service, new.schema, new.functions, new.steps, new.datamodel];
                t.query_row(&sql, values, RawMigration::read)?.open(service)
            })
            .await
    }

    /// Saves how far a migration has got. The first time sets its start, a final status its end.
    pub async fn save_progress(&self, service: i64, revision: i64, progress: Progress) -> Result<(), RegistryError> {
        let now = self.clock.now_ms();
        self.store
            .transaction(move |t| {
                t.execute(
                    "UPDATE migration SET status = ?3, applied = ?4, rolled_back = ?5, errors = ?6, finished_ms = ?7,
                                          started_ms = coalesce(started_ms, ?8)
                      WHERE service_id = ?1 AND revision = ?2",
                    params![
                        service,
                        revision,
                        progress.status.name(),
                        progress.applied,
                        progress.rolled_back,
                        serde_json::json!(progress.errors).to_string(),
                        (!progress.status.is_open()).then_some(now),
                        now,
                    ],
                )?;
                next_change(t)?;
                Ok(())
            })
            .await
    }
}

/// A row as it is stored.
struct RawMigration {
    record: MigrationRecord,
    status: String,
    errors: String,
}

impl RawMigration {
    fn read(row: &Row) -> Result<RawMigration, StoreError> {
        Ok(RawMigration {
            record: MigrationRecord {
                revision: row.get(0)?,
                schema: row.get(1)?,
                functions: row.get(2)?,
                status: Status::Pending,
                applied: row.get(4)?,
                rolled_back: row.get(5)?,
                steps: row.get(6)?,
                errors: Vec::new(),
                started_ms: row.get(8)?,
                finished_ms: row.get(9)?,
                datamodel: row.get(10)?,
            },
            status: row.get(3)?,
            errors: row.get(7)?,
        })
    }

    fn open(self, service: i64) -> Result<MigrationRecord, RegistryError> {
        let corrupt = |reason: String| RegistryError::Corrupt { service, reason };
        let status = Status::named(&self.status).ok_or_else(|| corrupt(format!("unknown status '{}'", self.status)))?;
        let errors = serde_json::from_str(&self.errors).map_err(|e| corrupt(e.to_string()))?;
        Ok(MigrationRecord { status, errors, ..self.record })
    }
}
