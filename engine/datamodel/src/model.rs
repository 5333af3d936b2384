//! The validated model of a service: what a datamodel text means once it has passed every check.
//!
//! Terms. A *model* is a type of the datamodel that has a table. Its *name* is what the API shows, its *table* is
//! the database name (`@db`, or the name). A *relation* joins two models; side A is the alphabetically smaller one.
//! Indexes ([`ModelId`], [`FieldId`], …) are positions in the vectors of one [`Datamodel`] and mean nothing in another.
//! The order of models and fields is the order of the generated API (`prisma1-server.md` §2.9, §4.2).

use std::fmt;

/// Position of a model in [`Datamodel::models`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelId(pub u32);

/// A field: its model, and its position in [`Model::fields`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId {
    /// The model that has the field.
    pub model: ModelId,
    /// Position in [`Model::fields`].
    pub index: u32,
}

/// Position of an enum in [`Datamodel::enums`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EnumId(pub u32);

/// Position of a relation in [`Datamodel::relations`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RelationId(pub u32);

/// The language of a datamodel, which decides how its things are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Version {
    /// Prisma 1.0 to 1.30: ids and times go by fixed names, every relation has a link table.
    V1,
    /// Prisma 1.31 and later: directives say so.
    #[default]
    V11,
}

/// Everything a service's datamodel declares.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Datamodel {
    /// The language it was written in.
    pub version: Version,
    /// Models in API order: declaration order, but models that got a hidden back relation come last.
    pub models: Vec<Model>,
    /// Enums in declaration order.
    pub enums: Vec<EnumType>,
    /// Relations in the order of their first field.
    pub relations: Vec<Relation>,
}

/// One model.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Name in the API.
    pub name: String,
    /// `@db(name:)`, if given.
    pub database_name: Option<String>,
    /// A cuid that stays the same across renames.
    pub stable_identifier: String,
    /// Fields in declaration order; then the hidden ones, back relations last.
    pub fields: Vec<Field>,
}

/// One field of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Name in the API.
    pub name: String,
    /// `@db(name:)`, if given. Of a relation field only where it has a column, and then so that [`Field::column`] is that
    /// column's name.
    pub database_name: Option<String>,
    /// What it holds.
    pub kind: FieldKind,
    /// Declared as `T!`. Lists are never required.
    pub is_required: bool,
    /// Declared as a list in any form.
    pub is_list: bool,
    /// `@unique`, or the id. Never a list.
    pub is_unique: bool,
    /// A field that the datamodel does not have: a back relation (`_MagicalBackRelation_…`), or the id or a time of a
    /// datamodel v1, which the API shows as an order only.
    pub is_hidden: bool,
    /// `@default(value:)`, a value (never `Null`) of the field's type. A list of enum values may have a single value
    /// here, which has no effect.
    pub default: Option<DefaultValue>,
    /// Id, managed timestamp or scalar list storage.
    pub behaviour: Option<Behaviour>,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// A scalar value.
    Scalar(ScalarType),
    /// A value of an enum.
    Enum(EnumId),
    /// Related nodes.
    Relation {
        /// The relation.
        relation: RelationId,
        /// The side this field stands on.
        side: Side,
        /// The model at the other end.
        target: ModelId,
    },
}

/// The scalar types of Prisma 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the types' own")]
pub enum ScalarType {
    String,
    /// 32 bits.
    Int,
    Float,
    Boolean,
    Id,
    Uuid,
    /// Milliseconds, UTC.
    DateTime,
    Json,
}

/// A side of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "A and B are all there is")]
pub enum Side {
    A,
    B,
}

/// What is special about a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Behaviour {
    /// The id of its model.
    Id {
        /// How ids come about.
        strategy: IdStrategy,
        /// For `Int` ids; `AUTO` gets a default one.
        sequence: Option<Sequence>,
    },
    /// Set on create.
    CreatedAt,
    /// Set on create and on every update that has a scalar or list argument.
    UpdatedAt,
    /// `@scalarList(strategy:)`; the SQL connectors know RELATION only.
    ScalarList,
}

/// `@id(strategy:)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are Prisma's own")]
pub enum IdStrategy {
    Auto,
    None,
    Sequence,
}

/// `@sequence`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// Name of the sequence in the database.
    pub name: String,
    /// First value.
    pub initial_value: i64,
    /// Kept for the stored form; without effect, as in the original.
    pub allocation_size: i64,
}

/// A default, typed.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "one variant a scalar type")]
pub enum DefaultValue {
    String(String),
    Int(i64),
    Float(f64),
    Boolean(bool),
    /// In the form `2019-01-31T12:00:00.000Z`.
    DateTime(String),
    /// JSON without needless white space.
    Json(String),
    Enum(String),
    List(Vec<DefaultValue>),
}

/// An enum type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumType {
    /// Name in the API.
    pub name: String,
    /// Values in declaration order.
    pub values: Vec<String>,
}

/// A relation between two models (or a model and itself).
#[derive(Debug, Clone, PartialEq)]
pub struct Relation {
    /// Given or generated name.
    pub name: String,
    /// Model on side A, the alphabetically smaller one.
    pub model_a: ModelId,
    /// Model on side B.
    pub model_b: ModelId,
    /// What deleting a node of model A does to its related nodes.
    pub on_delete_a: OnDelete,
    /// What deleting a node of model B does to its related nodes.
    pub on_delete_b: OnDelete,
    /// Where the links are stored.
    pub storage: RelationStorage,
}

/// `@relation(onDelete:)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDelete {
    /// Related nodes stay.
    SetNull,
    /// Related nodes are deleted as well.
    Cascade,
}

