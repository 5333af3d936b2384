//! Postgres: one schema a service.
//!
//! Terms. A *lane* is a few connections of one worker that always serve the same services, so that the statements of a
//! service stay prepared on few connections. A *shared* connection has several short reads in flight at once; an
//! *exclusive* one belongs to one request until it is done.
//!
//! A read is one statement, whatever its depth (`answer-shapes.md`, shape EB): flat columns, to-one targets joined,
//! to-many lists as arrays of records, which the writer takes apart.

pub mod bind;
pub mod cell;
mod check;
mod connector;
mod database;
pub mod failure;
mod lanes;
mod measure;
mod options;
mod raw;
pub mod read;
mod schema;
mod statements;
mod tls;
mod turns;
mod write;

pub use connector::PostgresConnector;
pub use database::ensure as ensure_database;
pub use options::{InvalidUrl, PostgresOptions, SignIn};
