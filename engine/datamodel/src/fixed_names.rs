//! What a datamodel v1 says by names where a later one has directives.

use crate::model::{Behaviour, FieldKind, IdStrategy, ScalarType};

/// The id, which every model has.
pub(crate) const ID: &str = "id";
/// The time of the last change, which every row has.
pub(crate) const UPDATED_AT: &str = "updatedAt";
/// The time of its creation.
pub(crate) const CREATED_AT: &str = "createdAt";

/// Fields that every model has, written down or not, in the order in which the missing ones follow the written ones.
pub(crate) const EVERYWHERE: [(&str, ScalarType); 3] =
    [(ID, ScalarType::Id), (UPDATED_AT, ScalarType::DateTime), (CREATED_AT, ScalarType::DateTime)];

/// What is special about a field of that name.
pub(crate) fn behaviour(name: &str, kind: FieldKind, is_list: bool) -> Option<Behaviour> {
    match name {
        _ if matches!(kind, FieldKind::Relation { .. }) => None,
        _ if is_list => Some(Behaviour::ScalarList),
        ID => Some(Behaviour::Id { strategy: IdStrategy::Auto, sequence: None }),
        CREATED_AT => Some(Behaviour::CreatedAt),
        UPDATED_AT => Some(Behaviour::UpdatedAt),
        _ => None,
    }
}
