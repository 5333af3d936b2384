//! Checks of types: their names, the types of their fields, their own directives.

use std::collections::HashMap;

use super::context::{Context, LINK_TABLE, scalar_named};
use super::relations;
use crate::renames::old_type_name;
use crate::rules::Diagnostic;
use crate::syntax::{FieldDefinition, TypeDefinition};

/// Names that the generated API uses itself.
const RESERVED: [&str; 6] = ["Mutation", "Query", "Subscription", "Node", "PageInfo", "BatchPayload"];

/// Types whose names differ in nothing but case.
pub(super) fn duplicates(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut first: HashMap<String, &str> = HashMap::new();
    let mut errors = Vec::new();
    for definition in &context.document.types {
        let earlier = first.get(&definition.name.to_ascii_lowercase());
        if let Some(name) = earlier {
            let description = format!(
                "The name of the type `{name}` occurs more than once. The detection of duplicates is performed case insensitive."
            );
            errors.push(Diagnostic::on_type(name, description));
        } else {
            first.insert(definition.name.to_ascii_lowercase(), &definition.name);
        }
    }
    errors
}

/// All types but link tables, one after the other.
pub(super) fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    let mut between_types = Some([relations::between_types(context), relations::invalid_names(context)].concat());
    for definition in context.document.types.iter().filter(|definition| !definition.directives.has(LINK_TABLE)) {
        errors.extend(missing_types(context, definition));
        errors.extend(missing_id(definition));
        errors.extend(relations::within_type(context, definition));
        // The original repeats these with every type, and drops the repetitions.
        errors.extend(between_types.take().unwrap_or_default());
        errors.extend(duplicate_fields(definition).map(|field| duplicate_field(definition, field)));
        errors.extend(reserved_name(definition));
    }
    errors
}

/// A name that the generated API needs for itself.
pub(super) fn reserved_name(definition: &TypeDefinition) -> Option<Diagnostic> {
    let name = definition.name.as_str();
    let description = format!("The type `{name}` has is using a reserved type name. Please rename it.");
    RESERVED.contains(&name).then(|| Diagnostic::on_type(name, description))
}

/// Fields of types that there are not.
pub(super) fn missing_types(context: &Context<'_>, definition: &TypeDefinition) -> Vec<Diagnostic> {
    let is_missing = |name: &str| {
        scalar_named(name).is_none() && context.type_named(name).is_none() && context.enum_named(name).is_none()
    };
    let fields = definition.fields.iter().filter(|field| is_missing(&field.field_type.name));
    fields
        .map(|field| {
            let description = format!(
                "The field `{}` has the type `{}` but there's no type or enum declaration with that name.",
                field.name, field.field_type.text
            );
            Diagnostic::on_field(&definition.name, &field.name, description)
        })
        .collect()
}

fn missing_id(definition: &TypeDefinition) -> Option<Diagnostic> {
    let has_id = definition.fields.iter().any(|field| field.directives.has("id"));
    (!has_id && !definition.directives.has("embedded")).then(|| {
        let name = &definition.name;
        let description =
            format!("One field of the type `{name}` must be marked as the id field with the `@id` directive.");
        Diagnostic::on_type(name, description)
    })
}

/// Fields whose names differ in nothing but case.
pub(super) fn duplicate_fields(definition: &TypeDefinition) -> impl Iterator<Item = &FieldDefinition> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for field in &definition.fields {
        *counts.entry(field.name.to_ascii_lowercase()).or_default() += 1;
    }
    definition.fields.iter().filter(move |field| counts[&field.name.to_ascii_lowercase()] > 1)
}

pub(super) fn duplicate_field(definition: &TypeDefinition, field: &FieldDefinition) -> Diagnostic {
    let description = format!(
        "The type `{}` has a duplicate fieldName. The detection of duplicates is performed case insensitive. ",
        definition.name
    );
    Diagnostic::on_field(&definition.name, &field.name, description)
}

/// Directives of types, link tables included.
pub(super) fn directives(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    for definition in &context.document.types {
        let name = &definition.name;
        let is_embedded = definition.directives.has("embedded");
        for directive in &definition.directives.0 {
            let own = match directive.name.as_str() {
                "db" if is_embedded => Some(format!(
                    "The type `{name}` is specifies the `@db` directive. Embedded types must not specify this directive."
                )),
                "embedded" => Some(format!(
                    "The type `{name}` is marked as embedded but this connector does not support embedded types."
                )),
                "db" | LINK_TABLE => None,
                _ => continue,
            };
            let twice = definition.directives.repeat().then(|| {
                format!("The type `{name}` specifies a directive more than once. Directives must appear exactly once on a type.")
            });
            errors.extend(twice.into_iter().chain(own).map(|description| Diagnostic::on_type(name, description)));
        }
    }
    errors
}

/// Renames of types: an old name that is text, and no two types that swap names.
pub(super) fn renames(context: &Context<'_>) -> Vec<Diagnostic> {
    let types = &context.document.types;
    let old_names: Vec<_> = types.iter().map(old_type_name).collect();
    let mut errors = Vec::new();
    for (position, definition) in types.iter().enumerate() {
        let name = &definition.name;
        let Some(old) = &old_names[position] else {
            if definition.directives.get("rename").is_some_and(|rename| !rename.arguments.is_empty()) {
                errors.push(Diagnostic::on_type(name, "This argument must be a String."));
            }
            continue;
        };
        let other = (0..types.len()).find(|other| *other != position && old_names[*other].as_ref() == Some(name));
        errors.extend(other.map(|other| {
            let other = &types[other].name;
            let description = format!(
                "You renamed type `{old}` to `{name}`. But that is the old name of type `{other}`. Please do this in two steps."
            );
            Diagnostic::on_type(name, description)
        }));
    }
    errors
}
