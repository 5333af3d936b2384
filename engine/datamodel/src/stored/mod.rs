//! A model as JSON: the form that Prisma 1 keeps in the `schema` of a migration.
//!
//! Keys, their order and their values are those of Prisma 1.34, with one key more: an inline relation says on which
//! `side` its column is, which a relation of a model with itself does not show otherwise. Read are our own form, that
//! of a Prisma 1 server, and that of datamodels v1, which have no `version` and whose ids, timestamps and link tables
//! go by fixed names.

mod default;
mod read;
mod write;

pub use read::{from_json, version};
pub use write::to_json;

use thiserror::Error;

/// JSON that is no model.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the stored model is not readable at {path}: {problem}")]
pub struct StoredError {
    /// Place in the JSON, such as `models[2].fields[0].typeIdentifier`.
    pub path: String,
    /// What is wrong there.
    pub problem: String,
}
