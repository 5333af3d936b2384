//! The limits table: every number that bounds what a stranger may send or cause. Shown in the docs from here.
//! What a datamodel may hold stands in `datamodel::Limits`. Numbers: `limits-and-security.md` §4.0 and design D7, D9.

use std::time::Duration;

/// Bounds on a document before it is parsed, and on what it asks for after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentLimits {
    /// Bytes of a document.
    pub bytes_max: usize,
    /// Depth of brackets `{ [ (` outside strings and comments.
    pub nesting_max: usize,
    /// Tokens.
    pub tokens_max: usize,
    /// Directives.
    pub directives_max: usize,
    /// Uses of named fragments: doubled fragments cost time that doubles with each.
    pub spreads_max: usize,
}

/// A document of the data API: 1 MiB, depth 64, 15,000 tokens. Fragments are counted when they have been parsed. Old
/// clients write long texts into the document itself, so its bytes are bounded by the body's limit alone.
pub const QUERY_DOCUMENT: DocumentLimits = DocumentLimits {
    bytes_max: API_BODY_BYTES_MAX,
    nesting_max: 64,
    tokens_max: 15_000,
    directives_max: DIRECTIVES_MAX,
    spreads_max: usize::MAX,
};
/// A document of the management and cloud APIs: 256 KiB, depth 64, 5,000 tokens, 16 uses of named fragments.
pub const STATIC_DOCUMENT: DocumentLimits =
    DocumentLimits { bytes_max: 256 * 1024, nesting_max: 64, tokens_max: 5_000, directives_max: 10, spreads_max: 16 };
/// A datamodel: 1 MiB, depth 64, 100,000 tokens.
pub const DATAMODEL: DocumentLimits = DocumentLimits {
    bytes_max: 1024 * 1024,
    nesting_max: 64,
    tokens_max: 100_000,
    directives_max: usize::MAX,
    spreads_max: usize::MAX,
};

/// Depth of fields in a selection; introspection may go to [`INTROSPECTION_DEPTH_MAX`].
pub const FIELD_DEPTH_MAX: usize = 20;
/// Depth of fields in introspection.
pub const INTROSPECTION_DEPTH_MAX: usize = 30;
/// Root fields and aliases of a document.
pub const ALIASES_MAX: usize = 500;
/// Directives of a document.
pub const DIRECTIVES_MAX: usize = 50;
/// Fragments of a document.
pub const FRAGMENTS_MAX: usize = 200;
/// Selected fields once fragments are expanded.
pub const EXPANDED_SELECTIONS_MAX: usize = 10_000;
/// Operations in an array body.
pub const BATCH_MAX: usize = 50;
/// Errors in one response.
pub const ERRORS_MAX: usize = 20;
/// Depth of the JSON of a body.
pub const JSON_DEPTH_MAX: usize = 64;
/// Bytes of one response.
pub const RESPONSE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Rows of one response, over all lists.
pub const RESPONSE_ROWS_MAX: usize = 50_000;

/// Bytes of a body of the data API.
pub const API_BODY_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of a body of the management API.
pub const MANAGEMENT_BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes of a body of the import API: one chunk.
pub const IMPORT_BODY_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Elements of one chunk.
pub const IMPORT_ELEMENTS_MAX: usize = 500_000;
/// Items of all lists of one chunk.
pub const IMPORT_ITEMS_MAX: usize = 1_000_000;
/// Bytes of all bodies that wait, together.
pub const WAITING_BODY_BYTES_MAX: usize = 256 * 1024 * 1024;
/// A body must arrive within this time …
pub const BODY_TIME_MAX: Duration = Duration::from_secs(10);
/// … and after this grace at a rate of at least 1 byte a millisecond.
pub const BODY_GRACE: Duration = Duration::from_secs(2);

/// Requests a service may send at once after a rest.
pub const BURST: u32 = 10;
/// One more every so often.
pub const REFILL: Duration = Duration::from_secs(1);
/// Requests of a service that may wait.
pub const WAITING_MAX: usize = 25;

/// Longest time a request may wait in its line.
pub const WAIT_TIME_MAX: Duration = Duration::from_secs(30);
/// Requests of all services that may wait, together.
pub const WAITING_ALL_MAX: usize = 5_000;

/// Longest statement of a request.
pub const STATEMENT_TIME_MAX: Duration = Duration::from_secs(8);

/// Bytes that a service of the cloud may hold, by the table of `connector_interface::live_bytes`.
pub const SERVICE_BYTES_MAX: u64 = 100_000_000;
