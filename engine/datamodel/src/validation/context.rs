//! A document with the look-ups that the checks need.

use std::collections::HashMap;

use crate::model::{ScalarType, Version};
use crate::rules::{Diagnostic, Rules};
use crate::syntax::{Document, EnumDefinition, FieldDefinition, TypeDefinition};

/// Directive of types that describe a link table.
pub(super) const LINK_TABLE: &str = "relationTable";

pub(super) struct Context<'d> {
    pub(super) document: &'d Document,
    pub(super) version: Version,
    pub(super) rules: &'d Rules,
    types: HashMap<&'d str, &'d TypeDefinition>,
    enums: HashMap<&'d str, &'d EnumDefinition>,
    /// Relation fields of each type, by its name.
    relations: HashMap<&'d str, Vec<RelationField<'d>>>,
}

/// A relation field as it is written.
#[derive(Debug, Clone)]
pub(super) struct RelationField<'d> {
    pub(super) owner: &'d TypeDefinition,
    pub(super) field: &'d FieldDefinition,
    pub(super) name: Option<String>,
    /// `oldName`, or the name.
    pub(super) previous_name: Option<String>,
}

impl<'d> Context<'d> {
    pub(super) fn new(document: &'d Document, version: Version, rules: &'d Rules) -> Self {
        let mut context = Context {
            document,
            version,
            rules,
            types: HashMap::new(),
            enums: HashMap::new(),
            relations: HashMap::new(),
        };
        for definition in &document.types {
            context.types.entry(&definition.name).or_insert(definition);
        }
        for definition in &document.enums {
            context.enums.entry(&definition.name).or_insert(definition);
        }
        // Of types with the same name only the first one counts.
        for &owner in context.types.values() {
            context.relations.insert(&owner.name, context.relation_fields(owner));
        }
        context
    }

    /// The directives that name a type's table and a field's column.
    pub(super) fn database_directives(&self) -> (&'static str, &'static str) {
        match self.version {
            Version::V1 => ("pgTable", "pgColumn"),
            Version::V11 => ("db", "db"),
        }
    }

    /// The first type of that name.
    pub(super) fn type_named(&self, name: &str) -> Option<&'d TypeDefinition> {
        self.types.get(name).copied()
    }

    /// The first enum of that name.
    pub(super) fn enum_named(&self, name: &str) -> Option<&'d EnumDefinition> {
        self.enums.get(name).copied()
    }

    /// Whether a field holds enum values.
    pub(super) fn is_enum(&self, field: &FieldDefinition) -> bool {
        self.enum_named(&field.field_type.name).is_some()
    }

    /// Whether a field holds related nodes (or nothing that there is).
    pub(super) fn is_relation(&self, field: &FieldDefinition) -> bool {
        scalar_named(&field.field_type.name).is_none() && !self.is_enum(field)
    }

    /// The relation fields of a definition.
    pub(super) fn relation_fields(&self, owner: &'d TypeDefinition) -> Vec<RelationField<'d>> {
        let fields = owner.fields.iter().filter(|field| self.is_relation(field));
        fields
            .map(|field| {
                let name = field.directives.text("relation", "name");
                let previous_name = field.directives.text("relation", "oldName").or_else(|| name.clone());
                RelationField { owner, field, name, previous_name }
            })
            .collect()
    }

    /// The fields of one type that lead to another one.
    pub(super) fn leading(&self, from: &str, to: &str) -> impl Iterator<Item = &RelationField<'d>> {
        self.relations.get(from).into_iter().flatten().filter(move |relation| relation.field.field_type.name == to)
    }
}

impl RelationField<'_> {
    pub(super) fn target(&self) -> &str {
        &self.field.field_type.name
    }

    pub(super) fn is_self_relation(&self) -> bool {
        self.target() == self.owner.name
    }

    pub(super) fn error(&self, description: String) -> Diagnostic {
        Diagnostic::on_field(&self.owner.name, &self.field.name, description)
    }
}

/// The scalar type that a field of the datamodel may have. `GraphQLID` is what the original calls `ID` inside, and it
/// lets it through.
pub(super) fn scalar_named(name: &str) -> Option<ScalarType> {
    match name {
        "GraphQLID" => Some(ScalarType::Id),
        _ => ScalarType::named(name),
    }
}
