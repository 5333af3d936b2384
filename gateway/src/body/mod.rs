//! Bodies: read within bounds of size, time and memory, then looked at without recursion before any parser is.

pub(crate) mod introspection;
pub(crate) mod read;
