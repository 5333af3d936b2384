//! What a gateway is told when it starts.

use region_config::{Region, limits};
use std::{num::NonZeroU32, time::Duration};

/// Configuration of a gateway.
#[derive(Debug, Clone)]
pub struct GatewayConfig {
    /// The regions it serves; the first one is the default region. A listener belongs to the region with its port.
    pub regions: Vec<Region>,
    /// Slug of the workspace that addresses without a workspace mean on loopback listeners (design D6); can change
    /// later, see [`Gateway::set_home_workspace`](crate::Gateway::set_home_workspace).
    pub home_workspace: Option<String>,
    /// What stands between service and stage in the ids that errors show: `$` where services live on Postgres, `@` on
    /// MySQL, `_` on SQLite and Mongo.
    pub stage_separator: char,
    /// What stands before the ids of requests; Prisma 1 takes it from the variable `ENV`, with `local` as default.
    pub request_id_prefix: String,
    /// The limits.
    pub limits: GatewayLimits,
}

/// Every limit of the gateway, with the defaults of [`region_config::limits`].
#[derive(Debug, Clone)]
pub struct GatewayLimits {
    /// Requests of a service.
    pub requests: LineRate,
    /// KiB that a service imports.
    pub import_kib: LineRate,
    /// KiB that a service exports.
    pub export_kib: LineRate,
    /// Management calls without a token, by address of the peer.
    pub management_without_token: Allowance,
    /// Management calls with a token, by address of the peer.
    pub management_with_token: Allowance,
    /// Calls with a token that a service refuses, by address of the peer.
    pub refused_tokens: Allowance,
    /// Documents of introspection alone, by service. More are counted like any other request.
    pub introspection: Allowance,
    /// Time in which a body must have arrived …
    pub body_time_max: Duration,
    /// … and the grace after which it must come at 1 byte a millisecond at least.
    pub body_grace: Duration,
    /// Bytes of all bodies that are read or wait.
    pub waiting_body_bytes_max: usize,
    /// Requests of all services that wait.
    pub waiting_requests_max: usize,
}

/// A limit with a waiting line: a bucket that holds `burst` units and gets one more every `period`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineRate {
    /// Units that may be spent at once after a rest.
    pub burst: NonZeroU32,
    /// Time in which one unit comes back.
    pub period: Duration,
    /// Requests that may wait.
    pub waiting_max: usize,
    /// Longest time that one may wait.
    pub wait_time_max: Duration,
}

/// A limit that refuses at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Calls that may come at once after a rest.
    pub burst: NonZeroU32,
    /// Time in which one more becomes possible.
    pub period: Duration,
}

/// What makes a configuration unusable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// There is no region.
    #[error("a gateway needs at least one region")]
    NoRegion,
    /// A limit would never give anything back.
    #[error("the period of the limit \"{0}\" must be longer than nothing")]
    NoPeriod(&'static str),
}

impl Default for GatewayLimits {
    fn default() -> Self {
        // 16 MiB at once, then 2 MiB a second: a service of 100 MB is imported or exported in under a minute.
        let lane = LineRate {
            burst: number(16 * 1024),
            period: Duration::from_micros(500),
            waiting_max: limits::WAITING_MAX,
            wait_time_max: limits::WAIT_TIME_MAX,
        };
        GatewayLimits {
            requests: LineRate {
                burst: number(limits::BURST),
                period: limits::REFILL,
                waiting_max: limits::WAITING_MAX,
                wait_time_max: limits::WAIT_TIME_MAX,
            },
            import_kib: lane,
            export_kib: lane,
            management_without_token: Allowance { burst: number(20), period: Duration::from_millis(200) },
            management_with_token: Allowance { burst: number(200), period: Duration::from_millis(20) },
            refused_tokens: Allowance { burst: number(50), period: Duration::from_millis(100) },
            introspection: Allowance { burst: number(20), period: Duration::from_millis(500) },
            body_time_max: limits::BODY_TIME_MAX,
            body_grace: limits::BODY_GRACE,
            waiting_body_bytes_max: limits::WAITING_BODY_BYTES_MAX,
            waiting_requests_max: limits::WAITING_ALL_MAX,
        }
    }
}

impl GatewayConfig {
    /// Refuses what could not work.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if self.regions.is_empty() {
            return Err(ConfigError::NoRegion);
        }
        let limits = &self.limits;
        for (name, period) in [
            ("requests", limits.requests.period),
            ("import", limits.import_kib.period),
            ("export", limits.export_kib.period),
            ("management without token", limits.management_without_token.period),
            ("management with token", limits.management_with_token.period),
            ("refused tokens", limits.refused_tokens.period),
            ("introspection", limits.introspection.period),
        ] {
            if period.is_zero() {
                return Err(ConfigError::NoPeriod(name));
            }
        }
        Ok(())
    }
}

fn number(n: u32) -> NonZeroU32 {
    NonZeroU32::new(n).expect("the limits table holds no zero")
}
