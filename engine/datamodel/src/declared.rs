//! The types of a document after the checks of single definitions: names resolved, directives read.
//!
//! Both the checks across types and the inference work on this. Where a relation's links are stored follows from the
//! text alone and is found here; which side a model stands on may depend on the datamodel before, and is not.

use crate::model::{Behaviour, DefaultValue, EnumId, EnumType, OnDelete, ScalarType, Version};

/// All that a document declares.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Declared {
    pub(crate) version: Version,
    pub(crate) types: Vec<DeclaredType>,
    pub(crate) enums: Vec<EnumType>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DeclaredType {
    pub(crate) name: String,
    pub(crate) database_name: Option<String>,
    /// `@relationTable`: describes a link table and is no model.
    pub(crate) is_link_table: bool,
    pub(crate) fields: Vec<DeclaredField>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DeclaredField {
    pub(crate) name: String,
    pub(crate) database_name: Option<String>,
    pub(crate) is_required: bool,
    pub(crate) is_list: bool,
    /// Not in the document, but in the database.
    pub(crate) is_hidden: bool,
    pub(crate) content: Content,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    Value(DeclaredValue),
    Relation(DeclaredRelation),
}

/// A field that holds scalars or enum values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DeclaredValue {
    pub(crate) kind: ValueKind,
    pub(crate) is_unique: bool,
    pub(crate) default: Option<DefaultValue>,
    pub(crate) behaviour: Option<Behaviour>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueKind {
    Scalar(ScalarType),
    Enum(EnumId),
}

/// A field that holds related nodes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DeclaredRelation {
    /// Position of the type at the other end.
    pub(crate) target: usize,
    pub(crate) name: Option<String>,
    pub(crate) on_delete: OnDelete,
    pub(crate) link: Option<Link>,
}

/// `@relation(link:)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    Inline,
    Table,
}

/// Positions of a type and of one of its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct At {
    pub(crate) owner: usize,
    pub(crate) field: usize,
}

/// Where the links of a relation are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Storage {
    /// In a column of this to-one field.
    Inline(At),
    /// In a link table, which a type may describe.
    Table(Option<usize>),
}

/// A relation field with its place.
pub(crate) type Related<'a> = (At, &'a DeclaredField, &'a DeclaredRelation);

impl Declared {
    pub(crate) fn type_of(&self, at: At) -> &DeclaredType {
        &self.types[at.owner]
    }

    pub(crate) fn field(&self, at: At) -> &DeclaredField {
        &self.types[at.owner].fields[at.field]
    }

    /// Models with their positions: all types but link tables.
    pub(crate) fn models(&self) -> impl Iterator<Item = (usize, &DeclaredType)> {
        self.types.iter().enumerate().filter(|(_, declared)| !declared.is_link_table)
    }

    /// Link tables with their positions.
    pub(crate) fn link_tables(&self) -> impl Iterator<Item = (usize, &DeclaredType)> {
        self.types.iter().enumerate().filter(|(_, declared)| declared.is_link_table)
    }

    /// Relation fields of one type.
    pub(crate) fn relations_of(&self, owner: usize) -> impl Iterator<Item = Related<'_>> {
        self.types[owner].fields.iter().enumerate().filter_map(move |(field, declared)| match &declared.content {
            Content::Relation(relation) => Some((At { owner, field }, declared, relation)),
            Content::Value(_) => None,
        })
    }

    /// Relation fields of all models.
    pub(crate) fn relations(&self) -> impl Iterator<Item = Related<'_>> {
        self.models().flat_map(|(owner, _)| self.relations_of(owner))
    }

    /// The field at the other end. Of an unnamed one it is the first field there that leads back.
    pub(crate) fn opposite<'a>(&'a self, (at, _, relation): Related<'a>) -> Option<Related<'a>> {
        self.relations_of(relation.target)
            .filter(|(other, _, back)| *other != at && back.target == at.owner)
            .find(|(_, _, back)| relation.name.is_none() || back.name == relation.name)
    }

    /// The relation's name: given here, given at the other end, or made of the names of the types.
    pub(crate) fn relation_name(&self, related: Related<'_>) -> String {
        let (at, _, relation) = related;
        let given =
            relation.name.as_ref().or_else(|| self.opposite(related).and_then(|(_, _, back)| back.name.as_ref()));
        given.cloned().unwrap_or_else(|| {
            let (one, other) = (&self.types[at.owner].name, &self.types[relation.target].name);
            generated_name(one.min(other), one.max(other))
        })
    }

    /// Where the links of a field's relation are stored.
    pub(crate) fn storage(&self, related: Related<'_>) -> Storage {
        if self.version == Version::V1 {
            return Storage::Table(None);
        }
        let (_, field, relation) = related;
        let opposite = self.opposite(related);
        // The field that says where, or else the to-one field.
        let decisive = match opposite {
            Some((_, _, back)) if relation.link.is_none() && (back.link.is_some() || field.is_list) => opposite,
            _ => None,
        };
        let (at, field, relation) = decisive.unwrap_or(related);
        let described = self.link_table_named(&self.relation_name(related));
        match relation.link {
            Some(Link::Table) => Storage::Table(described),
            None if described.is_some() || field.is_list => Storage::Table(described),
            Some(Link::Inline) | None => Storage::Inline(at),
        }
    }

    /// The type that describes the link table of a relation of that name.
    fn link_table_named(&self, name: &str) -> Option<usize> {
        self.link_tables().find(|(_, declared)| declared.name == name).map(|(position, _)| position)
    }
}

impl DeclaredType {
    pub(crate) fn table(&self) -> &str {
        self.database_name.as_deref().unwrap_or(&self.name)
    }

    /// Fields with scalars and enum values.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&DeclaredField, &DeclaredValue)> {
        self.fields.iter().filter_map(|field| match &field.content {
            Content::Value(value) => Some((field, value)),
            Content::Relation(_) => None,
        })
    }

    /// The field with `@id`.
    pub(crate) fn id(&self) -> Option<(&DeclaredField, &DeclaredValue)> {
        self.values().find(|(_, value)| value.is_id())
    }
}

impl DeclaredField {
    pub(crate) fn column(&self) -> &str {
        self.database_name.as_deref().unwrap_or(&self.name)
    }
}

impl DeclaredValue {
    pub(crate) fn is_id(&self) -> bool {
        matches!(self.behaviour, Some(Behaviour::Id { .. }))
    }
}

/// Whether a relation may have that name.
pub(crate) fn is_relation_name(name: &str) -> bool {
    name.len() <= 54 && is_upper_camel(name)
}

/// A capital letter, then letters, digits and underscores.
pub(crate) fn is_upper_camel(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// `⟨A⟩To⟨B⟩`, where the longer one loses letters at its end until the name is a valid one. A type whose name starts
/// with a small letter loses them all.
fn generated_name(one: &str, other: &str) -> String {
    let (mut one, mut other) = (one, other);
    loop {
        let name = format!("{one}To{other}");
        if is_relation_name(&name) {
            return name;
        }
        match other.len() > one.len() {
            true => other = &other[..other.len() - 1],
            false => one = &one[..one.len().saturating_sub(1)],
        }
    }
}
