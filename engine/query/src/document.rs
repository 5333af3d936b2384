//! A document: parsed, checked against an API, and ready to be planned.

use crate::api::Api;
use crate::operation::RequestError;
use crate::syntax::{self, Ast, Operation, Source, SyntaxError};
use crate::validate;

/// A parsed and validated document.
#[derive(Debug)]
pub struct Document {
    ast: Ast,
    text: Box<str>,
}

/// Why a text is no document of an API.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DocumentError {
    /// It cannot be parsed. The text tells where and what was expected.
    #[error("{0}")]
    Syntax(String),
    /// It does not fit the API, or asks for too much.
    #[error("{}", .0.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("\n"))]
    Invalid(Vec<RequestError>),
}

impl Document {
    /// Parses and validates a text.
    pub fn parse(api: &Api, text: &str) -> Result<Document, DocumentError> {
        let ast = syntax::parse(text, api.options().limits.nesting_max).map_err(|error| match error {
            SyntaxError::Grammar(_) => DocumentError::Syntax(error.to_string()),
            SyntaxError::NotExecutable { message, position } => {
                DocumentError::Invalid(vec![RequestError { message, locations: vec![position] }])
            }
        })?;
        let errors = validate::validate(api, &ast, text, None);
        if errors.is_empty() { Ok(Document { ast, text: text.into() }) } else { Err(DocumentError::Invalid(errors)) }
    }

    /// The tree.
    pub fn ast(&self) -> &Ast {
        &self.ast
    }

    /// The text, to show places in it.
    pub(crate) fn source(&self) -> Source<'_> {
        Source(&self.text)
    }

    /// The operation that a request asks for: the one of that name, or the only one.
    pub fn operation(&self, name: Option<&str>) -> Result<&Operation, RequestError> {
        let operations = &self.ast.operations;
        let refused = |message: String| RequestError { message, locations: Vec::new() };
        match (name, operations.as_slice()) {
            (None, [only]) => Ok(only),
            (None, _) => Err(refused("Must provide operation name if query contains multiple operations".to_owned())),
            (Some(name), _) => operations
                .iter()
                .find(|operation| operation.name.as_deref() == Some(name))
                .ok_or_else(|| refused(format!("Unknown operation name '{name}'"))),
        }
    }
}
