//! Datamodel text -> validated model and diagnostics. Pure: no I/O, no clock, no database.
//!
//! It knows the datamodel language 1.1 as Prisma 1.34 judges it, and the model that follows from a text. It does not
//! know the generated API, SQL, or what must change between two models.

mod model;

pub use model::*;
