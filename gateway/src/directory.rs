//! The directory: what the gateway must know of an address (design D6). The engine's registry in process, or its
//! `/region` over HTTP; either way a cached look-up that is cheap when it hits.

use futures::future::BoxFuture;
use region_config::{Address, RegionName, service_token::ServiceTokens};
use std::sync::Arc;

/// Id of a service within its region. A service that is deleted and made again gets another one, so no limit, line or
/// cached answer of the old service meets the new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServiceKey(pub u128);

/// What the directory knows of a service.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Which service it is.
    pub key: ServiceKey,
    /// Who may call it. Made once for each state of the service, since it holds decoded keys.
    pub tokens: Arc<ServiceTokens>,
}

/// The directory cannot say: its source does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the directory of services does not answer")]
pub struct DirectoryUnavailable;

/// Finds services by address.
///
/// Every request asks it, so an implementation keeps what it knows in memory, drops it when the region's change
/// sequence moves (design D21), and bounds what it remembers about addresses that do not exist: a stranger can ask for
/// any number of them.
pub trait Directory: Send + Sync {
    /// The service at an address, or nothing if there is none.
    fn find<'a>(
        &'a self,
        region: &'a RegionName,
        address: &'a Address,
    ) -> BoxFuture<'a, Result<Option<Entry>, DirectoryUnavailable>>;
}
