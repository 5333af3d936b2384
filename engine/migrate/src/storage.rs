//! Where the datamodel's things are kept: columns, list tables, relation columns and link tables.

use connector_interface::{ColumnSpec, ColumnType};
use datamodel::{
    Behaviour, Datamodel, Field, FieldId, FieldKind, ModelId, RelationId, RelationStorage, Sequence, Side,
};

/// Storage type of a scalar or enum field's values; `None` for relations.
pub(crate) fn value_type(field: &Field) -> Option<ColumnType> {
    match field.kind {
        FieldKind::Scalar(scalar) => Some(ColumnType::Scalar(scalar)),
        FieldKind::Enum(_) => Some(ColumnType::Enum),
        FieldKind::Relation { .. } => None,
    }
}

/// The column of a field that has one.
pub(crate) fn column(field: &Field) -> Option<ColumnSpec> {
    let column_type = value_type(field).filter(|_| field.has_column())?;
    Some(ColumnSpec {
        name: field.column().to_owned(),
        column_type,
        required: field.is_required,
        unique: field.is_unique || field.is_id(),
    })
}

/// The values' type of a scalar list.
pub(crate) fn list_type(field: &Field) -> Option<ColumnType> {
    value_type(field).filter(|_| field.is_scalar_list())
}

/// The id column of a model.
pub(crate) fn id_column(datamodel: &Datamodel, model: ModelId) -> ColumnSpec {
    column(datamodel.field(datamodel.id_field(model))).expect("every validated model has an id, and ids have a column")
}

/// The sequence of an id field.
pub(crate) fn sequence(field: &Field) -> Option<&Sequence> {
    match &field.behaviour {
        Some(Behaviour::Id { sequence, .. }) => sequence.as_ref(),
        _ => None,
    }
}

/// Name of the table that holds a scalar list.
pub(crate) fn list_table(datamodel: &Datamodel, field: FieldId) -> String {
    datamodel.model(field.model).list_table(datamodel.field(field))
}

/// Name of the table of the model on one side of a relation.
pub(crate) fn table_of_side(datamodel: &Datamodel, relation: RelationId, side: Side) -> &str {
    datamodel.model(datamodel.relation_model(relation, side)).table()
}

/// Where one side of a relation finds its links.
pub(crate) enum Links<'a> {
    /// In its own rows: a column that holds the id of the other side's node.
    InRow { table: &'a str, column: &'a str },
    /// In other rows: a column that holds this side's ids.
    Elsewhere { table: &'a str, column: &'a str },
}

/// Where a side of a relation finds its links.
pub(crate) fn links(datamodel: &Datamodel, relation: RelationId, side: Side) -> Links<'_> {
    match &datamodel.relation(relation).storage {
        RelationStorage::Inline { side: holder, column } => {
            let table = table_of_side(datamodel, relation, *holder);
            if *holder == side { Links::InRow { table, column } } else { Links::Elsewhere { table, column } }
        }
        RelationStorage::Table { table, column_a, column_b, .. } => {
            let column = match side {
                Side::A => column_a,
                Side::B => column_b,
            };
            Links::Elsewhere { table, column }
        }
    }
}

/// Every relation.
pub(crate) fn relations(datamodel: &Datamodel) -> impl Iterator<Item = RelationId> {
    (0..datamodel.relations.len()).map(|i| RelationId(i as u32))
}
