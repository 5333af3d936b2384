//! Document -> what it declares, or what is wrong with it.
//!
//! The checks run in the order of the original, since clients see its errors in that order: global, types, field
//! directives, enums, type directives, renames, and then our own. Only a document without any error so far is looked
//! at as a whole: relations, lists, link tables, and what the names mean in a database.
//!
//! Some texts made the original fail without a place ("An unknown error happened", or an internal error). Here they
//! have the nearest of its messages, or one of our own.

mod build;
mod context;
mod counts;
mod defaults;
mod enums;
mod field_directives;
mod links;
mod names;
mod placement;
mod relations;
mod types;
mod v1;

use std::collections::HashSet;

use crate::declared::Declared;
use crate::model::Version;
use crate::renames::Renames;
use crate::rules::{Diagnostic, Rules};
use crate::syntax::Document;
use context::Context;
pub(crate) use names::HIDDEN_FIELD;

/// A document without errors.
#[derive(Debug, Clone, PartialEq)]
pub struct Validated {
    pub(crate) declared: Declared,
    warnings: Vec<Diagnostic>,
    renames: Renames,
}

impl Validated {
    /// What a user has to confirm.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Old names of types, fields, enums and relations.
    pub fn renames(&self) -> &Renames {
        &self.renames
    }
}

/// Checks a document of that version. Errors come in the order of the original, each once.
pub fn validate(document: &Document, version: Version, rules: &Rules) -> Result<Validated, Vec<Diagnostic>> {
    // Alone, because the other checks are made for datamodels of a bearable size.
    refuse(counts::check(document, &rules.limits))?;
    let context = Context::new(document, version, rules);
    let declared = match version {
        Version::V1 => {
            refuse(v1::check(&context))?;
            build::declare(&context)
        }
        Version::V11 => {
            refuse(
                [
                    types::duplicates(&context),
                    types::check(&context),
                    field_directives::check(&context),
                    enums::check(&context),
                    types::directives(&context),
                    types::renames(&context),
                    names::check(&context),
                ]
                .concat(),
            )?;
            let declared = build::declare(&context);
            refuse([links::check(&declared), links::lists(&declared), links::link_tables(&declared)].concat())?;
            declared
        }
    };
    refuse(placement::check(&declared))?;
    Ok(Validated { warnings: links::warnings(&declared), declared, renames: Renames::of(document) })
}

fn refuse(diagnostics: Vec<Diagnostic>) -> Result<(), Vec<Diagnostic>> {
    let mut seen = HashSet::new();
    let distinct: Vec<_> = diagnostics.into_iter().filter(|diagnostic| seen.insert(diagnostic.clone())).collect();
    if distinct.is_empty() { Ok(()) } else { Err(distinct) }
}
