//! Rows of migrations. A service's active schema is that of its newest one whose tables are there
//! (`prisma1-server.md` §3.6): requests see it a moment before it is called a success.

use super::{Registry, RegistryError, ServiceRecord, engines::note_change};
use control_store::{Row, StoreError, params};
use migrate::Status;
use std::collections::HashSet;

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
    /// Its tables are there: the service is answered from it.
    pub live: bool,
    /// JSON of the warnings that were forced.
    pub warnings: String,
}

impl MigrationRecord {
    /// As it was before anybody took it up.
    pub fn into_written(self) -> MigrationRecord {
        MigrationRecord {
            status: Status::Pending,
            applied: 0,
            rolled_back: 0,
            errors: Vec::new(),
            started_ms: None,
            finished_ms: None,
            live: false,
            ..self
        }
    }
}

/// A migration to be made.
#[derive(Debug, Clone)]
pub struct NewMigration {
    /// Revision of the migration that it starts from.
    pub after: i64,
    /// The service's secrets from now on, when they are others.
    pub secrets: Option<Vec<String>>,
    /// JSON of the warnings that were forced.
    pub warnings: String,
    /// Stored JSON of the model.
    pub schema: String,
    /// Stored JSON of the server-side subscriptions.
    pub functions: String,
    /// Stored JSON of the steps.
    pub steps: String,
    /// Source of the datamodel.
    pub datamodel: String,
}

/// What became of the attempt to begin a migration.
#[expect(clippy::large_enum_variant, reason = "there is one a deploy, and it is taken apart at once")]
pub enum Begun {
    /// It is written down, and this engine's.
    Written(MigrationRecord),
    /// Another one is open, or has ended since this one was planned.
    Busy,
    /// The service has been deleted.
    Gone,
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

pub(super) const COLUMNS: &str = "revision, schema, functions, status, applied, rolled_back, steps, errors, started_ms, finished_ms, datamodel, live, warnings";

impl Registry {
    /// The newest migration whose tables are there: the service as it is.
    pub async fn active_migration(&self, service: i64) -> Result<Option<MigrationRecord>, RegistryError> {
        self.one_migration(service, "live = 1").await
    }

    /// The services of a workspace whose active datamodel is a v1.
    pub async fn v1_services(&self, workspace: String) -> Result<HashSet<i64>, RegistryError> {
        self.store
            .transaction(move |t| {
                // The stored form of any other ends with its version.
                let sql = r#"SELECT service.id FROM service JOIN migration AS active ON active.service_id = service.id
                              WHERE service.state = 'live' AND service.workspace = ?1
                                AND active.live = 1 AND active.schema NOT LIKE '%"version":"v2"}'
                                AND NOT EXISTS (SELECT 1 FROM migration AS newer
                                                 WHERE newer.service_id = active.service_id AND newer.live = 1
                                                   AND newer.revision > active.revision)"#;
                Ok(t.query(sql, params![workspace], |row| row.get(0))?.into_iter().collect())
            })
            .await
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

    /// Writes a pending migration, with the secrets that come with it, unless something else has happened to the service
    /// since it was planned.
    pub async fn begin_migration(
        &self,
        service: &ServiceRecord,
        worker: &str,
        new: NewMigration,
    ) -> Result<Begun, RegistryError> {
        let (id, address, worker) = (service.id, service.address.clone(), worker.to_owned());
        let secrets = new.secrets.as_ref().map(|secrets| self.seal_secrets(secrets));
        self.store
            .transaction(move |t| {
                let found = "SELECT (SELECT max(revision) FROM migration WHERE service_id = ?1),
                                    EXISTS (SELECT 1 FROM migration WHERE service_id = ?1
                                             AND status IN ('PENDING', 'IN_PROGRESS', 'ROLLING_BACK'))
                               FROM service WHERE id = ?1 AND state = 'live'";
                let columns = |row: &Row| Ok((row.get::<i64>(0)?, row.get::<bool>(1)?));
                match t.query_optional(found, params![id], columns)? {
                    None => return Ok(Begun::Gone),
                    Some((newest, is_open)) if is_open || newest != new.after => return Ok(Begun::Busy),
                    Some(_) => {}
                }
                if let Some(secrets) = secrets {
                    t.execute("UPDATE service SET secrets = ?2 WHERE id = ?1", params![id, secrets])?;
                    note_change(t, &address)?;
                }
                let sql = format!(
                    "INSERT INTO migration (service_id, revision, schema, functions, status, steps, errors, datamodel,
                                            worker, client, warnings)
                     VALUES (?1, ?2, ?3, ?4, 'PENDING', ?5, '[]', ?6, ?7, 'waits', ?8)
                     RETURNING {COLUMNS}"
                );
                let values = params![
                    id,
                    new.after + 1,
                    new.schema,
                    new.functions,
                    new.steps,
                    new.datamodel,
                    worker,
                    new.warnings,
                ];
                t.query_row(&sql, values, RawMigration::read)?.open(id).map(Begun::Written)
            })
            .await
    }

