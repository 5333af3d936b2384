//! What can go wrong between the engine and a database, in domain words: the service API's error catalogue
//! (`prisma1-server.md` §5.1) and failures of the database itself.

use std::time::Duration;
use thiserror::Error;

/// Codes of our own, from the one table of them (`region_config::codes`), which this package may not name.
const INPUT_TOO_LARGE: i32 = 6012;
const QUOTA: i32 = 6013;

/// An error of the service API that a client is meant to read. `Display` is the original's text, [`code`](Self::code)
/// its number.
#[derive(Debug, Clone, PartialEq, Error)]
#[allow(missing_docs, reason = "the fields are the placeholders of the texts")]
pub enum ServiceError {
    #[error("Value for field {field} is too long.")]
    ValueTooLong { field: String },
    #[error("A unique constraint would be violated on {model}. Details: Field name = {field}")]
    UniqueViolation { model: String, field: String },
    #[error(
        "You are referencing a node that does not exist. Please check your mutation to make sure you are only creating edges between existing nodes. Id if available: "
    )]
    ForeignKeyViolation,
    #[error(
        "Including a value for both first and last is not supported. See the spec for a discussion of why https://facebook.github.io/relay/graphql/connections.htm#sec-Pagination-algorithm"
    )]
    FirstAndLast,
    #[error(
        "You are trying to set a required field to null. If you are using GraphQL arguments, make sure that you specify a value for all arguments. Fieldname if known: {field}"
    )]
    RequiredNull { field: String },
    #[error("The '{argument}' argument must be non negative")]
    Negative { argument: &'static str },
    #[error(
        "The field '{field}' on type '{model}' is required. Performing this mutation would violate that constraint"
    )]
    RequiredRelationMissing { model: String, field: String },
    #[error("The field '{field}' is a toMany relation. This cannot be filtered by null.")]
    NullToManyFilter { field: String },
    #[error("The input value null was not valid for field {field} of type {model}.")]
    NullForDefault { model: String, field: String },
    #[error("No Node for the model {model} with value {value} for {field} found.")]
    NodeNotFound { model: String, field: String, value: String },
    #[error(
        "You provided an invalid argument for the where selector on {model}. Please provide exactly one unique field and value."
    )]
    EmptySelector { model: String },
    #[error("{}", not_connected(relation, parent, parent_where, child, child_where))]
    NotConnected {
        relation: String,
        parent: String,
        /// Field and value, if the variant names them.
        parent_where: Option<(String, String)>,
        child: String,
        /// Field and value, if the variant names them.
        child_where: Option<(String, String)>,
    },
    #[error(
        "The change you are trying to make would violate the required relation '{relation}' between {model_a} and {model_b}"
    )]
    RequiredRelationViolation { relation: String, model_a: String, model_b: String },
    #[error(
        "You provided more than one field for the unique selector on {model}. If you want that behavior you can use the many query and combine fields with AND / OR."
    )]
    AmbiguousSelector { model: String },
    /// `executeRaw`: the database's own text and code.
    #[error("{message}")]
    Raw { message: String, code: i32 },
    /// A list or an answer over our own limits; the text says which and what to do.
    #[error("{message}")]
    TooMuch { message: String },
    /// The service holds what it may hold, or would after this write.
    #[error(
        "This would exceed the storage of the service: {used_bytes} of {limit_bytes} bytes are used. Nothing was changed. Delete what is not needed any more, or ask whoever runs this server for more."
    )]
    QuotaExceeded { used_bytes: u64, limit_bytes: u64 },
    /// The service's tables and indexes take more on disk than its data can explain.
    #[error(
        "The tables and indexes of the service take {used_bytes} bytes on disk, more than the {limit_bytes} that they may take. Nothing was changed. Delete what is not needed any more; the space of deleted data is given back within minutes."
    )]
    DiskExceeded { used_bytes: u64, limit_bytes: u64 },
}

impl ServiceError {
    /// The code that stands beside the text.
    pub fn code(&self) -> i32 {
        match self {
            ServiceError::ValueTooLong { .. } => 3007,
            ServiceError::UniqueViolation { .. } => 3010,
            ServiceError::ForeignKeyViolation => 3011,
            ServiceError::FirstAndLast => 3014,
            ServiceError::RequiredNull { .. } => 3020,
            ServiceError::Negative { argument: "first" } => 3026,
            ServiceError::Negative { argument: "last" } => 3027,
            ServiceError::Negative { .. } => 3028,
            ServiceError::RequiredRelationMissing { .. } => 3032,
            ServiceError::NullToManyFilter { .. } => 3033,
            ServiceError::NullForDefault { .. } => 3036,
            ServiceError::NodeNotFound { .. } => 3039,
            ServiceError::EmptySelector { .. } => 3040,
            ServiceError::NotConnected { .. } => 3041,
            ServiceError::RequiredRelationViolation { .. } => 3042,
            ServiceError::AmbiguousSelector { .. } => 3045,
            ServiceError::Raw { code, .. } => *code,
            ServiceError::TooMuch { .. } => INPUT_TOO_LARGE,
            ServiceError::QuotaExceeded { .. } | ServiceError::DiskExceeded { .. } => QUOTA,
        }
    }
}

fn not_connected(
    relation: &str,
    parent: &str,
    parent_where: &Option<(String, String)>,
    child: &str,
    child_where: &Option<(String, String)>,
) -> String {
    let head = format!("The relation {relation} has no node for the model {parent}");
    match (parent_where, child_where) {
        (Some((pf, pv)), Some((cf, cv))) => format!(
            "{head} with the value '{pv}' for the field '{pf}' connected to a node for the model {child} with the value '{cv}' for the field '{cf}'"
        ),
        (Some((pf, pv)), None) => format!(
            "{head} with the value '{pv}' for the field '{pf}' connected to a node for the model {child} on your mutation path."
        ),
        (None, Some((cf, cv))) => format!(
            "{head} connected to a Node for the model {child} with the value '{cv}' for the field '{cf}' on your mutation path."
        ),
        (None, None) => format!("{head} connected to a Node for the model {child} on your mutation path."),
    }
}

/// Why a connector could not do what it was asked.
#[derive(Debug, Error)]
pub enum ConnectorError {
    /// The client's doing.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The write was rolled back because the room that it was given is too small. Never shown to a client: whoever gave
    /// the room gives more, or says that there is none.
    #[error("the write needs {needed} bytes of room")]
    Full {
        /// The most that it could add, as far as it came.
        needed: u64,
    },
    /// It took longer than it may.
    #[error("the statement ran longer than {limit_ms} ms and was stopped; ask for less at once")]
    TimedOut {
        /// The limit, in milliseconds.
        limit_ms: u64,
    },
    /// The database cannot be used right now (busy, closed, out of space). Worth another try later.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The database refused a statement of ours. A fault of the product; never shown to a client.
    #[error("the database refused a statement: {0}")]
    Database(String),
}

impl ConnectorError {
    /// It took longer than it may.
    pub fn timed_out(limit: Duration) -> ConnectorError {
        ConnectorError::TimedOut { limit_ms: u64::try_from(limit.as_millis()).unwrap_or(u64::MAX) }
    }
}
