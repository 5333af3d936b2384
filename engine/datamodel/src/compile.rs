//! Text -> model in one go, as a deploy needs it.

use thiserror::Error;

use crate::inference::{RelationNameTwice, infer};
use crate::model::{Datamodel, Version};
use crate::renames::Renames;
use crate::rules::{Diagnostic, Rules};
use crate::syntax::{SyntaxError, parse};
use crate::validation::validate;

/// A datamodel that can be deployed.
#[derive(Debug, Clone, PartialEq)]
pub struct Compiled {
    /// The model.
    pub datamodel: Datamodel,
    /// What a user has to confirm.
    pub warnings: Vec<Diagnostic>,
    /// Old names, for finding out what changes.
    pub renames: Renames,
}

/// Why a text is no datamodel.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum CompileError {
    /// No GraphQL document: error 3017 of the management API.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// Errors in the document: the `errors` of a deploy.
    #[error("the datamodel has {} errors", .0.len())]
    Invalid(Vec<Diagnostic>),
    /// A generated relation name that occurs twice: error 4004 of the management API.
    #[error(transparent)]
    RelationNames(#[from] RelationNameTwice),
}

/// Parses, checks and infers. `previous` is the deployed model; `new_id` makes a cuid for each new model.
pub fn compile(
    text: &str,
    previous: Option<&Datamodel>,
    rules: &Rules,
    new_id: &mut dyn FnMut() -> String,
) -> Result<Compiled, CompileError> {
    let document = parse(text)?;
    let version = Version::after(previous, &document);
    let validated = validate(&document, version, rules).map_err(CompileError::Invalid)?;
    let datamodel = infer(previous, &validated, new_id)?;
    Ok(Compiled { datamodel, warnings: validated.warnings().to_vec(), renames: validated.renames().clone() })
}
