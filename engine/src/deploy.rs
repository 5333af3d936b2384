//! A deploy: datamodel text -> model -> steps -> safety -> migration row -> changed tables -> new revision
//! (`prisma1-server.md` §6.3, design "A deploy").
//!
//! What can be refused is refused before anything is stored. How a migration is carried out, and what a crash does to
//! that, is told in [`carry_out`].
//!
//! A deploy is answered when its migration has ended, or, when that takes long, while it goes on. The answer shows the
//! migration as it was written down, before it began, as the original's did: clients ask for its status. One that failed
//! meanwhile is shown as it ended. A client that lost its connection before the answer gets it when it asks again.

mod carry_out;

use crate::{
    engine::{Engine, LOOK_AGAIN},
    management::ManagementError,
    registry::{AddServiceError, Begun, MigrationRecord, NewMigration, ServiceRecord},
    service::parse_schema,
};
use carry_out::Work;
use datamodel::{CompileError, Datamodel, Diagnostic, Rules};
use migrate::{Notice, Renames, Step};
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
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
        if let Some(first) = self.registry.unanswered(service.id, &self.id).await?
            && is_repeated(&service, &deploy, &first)
        {
            return self.first_answer(&service, first).await;
        }
        let claim = self.claim(service.id).ok_or(ManagementError::InProgress)?;
        self.faults.at("D0")?;
        // Since it was looked up it can have been deleted, or another deploy can have changed its secrets.
        let gone = || ManagementError::NotFound {
            name: service.address.management_name(),
            stage: service.address.stage.clone(),
        };
        let service = self.registry.find_by_id(service.id).await?.ok_or_else(gone)?;
        let newest = self.registry.newest_migration(service.id).await?;
        let active = self.registry.active_migration(service.id).await?;
        let (Some(newest), Some(active)) = (newest, active) else {
            return Err(ManagementError::Internal("a service without a migration".to_owned()));
        };
        if newest.status.is_open() {
            return Err(ManagementError::InProgress);
        }
        let checked = match self.check(&service, &active, &deploy).await? {
            Ok(checked) => checked,
            Err(errors) => return Ok(DeployOutcome::Refused { errors }),
        };
        let Checked { next, previous, steps, warnings } = checked;
        if (!warnings.is_empty() && !deploy.force) || deploy.dry_run {
            return Ok(DeployOutcome::Accepted { warnings, steps, migration: None });
        }
        let mut all_steps = steps.clone();
        let secrets = (service.secrets != deploy.secrets).then_some(deploy.secrets);
        if secrets.is_some() {
            all_steps.push(Step::UpdateSecrets {});
        }
        if all_steps.is_empty() && deploy.functions.is_empty() && previous == next {
            return Ok(DeployOutcome::Accepted { warnings, steps, migration: None });
        }
        let new = NewMigration {
            after: newest.revision,
            schema: datamodel::stored::to_json(&next).to_string(),
            functions: functions_json(&deploy.functions),
            steps: migrate::steps_to_json(&all_steps).to_string(),
            datamodel: deploy.datamodel,
            secrets,
            warnings: serde_json::json!(warnings).to_string(),
        };
        let written = match self.registry.begin_migration(&service, &self.id, new).await? {
            Begun::Written(written) => written,
            Begun::Busy => return Err(ManagementError::InProgress),
            Begun::Gone => return Err(gone()),
        };
        self.changed(&service.address);
        self.faults.at("D1")?;
        let (worker, id, revision) = (self.clone(), service.id, written.revision);
        let work = Work { service, revision, previous, next, steps: all_steps, is_live: false };
        let mut work = tokio::task::spawn_local(async move {
            let done = worker.carry_out(claim, &work).await;
            done.inspect_err(|error| tracing::error!(service = id, revision, %error, "a migration stays open"))
        });
        match tokio::time::timeout(self.answers_deploys_within, &mut work).await {
            Ok(Ok(done)) => done?,
            Ok(Err(error)) => return Err(ManagementError::Internal(error.to_string())),
            Err(_) => tracing::info!(service = id, revision, "a migration takes long; its deploy is answered"),
        }
        let migration = Some(self.shown(id, written).await?);
        self.faults.at("D7")?;
        Ok(DeployOutcome::Accepted { warnings, steps, migration })
    }

    /// What the first of two equal requests was or would have been answered with.
    async fn first_answer(
        &self,
        service: &ServiceRecord,
        first: MigrationRecord,
    ) -> Result<DeployOutcome, ManagementError> {
        let unreadable = |e: &dyn std::fmt::Display| ManagementError::Internal(e.to_string());
        let warnings = serde_json::from_str(&first.warnings).map_err(|e| unreadable(&e))?;
        let steps = serde_json::from_str(&first.steps).map_err(|e| unreadable(&e))?;
        let mut steps = migrate::steps_from_json(&steps).map_err(|e| unreadable(&e))?;
        steps.retain(|step| !matches!(step, Step::UpdateSecrets {}));
        let ended = async {
            while self.registry.newest_migration(service.id).await?.is_some_and(|newest| newest.status.is_open()) {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            Ok::<_, ManagementError>(())
        };
        if let Ok(ended) = tokio::time::timeout(self.answers_deploys_within, ended).await {
            ended?;
        }
        let migration = Some(self.shown(service.id, first.into_written()).await?);
        Ok(DeployOutcome::Accepted { warnings, steps, migration })
    }

    /// Notes whether the client of a deploy is still there to get its answer, which does not wait for that.
    pub(crate) fn note_answer(self: &Arc<Engine>, service: i64, revision: i64, answered: bool) {
        let engine = self.clone();
        tokio::task::spawn_local(async move {
            if let Err(error) = engine.registry.note_answer(service, revision, answered).await {
                tracing::warn!(service, revision, %error, "whether a deploy was answered is not known");
            }
        });
    }

    /// A migration as it was written, or, when it has failed, as it ended.
    async fn shown(&self, service: i64, written: MigrationRecord) -> Result<MigrationRecord, ManagementError> {
        let newest = self.registry.newest_migration(service).await?;
        let failed = newest.filter(|newest| newest.revision == written.revision && !newest.errors.is_empty());
        Ok(failed.unwrap_or(written))
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
}

/// Whether a deploy asks for what a migration did.
fn is_repeated(service: &ServiceRecord, deploy: &Deploy, migration: &MigrationRecord) -> bool {
    !deploy.dry_run
        && deploy.datamodel == migration.datamodel
        && deploy.secrets == service.secrets
        && functions_json(&deploy.functions) == migration.functions
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
