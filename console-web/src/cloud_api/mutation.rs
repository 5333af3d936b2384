//! Mutations of the cloud API.

use super::{
    Asked,
    service_name::{Named, meant},
    types::{CloudTokenRequest, ClusterToken, GenerateClusterTokenRequest, Service, ServiceDeletionInput, StatsInput},
};
use async_graphql::{Context, Object};
use region_config::grant::GrantRequest;

/// The root of mutations.
pub(crate) struct Mutation;

#[Object]
impl Mutation {
    /// Starts a login; its secret goes into the address of the page that approves it.
    async fn request_cloud_token(&self, context: &Context<'_>) -> async_graphql::Result<CloudTokenRequest> {
        let asked = Asked::of(context);
        let secret = asked.console.request_login(asked.client, &asked.user_agent).await.map_err(|e| asked.error(e))?;
        Ok(CloudTokenRequest { secret, token: None })
    }

    /// The session key again, with a full lifetime from now.
    async fn renew_token(&self, context: &Context<'_>) -> Option<async_graphql::Result<String>> {
        Some(renewed(Asked::of(context)).await)
    }

    /// A short-lived token for the management API, for one service. Nullable, since the original answered errors with
    /// `{"data":{"generateClusterToken":null}}`.
    async fn generate_cluster_token(
        &self,
        context: &Context<'_>,
        input: GenerateClusterTokenRequest,
    ) -> Option<async_graphql::Result<ClusterToken>> {
        Some(cluster_token(Asked::of(context), &input).await)
    }

    /// True when the workspace is the caller's: a deploy itself makes the service known.
    #[graphql(name = "addServiceToCloudDBIfMissing")]
    async fn add_service_to_cloud_db_if_missing(
        &self,
        context: &Context<'_>,
        input: GenerateClusterTokenRequest,
    ) -> async_graphql::Result<bool> {
        meant(Asked::of(context), &input.named()).await?;
        Ok(true)
    }

    /// Deletes a service with its data. Safe to repeat.
    async fn delete_service(
        &self,
        context: &Context<'_>,
        input: ServiceDeletionInput,
    ) -> async_graphql::Result<Service> {
        let asked = Asked::of(context);
        let named = Named {
            workspace_slug: input.workspace_slug.as_deref(),
            cluster: &input.cluster_name,
            name: &input.name,
            stage: Some(&input.stage),
        };
        let meant = meant(asked, &named).await?;
        let account = &asked.caller()?.account;
        asked.console.delete_service(account, meant.region, &meant.address).await.map_err(|e| asked.error(e))?;
        Ok(Service::of_address(meant.region.region(), &meant.address))
    }

    /// Takes the command line's telemetry, so that it can be pointed here, and keeps nothing.
    async fn send_stats(&self, data: StatsInput) -> Option<bool> {
        let _ = data;
        Some(true)
    }
}

async fn renewed(asked: &Asked) -> async_graphql::Result<String> {
    Ok(asked.console.renew_session_key(asked.caller()?).await.map_err(|e| asked.error(e))?)
}

async fn cluster_token(asked: &Asked, input: &GenerateClusterTokenRequest) -> async_graphql::Result<ClusterToken> {
    let caller = asked.caller()?;
    let meant = meant(asked, &input.named()).await?;
    let request = GrantRequest {
        account: caller.account.id.as_str(),
        session: caller.session_key.as_str(),
        region: &meant.region.region().name,
        incarnation: meant.workspace.incarnation,
        address: &meant.address,
    };
    let shared = &asked.console.shared;
    Ok(ClusterToken { cluster_token: shared.grants.issue(&request, &*shared.clock, &*shared.chance) })
}

impl GenerateClusterTokenRequest {
    fn named(&self) -> Named<'_> {
        Named {
            workspace_slug: self.workspace_slug.as_deref(),
            cluster: &self.cluster_name,
            name: &self.service_name,
            stage: self.stage_name.as_deref(),
        }
    }
}
