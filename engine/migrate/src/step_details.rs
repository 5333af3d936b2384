//! Fills the steps that show more than names.

use crate::migration_value::scala_text;
use crate::{Manifestation, Step};
use datamodel::{Datamodel, EnumType, Field, FieldId, FieldKind, RelationId, RelationStorage};

/// `CreateField` for a field of the next datamodel.
pub(crate) fn create_field(next: &Datamodel, id: FieldId) -> Step {
    let field = next.field(id);
    Step::CreateField {
        model: next.model(id.model).name.clone(),
        name: field.name.clone(),
        type_name: type_name(next, field),
        is_required: field.is_required,
        is_list: field.is_list,
        unique: field.is_unique,
        enum_name: enum_name(next, field),
        default: field.default.as_ref().map_or("None".to_owned(), |d| format!("Some({})", scala_text(d))),
        relation: relation_name(next, field),
    }
}

/// `UpdateField` from a previous to a next field.
pub(crate) fn update_field(previous: &Datamodel, was_id: FieldId, next: &Datamodel, is_id: FieldId) -> Step {
    let (was, is) = (previous.field(was_id), next.field(is_id));
    Step::UpdateField {
        model: previous.model(was_id.model).name.clone(),
        new_model: next.model(is_id.model).name.clone(),
        name: was.name.clone(),
        new_name: changed(was.name.clone(), is.name.clone()),
        type_name: changed(type_name(previous, was), type_name(next, is)),
        is_required: changed(was.is_required, is.is_required),
        is_list: changed(was.is_list, is.is_list),
        unique: changed(was.is_unique, is.is_unique),
        enum_name: changed(enum_name(previous, was), enum_name(next, is)).flatten(),
        default: changed(was.default.as_ref().map(scala_text), is.default.as_ref().map(scala_text)).flatten(),
        relation: changed(relation_name(previous, was), relation_name(next, is)).flatten(),
    }
}

/// `UpdateEnum` from a previous to a next enum.
pub(crate) fn update_enum(was: &EnumType, is: &EnumType) -> Step {
    Step::UpdateEnum {
        name: was.name.clone(),
        new_name: changed(was.name.clone(), is.name.clone()),
        values: changed(was.values.clone(), is.values.clone()),
    }
}

/// `CreateRelation` for a relation of the next datamodel.
pub(crate) fn create_relation(next: &Datamodel, id: RelationId) -> Step {
    let relation = next.relation(id);
    Step::CreateRelation {
        name: relation.name.clone(),
        left_model: next.model(relation.model_a).name.clone(),
        right_model: next.model(relation.model_b).name.clone(),
        after: manifestation(next, id),
    }
}

/// `UpdateRelation` from a previous to a next relation.
pub(crate) fn update_relation(previous: &Datamodel, was: RelationId, next: &Datamodel, is: RelationId) -> Step {
    let (was_name, is_name) = (previous.relation(was).name.clone(), next.relation(is).name.clone());
    Step::UpdateRelation {
        name: was_name.clone(),
        new_name: changed(was_name, is_name),
        before: manifestation(previous, was),
        after: manifestation(next, is),
    }
}

/// Where the links of a relation are kept, as it is shown.
pub(crate) fn manifestation(datamodel: &Datamodel, id: RelationId) -> Manifestation {
    match &datamodel.relation(id).storage {
        RelationStorage::Inline { side, column } => Manifestation::Inline {
            model: datamodel.model(datamodel.relation_model(id, *side)).name.clone(),
            column: column.clone(),
        },
        RelationStorage::Table { table, column_a, column_b, id_column } => Manifestation::LinkTable {
            table: table.clone(),
            model_a_column: column_a.clone(),
            model_b_column: column_b.clone(),
            id_column: id_column.clone(),
        },
    }
}

fn type_name(datamodel: &Datamodel, field: &Field) -> String {
    match field.kind {
        FieldKind::Scalar(scalar) => scalar.name().to_owned(),
        FieldKind::Enum(_) => "Enum".to_owned(),
        FieldKind::Relation { target, .. } => datamodel.model(target).name.clone(),
    }
}

fn enum_name(datamodel: &Datamodel, field: &Field) -> Option<String> {
    match field.kind {
        FieldKind::Enum(id) => Some(datamodel.enum_type(id).name.clone()),
        FieldKind::Scalar(_) | FieldKind::Relation { .. } => None,
    }
}

fn relation_name(datamodel: &Datamodel, field: &Field) -> Option<String> {
    match field.kind {
        FieldKind::Relation { relation, .. } => Some(datamodel.relation(relation).name.clone()),
        FieldKind::Scalar(_) | FieldKind::Enum(_) => None,
    }
}

fn changed<T: PartialEq>(was: T, is: T) -> Option<T> {
    (was != is).then_some(is)
}
