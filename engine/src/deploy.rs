//! A deploy: datamodel text -> model -> steps -> safety -> migration row -> changed tables -> new revision
//! (`prisma1-server.md` §6.3, design "A deploy").
//!
//! What can be refused is refused before anything is stored. Tables change in one transaction that also notes the
//! revision, so a migration that fails has applied nothing, and one that a crash cut off is simply run again: nothing
//! happens to tables that have its revision.
//!
//! A deploy is answered when its migration has ended, or, when that takes long, while it goes on. The answer shows the
//! migration as it was written down, before it began, as the original's did: clients ask for its status. One that failed
//! meanwhile is shown as it ended.

use crate::{
    engine::{Engine, EngineError},
    management::ManagementError,
    registry::{AddServiceError, MigrationRecord, NewMigration, Progress, ServiceRecord},
    service::parse_schema,
};
use connector_interface::ConnectorError;
use datamodel::{CompileError, Datamodel, Diagnostic, Rules};
use migrate::{Notice, Renames, Status, Step, Transition};
use query::{Api, ApiOptions};
use region_config::{Address, document_scan, limits};
use std::sync::Arc;

/// What is to be deployed.
pub(crate) struct Deploy {
    /// Source of the datamodel.
    pub datamodel: String,
    /// The service's secrets from now on; none opens it (absent secrets remove them, as in the original).
    pub secrets: Vec<String>,
    /// Server-side subscriptions.
    pub functions: Vec<Function>,
    /// Goes on in spite of warnings.
    pub force: bool,
    /// Says what would happen and does nothing.
    pub dry_run: bool,
}

/// A server-side subscription.
pub(crate) struct Function {
    /// Its name.
    pub name: String,
    /// The subscription.
    pub query: String,
    /// Where to.
    pub url: String,
    /// Name and value of each header.
    pub headers: Vec<(String, String)>,
}

/// Something to say about a type or a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// A type, a relation, or `Global`.
    pub type_name: String,
    /// Its field.
    pub field: Option<String>,
    /// What to say.
    pub description: String,
}

/// What became of a deploy.
#[expect(clippy::large_enum_variant, reason = "there is one a deploy, and it is taken apart at once")]
pub(crate) enum DeployOutcome {
    /// Errors stop it; nothing was stored.
    Refused {
        /// Why.
        errors: Vec<Finding>,
    },
    /// Nothing stops it.
    Accepted {
        /// Without `force` these alone stopped it: then there is no migration.
        warnings: Vec<Finding>,
        /// What changes.
        steps: Vec<Step>,
        /// The migration, if one was made.
        migration: Option<MigrationRecord>,
    },
}

/// A deploy that passed every check.
struct Checked {
    next: Datamodel,
    previous: Datamodel,
    steps: Vec<Step>,
    warnings: Vec<Finding>,
}

impl Engine {
    /// Adds a service with empty storage.
    pub(crate) async fn add_service(
        &self,
        address: &Address,
        secrets: &[String],
    ) -> Result<ServiceRecord, AddServiceError> {
        let connector = &self.executor.connector;
        let project_id = address.project_id(connector.capabilities().stage_separator);
        let fresh = self.chance.hex(16);
        let places = if self.adopts_storage {
            connector.place(&project_id, &fresh)
        } else {
            // Regions may share a database, and with strangers.
            let [_, free] = connector.place(&format!("{}${project_id}", self.region), &fresh);
            [free.clone(), free]
        };
        let empty = datamodel::stored::to_json(&Datamodel::default()).to_string();
        let record = self.registry.add(address, secrets, places, empty).await?;
        connector.create(&record.placement).await?;
        self.changed(address);
        Ok(record)
    }

