//! Ways from a row to its related rows, for every layout of a relation and from both of its sides.

use connector_interface::{Column, Link, RelationPath};
use datamodel::{Datamodel, FieldId, FieldKind, RelationStorage, Side};

/// The way along a relation field; none for a scalar field.
pub(super) fn relation_path(datamodel: &Datamodel, field: FieldId) -> Option<RelationPath> {
    let FieldKind::Relation { relation, side, target } = datamodel.field(field).kind else { return None };
    let link = match &datamodel.relation(relation).storage {
        RelationStorage::Inline { side: owner, column } if *owner == side => Link::ParentColumn(column.clone()),
        RelationStorage::Inline { column, .. } => Link::ChildColumn(column.clone()),
        RelationStorage::Table { table, column_a, column_b, .. } => {
            let (parent, child) = match side {
                Side::A => (column_a, column_b),
                Side::B => (column_b, column_a),
            };
            Link::Table { table: table.clone(), parent_column: parent.clone(), child_column: child.clone() }
        }
    };
    Some(RelationPath {
        parent_id: Column::of(datamodel, datamodel.id_field(field.model)),
        table: datamodel.model(target).table().to_owned(),
        id: Column::of(datamodel, datamodel.id_field(target)),
        link,
    })
}
