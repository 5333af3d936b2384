//! The user's command line, as a library: texts and judgements that need no server.
//!
//! It does not know the parts of a running cloud; the `refract` binary hands in what they told it.

pub mod check;
pub mod shell_lines;
pub mod transfer;
pub mod upgrade;
