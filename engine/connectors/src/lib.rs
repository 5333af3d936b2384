//! The databases that hold user data, each behind [`connector_interface::Connector`].
//!
//! It knows SQL dialects and drivers, and is the only place that does. It does not know HTTP, GraphQL text, services'
//! addresses or how a plan came about. Dialect (pure: plan in, SQL text out) and connection are different modules.

pub mod filter;
mod measure;
pub mod page;
pub mod postgres;
pub mod sql;
pub mod sqlite;
mod write;
