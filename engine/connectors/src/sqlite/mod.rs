//! SQLite: one file a service.
//!
//! Terms. A *handle* is an open connection to one file. A *slot* is a value of the request that the plan names; an
//! *own* parameter is one that this connector supplies itself, such as the id of a parent row.

pub mod bind;
pub mod failure;
pub mod filter;
pub mod sql;
pub mod write;