    /// Deploys to a service.
    pub(crate) async fn deploy(
        self: &Arc<Engine>,
        service: ServiceRecord,
        deploy: Deploy,
    ) -> Result<DeployOutcome, ManagementError> {
        let claim = self.claim(service.id).ok_or(ManagementError::InProgress)?;
        // Since it was looked up it can have been deleted, or another deploy can have changed its secrets.
        let service = self.registry.find_by_id(service.id).await?.ok_or_else(|| ManagementError::NotFound {
            name: service.address.management_name(),
            stage: service.address.stage.clone(),
        })?;
        let active = self.registry.active_migration(service.id).await?;
        let active = active.ok_or_else(|| ManagementError::Internal("a service without a migration".to_owned()))?;
        let checked = match self.check(&service, &active, &deploy).await? {
            Ok(checked) => checked,
            Err(errors) => return Ok(DeployOutcome::Refused { errors }),
        };
        let Checked { next, previous, steps, warnings } = checked;
        if (!warnings.is_empty() && !deploy.force) || deploy.dry_run {
            return Ok(DeployOutcome::Accepted { warnings, steps, migration: None });
        }
        let mut all_steps = steps.clone();
        if service.secrets != deploy.secrets {
            self.registry.set_secrets(service.id, &deploy.secrets).await?;
            self.changed(&service.address);
            all_steps.push(Step::UpdateSecrets {});
        }
        let functions = functions_json(&deploy.functions);
        if all_steps.is_empty() && deploy.functions.is_empty() && previous == next {
            return Ok(DeployOutcome::Accepted { warnings, steps, migration: None });
        }
        let new = NewMigration {
            schema: datamodel::stored::to_json(&next).to_string(),
            functions,
            steps: migrate::steps_to_json(&all_steps).to_string(),
            datamodel: deploy.datamodel,
        };
        let written = self.registry.begin_migration(service.id, new).await?;
        let (worker, id, revision) = (self.clone(), service.id, written.revision);
        let mut work = tokio::task::spawn_local(async move {
            let _claim = claim;
            let done = worker.apply(&service, revision, &previous, &next, &all_steps).await;
            done.inspect_err(|error| tracing::error!(service = id, revision, %error, "a migration stays open"))
        });
        match tokio::time::timeout(self.answers_deploys_within, &mut work).await {
            Ok(Ok(done)) => done?,
            Ok(Err(error)) => return Err(ManagementError::Internal(error.to_string())),
            Err(_) => tracing::info!(service = id, revision, "a migration takes long; its deploy is answered"),
        }
        let ended = self.registry.newest_migration(id).await?;
        let failed = ended.filter(|newest| newest.revision == revision && !newest.errors.is_empty());
        Ok(DeployOutcome::Accepted { warnings, steps, migration: Some(failed.unwrap_or(written)) })
    }

    /// Everything that can refuse a deploy, in the original's order.
    async fn check(
        &self,
        service: &ServiceRecord,
        active: &MigrationRecord,
        deploy: &Deploy,
    ) -> Result<Result<Checked, Vec<Finding>>, ManagementError> {
        let previous = parse_schema(&active.schema).map_err(ManagementError::Internal)?;
        document_scan::scan(&deploy.datamodel, &limits::DATAMODEL)
            .map_err(|e| ManagementError::Syntax(e.to_string()))?;
        let compiled =
            datamodel::compile(&deploy.datamodel, Some(&previous), &Rules::default(), &mut || self.ids.cuid());
        let compiled = match compiled {
            Ok(compiled) => compiled,
            Err(CompileError::Syntax(error)) => return Err(ManagementError::Syntax(error.to_string())),
            Err(CompileError::RelationNames(error)) => return Err(ManagementError::RelationNames(error.to_string())),
            Err(CompileError::Invalid(errors)) => return Ok(Err(errors.into_iter().map(Finding::from).collect())),
        };
        let next = compiled.datamodel;
        let errors = check_functions(&next, &deploy.functions);
        if !errors.is_empty() {
            return Ok(Err(errors));
        }
        let renames = renames(&compiled.renames);
        let steps = migrate::infer_steps(&previous, &next, &renames)
            .map_err(|e| ManagementError::AmbiguousRelation(e.to_string()))?;
        let assessment = migrate::assess(&previous, &next, &steps);
        let questions = assessment.questions.clone();
        let answers = self.executor.connector.check_data(&service.placement, questions).await?;
        let (found_warnings, errors) = assessment.judge(&answers);
        if !errors.is_empty() {
            return Ok(Err(errors.into_iter().map(Finding::from).collect()));
        }
        let warnings = compiled.warnings.into_iter().map(Finding::from);
        let warnings = warnings.chain(found_warnings.into_iter().map(Finding::from)).collect();
        Ok(Ok(Checked { next, previous, steps, warnings }))
    }

    /// Carries a migration out. It ends in a final status whatever happens; a failure stands in its `errors`.
    async fn apply(
        &self,
        service: &ServiceRecord,
        revision: i64,
        previous: &Datamodel,
        next: &Datamodel,
        steps: &[Step],
    ) -> Result<(), EngineError> {
        let count = steps.len() as i64;
        let save = |status: Status, applied: i64, errors: Vec<String>| {
            self.registry.save_progress(service.id, revision, Progress { status, applied, rolled_back: 0, errors })
        };
        let running = advance(Status::Pending, Transition::TakeUp);
        save(running, 0, Vec::new()).await?;
        let changed = self.change_tables(service, revision, previous, next, steps).await;
        self.executor.quotas.uncount(service.id).await?;
        match changed {
            Ok(()) => save(advance(running, Transition::Succeed), count, Vec::new()).await?,
            Err(error) => {
                tracing::error!(service = service.id, revision, %error, "a migration failed");
                let undone = advance(advance(running, Transition::Fail), Transition::RolledBack);
                save(undone, 0, vec![failure_text(&error)]).await?;
            }
        }
        self.changed(&service.address);
        Ok(())
    }

