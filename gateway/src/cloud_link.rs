//! The way to the cloud API, which answers at `/cloud` of every region and at the root of the hosts `api.*` and
//! `api2.*` (design D1). In process it is the console's own service; in a split installation an HTTP call.

use bytes::Bytes;
use futures::future::BoxFuture;
use region_config::RegionName;
use std::net::IpAddr;

/// One call of the cloud API. Its body is JSON of bounded size and depth; nothing else is checked.
#[derive(Clone)]
pub struct CloudCall {
    /// The region whose origin was called; the default region for the hosts `api.*`.
    pub region: RegionName,
    /// The header `Authorization`, as it came.
    pub authorization: Option<String>,
    /// The header `User-Agent`, as it came.
    pub user_agent: Option<String>,
    /// The header `X-Cli-Version`, as it came.
    pub cli_version: Option<String>,
    /// Address of the peer, if the connection has one.
    pub client: Option<IpAddr>,
    /// Id of the request.
    pub request_id: String,
    /// The body.
    pub body: Bytes,
}

/// What the cloud API says.
#[derive(Debug, Clone)]
pub struct CloudAnswer {
    /// HTTP status.
    pub status: u16,
    /// JSON.
    pub body: Bytes,
}

/// Answers calls of the cloud API.
///
/// An implementation never fails: what goes wrong is an answer with GraphQL errors.
pub trait CloudLink: Send + Sync {
    /// Answers one call.
    fn answer(&self, call: CloudCall) -> BoxFuture<'_, CloudAnswer>;
}
