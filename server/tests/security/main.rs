//! The security checks that need the whole product: the real binary over real HTTP, and input that means harm.
//! `docs/security-checks.md` is the table of all checks, and [`table`] holds it true.

#![expect(clippy::unwrap_used, clippy::panic, reason = "all of this is tests")]
#![expect(clippy::disallowed_methods, reason = "what waits for another process waits by the real clock")]

// Both files serve other tests as well, which use more of them.
#[allow(dead_code, reason = "the gateway's tests use more of it")]
#[path = "../../../gateway/tests/http/client.rs"]
mod client;
#[allow(dead_code, reason = "the product's tests use more of it")]
#[path = "../product/cloud.rs"]
mod cloud;
#[path = "../../../engine/datamodel/tests/grammar/mod.rs"]
mod grammar;
#[allow(dead_code, reason = "the datamodel's tests use more of it")]
#[path = "../../../engine/datamodel/tests/mutation/mod.rs"]
mod mutation;

mod bodies;
mod crashes;
mod datamodels;
mod documents;
mod heads;
mod ids;
mod leavers;
mod logs;
mod names;
mod panics;
#[path = "../support/patient.rs"]
mod patient;
#[path = "../support/postgres.rs"]
mod postgres;
mod random_request;
mod requests;
mod surfaces;
mod table;
mod tokens;
