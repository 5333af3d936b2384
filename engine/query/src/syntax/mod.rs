//! From text to tree: lexer and parser of executable GraphQL documents.
//!
//! Our own, since validation needs what the libraries drop: the place of every value and input field, fields that are
//! given twice, numbers as they are written, definitions in their order. It accepts what Prisma 1's parser accepted,
//! and says in the same form where it stopped.

mod ast;
mod lexer;
mod parser;
mod source;

pub use ast::*;
pub use parser::{SyntaxError, parse};
pub use source::Source;
