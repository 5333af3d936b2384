//! How a migration is carried out, and what becomes of one that was left in the middle.
//!
//! Tables change in one transaction that also notes the revision. So the storage knows how a migration ended, whoever asks:
//! its revision is reached, or given up, for good, or neither, and then it can be tried. That is why it may be taken over by
//! another engine, or later, from any point, while the one that was thought dead goes on: the two cannot end it in
//! different ways. Only its worker writes to its row.
//!
//! In order: the row says `IN_PROGRESS`; the tables change; requests see the new model; every engine has dropped the old
//! one; the row says `SUCCESS`. A migration that fails has applied nothing.

use crate::{
    engine::{Claim, Engine, EngineError},
    registry::{MigrationRecord, Progress, ServiceRecord},
    service::parse_schema,
};
use connector_interface::{ConnectorError, Reached};
use datamodel::Datamodel;
use migrate::{Status, Step, Transition};

/// A migration to be carried out.
pub(super) struct Work {
    pub service: ServiceRecord,
    pub revision: i64,
    pub previous: Datamodel,
    pub next: Datamodel,
    pub steps: Vec<Step>,
    /// Its tables are there already.
    pub is_live: bool,
}

impl Engine {
    /// Carries a migration out. It ends in a final status, a failure with its reason in `errors`; with `Err` it stays open,
    /// and is taken up again. The service is free before the row says so: who reads the row may deploy at once.
    pub(super) async fn carry_out(&self, claim: Claim, work: &Work) -> Result<(), EngineError> {
        let Work { service, revision, steps, .. } = work;
        let save = |status: Status, applied: usize, errors: Vec<String>| {
            let applied = i64::try_from(applied).unwrap_or(i64::MAX);
            let progress = Progress { status, applied, rolled_back: 0, errors };
            self.registry.save_progress(service.id, *revision, &self.id, progress)
        };
        let running = advance(Status::Pending, Transition::TakeUp);
        if !save(running, 0, Vec::new()).await? {
            return Ok(());
        }
        if !work.is_live
            && let Err(reason) = self.change_tables(work).await?
        {
            drop(claim);
            let undone = advance(advance(running, Transition::Fail), Transition::RolledBack);
            save(undone, 0, vec![reason]).await?;
            return Ok(());
        }
        self.faults.at("D5")?;
        self.executor.quotas.uncount(service.id).await?;
        let Some(change) = self.registry.go_live(service, *revision, &self.id).await? else { return Ok(()) };
        self.changed(&service.address);
        self.faults.at("D6")?;
        self.all_others_have_seen(change).await?;
        drop(claim);
        save(advance(running, Transition::Succeed), steps.len(), Vec::new()).await?;
        Ok(())
    }

    /// Changes the tables, or says what a client reads of why they stay as they are. With an outer error neither is known.
    async fn change_tables(&self, work: &Work) -> Result<Result<(), String>, EngineError> {
        let (connector, placement) = (&self.executor.connector, &work.service.placement);
        // A crash may have come between the service's row and its storage.
        connector.create(placement).await?;
        let changes = migrate::schema_changes(&work.previous, &work.next, &work.steps);
        let failed = match connector.change_schema(placement, work.revision, changes).await {
            Ok(Reached::Changed) => return Ok(Ok(())),
            Ok(Reached::GivenUp) => {
                return Ok(
                    Err("an earlier attempt failed; nothing was applied. The server's log says why.".to_owned()),
                );
            }
            Err(error) => error,
        };
        tracing::error!(service = work.service.id, revision = work.revision, error = %failed, "a migration failed");
        Ok(match connector.give_up(placement, work.revision).await? {
            Reached::GivenUp => Err(failure_text(&failed)),
            // The tables were changed, and only the answer was lost.
            Reached::Changed => Ok(()),
        })
    }

    /// Carries on with a migration that is this engine's by now.
    pub(crate) async fn resume_migration(&self, claim: Claim, revision: i64) -> Result<(), EngineError> {
        let service = claim.service();
        let Some(record) = self.registry.find_by_id(service).await? else { return Ok(()) };
        let migrations = self.registry.migrations(service).await?;
        let Some(open) = migrations.iter().find(|m| m.revision == revision) else { return Ok(()) };
        let before = migrations.iter().find(|m| m.live && m.revision < revision);
        match read(record, before, open) {
            Ok(work) => self.carry_out(claim, &work).await,
            Err(reason) => {
                let errors = vec![format!("the stored migration cannot be read: {reason}")];
                let progress = Progress { status: Status::RollbackFailure, applied: 0, rolled_back: 0, errors };
                self.registry.save_progress(service, revision, &self.id, progress).await?;
                Ok(())
            }
        }
    }
}

/// A migration as it is stored.
fn read(service: ServiceRecord, before: Option<&MigrationRecord>, open: &MigrationRecord) -> Result<Work, String> {
    let previous = before.map_or(Ok(Datamodel::default()), |before| parse_schema(&before.schema))?;
    let next = parse_schema(&open.schema)?;
    let steps = serde_json::from_str(&open.steps).map_err(|e| e.to_string())?;
    let steps = migrate::steps_from_json(&steps).map_err(|e| e.to_string())?;
    Ok(Work { service, revision: open.revision, previous, next, steps, is_live: open.live })
}

fn advance(status: Status, transition: Transition) -> Status {
    status.after(transition).expect("the transitions of this file follow the table of states")
}

/// What a client reads of a failed migration: its own mistake in full, ours not.
fn failure_text(error: &ConnectorError) -> String {
    match error {
        ConnectorError::Database(_) => {
            "the tables could not be changed; nothing was applied. The server's log says why.".to_owned()
        }
        other => format!("{other}; nothing was applied"),
    }
}
