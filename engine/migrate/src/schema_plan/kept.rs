//! Which stored things stay, with their contents.

use super::Plan;
use crate::storage;
use datamodel::{FieldId, ModelId, RelationId, RelationStorage, Side};

impl Plan<'_> {
    /// The next field that keeps the column of a previous one: values stay as long as their type does.
    pub(super) fn kept_column(&self, was_id: FieldId) -> Option<FieldId> {
        let is_id = self.matching.next_field(was_id)?;
        let (was, is) = (self.previous.field(was_id), self.next.field(is_id));
        let (was_column, is_column) = (storage::column(was)?, storage::column(is)?);
        (was_column.column_type == is_column.column_type && was.is_id() == is.is_id()).then_some(is_id)
    }

    /// The next field that keeps the list table of a previous one.
    pub(super) fn kept_list(&self, was_id: FieldId) -> Option<FieldId> {
        let is_id = self.matching.next_field(was_id)?;
        let was_type = storage::list_type(self.previous.field(was_id))?;
        let keeps_type = storage::list_type(self.next.field(is_id)) == Some(was_type);
        (keeps_type && !self.replaces_id(is_id.model)).then_some(is_id)
    }

    /// The next relation that keeps the links of a previous one: in the table of the same model, or in a link table.
    pub(super) fn kept_relation(&self, was_id: RelationId) -> Option<RelationId> {
        let is_id = self.matching.next_relation(was_id)?;
        let keeps_place = match (&self.previous.relation(was_id).storage, &self.next.relation(is_id).storage) {
            (RelationStorage::Inline { side: was, .. }, RelationStorage::Inline { side: is, .. }) => {
                self.matching.previous_side(is_id, *is) == *was
            }
            (RelationStorage::Table { id_column: was, .. }, RelationStorage::Table { id_column: is, .. }) => {
                was.is_some() || is.is_none()
            }
            _ => false,
        };
        let keeps_ids = [Side::A, Side::B].map(|side| self.next.relation_model(is_id, side));
        (keeps_place && !keeps_ids.into_iter().any(|model| self.replaces_id(model))).then_some(is_id)
    }

    /// Whether an existing model gets another id column, so that nothing can refer to its rows any more.
    pub(super) fn replaces_id(&self, model: ModelId) -> bool {
        let was = self.matching.previous_model(model).map(|was| self.previous.id_field(was));
        was.is_some_and(|was| self.kept_column(was) != Some(self.next.id_field(model)))
    }
}
