//! One request or one deploy, from HTTP to connector; the registry of services and migrations.
//!
//! It does not know the connectors (they are handed in), accounts, or the waiting line. One [`Engine`] is one region.

pub mod config;
mod data_api;
mod deploy;
mod engine;
mod export;
pub mod http;
mod import;
mod management;
mod quota;
mod registry;
mod service;
mod services;
mod task;
mod watch;

pub use data_api::Response;
pub use engine::{Engine, EngineError, EngineOptions};
pub use management::{ManagementAccess, WorkspaceFacts, Workspaces};
pub use quota::STORED_PER_LIMIT;
pub use registry::{RegistryError, ServiceRecord};
pub use service::Service;
