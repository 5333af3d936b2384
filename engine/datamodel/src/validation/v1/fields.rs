//! Fields with fixed names, and fields that occur twice.

use std::collections::HashSet;

use super::super::context::Context;
use super::super::types;
use crate::declared::{Content, DeclaredField, DeclaredValue, ValueKind};
use crate::fixed_names::{self, CREATED_AT, EVERYWHERE, ID, UPDATED_AT};
use crate::rules::Diagnostic;
use crate::syntax::{FieldDefinition, TypeDefinition};
use crate::version::is_unique;

/// Ids and times have one form each.
pub(super) fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    for owner in &context.document.types {
        for field in &owner.fields {
            let Some(forms) = allowed(context, field).filter(|forms| !forms.iter().any(|form| form.fits(field))) else {
                continue;
            };
            let name = &field.name;
            let forms: Vec<_> = forms.iter().map(|form| form.written(name)).collect();
            let description =
                format!("The field `{name}` is reserved and has to have the format: {}.", forms.join(" or "));
            errors.push(Diagnostic::on_field(&owner.name, name, description));
        }
    }
    errors
}

struct Form {
    type_name: &'static str,
    is_unique: bool,
}

fn allowed(context: &Context<'_>, field: &FieldDefinition) -> Option<Vec<Form>> {
    let id = |type_name| Form { type_name, is_unique: true };
    match field.name.as_str() {
        ID if context.rules.uuid_ids => Some(vec![id("ID"), id("UUID")]),
        ID => Some(vec![id("ID")]),
        CREATED_AT | UPDATED_AT => Some(vec![Form { type_name: "DateTime", is_unique: false }]),
        _ => None,
    }
}

impl Form {
    fn fits(&self, field: &FieldDefinition) -> bool {
        field.field_type.name == self.type_name
            && field.field_type.is_required()
            && is_unique(&field.directives) == self.is_unique
    }

    fn written(&self, name: &str) -> String {
        let unique = if self.is_unique { " @unique" } else { "" };
        format!("{name}: {}!{unique}", self.type_name)
    }
}

/// Of fields whose names differ in nothing but case the first one.
pub(super) fn duplicates(definition: &TypeDefinition) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    types::duplicate_fields(definition)
        .filter(|field| seen.insert(field.name.to_ascii_lowercase()))
        .map(|field| types::duplicate_field(definition, field))
        .collect()
}

/// What every model has and this type does not write down.
pub(crate) fn missing(definition: &TypeDefinition) -> impl Iterator<Item = DeclaredField> {
    let is_missing = |name: &str| definition.fields.iter().all(|field| field.name != name);
    EVERYWHERE.into_iter().filter(move |(name, _)| is_missing(name)).map(|(name, scalar)| {
        let kind = ValueKind::Scalar(scalar);
        let behaviour = fixed_names::behaviour(name, kind.into(), false);
        DeclaredField {
            name: name.to_owned(),
            database_name: None,
            is_required: true,
            is_list: false,
            is_hidden: true,
            content: Content::Value(DeclaredValue { kind, is_unique: name == ID, default: None, behaviour }),
        }
    })
}
