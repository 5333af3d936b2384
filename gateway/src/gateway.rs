//! A gateway: what all requests share.

use crate::{
    admission::Limiter,
    allowance::Allowances,
    budget::Budget,
    cloud_link::CloudLink,
    config::{ConfigError, GatewayConfig, GatewayLimits},
    directory::{Directory, ServiceKey},
};
use parking_lot::RwLock;
use region_config::{Chance, Clock, Region, RegionName, chance::cuid};
use std::{net::IpAddr, sync::Arc};

/// A gateway. One for all workers of a process; the corridor takes it from the application's data.
pub struct Gateway {
    pub(crate) regions: Vec<Region>,
    pub(crate) limits: GatewayLimits,
    pub(crate) stage_separator: char,
    request_id_prefix: String,
    home_workspace: RwLock<Option<Arc<str>>>,

    pub(crate) directory: Arc<dyn Directory>,
    pub(crate) cloud: Arc<dyn CloudLink>,
    pub(crate) clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,

    pub(crate) lanes: Lanes,
    pub(crate) management_without_token: Allowances<IpAddr>,
    pub(crate) management_with_token: Allowances<IpAddr>,
    pub(crate) refused_tokens: Allowances<IpAddr>,
    pub(crate) introspection: Allowances<LaneKey>,
    pub(crate) body_bytes: Arc<Budget>,
    pub(crate) waiting_places: Arc<Budget>,
}

/// The lines of each service: requests by number, import and export by KiB, so that data can be seen and taken out
/// while the line of the data API is full.
pub(crate) struct Lanes {
    pub requests: Arc<Limiter<LaneKey>>,
    pub import: Arc<Limiter<LaneKey>>,
    pub export: Arc<Limiter<LaneKey>>,
}

/// A service among all regions of this gateway: place of the region in the configuration, and key within the region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct LaneKey {
    region: usize,
    service: ServiceKey,
}

impl Gateway {
    /// A gateway at rest.
    pub fn new(
        config: GatewayConfig,
        directory: Arc<dyn Directory>,
        cloud: Arc<dyn CloudLink>,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Gateway, ConfigError> {
        config.check()?;
        let GatewayConfig { regions, home_workspace, stage_separator, request_id_prefix, limits } = config;
        Ok(Gateway {
            regions,
            stage_separator,
            request_id_prefix,
            home_workspace: RwLock::new(home_workspace.map(Arc::from)),
            directory,
            cloud,
            chance,
            lanes: Lanes {
                requests: Arc::new(Limiter::new(limits.requests)),
                import: Arc::new(Limiter::new(limits.import_kib)),
                export: Arc::new(Limiter::new(limits.export_kib)),
            },
            management_without_token: Allowances::new(limits.management_without_token, clock.clone()),
            management_with_token: Allowances::new(limits.management_with_token, clock.clone()),
            refused_tokens: Allowances::new(limits.refused_tokens, clock.clone()),
            introspection: Allowances::new(limits.introspection, clock.clone()),
            body_bytes: Budget::new(limits.waiting_body_bytes_max),
            waiting_places: Budget::new(limits.waiting_requests_max),
            clock,
            limits,
        })
    }

    /// Sets the workspace that addresses without a workspace mean on loopback listeners, or that there is none. The
    /// first account, and with it the home workspace, may be made long after the start.
    pub fn set_home_workspace(&self, slug: Option<&str>) {
        *self.home_workspace.write() = slug.map(Arc::from);
    }

    /// Requests that wait in a line now, over all services: a gauge.
    pub fn waiting_requests(&self) -> usize {
        self.limits.waiting_requests_max.saturating_sub(self.waiting_places.left())
    }

    pub(crate) fn home_workspace(&self) -> Option<Arc<str>> {
        self.home_workspace.read().clone()
    }

    /// A fresh id of a request.
    pub(crate) fn request_id(&self) -> String {
        format!("{}:{}", self.request_id_prefix, cuid(&*self.clock, &*self.chance))
    }

    pub(crate) fn lane_key(&self, region: &RegionName, service: ServiceKey) -> LaneKey {
        let region = self.regions.iter().position(|known| known.name == *region).unwrap_or(0);
        LaneKey { region, service }
    }
}
