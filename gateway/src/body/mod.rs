//! Bodies: read within bounds of size, time and memory, then looked at without recursion before any parser is.

pub(crate) mod document;
pub(crate) mod introspection;
pub(crate) mod json_depth;
pub(crate) mod read;
pub(crate) mod sound_json;
