//! The gateway: the corridor every request walks before the engine (design D7).
//!
//! It knows addresses, service tokens, limits and lines, and the pages that stand on a service's URL. It knows neither
//! engine nor console: what exists it asks a [`Directory`], calls of the cloud API it hands to a [`CloudLink`], and its
//! way ends in whatever routes it is wrapped around.

mod access_log;
mod admission;
mod allowance;
mod body;
mod budget;
mod cloud_link;
mod config;
mod connection;
mod corridor;
mod directory;
mod gateway;
mod head;
mod origin;
pub mod pages;
mod refusal;
mod response_headers;
mod walk;

pub use cloud_link::{CloudAnswer, CloudCall, CloudLink};
pub use config::{Allowance, ConfigError, GatewayConfig, GatewayLimits, LineRate};
pub use connection::remember_connection;
pub use corridor::corridor;
pub use directory::{Directory, DirectoryUnavailable, Entry, ServiceKey};
pub use gateway::Gateway;
