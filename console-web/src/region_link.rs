//! What the console asks of a region. Implemented in process by the server, or over HTTP where roles are apart.

use futures::future::BoxFuture;
use region_config::{Address, Region};

/// A region, as the console reaches it.
pub trait RegionLink: Send + Sync {
    /// Which region.
    fn region(&self) -> &Region;

    /// The services of a workspace, ordered by name and stage.
    fn list_services<'a>(&'a self, workspace: &'a str) -> BoxFuture<'a, Result<Vec<ServiceInfo>, RegionLinkError>>;

    /// Deletes a service with its data. Safe to repeat: a service that is not there is deleted.
    fn delete_service<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, Result<(), RegionLinkError>>;
}

/// A service, as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceInfo {
    /// Its name.
    pub service: String,
    /// Its stage.
    pub stage: String,
    /// Whether requests need a service token.
    pub has_secret: bool,
    /// Language of its datamodel: `1.0` or `1.1`.
    pub datamodel_version: &'static str,
    /// When it was made, in milliseconds since 1970, if that is known.
    pub created_at_ms: Option<i64>,
}

/// A region cannot do what it was asked, now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("region {region}: {reason}")]
pub struct RegionLinkError {
    /// Name of the region.
    pub region: String,
    /// Why; for logs, not for strangers.
    pub reason: String,
}