    /// Saves how far a migration has got; whether it still is this worker's. The first time sets its start, a final status
    /// its end.
    pub async fn save_progress(
        &self,
        service: i64,
        revision: i64,
        worker: &str,
        progress: Progress,
    ) -> Result<bool, RegistryError> {
        let (now, worker) = (self.clock.now_ms(), worker.to_owned());
        self.store
            .transaction(move |t| {
                let changed = t.execute(
                    "UPDATE migration SET status = ?4, applied = ?5, rolled_back = ?6, errors = ?7, finished_ms = ?8,
                                          started_ms = coalesce(started_ms, ?9)
                      WHERE service_id = ?1 AND revision = ?2 AND worker = ?3
                        AND status IN ('PENDING', 'IN_PROGRESS', 'ROLLING_BACK')",
                    params![
                        service,
                        revision,
                        worker,
                        progress.status.name(),
                        progress.applied,
                        progress.rolled_back,
                        serde_json::json!(progress.errors).to_string(),
                        (!progress.status.is_open()).then_some(now),
                        now,
                    ],
                )?;
                Ok(changed > 0)
            })
            .await
    }

    /// Lets requests see a migration whose tables are there; the number of the change, or none when the migration is
    /// another worker's by now.
    pub async fn go_live(
        &self,
        service: &ServiceRecord,
        revision: i64,
        worker: &str,
    ) -> Result<Option<i64>, RegistryError> {
        let (id, address, worker) = (service.id, service.address.clone(), worker.to_owned());
        self.store
            .transaction(move |t| {
                let sql = "UPDATE migration SET live = 1 WHERE service_id = ?1 AND revision = ?2 AND worker = ?3
                              AND status IN ('PENDING', 'IN_PROGRESS', 'ROLLING_BACK')";
                if t.execute(sql, params![id, revision, worker])? == 0 {
                    return Ok(None);
                }
                Ok(Some(note_change(t, &address)?))
            })
            .await
    }
}

/// A row as it is stored.
pub(super) struct RawMigration {
    record: MigrationRecord,
    status: String,
    errors: String,
}

impl RawMigration {
    pub(super) fn read(row: &Row) -> Result<RawMigration, StoreError> {
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
                live: row.get(11)?,
                warnings: row.get(12)?,
            },
            status: row.get(3)?,
            errors: row.get(7)?,
        })
    }

    pub(super) fn open(self, service: i64) -> Result<MigrationRecord, RegistryError> {
        let corrupt = |reason: String| RegistryError::Corrupt { service, reason };
        let status = Status::named(&self.status).ok_or_else(|| corrupt(format!("unknown status '{}'", self.status)))?;
        let errors = serde_json::from_str(&self.errors).map_err(|e| corrupt(e.to_string()))?;
        Ok(MigrationRecord { status, errors, ..self.record })
    }
}
