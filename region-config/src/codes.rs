//! The one table of our own error codes (6000–6999), which Prisma 1 never used. What Prisma 1 answers keeps its own
//! code, beside its text.

/// A fault of ours on the cloud API; the request id is in the text.
pub const INTERNAL: i32 = 6000;
/// The address means nothing here.
pub const ADDRESS: i32 = 6001;
/// The method is not served.
pub const METHOD: i32 = 6002;
/// The body is not announced as JSON.
pub const CONTENT_TYPE: i32 = 6003;
/// The body is compressed.
pub const CONTENT_ENCODING: i32 = 6004;
/// The body has too many bytes.
pub const BODY_TOO_LARGE: i32 = 6005;
/// The body came too slowly.
pub const BODY_TOO_SLOW: i32 = 6006;
/// The request is meant for another host.
pub const FOREIGN_TARGET: i32 = 6007;
/// The websocket is refused.
pub const WEBSOCKET: i32 = 6008;
/// Too many refused tokens from one address.
pub const REFUSED_TOKENS: i32 = 6009;
/// Too many management calls.
pub const MANAGEMENT_CALLS: i32 = 6010;
/// Busy, or a part that is needed does not answer; try again.
pub const BUSY: i32 = 6011;
/// An input or an answer over a limit.
pub const INPUT_TOO_LARGE: i32 = 6012;
/// The service's quota: the write would exceed it. `usedBytes` and `limitBytes` stand beside the code.
pub const QUOTA: i32 = 6013;
/// No valid name of a service, on the cloud API.
pub const SERVICE_NAME: i32 = 6100;
/// The console did not do what the cloud API asked; the text says why.
pub const CONSOLE: i32 = 6101;
/// The body on the cloud API is not a JSON object with a query.
pub const CLOUD_BODY: i32 = 6102;
/// The document on the cloud API is not valid, or too large.
pub const CLOUD_DOCUMENT: i32 = 6103;
/// Too many attempts on the cloud API.
pub const ATTEMPTS: i32 = 6104;
/// The service's name does not name a workspace.
pub const NO_WORKSPACE: i32 = 6200;
/// The management API does not serve this yet.
pub const NOT_SERVED: i32 = 6201;
