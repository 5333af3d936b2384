//! Services of workspaces, over all regions.

use crate::{
    accounts::Account,
    console::Console,
    error::ConsoleError,
    region_link::{RegionLink, ServiceInfo},
    workspaces::{self, Workspace},
};
use futures::future::join_all;
use region_config::{Address, Region};
use std::sync::Arc;

/// The services of a workspace in one region; none known if the region did not answer.
pub(crate) struct RegionServices<'a> {
    pub(crate) region: &'a Region,
    pub(crate) services: Option<Vec<ServiceInfo>>,
}

impl Console {
    /// The services of a workspace in every region. A region that is down costs its own list only.
    pub(crate) async fn services(&self, workspace: &str) -> Vec<RegionServices<'_>> {
        join_all(self.shared.regions.iter().map(|link| async move {
            let listed = link.list_services(workspace).await;
            if let Err(error) = &listed {
                tracing::warn!(%error, "services cannot be listed");
            }
            RegionServices { region: link.region(), services: listed.ok() }
        }))
        .await
    }

    /// Deletes a service of a workspace that the account is a member of.
    pub(crate) async fn delete_service(
        &self,
        account: &Account,
        link: &Arc<dyn RegionLink>,
        address: &Address,
    ) -> Result<(), ConsoleError> {
        self.own_workspace(&account.id, address.workspace.as_deref().unwrap_or_default()).await?;
        Ok(link.delete_service(address).await?)
    }

    /// Deletes what deleted workspaces left in the regions. What a region that is down still holds is left for the
    /// next call: the server calls it now and then.
    pub async fn remove_deleted_workspaces(&self) -> Result<(), ConsoleError> {
        for workspace in self.transaction(workspaces::not_removed).await? {
            if self.remove_services(&workspace).await.is_ok() {
                let now = self.shared.clock.now_ms();
                self.transaction(move |t| workspaces::mark_removed(t, &workspace.id, now)).await?;
            }
        }
        Ok(())
    }

    async fn remove_services(&self, workspace: &Workspace) -> Result<(), ConsoleError> {
        for link in &self.shared.regions {
            for service in link.list_services(&workspace.slug).await? {
                if let Some(address) = Address::new(Some(&workspace.slug), &service.service, &service.stage) {
                    link.delete_service(&address).await?;
                }
            }
        }
        Ok(())
    }
}
