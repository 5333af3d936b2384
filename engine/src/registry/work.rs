//! Work on a service that must end, whatever becomes of the engine that began it: migrations and deletes (design D11, D26).
//!
//! Each has its worker, whose writes count while the work is its own. A worker without a row among the engines is dead, and
//! whoever finds its work takes it over; where one process has the registry to itself there are no rows, and every other
//! worker is one of an earlier life.

use super::{
    Registry, RegistryError,
    engines::note_change,
    migrations::{COLUMNS, MigrationRecord, RawMigration},
    services::parse_placement,
};
use connector_interface::Placement;
use control_store::{current_change, params};
use region_config::Address;

/// A request that comes again within this time, in milliseconds, is the first one's, sent again after a lost connection.
const REPEATED_WITHIN_MS: i64 = 60_000;

/// What holds of a row whose `worker` has gone; `?1` is the engine that asks.
const DEAD: &str = "coalesce(worker, '') <> ?1 AND NOT EXISTS (SELECT 1 FROM engine WHERE id = worker)";
const OPEN: &str = "status IN ('PENDING', 'IN_PROGRESS', 'ROLLING_BACK')";

/// A delete that was begun.
pub(crate) struct Deleting {
    /// Row id of the service.
    pub service: i64,
    /// Where its data lies.
    pub placement: Placement,
    /// Number of a change after which nobody finds the service any more.
    pub change: i64,
}

impl Registry {
    /// Services and revisions of open migrations that are this engine's, or whose engine is dead.
    pub(crate) async fn unfinished_migrations(&self, engine: &str) -> Result<Vec<(i64, i64)>, RegistryError> {
        let engine = engine.to_owned();
        self.store
            .transaction(move |t| {
                let sql = format!(
                    "SELECT service_id, revision FROM migration
                      WHERE {OPEN} AND (worker = ?1 OR {DEAD})
                        AND EXISTS (SELECT 1 FROM service WHERE id = service_id AND state = 'live')
                      ORDER BY 1, 2"
                );
                Ok(t.query(&sql, params![engine], |row| Ok((row.get(0)?, row.get(1)?)))?)
            })
            .await
    }

    /// Makes an open migration this engine's; whether it was left to be taken.
    pub(crate) async fn take_over(&self, service: i64, revision: i64, engine: &str) -> Result<bool, RegistryError> {
        let engine = engine.to_owned();
        self.store
            .transaction(move |t| {
                let sql = format!(
                    "UPDATE migration SET worker = ?1, client = 'left'
                      WHERE service_id = ?2 AND revision = ?3 AND {OPEN} AND (worker = ?1 OR {DEAD})"
                );
                Ok(t.execute(&sql, params![engine, service, revision])? > 0)
            })
            .await
    }

    /// Whether another engine that lives carries a migration of this service out.
    pub(crate) async fn is_worked_on(&self, service: i64, engine: &str) -> Result<bool, RegistryError> {
        let engine = engine.to_owned();
        self.store
            .transaction(move |t| {
                let sql = format!(
                    "SELECT EXISTS (SELECT 1 FROM migration WHERE service_id = ?2 AND {OPEN} AND worker <> ?1
                                                              AND NOT ({DEAD}))"
                );
                Ok(t.query_row(&sql, params![engine, service], |row| row.get(0))?)
            })
            .await
    }

    /// The newest migration, when it is recent and its client has gone without the answer.
    pub(crate) async fn unanswered(
        &self,
        service: i64,
        engine: &str,
    ) -> Result<Option<MigrationRecord>, RegistryError> {
        let (engine, since) = (engine.to_owned(), self.clock.now_ms() - REPEATED_WITHIN_MS);
        self.store
            .transaction(move |t| {
                let sql = format!(
                    "SELECT {COLUMNS} FROM migration
                      WHERE service_id = ?2 AND revision = (SELECT max(revision) FROM migration WHERE service_id = ?2)
                        AND (client = 'left' OR client = 'waits' AND {DEAD})
                        AND coalesce(finished_ms, ?3) >= ?3"
                );
                let row = t.query_optional(&sql, params![engine, service, since], RawMigration::read)?;
                row.map(|row| row.open(service)).transpose()
            })
            .await
    }

    /// Notes whether the client of a migration got its answer.
    pub(crate) async fn note_answer(&self, service: i64, revision: i64, answered: bool) -> Result<(), RegistryError> {
        let client = if answered { "answered" } else { "left" };
        self.store
            .transaction(move |t| {
                let sql = "UPDATE migration SET client = ?3 WHERE service_id = ?1 AND revision = ?2";
                t.execute(sql, params![service, revision, client])?;
                Ok(())
            })
            .await
    }

    /// Marks a service as being deleted, by this engine: from now on it is not found (design D26). The number of the
    /// change, or none when it is being deleted already.
    pub(crate) async fn mark_deleting(
        &self,
        service: i64,
        address: &Address,
        engine: &str,
    ) -> Result<Option<i64>, RegistryError> {
        let (address, engine) = (address.clone(), engine.to_owned());
        self.store
            .transaction(move |t| {
                // The name is free again at once; the row stays until the data is gone.
                let sql = "UPDATE service SET state = 'deleting', stage = stage || '#' || id, worker = ?2
                            WHERE id = ?1 AND state = 'live'";
                if t.execute(sql, params![service, engine])? == 0 {
                    return Ok(None);
                }
                Ok(Some(note_change(t, &address)?))
            })
            .await
    }

    /// Deletes that were begun and did not end, and are this engine's or were left: they are this engine's now.
    pub(crate) async fn take_over_deletes(&self, engine: &str) -> Result<Vec<Deleting>, RegistryError> {
        let engine = engine.to_owned();
        self.store
            .transaction(move |t| {
                let sql =
                    format!("SELECT id, placement FROM service WHERE state = 'deleting' AND (worker = ?1 OR {DEAD})");
                let columns = |row: &control_store::Row| Ok((row.get::<i64>(0)?, row.get::<String>(1)?));
                let rows = t.query(&sql, params![engine], columns)?;
                let change = current_change(t)?;
                for (service, _) in &rows {
                    t.execute("UPDATE service SET worker = ?2 WHERE id = ?1", params![*service, engine])?;
                }
                let open = |(service, placement): (i64, String)| {
                    Ok(Deleting { service, placement: parse_placement(service, &placement)?, change })
                };
                rows.into_iter().map(open).collect()
            })
            .await
    }

    /// Removes the row of a service whose data is gone.
    pub(crate) async fn forget(&self, service: i64) -> Result<(), RegistryError> {
        self.store
            .transaction(move |t| {
                t.execute("DELETE FROM service WHERE id = ?1 AND state = 'deleting'", params![service])?;
                Ok(())
            })
            .await
    }
}
