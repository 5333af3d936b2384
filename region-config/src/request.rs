//! What is known of a request once its address has been read: handed from the gateway's corridor to the engine's
//! routes, so that nobody reads an address twice.

use crate::{address::Target, region::RegionName};
use std::net::IpAddr;

/// A request whose address means something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routed {
    /// The region it is for.
    pub region: RegionName,
    /// What it is for.
    pub target: Target,
    /// Value of its `Request-Id` header: `local:<cuid>`.
    pub request_id: String,
    /// The peer's address; forwarded headers of strangers are never looked at.
    pub client: Option<IpAddr>,
}
