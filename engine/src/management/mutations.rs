//! Mutations of the management API.

use super::{
    Caller, ManagementError,
    queries::{authorized, project},
    steps::MigrationStep,
    types::*,
};
use crate::{
    deploy::{Deploy, DeployOutcome, Function},
    engine::Engine,
    task,
};
use async_graphql::{Context, Object, Result};
use region_config::address::{RESERVED_NAMES, is_service_name, is_stage_name};
use std::sync::Arc;

/// Most secrets of a service, and most characters of one.
const SECRETS_MAX: usize = 20;
const SECRET_CHARACTERS_MAX: usize = 1_024;

/// Root of mutations.
pub struct Mutation;

#[Object(name = "Mutation")]
impl Mutation {
    /// Brings a service to a datamodel.
    async fn deploy(&self, ctx: &Context<'_>, input: DeployInput) -> Result<Option<DeployPayload>> {
        let engine = ctx.data::<Arc<Engine>>()?;
        let (name, stage) = (&input.name, &input.stage);
        let missing = || ManagementError::NotFound { name: name.clone(), stage: stage.clone() };
        // Unlike everywhere else the service is looked up before the token is checked (`prisma1-server.md` §6.2).
        let address = engine.access.address(name, stage).await?.ok_or_else(missing)?;
        let record = engine.registry.find(&address).await.map_err(ManagementError::from)?.ok_or_else(missing)?;
        let caller = ctx.data::<Caller>()?;
        engine.access.verify(caller.authorization.as_deref(), &address, engine.clock.as_ref()).await?;
        if input.no_migration == Some(true) {
            return Err(ManagementError::NotYet("deploying without a migration is not served yet").into());
        }
        let deploy = Deploy {
            datamodel: input.types,
            secrets: checked_secrets(input.secrets)?,
            functions: input.subscriptions.unwrap_or_default().into_iter().map(Function::from).collect(),
            force: input.force.unwrap_or(false),
            dry_run: input.dry_run.unwrap_or(false),
        };
        let (worker, service) = (engine.clone(), record.id);
        // Gone together with this call when the client leaves.
        let here = Arc::new(());
        let client = Arc::downgrade(&here);
        let outcome = to_the_end(async move {
            let outcome = worker.deploy(record, deploy).await?;
            if let DeployOutcome::Accepted { migration: Some(migration), .. } = &outcome {
                worker.note_answer(service, migration.revision, client.strong_count() > 0);
            }
            Ok(outcome)
        })
        .await?;
        drop(here);
        let separator = engine.stage_separator();
        Ok(Some(match outcome {
            DeployOutcome::Refused { errors } => DeployPayload {
                client_mutation_id: input.client_mutation_id,
                errors: errors.into_iter().map(SchemaError::from).collect(),
                migration: None,
                warnings: Vec::new(),
                steps: Vec::new(),
            },
            DeployOutcome::Accepted { warnings, steps, migration } => DeployPayload {
                client_mutation_id: input.client_mutation_id,
                errors: Vec::new(),
                migration: migration.map(|m| Migration::new(&address, separator, m)).transpose()?,
                warnings: warnings.into_iter().map(SchemaWarning::from).collect(),
                steps: steps.into_iter().map(MigrationStep::from).collect(),
            },
        }))
    }

    /// Adds a service.
    async fn add_project(&self, ctx: &Context<'_>, input: AddProjectInput) -> Result<Option<AddProjectPayload>> {
        let engine = ctx.data::<Arc<Engine>>()?;
        let (name, stage) = (&input.name, &input.stage);
        check_names(name, stage)?;
        let address =
            engine.access.address(name, stage).await?.ok_or_else(|| ManagementError::NoWorkspace(name.clone()))?;
        let caller = ctx.data::<Caller>()?;
        engine.access.verify(caller.authorization.as_deref(), &address, engine.clock.as_ref()).await?;
        let secrets = checked_secrets(input.secrets)?;
        let (worker, name, stage) = (engine.clone(), name.clone(), stage.clone());
        let record = to_the_end(async move {
            let added = worker.add_service(&address, &secrets).await;
            added.map_err(|error| ManagementError::adding(error, &name, &stage))
        })
        .await?;
        let project = Some(project(engine, &record).await?);
        Ok(Some(AddProjectPayload { client_mutation_id: input.client_mutation_id, project }))
    }

    /// Deletes a service with its data.
    async fn delete_project(
        &self,
        ctx: &Context<'_>,
        input: DeleteProjectInput,
    ) -> Result<Option<DeleteProjectPayload>> {
        let (engine, record) = authorized(ctx, &input.name, &input.stage).await?;
        let shown = project(engine, &record).await?;
        let (worker, address) = (engine.clone(), record.address.clone());
        to_the_end(async move { worker.delete(&address).await.map_err(ManagementError::from) }).await?;
        Ok(Some(DeleteProjectPayload { client_mutation_id: input.client_mutation_id, project: Some(shown) }))
    }

    /// Accepted for old clients: the original switched its metrics on with it; nothing is stored.
    async fn set_cloud_secret(
        &self,
        ctx: &Context<'_>,
        input: SetCloudSecretInput,
    ) -> Result<Option<SetCloudSecretPayload>> {
        let engine = ctx.data::<Arc<Engine>>()?;
        engine.access.verify_all(ctx.data::<Caller>()?.authorization.as_deref(), engine.clock.as_ref()).await?;
        Ok(Some(SetCloudSecretPayload { client_mutation_id: input.client_mutation_id }))
    }
}

/// Runs work that ends even when the client leaves.
fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, ManagementError>> + 'static,
) -> impl Future<Output = Result<T, ManagementError>> + Send {
    let done = task::to_the_end(work);
    async { done.await.unwrap_or_else(|| Err(ManagementError::Internal("the process is ending".to_owned()))) }
}

/// The order of checks is the original's (`prisma1-server.md` §6.9).
fn check_names(name: &str, stage: &str) -> Result<(), ManagementError> {
    let service = name.split_once('~').map_or(name, |(_, service)| service);
    if RESERVED_NAMES.contains(&service) {
        return Err(ManagementError::ReservedService(service.to_owned()));
    }
    if RESERVED_NAMES.contains(&stage) {
        return Err(ManagementError::ReservedStage(stage.to_owned()));
    }
    if !is_service_name(name) || !is_service_name(service) || service.contains('~') {
        return Err(ManagementError::ServiceName(name.to_owned()));
    }
    if !is_stage_name(stage) {
        return Err(ManagementError::StageName(stage.to_owned()));
    }
    Ok(())
}

fn checked_secrets(secrets: Option<Vec<String>>) -> Result<Vec<String>, ManagementError> {
    let secrets = secrets.unwrap_or_default();
    let fits = secrets.len() <= SECRETS_MAX && secrets.iter().all(|s| s.len() <= SECRET_CHARACTERS_MAX);
    if !fits {
        return Err(ManagementError::TooMuch("a service may have at most 20 secrets of at most 1,024 characters"));
    }
    Ok(secrets)
}