/// Where the links of a relation are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelationStorage {
    /// A column in the rows of the model on `side` that holds the id of the other side's node.
    Inline {
        /// The side whose rows have the column.
        side: Side,
        /// The column's name.
        column: String,
    },
    /// A link table.
    Table {
        /// Its name.
        table: String,
        /// Column with ids of side A.
        column_a: String,
        /// Column with ids of side B.
        column_b: String,
        /// Id column of a `@relationTable` type that declares one.
        id_column: Option<String>,
    },
}

impl Side {
    /// The other side.
    pub fn opposite(self) -> Side {
        match self {
            Side::A => Side::B,
            Side::B => Side::A,
        }
    }
}

impl Datamodel {
    /// The model at an index of this datamodel.
    pub fn model(&self, id: ModelId) -> &Model {
        &self.models[id.0 as usize]
    }

    /// The field at an index of this datamodel.
    pub fn field(&self, id: FieldId) -> &Field {
        &self.models[id.model.0 as usize].fields[id.index as usize]
    }

    /// The enum at an index of this datamodel.
    pub fn enum_type(&self, id: EnumId) -> &EnumType {
        &self.enums[id.0 as usize]
    }

    /// The relation at an index of this datamodel.
    pub fn relation(&self, id: RelationId) -> &Relation {
        &self.relations[id.0 as usize]
    }

    /// Every model with its index.
    pub fn models(&self) -> impl Iterator<Item = (ModelId, &Model)> {
        self.models.iter().enumerate().map(|(i, m)| (ModelId(i as u32), m))
    }

    /// Every field of a model with its index.
    pub fn fields(&self, model: ModelId) -> impl Iterator<Item = (FieldId, &Field)> {
        self.model(model).fields.iter().enumerate().map(move |(i, f)| (FieldId { model, index: i as u32 }, f))
    }

    /// The model of that name.
    pub fn model_named(&self, name: &str) -> Option<ModelId> {
        self.models.iter().position(|m| m.name == name).map(|i| ModelId(i as u32))
    }

    /// The field of that name.
    pub fn field_named(&self, model: ModelId, name: &str) -> Option<FieldId> {
        let index = self.model(model).fields.iter().position(|f| f.name == name)?;
        Some(FieldId { model, index: index as u32 })
    }

    /// The id field of a model. Every validated model has one.
    pub fn id_field(&self, model: ModelId) -> FieldId {
        let index = self.model(model).fields.iter().position(Field::is_id).unwrap_or_default();
        FieldId { model, index: index as u32 }
    }

    /// The model on one side of a relation.
    pub fn relation_model(&self, relation: RelationId, side: Side) -> ModelId {
        let relation = self.relation(relation);
        match side {
            Side::A => relation.model_a,
            Side::B => relation.model_b,
        }
    }

    /// The field of a relation on one side, hidden ones included. For a self relation with a single field it is that
    /// field on its own side only.
    pub fn relation_field(&self, relation: RelationId, side: Side) -> Option<FieldId> {
        let model = self.relation_model(relation, side);
        self.fields(model)
            .find(|(_, f)| matches!(f.kind, FieldKind::Relation { relation: r, side: s, .. } if r == relation && s == side))
            .map(|(id, _)| id)
    }

    /// The field at the other end of a relation field, hidden ones included.
    pub fn opposite(&self, field: FieldId) -> Option<FieldId> {
        match self.field(field).kind {
            FieldKind::Relation { relation, side, .. } => self.relation_field(relation, side.opposite()),
            _ => None,
        }
    }
}

impl Model {
    /// Name of the model's table.
    pub fn table(&self) -> &str {
        self.database_name.as_deref().unwrap_or(&self.name)
    }

    /// Name of the table that holds a scalar list field of this model.
    pub fn list_table(&self, field: &Field) -> String {
        format!("{}_{}", self.table(), field.column())
    }
}

impl Field {
    /// Name of the field's column (of an inline relation field as well).
    pub fn column(&self) -> &str {
        self.database_name.as_deref().unwrap_or(&self.name)
    }

    /// Whether this is the id of its model.
    pub fn is_id(&self) -> bool {
        matches!(self.behaviour, Some(Behaviour::Id { .. }))
    }

    /// Whether this field holds related nodes.
    pub fn is_relation(&self) -> bool {
        matches!(self.kind, FieldKind::Relation { .. })
    }

    /// A back relation that the datamodel does not have: it stands for nothing that is stored.
    pub fn is_added_back_relation(&self) -> bool {
        self.is_hidden && self.is_relation()
    }

    /// A scalar or enum, list or not.
    pub fn is_scalar(&self) -> bool {
        !self.is_relation()
    }

    /// A scalar or enum that has a column in the model's own table.
    pub fn has_column(&self) -> bool {
        self.is_scalar() && !self.is_list
    }

    /// A list of scalars or enum values.
    pub fn is_scalar_list(&self) -> bool {
        self.is_scalar() && self.is_list
    }
}

impl ScalarType {
    /// The name in datamodel and API.
    pub fn name(self) -> &'static str {
        match self {
            ScalarType::String => "String",
            ScalarType::Int => "Int",
            ScalarType::Float => "Float",
            ScalarType::Boolean => "Boolean",
            ScalarType::Id => "ID",
            ScalarType::Uuid => "UUID",
            ScalarType::DateTime => "DateTime",
            ScalarType::Json => "Json",
        }
    }

    /// The scalar type of that name.
    pub fn named(name: &str) -> Option<ScalarType> {
        use ScalarType::*;
        [String, Int, Float, Boolean, Id, Uuid, DateTime, Json].into_iter().find(|t| t.name() == name)
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::A => "A",
            Side::B => "B",
        })
    }
}
