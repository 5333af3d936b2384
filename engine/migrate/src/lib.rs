//! What must change between two datamodels, and in what order.
//!
//! A deploy goes through here four times: [`infer_steps`] says what changes in the words of the management API,
//! [`assess`] says what to ask of the existing rows and judges the answers, [`schema_changes`] says what happens to
//! the tables, and [`Status`] is the migration's state meanwhile. All of it is pure.
//!
//! It does not know how a datamodel is written, how a question is asked or a change is made (the connectors'
//! business), or where migrations are kept.
//!
//! Terms. A *step* is what Prisma 1 calls a migration step. *Previous* is the datamodel in force, *next* the deployed
//! one. Two things *match* when one became the other: by name, by a rename, or (relations) because nothing else is
//! possible. The *migration value* of a field fills existing rows that would break a new constraint.

mod assess;
mod infer;
mod matching;
mod migration_value;
mod names;
mod relation_matching;
mod rename_order;
mod schema_plan;
mod status;
mod step;
mod step_details;
mod storage;

pub use assess::{Assessment, Notice, assess};
pub use infer::{Renames, infer_steps};
pub use relation_matching::AmbiguousRelation;
pub use schema_plan::schema_changes;
pub use status::{RefusedTransition, Status, Transition};
pub use step::{Manifestation, Step, StoredStepError, steps_from_json, steps_to_json};
