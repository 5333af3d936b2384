//! Which service of which workspace and region the command line means.
//!
//! It names the workspace in three ways (`prisma1-cli-and-cloud.md` §4.1): with a slug beside the service (the demo
//! servers, ways A–C and E); inside the service's name, `workspace~service`, the slug being `*` or null (way D); or not
//! at all, for a server on loopback, which means the home workspace.

use super::{Asked, error::CloudError};
use crate::{region_link::RegionLink, workspaces::Workspace};
use region_config::Address;
use std::sync::Arc;

/// What the command line says.
pub(super) struct Named<'a> {
    pub(super) workspace_slug: Option<&'a str>,
    pub(super) cluster: &'a str,
    pub(super) name: &'a str,
    pub(super) stage: Option<&'a str>,
}

/// What it means: a workspace that the caller is a member of, a region, and a valid address.
pub(super) struct Meant<'a> {
    pub(super) workspace: Workspace,
    pub(super) region: &'a Arc<dyn RegionLink>,
    pub(super) address: Address,
}

/// Reads the names, and refuses what is not the caller's.
pub(super) async fn meant<'a>(asked: &'a Asked, named: &Named<'_>) -> Result<Meant<'a>, CloudError> {
    let account = &asked.caller()?.account;
    let (slug, service) = match (named.name.split_once('~'), named.workspace_slug) {
        (Some((slug, service)), _) => (Some(slug), service),
        (None, Some(slug)) if slug != "*" => (Some(slug), named.name),
        _ => (None, named.name),
    };
    let workspaces = asked.console.workspaces(&account.id).await.map_err(|e| asked.error(e))?;
    let no_cluster =
        |workspace: &str| CloudError::NoCluster { workspace: shortened(workspace), cluster: shortened(named.cluster) };
    let workspace = match slug {
        Some(slug) => {
            workspaces.into_iter().find(|w| w.slug == slug).ok_or_else(|| CloudError::NoWorkspace(shortened(slug)))?
        }
        None => workspaces.into_iter().find(|w| w.home).ok_or_else(|| no_cluster("*"))?,
    };
    let region = asked.region_of_cluster(named.cluster).ok_or_else(|| no_cluster(&workspace.slug))?;
    let stage = named.stage.unwrap_or("default");
    let address = Address::new(Some(&workspace.slug), service, stage)
        .ok_or_else(|| CloudError::ServiceNameInvalid { name: shortened(named.name), stage: shortened(stage) })?;
    Ok(Meant { workspace, region, address })
}

/// A name from outside, as it may stand in an error.
fn shortened(name: &str) -> String {
    name.chars().take(200).collect()
}
