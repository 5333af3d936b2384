//! People and what they own: accounts, workspaces, sign-in, session keys, the login of the command line, the cloud API
//! and the pages.
//!
//! It knows that there are regions and that services live in them, and speaks to them through [`RegionLink`]. It does
//! not know the engine: what a datamodel is, where data lies, how a request is answered.
//!
//! Words. An *account* is one person. A *workspace* owns services and belongs to the accounts that are its members;
//! its *slug* is its name in addresses. A *browser session* is a signed-in browser. A *session key* is the
//! `cloudSessionKey` of the Prisma 1 command line. A *device grant* is one login of that command line: asked for by it,
//! approved in a browser. A *grant* (`region_config::grant`) is what the console issues for one service of one region.
//!
//! [`Console`] is all of it; [`http::configure`] puts its pages into an actix app; [`cloud_api::Cloud`] answers the
//! cloud API wherever it is mounted.

pub mod cloud_api;
pub mod http;

mod accounts;
mod config;
mod console;
mod device_grant;
mod error;
mod ids;
mod links;
mod names;
mod passwords;
mod rate_limits;
mod region_link;
mod services;
mod session_keys;
mod sessions;
mod workspaces;

pub use accounts::{Account, FirstAccount};
pub use config::{ConsoleConfig, SignUp};
pub use console::Console;
pub use error::ConsoleError;
pub use ids::{AccountId, SessionKeyId};
pub use region_link::{RegionLink, RegionLinkError, ServiceInfo};
pub use workspaces::WorkspaceFacts;
