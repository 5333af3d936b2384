//! What the database's catalogue must say of a deployed datamodel, from the model alone.

use datamodel::{Datamodel, Field, FieldKind, ModelId, RelationId, RelationStorage, ScalarType, Side};

/// A column as its table has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stored {
    /// Table and column.
    pub place: String,
    /// Its type on Postgres (`prisma1-server.md` §3).
    pub kind: &'static str,
    /// Whether it must have a value.
    pub required: bool,
}

/// Every column of every table, sorted.
pub fn columns(datamodel: &Datamodel) -> Vec<Stored> {
    let mut all = Vec::new();
    let mut add = |table: &str, column: &str, kind, required| {
        all.push(Stored { place: format!("{table}.{column}"), kind, required });
    };
    for (id, model) in datamodel.models() {
        for (_, field) in datamodel.fields(id) {
            if field.is_scalar_list() {
                let table = model.list_table(field);
                add(&table, "nodeId", id_kind(datamodel, id), true);
                add(&table, "position", "integer", true);
                add(&table, "value", kind(field), true);
            } else if field.has_column() {
                add(model.table(), field.column(), kind(field), field.is_required);
            }
        }
    }
    for (position, relation) in datamodel.relations.iter().enumerate() {
        let id_of = |side| id_kind(datamodel, datamodel.relation_model(RelationId(position as u32), side));
        match &relation.storage {
            RelationStorage::Inline { side, column } => {
                let holder = datamodel.relation_model(RelationId(position as u32), *side);
                add(datamodel.model(holder).table(), column, id_of(side.opposite()), false);
            }
            RelationStorage::Table { table, column_a, column_b, id_column } => {
                add(table, column_a, id_of(Side::A), true);
                add(table, column_b, id_of(Side::B), true);
                if let Some(id_column) = id_column {
                    add(table, id_column, "character(25)", true);
                }
            }
        }
    }
    all.sort();
    all
}

fn id_kind(datamodel: &Datamodel, model: ModelId) -> &'static str {
    kind(datamodel.field(datamodel.id_field(model)))
}

fn kind(field: &Field) -> &'static str {
    let FieldKind::Scalar(scalar) = field.kind else { return "text" };
    match scalar {
        ScalarType::String | ScalarType::Json => "text",
        ScalarType::Id => "character varying(25)",
        ScalarType::Uuid => "uuid",
        ScalarType::Int => "integer",
        ScalarType::Float => "numeric(65,30)",
        ScalarType::Boolean => "boolean",
        ScalarType::DateTime => "timestamp(3) without time zone",
    }
}
