//! Datamodel text -> validated model and diagnostics. Pure: no I/O, no clock, no database.
//!
//! It knows the datamodel languages 1.1, as Prisma 1.34 judges it, and 1.0, as Prisma 1.30 did, and the model that follows
//! from a text. It does not know the generated API, SQL, or what must change between two models.
//!
//! The way of a text ([`compile`]): [`syntax::parse`] makes a document, [`Version::of`] says in which language, [`validate`]
//! says what is wrong with it or what it declares, [`infer`] makes the [`Datamodel`] in the light of the one before.
//! [`stored`] keeps a model as JSON.

mod compile;
mod declared;
mod fixed_names;
mod inference;
mod model;
mod renames;
mod rules;
pub mod stored;
pub mod syntax;
mod upgrade;
mod validation;
mod version;

pub use compile::{CompileError, Compiled, compile};
pub use inference::{RelationNameTwice, infer};
pub use model::*;
pub use renames::{FieldRename, Rename, Renames};
pub use rules::{Diagnostic, Limits, Rules};
pub use upgrade::{UpgradeError, upgrade};
pub use validation::{Validated, validate};
