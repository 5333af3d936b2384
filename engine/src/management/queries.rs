//! Queries of the management API.

use super::{
    Caller, ManagementError,
    types::{Migration, Project, ServerInfo},
};
use crate::{engine::Engine, registry::ServiceRecord};
use async_graphql::{Context, Object, Result};
use region_config::Address;
use std::sync::Arc;

/// Version that `serverInfo` reports: the CLI compares it with its own and warns about anything but `1.34.x`
/// (`prisma1-cli-and-cloud.md` §8.3).
const PRISMA_VERSION: &str = "1.34.12";

/// Root of queries.
pub struct Query;

#[Object(name = "Query")]
impl Query {
    /// The newest migration of a service.
    async fn migration_status(&self, ctx: &Context<'_>, name: String, stage: String) -> Result<Migration> {
        let (engine, record) = authorized(ctx, &name, &stage).await?;
        let newest = engine.registry.newest_migration(record.id).await.map_err(ManagementError::from)?;
        let newest = newest.ok_or(ManagementError::NotFound { name, stage })?;
        Ok(Migration::new(&record.address, engine.stage_separator(), newest)?)
    }

    /// Every service that the token reaches.
    async fn list_projects(&self, ctx: &Context<'_>) -> Result<Vec<Project>> {
        let engine = ctx.data::<Arc<Engine>>()?;
        engine.access.verify_all(ctx.data::<Caller>()?.authorization.as_deref(), engine.clock.as_ref()).await?;
        let records =
            engine.registry.list(engine.access.listed_workspace().await?).await.map_err(ManagementError::from)?;
        let mut projects = Vec::with_capacity(records.len());
        for record in records {
            projects.push(project(engine, &record).await?);
        }
        Ok(projects)
    }

    /// Every migration of a service, newest first.
    async fn list_migrations(&self, ctx: &Context<'_>, name: String, stage: String) -> Result<Vec<Migration>> {
        let (engine, record) = authorized(ctx, &name, &stage).await?;
        let migrations = engine.registry.migrations(record.id).await.map_err(ManagementError::from)?;
        let separator = engine.stage_separator();
        Ok(migrations.into_iter().map(|m| Migration::new(&record.address, separator, m)).collect::<Result<_, _>>()?)
    }

    /// A service.
    async fn project(&self, ctx: &Context<'_>, name: String, stage: String) -> Result<Project> {
        let (engine, record) = authorized(ctx, &name, &stage).await?;
        Ok(project(engine, &record).await?)
    }

    /// The server; needs no token.
    async fn server_info(&self, ctx: &Context<'_>) -> Result<ServerInfo> {
        let engine = ctx.data::<Arc<Engine>>()?;
        Ok(ServerInfo {
            version: PRISMA_VERSION.to_owned(),
            commit: concat!("refract-", env!("CARGO_PKG_VERSION")).to_owned(),
            primary_connector: engine.executor.connector.capabilities().name.to_owned(),
        })
    }

    /// A token for a service's data API, valid for a day; empty when the service has no secret.
    async fn generate_project_token(&self, ctx: &Context<'_>, name: String, stage: String) -> Result<String> {
        let (engine, record) = authorized(ctx, &name, &stage).await?;
        let tokens = region_config::service_token::ServiceTokens::new(&record.secrets);
        Ok(tokens.make(engine.clock.as_ref()))
    }
}

/// Checks the token first, then looks the service up (`prisma1-server.md` §6.2).
pub(super) async fn authorized<'a>(
    ctx: &'a Context<'_>,
    name: &str,
    stage: &str,
) -> Result<(&'a Arc<Engine>, ServiceRecord)> {
    let engine = ctx.data::<Arc<Engine>>()?;
    let address = verified_address(ctx, engine, name, stage).await?;
    let record = engine.registry.find(&address).await.map_err(ManagementError::from)?;
    let missing = || ManagementError::NotFound { name: name.to_owned(), stage: stage.to_owned() };
    Ok((engine, record.ok_or_else(missing)?))
}

/// The address that a call means, once its token has been checked.
async fn verified_address(
    ctx: &Context<'_>,
    engine: &Engine,
    name: &str,
    stage: &str,
) -> Result<Address, ManagementError> {
    let missing = || ManagementError::NotFound { name: name.to_owned(), stage: stage.to_owned() };
    let address = engine.access.address(name, stage).await?.ok_or_else(missing)?;
    let caller = ctx.data::<Caller>().map_err(|e| ManagementError::Internal(e.message))?;
    engine.access.verify(caller.authorization.as_deref(), &address, engine.clock.as_ref()).await?;
    Ok(address)
}

/// A service with its active datamodel.
pub(super) async fn project(engine: &Engine, record: &ServiceRecord) -> Result<Project, ManagementError> {
    let active = engine.registry.active_migration(record.id).await?;
    let active = active.ok_or_else(|| ManagementError::Internal("a service without a migration".to_owned()))?;
    Ok(Project::new(&record.address, active))
}
