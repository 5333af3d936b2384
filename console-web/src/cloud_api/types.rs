//! Types of the cloud API (`prisma1-cli-and-cloud.md` §7). Their names, and those of the inputs, are fixed: the command
//! line writes them into its documents.

use super::Asked;
use crate::{accounts::Account, workspaces};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use region_config::{Address, Region};

/// The signed-in account.
pub(super) struct User(pub(super) Account);

/// A way to sign in.
#[derive(SimpleObject)]
pub(super) struct Login {
    email: String,
}

/// That an account belongs to a workspace.
#[derive(SimpleObject)]
pub(super) struct Membership {
    workspace: Workspace,
}

/// A workspace of the account.
pub(super) struct Workspace(workspaces::Workspace);

/// A region's demo server.
#[derive(SimpleObject, Clone)]
pub(super) struct Cluster {
    id: ID,
    name: String,
    connect_info: Option<ConnectInfo>,
    custom_connection_info: Option<ConnectInfo>,
}

/// Where a server is.
#[derive(SimpleObject, Clone)]
pub(super) struct ConnectInfo {
    endpoint: String,
}

/// A service.
#[derive(SimpleObject, Clone)]
pub(super) struct Service {
    id: ID,
    name: String,
    stage: String,
    cluster: Option<Cluster>,
}

/// A login of the command line.
#[derive(SimpleObject)]
pub(super) struct CloudTokenRequest {
    pub(super) secret: String,
    /// Null until it is approved, and after it was handed out.
    pub(super) token: Option<String>,
}

/// A token for the management API of one server.
#[derive(SimpleObject)]
pub(super) struct ClusterToken {
    pub(super) cluster_token: String,
}

/// For which service a token is wanted.
#[derive(InputObject)]
pub(super) struct GenerateClusterTokenRequest {
    pub(super) workspace_slug: Option<String>,
    pub(super) cluster_name: String,
    pub(super) service_name: String,
    pub(super) stage_name: Option<String>,
}

/// Which service is to be deleted.
#[derive(InputObject)]
pub(super) struct ServiceDeletionInput {
    pub(super) workspace_slug: Option<String>,
    pub(super) cluster_name: String,
    pub(super) name: String,
    pub(super) stage: String,
}

/// Telemetry of the command line. Nothing of it is kept.
#[derive(InputObject)]
pub(super) struct StatsInput {
    source: Option<String>,
    source_version: Option<String>,
    event_name: Option<String>,
    payload: Option<String>,
    auth: Option<String>,
    fid: Option<String>,
    global_bin: Option<bool>,
    hash: Option<String>,
    hash_date: Option<String>,
}

#[Object(serial)]
impl User {
    async fn id(&self) -> ID {
        ID(self.0.id.as_str().to_owned())
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn login(&self) -> Vec<Login> {
        vec![Login { email: self.0.email.clone() }]
    }

    async fn memberships(&self, context: &Context<'_>) -> async_graphql::Result<Vec<Membership>> {
        let asked = Asked::of(context);
        let workspaces = asked.console.workspaces(&self.0.id).await.map_err(|e| asked.error(e))?;
        Ok(workspaces.into_iter().map(|workspace| Membership { workspace: Workspace(workspace) }).collect())
    }
}

#[Object(serial)]
impl Workspace {
    async fn id(&self) -> ID {
        ID(self.0.id.clone())
    }

    async fn name(&self) -> &str {
        &self.0.slug
    }

    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Every region's server: the command line offers these, and finds the demo servers by them.
    async fn clusters(&self, context: &Context<'_>) -> Vec<Cluster> {
        Asked::of(context).console.shared.regions.iter().map(|link| Cluster::of(link.region())).collect()
    }

    async fn services(&self, context: &Context<'_>) -> Vec<Service> {
        Asked::of(context).services(&self.0.slug).await.to_vec()
    }
}

impl Cluster {
    fn of(region: &Region) -> Cluster {
        Cluster {
            id: ID(region.name.to_string()),
            name: region.name.cluster(),
            connect_info: Some(ConnectInfo { endpoint: region.origin.clone() }),
            custom_connection_info: None,
        }
    }
}

impl Service {
    pub(super) fn new(region: &Region, workspace: &str, name: String, stage: String) -> Service {
        Service {
            id: ID(format!("{}:{workspace}~{name}@{stage}", region.name)),
            name,
            stage,
            cluster: Some(Cluster::of(region)),
        }
    }

    pub(super) fn of_address(region: &Region, address: &Address) -> Service {
        let workspace = address.workspace.as_deref().unwrap_or_default();
        Service::new(region, workspace, address.service.clone(), address.stage.clone())
    }
}
