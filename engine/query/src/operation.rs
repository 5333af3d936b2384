//! What planning a document yields: one plan a root field, and where each value comes from.
//!
//! A plan is made once for a *shape* of the variables ([`crate::Document::shape`]) and used for every request of that
//! shape; [`OperationPlan::parameters`] then checks and coerces the values of one request.

use connector_interface::{Position, ReadPlan, ServiceError, Slot, Value, WritePlan};
use std::sync::Arc;

/// Which of the three kinds of operation it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum OperationKind {
    Query,
    Mutation,
    Subscription,
}

/// The plan of one operation.
#[derive(Debug, Clone, PartialEq)]
pub struct OperationPlan {
    /// Query, mutation or subscription.
    pub kind: OperationKind,
    /// Root fields in answer order. Mutations run one after the other.
    pub roots: Vec<Root>,
    /// Source of each parameter; a [`Slot`] is a position in here.
    pub slots: Vec<SlotSource>,
    /// The declared variables, against which the values of each request are checked.
    pub variables: Vec<crate::DeclaredVariable>,
    /// Every value in the variables has a slot, whose coercion is all the check that a request of this shape needs.
    pub slots_check_all: bool,
}

/// One root field.
#[derive(Debug, Clone, PartialEq)]
pub struct Root {
    /// Response key.
    pub key: String,
    /// Place in the document.
    pub position: Position,
    /// Whether the field's type is non-null: its failure makes `data` null and ends a mutation.
    pub required: bool,
    /// What to do.
    pub field: RootField,
}

/// What a root field does.
#[derive(Debug, Clone, PartialEq)]
pub enum RootField {
    /// A read.
    Read(ReadPlan),
    /// A write, and what is answered after it.
    Write {
        /// The write.
        plan: Arc<WritePlan>,
        /// The answer.
        answer: WriteAnswer,
    },
    /// `executeRaw`: the statement.
    ExecuteRaw {
        /// Slot of the statement's text.
        statement: Slot,
    },
    /// JSON text that follows from schema and document alone: introspection, `__typename`.
    Static(Arc<str>),
    /// It cannot be done whatever the data are.
    Failed(ServiceError),
}

/// The answer of a write.
#[derive(Debug, Clone, PartialEq)]
pub enum WriteAnswer {
    /// The node, read by its id, which the engine puts into `id`.
    Node {
        /// An ordinary [`ReadPlan::One`].
        read: ReadPlan,
        /// Slot for the id.
        id: Slot,
    },
    /// The deleted node: [`ReadPlan::Saved`].
    Saved(ReadPlan),
    /// `BatchPayload`.
    Count(Vec<CountOutput>),
}

/// One entry of a `BatchPayload`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountOutput {
    /// Response key.
    pub key: String,
    /// What stands there.
    pub value: CountValue,
}

/// What an entry of a `BatchPayload` holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CountValue {
    /// `count`.
    Count,
    /// `__typename`.
    Typename,
}

/// Where a parameter comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum SlotSource {
    /// A literal of the document, a default of a variable, or made by the planner.
    Constant(Value),
    /// A place in the variables.
    Variable(VariableSlot),
    /// A list of the document with variables inside.
    List(Vec<SlotSource>),
    /// Put in while the operation runs (the id of a written node).
    Late,
}

/// A value inside the variables.
#[derive(Debug, Clone, PartialEq)]
pub struct VariableSlot {
    /// Name of the variable.
    pub variable: String,
    /// Way down into its value.
    pub path: Vec<VariableStep>,
    /// What it is coerced to.
    pub kind: crate::scalar::InputKind,
    /// Further demands on the value.
    pub demand: Demand,
    /// The root field that fails when the demand is not met (position in [`OperationPlan::roots`]).
    pub root: usize,
}

/// A step into a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum VariableStep {
    Key(String),
    Index(usize),
}

/// What a value must meet beyond its type.
#[derive(Debug, Clone, PartialEq)]
pub enum Demand {
    /// Nothing.
    None,
    /// Not negative: `first`, `last`, `skip` (3026–3028).
    NotNegative(&'static str),
    /// At most so many characters, else 3007 for that field.
    LengthAtMost {
        /// Characters.
        max: usize,
        /// The field named in the error.
        field: String,
    },
    /// Not a demand but a meaning: the text is the id of a node whose id is of that type (`after`, `before`). A text
    /// that cannot be one becomes an id that no node has.
    IdText(datamodel::ScalarType),
}

/// The values of one request.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    /// One a slot.
    pub values: Vec<Value>,
    /// Root fields that fail because of a value: position in [`OperationPlan::roots`] and why.
    pub failed: Vec<(usize, ServiceError)>,
}

/// Why a request is refused before anything runs: answered with status 200, `data` null, without code
/// (`prisma1-server.md` §1.4).
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct RequestError {
    /// The original's text, with the location suffix of validation messages.
    pub message: String,
    /// Places in the document.
    pub locations: Vec<Position>,
}
