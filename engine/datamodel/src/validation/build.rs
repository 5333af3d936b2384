//! Document without errors so far -> what it declares.

use std::collections::HashMap;

use super::context::{Context, LINK_TABLE, scalar_named};
use super::{defaults, v1};
use crate::declared::{
    Content, Declared, DeclaredField, DeclaredRelation, DeclaredType, DeclaredValue, Link, ValueKind,
};
use crate::fixed_names;
use crate::model::{Behaviour, EnumId, EnumType, IdStrategy, OnDelete, ScalarType, Sequence, Version};
use crate::syntax::{FieldDefinition, TypeDefinition, Value};
use crate::version::is_unique;

pub(super) fn declare(context: &Context<'_>) -> Declared {
    let document = context.document;
    let positions =
        |names: &mut dyn Iterator<Item = &'_ String>| -> HashMap<String, usize> { names.cloned().zip(0..).collect() };
    let builder = Builder {
        context,
        types: positions(&mut document.types.iter().map(|definition| &definition.name)),
        enums: positions(&mut document.enums.iter().map(|definition| &definition.name)),
    };
    Declared {
        version: context.version,
        types: document.types.iter().map(|definition| builder.type_of(definition)).collect(),
        enums: document.enums.iter().map(|e| EnumType { name: e.name.clone(), values: e.values.clone() }).collect(),
    }
}

struct Builder<'a, 'd> {
    context: &'a Context<'d>,
    types: HashMap<String, usize>,
    enums: HashMap<String, usize>,
}

impl Builder<'_, '_> {
    fn type_of(&self, definition: &TypeDefinition) -> DeclaredType {
        let version = self.context.version;
        // A field without a type there is can only be one of a link table; it then has one relation too few.
        let fields = definition.fields.iter().filter_map(|field| self.field(definition, field));
        let hidden = (version == Version::V1).then(|| v1::missing_fields(definition));
        DeclaredType {
            name: definition.name.clone(),
            database_name: definition.directives.text(self.context.database_directives().0, "name"),
            is_link_table: version == Version::V11 && definition.directives.has(LINK_TABLE),
            fields: fields.chain(hidden.into_iter().flatten()).collect(),
        }
    }

    fn field(&self, owner: &TypeDefinition, field: &FieldDefinition) -> Option<DeclaredField> {
        let type_name = &field.field_type.name;
        let content = if let Some(position) = self.enums.get(type_name) {
            Content::Value(self.value(owner, field, ValueKind::Enum(EnumId(*position as u32))))
        } else if let Some(scalar) = scalar_named(type_name) {
            Content::Value(self.value(owner, field, ValueKind::Scalar(scalar)))
        } else {
            Content::Relation(self.relation(field, *self.types.get(type_name)?))
        };
        Some(DeclaredField {
            name: field.name.clone(),
            database_name: field.directives.text(self.context.database_directives().1, "name"),
            is_required: field.field_type.is_required(),
            is_list: field.field_type.is_list(),
            is_hidden: false,
            content,
        })
    }

    fn value(&self, owner: &TypeDefinition, field: &FieldDefinition, kind: ValueKind) -> DeclaredValue {
        let directives = &field.directives;
        let is_list = field.field_type.is_list();
        let default = directives.get("default").and_then(|default| default.argument("value"));
        let (default, behaviour) = match self.context.version {
            Version::V1 => (
                default.and_then(|value| v1::default(self.context, field, value).ok().flatten()),
                fixed_names::behaviour(&field.name, kind.into(), is_list),
            ),
            Version::V11 => (
                default.and_then(|value| defaults::read(self.context, field, value).ok().flatten()),
                behaviour(owner, field, kind),
            ),
        };
        DeclaredValue {
            kind,
            // On a list it has no effect.
            is_unique: is_unique(directives) && !is_list,
            default,
            behaviour,
        }
    }

    fn relation(&self, field: &FieldDefinition, target: usize) -> DeclaredRelation {
        let argument = |name| field.directives.text("relation", name);
        DeclaredRelation {
            target,
            name: argument("name"),
            on_delete: match argument("onDelete").as_deref() {
                Some("CASCADE") => OnDelete::Cascade,
                _ => OnDelete::SetNull,
            },
            link: match argument("link").as_deref() {
                _ if self.context.version == Version::V1 => None,
                Some("INLINE") => Some(Link::Inline),
                Some("TABLE") => Some(Link::Table),
                _ => None,
            },
        }
    }
}

fn behaviour(owner: &TypeDefinition, field: &FieldDefinition, kind: ValueKind) -> Option<Behaviour> {
    let directives = &field.directives;
    if directives.has("id") {
        let strategy = match directives.text("id", "strategy").as_deref() {
            Some("NONE") => IdStrategy::None,
            Some("SEQUENCE") => IdStrategy::Sequence,
            _ => IdStrategy::Auto,
        };
        let sequence = match strategy {
            _ if kind != ValueKind::Scalar(ScalarType::Int) => None,
            IdStrategy::None => None,
            IdStrategy::Auto => Some(default_sequence(owner, field)),
            // The original has no sequence then, and no ids.
            IdStrategy::Sequence => declared_sequence(field).or_else(|| Some(default_sequence(owner, field))),
        };
        return Some(Behaviour::Id { strategy, sequence });
    }
    match kind {
        _ if directives.has("createdAt") => Some(Behaviour::CreatedAt),
        _ if directives.has("updatedAt") => Some(Behaviour::UpdatedAt),
        _ if field.field_type.is_list() && directives.has("scalarList") => Some(Behaviour::ScalarList),
        _ => None,
    }
}

fn default_sequence(owner: &TypeDefinition, field: &FieldDefinition) -> Sequence {
    Sequence { name: format!("{}_{}_seq", owner.name, field.name), initial_value: 1, allocation_size: 100 }
}

fn declared_sequence(field: &FieldDefinition) -> Option<Sequence> {
    let directive = field.directives.get("sequence")?;
    let number = |name| match directive.argument(name) {
        Some(Value::Int(text)) => text.parse().ok(),
        _ => None,
    };
    let (initial_value, allocation_size) = (number("initialValue")?, number("allocationSize")?);
    Some(Sequence { name: directive.text("name")?, initial_value, allocation_size })
}
