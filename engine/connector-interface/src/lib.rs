//! What the engine may ask of a database: plans and schema changes as plain data, a few traits, capabilities.
//!
//! It does not know HTTP, GraphQL text or any SQL dialect. Values never stand in a plan: a plan names them by slot
//! ([`Slot`]), so that one plan serves every request of the same shape; the values travel beside it.

pub mod answer;
pub mod capabilities;
pub mod connector;
pub mod error;
pub mod faults;
pub mod filter;
pub mod import;
pub mod live_bytes;
pub mod read;
pub mod schema_change;
pub mod value;
pub mod write;

pub use capabilities::Capabilities;
pub use connector::*;
pub use error::*;
pub use faults::Faults;
pub use filter::*;
pub use import::*;
pub use live_bytes::{Growth, Room};
pub use read::*;
pub use schema_change::*;
pub use value::*;
pub use write::*;
