//! How much a datamodel declares.

use crate::rules::{Diagnostic, Limits};
use crate::syntax::Document;

pub(super) fn check(document: &Document, limits: &Limits) -> Vec<Diagnostic> {
    let too_many = |what: &str, count: usize, max: usize| {
        (count > max)
            .then(|| Diagnostic::global(format!("The datamodel has {count} {what}. At most {max} are allowed.")))
    };
    let too_wide = document.types.iter().filter(|definition| definition.fields.len() > limits.fields_per_type);
    let fields = document.types.iter().map(|definition| definition.fields.len()).sum();
    too_many("types", document.types.len(), limits.types)
        .into_iter()
        .chain(too_many("enums", document.enums.len(), limits.enums))
        .chain(too_many("fields", fields, limits.fields))
        .chain(too_wide.map(|definition| {
            let (name, count, max) = (&definition.name, definition.fields.len(), limits.fields_per_type);
            let description = format!("The type `{name}` has {count} fields. At most {max} are allowed.");
            Diagnostic::on_type(name, description)
        }))
        .collect()
}
