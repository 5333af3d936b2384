//! Document + variables + model -> type system, validation, plan. Pure, no I/O: what is fuzzed and snapshot.
//!
//! It knows the API that Prisma 1 generates from a datamodel and what a document means. It does not know SQL, HTTP,
//! tokens, or the time.
//!
//! What happens, in order: [`Api::new`] makes a small index of names from a model; [`Document::parse`] parses and
//! validates a text against it (kept in a cache by the caller); [`Document::shape`] reduces the variables of a request
//! to the part that steers planning; [`Document::plan`] makes the plan of that shape (kept as well);
//! [`OperationPlan::parameters`] coerces the values of the request.

mod api;
mod document;
mod introspect;
mod names;
pub mod operation;
mod parameters;
mod plan;
mod plural;
mod reach;
pub mod scalar;
mod selection;
mod shape;
mod subscription;
pub mod syntax;
pub mod types;
mod validate;
mod variables_check;

pub use api::{Api, ApiOptions, DocumentLimits};
pub use document::{Document, DocumentError};
pub use operation::*;
pub use subscription::validate_subscription;
pub use variables_check::{DeclaredVariable, check_variables};
