//! Directives of fields. Those that v1 does not know mean nothing.

use super::super::context::Context;
use super::super::field_directives::{missing_argument, on_scalar, twice};
use super::super::relations::invalid_name;
use super::default;
use crate::declared::is_relation_name;
use crate::rules::Diagnostic;
use crate::syntax::{Directive, FieldDefinition, Value};

pub(super) fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    for owner in &context.document.types {
        for field in &owner.fields {
            let found = of_field(context, field);
            errors.extend(found.into_iter().map(|text| Diagnostic::on_field(&owner.name, &field.name, text)));
        }
    }
    errors
}

fn of_field(context: &Context<'_>, field: &FieldDefinition) -> Vec<String> {
    let directives = &field.directives;
    let mut errors: Vec<_> = directives.0.iter().flat_map(|directive| arguments(field, directive)).collect();
    errors.extend(twice(field));
    if directives.text("defaultValue", "value").is_some() {
        errors.push("You are using a '@defaultValue' directive. Prisma uses '@default(value: \"Value as String\")' to declare default values.".to_owned());
    }
    if let Some(name) = directives.text("relation", "name") {
        if !context.is_relation(field) {
            errors.push(on_scalar(field));
        }
        if !is_relation_name(&name) {
            errors.push(invalid_name(&field.name));
        }
    }
    if let Some(text) = directives.text("default", "value") {
        errors.extend(default_value(context, field, &text));
    }
    errors
}

/// What a directive lacks, then what it has and should not.
fn arguments(field: &FieldDefinition, directive: &Directive) -> Vec<String> {
    let is_text = |argument: &str| matches!(directive.argument(argument), Some(Value::String { .. }));
    let missing = match directive.name.as_str() {
        "relation" => Some("name").filter(|argument| !is_text(argument)),
        "rename" => Some("oldName").filter(|argument| !is_text(argument)),
        "default" => Some("value").filter(|argument| directive.argument(argument).is_none()),
        _ => None,
    };
    let invalid = |argument: &str, is_valid: fn(&Value) -> bool| {
        let value = directive.argument(argument).filter(|_| directive.name == "relation");
        value.filter(|value| !is_valid(value)).map(|_| format!("not a valid value for {argument}"))
    };
    let is_on_delete = |value: &Value| matches!(value, Value::Enum(name) if name == "CASCADE" || name == "SET_NULL");
    let missing = missing.map(|argument| missing_argument(field, &directive.name, argument));
    let invalid =
        [invalid("onDelete", is_on_delete), invalid("oldName", |value| matches!(value, Value::String { .. }))];
    missing.into_iter().chain(invalid.into_iter().flatten()).collect()
}

fn default_value(context: &Context<'_>, field: &FieldDefinition, text: &str) -> Vec<String> {
    let type_name = &field.field_type.name;
    let is_list = field.field_type.is_list();
    let values = context.enum_named(type_name).map(|definition| &definition.values);
    let no_such_value = values.is_some_and(|values| !values.iter().any(|value| value == text));
    let is_invalid = !is_list && default::of_text(context, field, text).is_err();
    [
        is_list.then(|| "List fields cannot have defaultValues.".to_owned()),
        no_such_value.then(|| "The defaultValue contains an invalid enumValue.".to_owned()),
        is_invalid.then(|| format!("Invalid value '{text}' for type {type_name}.")),
    ]
    .into_iter()
    .flatten()
    .collect()
}
