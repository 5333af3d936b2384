//! Relations that come, go and move.

use super::{Assessor, texts};
use crate::storage;
use connector_interface::DataCheck;
use datamodel::{RelationId, RelationStorage, Side};

impl Assessor<'_> {
    /// A required field of a new relation: no existing node has a link.
    pub(super) fn created_relation(&mut self, name: &str) {
        let Some(relation) = self.next_names.relation(name) else { return };
        for side in [Side::A, Side::B] {
            let Some(field) = self.next.relation_field(relation, side) else { continue };
            if self.next.field(field).is_required
                && let Some(was) = self.matching.previous_model(field.model)
            {
                let has_rows = self.ask_any_row(was);
                let model = &self.next.model(field.model).name;
                self.error(vec![has_rows], model, None, texts::REQUIRED_RELATION.to_owned());
            }
        }
    }

    pub(super) fn deleted_relation(&mut self, name: &str) {
        if let Some(relation) = self.previous_names.relation(name) {
            self.lost_links(relation);
        }
    }

    /// Links are lost when they move between a column and a link table, or to the other model's table.
    pub(super) fn updated_relation(&mut self, new_name: &str) {
        let Some(is_id) = self.next_names.relation(new_name) else { return };
        let Some(was_id) = self.matching.previous_relation(is_id) else { return };
        let (was, is) = (self.previous.relation(was_id), self.next.relation(is_id));
        match (&was.storage, &is.storage) {
            (RelationStorage::Table { id_column: None, .. }, RelationStorage::Table { id_column: Some(id), .. }) => {
                self.error(Vec::new(), &was.name, Some(id), texts::LINK_TABLE_ID.to_owned());
            }
            (RelationStorage::Table { .. }, RelationStorage::Table { .. }) => {}
            (RelationStorage::Inline { side: was, .. }, RelationStorage::Inline { side: is, .. }) => {
                if self.matching.previous_side(is_id, *is) != *was {
                    self.lost_links(was_id);
                }
            }
            (RelationStorage::Inline { .. }, RelationStorage::Table { .. })
            | (RelationStorage::Table { .. }, RelationStorage::Inline { .. }) => self.lost_links(was_id),
        }
    }

    fn lost_links(&mut self, relation: RelationId) {
        let question = match &self.previous.relation(relation).storage {
            RelationStorage::Table { table, .. } => DataCheck::AnyRow { table: table.clone() },
            RelationStorage::Inline { side, column } => DataCheck::AnyValue {
                table: storage::table_of_side(self.previous, relation, *side).to_owned(),
                column: column.clone(),
            },
        };
        let has_links = self.ask(question);
        let name = &self.previous.relation(relation).name;
        self.warn(vec![has_links], name, None, texts::DATA_LOSS_RELATION.to_owned());
    }
}
