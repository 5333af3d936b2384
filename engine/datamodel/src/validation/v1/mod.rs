//! Checks of datamodels v1: texts and order are those of Prisma 1.30, which was the last to take them.
//!
//! Names of types that the API needs are refused as in a datamodel 1.1; the original meant to and did not.

mod default;
mod directives;
mod fields;

use super::context::Context;
use super::{enums, names, relations, types};
use crate::renames::old_type_name;
use crate::rules::Diagnostic;
pub(super) use default::read as default;
pub(super) use fields::missing as missing_fields;

pub(super) fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let definitions = &context.document.types;
    let mut errors = fields::check(context);
    errors.extend(definitions.iter().flat_map(fields::duplicates));
    errors.extend(types::duplicates(context));
    errors.extend(definitions.iter().flat_map(|definition| types::missing_types(context, definition)));
    errors.extend(definitions.iter().flat_map(|definition| relations::within_type(context, definition)));
    errors.extend(relations::between_types(context));
    errors.extend(directives::check(context));
    errors.extend(enums::check(context));
    errors.extend(crossed_renames(context));
    errors.extend(types::directives(context));
    errors.extend(definitions.iter().filter_map(types::reserved_name));
    errors.extend(names::check(context));
    errors
}

/// Types that take the name that another one gives up in the same deploy.
fn crossed_renames(context: &Context<'_>) -> Vec<Diagnostic> {
    let renamed: Vec<_> = context
        .document
        .types
        .iter()
        .filter_map(|definition| Some((&definition.name, old_type_name(definition)?)))
        .collect();
    let crossed = renamed.iter().enumerate().filter_map(|(position, (name, _))| {
        renamed[position + 1..].iter().find(|(_, old)| old == *name).map(|(other, _)| *other)
    });
    crossed
        .map(|name| {
            let description = format!(
                "The type `{name}` is being renamed. Another type is also being renamed and formerly had `{name}` new name.\
                 Please split cases where you do renames like type A -> type B and type B -> type A at the same time into two parts. "
            );
            Diagnostic::on_type(name, description)
        })
        .collect()
}
