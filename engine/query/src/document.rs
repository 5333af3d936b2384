//! A document: parsed, checked against an API, and ready to be planned.

use crate::api::Api;
use crate::operation::{OperationKind, RequestError};
use crate::syntax::{self, Ast, Name, Operation, Selection, Source, SyntaxError, ValueKind};
use crate::validate;

/// A parsed and validated document.
#[derive(Debug)]
pub struct Document {
    ast: Ast,
    text: Box<str>,
    /// Variables that name a type in `__type(name:)`: their values decide what is answered.
    type_names: Vec<Name>,
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
        if !errors.is_empty() {
            return Err(DocumentError::Invalid(errors));
        }
        let mut type_names = Vec::new();
        let operations = ast.operations.iter().map(|operation| &operation.selections);
        for selections in operations.chain(ast.fragments.iter().map(|fragment| &fragment.selections)) {
            collect_type_names(selections, &mut type_names);
        }
        Ok(Document { ast, text: text.into(), type_names })
    }

    /// The tree.
    pub fn ast(&self) -> &Ast {
        &self.ast
    }

    /// Whether an operation asks for nothing but introspection, so that its answer follows from the API alone.
    pub fn is_introspection_only(&self, operation_name: Option<&str>) -> bool {
        let Ok(operation) = self.operation(operation_name) else { return false };
        operation.kind == OperationKind::Query && self.is_introspection(&operation.selections)
    }

    fn is_introspection(&self, selections: &[Selection]) -> bool {
        selections.iter().all(|selection| match selection {
            Selection::Field(field) => field.name.starts_with("__"),
            Selection::Inline(inline) => self.is_introspection(&inline.selections),
            Selection::Spread(spread) => {
                self.ast.fragment(&spread.fragment).is_some_and(|fragment| self.is_introspection(&fragment.selections))
            }
        })
    }

    /// Whether a variable's value names a type in `__type(name:)`.
    pub(crate) fn names_a_type(&self, variable: &str) -> bool {
        self.type_names.iter().any(|name| **name == *variable)
    }

    /// The text, to show places in it.
    pub(crate) fn source(&self) -> Source<'_> {
        Source::new(&self.text)
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

fn collect_type_names(selections: &[Selection], names: &mut Vec<Name>) {
    for selection in selections {
        let below = match selection {
            Selection::Field(field) => {
                if &*field.name == "__type"
                    && let Some(ValueKind::Variable(name)) = field.argument("name").map(|value| &value.kind)
                {
                    names.push(name.clone());
                }
                &field.selections
            }
            Selection::Inline(inline) => &inline.selections,
            Selection::Spread(_) => continue,
        };
        collect_type_names(below, names);
    }
}
