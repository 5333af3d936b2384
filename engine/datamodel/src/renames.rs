//! What a datamodel says about old names: `@rename(oldName:)` and `@relation(oldName:)`.
//!
//! Every name of the datamodel is listed, most with themselves as the old name: where two entries contradict each
//! other the first one counts, whether it is a rename or not.

use crate::syntax::{Document, TypeDefinition};

/// New names and the names that the same things had before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Renames {
    /// Types, link tables included.
    pub types: Vec<Rename>,
    /// Enums.
    pub enums: Vec<Rename>,
    /// Fields of all types.
    pub fields: Vec<FieldRename>,
    /// Relations that are named in the datamodel.
    pub relations: Vec<Rename>,
}

/// A name and the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    /// The name before; the same name if nothing changes.
    pub previous: String,
    /// The name in the datamodel.
    pub next: String,
}

/// A field and the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldRename {
    /// The type's name before.
    pub previous_type: String,
    /// The field's name before.
    pub previous: String,
    /// The type's name in the datamodel.
    pub next_type: String,
    /// The field's name in the datamodel.
    pub next: String,
}

impl Renames {
    pub(crate) fn of(document: &Document) -> Self {
        let mut renames = Renames::default();
        for definition in &document.types {
            let previous_type = previous_type_name(definition);
            for field in &definition.fields {
                renames.fields.push(FieldRename {
                    previous_type: previous_type.clone(),
                    previous: field.directives.text("rename", "oldName").unwrap_or_else(|| field.name.clone()),
                    next_type: definition.name.clone(),
                    next: field.name.clone(),
                });
                if let Some(next) = field.directives.text("relation", "name") {
                    let previous = field.directives.text("relation", "oldName").unwrap_or_else(|| next.clone());
                    let rename = Rename { previous, next };
                    if !renames.relations.contains(&rename) {
                        renames.relations.push(rename);
                    }
                }
            }
            renames.types.push(Rename { previous: previous_type, next: definition.name.clone() });
        }
        for definition in &document.enums {
            let previous = definition.directives.text("rename", "oldName").unwrap_or_else(|| definition.name.clone());
            renames.enums.push(Rename { previous, next: definition.name.clone() });
        }
        renames
    }

    /// Name that a type had before.
    pub fn previous_type<'a>(&'a self, next: &'a str) -> &'a str {
        previous(&self.types, next)
    }

    /// Name that a type has now.
    pub fn next_type<'a>(&'a self, previous: &'a str) -> &'a str {
        next(&self.types, previous)
    }

    /// Name that an enum had before.
    pub fn previous_enum<'a>(&'a self, next: &'a str) -> &'a str {
        previous(&self.enums, next)
    }

    /// Name that an enum has now.
    pub fn next_enum<'a>(&'a self, previous: &'a str) -> &'a str {
        next(&self.enums, previous)
    }

    /// Name that a relation had before.
    pub fn previous_relation<'a>(&'a self, next: &'a str) -> &'a str {
        previous(&self.relations, next)
    }

    /// Name that a relation has now.
    pub fn next_relation<'a>(&'a self, previous: &'a str) -> &'a str {
        next(&self.relations, previous)
    }

    /// Name that a field had before, by the new names of type and field.
    pub fn previous_field<'a>(&'a self, next_type: &str, next: &'a str) -> &'a str {
        let found = self.fields.iter().find(|field| field.next_type == next_type && field.next == next);
        found.map_or(next, |field| &field.previous)
    }

    /// Name that a field has now, by the old names of type and field.
    pub fn next_field<'a>(&'a self, previous_type: &str, previous: &'a str) -> &'a str {
        let found = self.fields.iter().find(|field| field.previous_type == previous_type && field.previous == previous);
        found.map_or(previous, |field| &field.next)
    }
}

/// The old name of a type: the first argument of `@rename`, whatever that is called.
pub(crate) fn old_type_name(definition: &TypeDefinition) -> Option<String> {
    definition.directives.get("rename")?.arguments.first()?.value.text()
}

fn previous_type_name(definition: &TypeDefinition) -> String {
    old_type_name(definition).unwrap_or_else(|| definition.name.clone())
}

fn previous<'a>(renames: &'a [Rename], next: &'a str) -> &'a str {
    renames.iter().find(|rename| rename.next == next).map_or(next, |rename| &rename.previous)
}

fn next<'a>(renames: &'a [Rename], previous: &'a str) -> &'a str {
    renames.iter().find(|rename| rename.previous == previous).map_or(previous, |rename| &rename.next)
}
