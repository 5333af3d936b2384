//! SQLite: one file a service.
//!
//! Terms. A *handle* is an open connection to one file. A *slot* is a value of the request that the plan names; an
//! *own* parameter is one that this connector supplies itself, such as the id of a parent row.
//!
//! Reads run on the worker that serves the request, within a number of steps, and begin again on a thread for long
//! reads when they need more. Writes, schema changes and raw statements go through the one writer of their service.

pub mod bind;
mod budget;
mod check;
mod connector;
pub mod failure;
mod handles;
mod heavy_reads;
mod measure;
mod options;
mod raw;
pub mod read;
mod schema;
mod space;
mod write;
mod writer;

pub use connector::SqliteConnector;
pub use options::SqliteOptions;