    async fn change_tables(
        &self,
        service: &ServiceRecord,
        revision: i64,
        previous: &Datamodel,
        next: &Datamodel,
        steps: &[Step],
    ) -> Result<(), ConnectorError> {
        let connector = &self.executor.connector;
        // A crash may have come between the service's row and its storage.
        connector.create(&service.placement).await?;
        connector.change_schema(&service.placement, revision, migrate::schema_changes(previous, next, steps)).await
    }

    /// Runs again what a crash cut off; tables that were changed before it are left alone.
    pub(crate) async fn resume_migrations(&self) -> Result<(), EngineError> {
        for (service, revision) in self.registry.open_migrations().await? {
            let Some(record) = self.registry.find_by_id(service).await? else { continue };
            let Some(open) = self.registry.migrations(service).await?.into_iter().find(|m| m.revision == revision)
            else {
                continue;
            };
            let active = self.registry.active_migration(service).await?;
            let read = |m: &MigrationRecord| parse_schema(&m.schema);
            let models = active.as_ref().map_or(Ok(Datamodel::default()), read).and_then(|p| Ok((p, read(&open)?)));
            let steps = serde_json::from_str(&open.steps).map_err(|e| e.to_string());
            let steps = steps.and_then(|json| migrate::steps_from_json(&json).map_err(|e| e.to_string()));
            match (models, steps) {
                (Ok((previous, next)), Ok(steps)) => self.apply(&record, revision, &previous, &next, &steps).await?,
                (Err(reason), _) | (_, Err(reason)) => {
                    let progress = Progress {
                        status: Status::RollbackFailure,
                        applied: 0,
                        rolled_back: 0,
                        errors: vec![format!("the stored migration cannot be read: {reason}")],
                    };
                    self.registry.save_progress(service, revision, progress).await?;
                }
            }
        }
        Ok(())
    }
}

/// Each query must be a valid subscription (`prisma1-server.md` §8.4).
fn check_functions(next: &Datamodel, functions: &[Function]) -> Vec<Finding> {
    if functions.is_empty() {
        return Vec::new();
    }
    let api = Api::new(Arc::new(next.clone()), ApiOptions::default());
    let judge = |function: &Function| {
        let scanned = document_scan::scan(&function.query, &limits::QUERY_DOCUMENT).map_err(|e| vec![e.to_string()]);
        scanned.and_then(|()| query::validate_subscription(&api, &function.query)).err()
    };
    functions
        .iter()
        .filter_map(|function| {
            let description = judge(function)?.into_iter().next()?;
            Some(Finding { type_name: "Subscription".to_owned(), field: Some(function.name.clone()), description })
        })
        .collect()
}

fn functions_json(functions: &[Function]) -> String {
    let functions: Vec<_> = functions
        .iter()
        .map(|f| {
            serde_json::json!({
                "name": f.name,
                "isActive": true,
                "delivery": { "url": f.url, "headers": f.headers, "type": "webhook-delivery" },
                "query": f.query,
                "type": "server-side-subscription",
            })
        })
        .collect();
    serde_json::json!(functions).to_string()
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

/// The declared renames, in the words of migration planning.
fn renames(declared: &datamodel::Renames) -> Renames {
    let pairs = |renames: &[datamodel::Rename]| {
        renames.iter().rev().filter(|r| r.previous != r.next).map(|r| (r.next.clone(), r.previous.clone())).collect()
    };
    let fields = declared.fields.iter().rev().filter(|f| f.previous != f.next);
    Renames {
        models: pairs(&declared.types),
        fields: fields.map(|f| ((f.next_type.clone(), f.next.clone()), f.previous.clone())).collect(),
        enums: pairs(&declared.enums),
        relations: pairs(&declared.relations),
    }
}

impl From<Diagnostic> for Finding {
    fn from(diagnostic: Diagnostic) -> Finding {
        let Diagnostic { type_name, field, description } = diagnostic;
        Finding { type_name, field, description }
    }
}

impl From<Notice> for Finding {
    fn from(notice: Notice) -> Finding {
        let Notice { type_name, field, description } = notice;
        Finding { type_name, field, description }
    }
}

#[cfg(test)]
mod tests;
