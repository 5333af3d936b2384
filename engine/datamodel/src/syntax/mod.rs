//! Datamodel text -> document: the part of a GraphQL document that matters to a datamodel.
//!
//! What counts as a document is decided as in sangria 1.3.3, which Prisma 1 used: interfaces behind `implements` are
//! separated by spaces or commas, there are no `//` comments, a type has at least one field. Definitions other than
//! `type` and `enum` have to be well formed and are then forgotten.

#[cfg(test)]
mod agreement;
mod cursor;
mod diagnosis;
mod document;
mod grammar;
mod operations;
mod parser;
mod rendering;
mod tracing;
mod values;

pub use document::{Argument, Directive, Directives, Document, EnumDefinition, FieldDefinition, TypeDefinition};
pub use document::{TypeReference, TypeShape, Value};

use thiserror::Error;

/// A text that is no document.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// What a client is shown: cause, place, source line and a caret below it.
    pub message: String,
    /// Line of the error, from 1.
    pub line: usize,
    /// Column of the error in characters, from 1.
    pub column: usize,
}

/// The literal that a text begins with.
pub(crate) fn parse_value(text: &str) -> Option<Value> {
    cursor::Cursor::new(text).value(false).ok()
}

/// Parses a datamodel. An empty text is an error.
pub fn parse(text: &str) -> Result<Document, SyntaxError> {
    parser::parse(text)
}
