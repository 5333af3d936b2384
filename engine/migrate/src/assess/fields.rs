//! Fields that come, go and change.

use super::{Assessor, texts};
use crate::migration_value::{migration_value, plain_text};
use crate::storage::{self, Links};
use connector_interface::{Column, DataCheck};
use datamodel::{Datamodel, Field, FieldId, FieldKind, RelationId, Side};

impl Assessor<'_> {
    pub(super) fn created_field(&mut self, model_name: &str, name: &str) {
        let Some(id) = self.next_names.field(model_name, name) else { return };
        let Some(was) = self.matching.previous_model(id.model) else { return };
        let field = self.next.field(id);
        if field.is_required && field.is_scalar() {
            let has_rows = vec![self.ask_any_row(was)];
            if field.is_unique {
                self.error(has_rows, model_name, Some(name), texts::new_required_unique(name, model_name));
            } else {
                let value = quoted_migration_value(self.next, field);
                self.warn(has_rows, model_name, Some(name), texts::prefill_new_field(&value));
            }
        }
        self.field_joins_relation(id);
    }

    /// A to-one field comes to a relation that is there already: no two links may meet in one node, and none may be
    /// missing where the field is required. The original does not ask the latter and fails on reading such nodes.
    fn field_joins_relation(&mut self, id: FieldId) {
        let (model, field) = (&self.next.model(id.model).name, self.next.field(id));
        let FieldKind::Relation { relation, side, .. } = field.kind else { return };
        let Some(was) = self.matching.previous_relation(relation).filter(|_| !field.is_list) else { return };
        let was_side = self.matching.previous_side(relation, side);
        if let Links::Elsewhere { table, column } = storage::links(self.previous, was, was_side) {
            let question = DataCheck::AnyDuplicate { table: table.to_owned(), column: column.to_owned() };
            let has_duplicates = self.ask(question);
            self.error(vec![has_duplicates], model, Some(&field.name), texts::SINGULAR_BACK_RELATION.to_owned());
        }
        if field.is_required {
            let has_unlinked = self.ask(self.unlinked(was, was_side));
            self.error(vec![has_unlinked], model, None, texts::REQUIRED_RELATION.to_owned());
        }
    }

    pub(super) fn deleted_field(&mut self, model_name: &str, name: &str) {
        let Some(id) = self.previous_names.field(model_name, name) else { return };
        if self.previous.field(id).is_scalar() {
            let has_rows = self.ask_any_row(id.model);
            self.warn(vec![has_rows], model_name, Some(name), texts::DATA_LOSS_FIELD.to_owned());
        }
        self.time_is_dropped(model_name, name);
    }

    /// Names in the notices are the old ones.
    pub(super) fn updated_field(&mut self, new_model_name: &str, new_name: &str) {
        let Some(is_id) = self.next_names.field(new_model_name, new_name) else { return };
        let Some(was_id) = self.matching.previous_field(is_id) else { return };
        let is = self.next.field(is_id);
        let (previous_model, was) = (self.previous.model(was_id.model), self.previous.field(was_id));
        let (model, field) = (&*previous_model.name, &*was.name);
        let type_changes = storage::value_type(was) != storage::value_type(is);
        let loses_values = type_changes || was.is_list != is.is_list;
        let prefills = is.is_required && is.is_scalar();
        let prefill = texts::prefill_existing_field(&quoted_migration_value(self.next, is));

        if loses_values {
            let has_rows = self.ask_any_row(was_id.model);
            self.warn(vec![has_rows], model, Some(field), texts::DATA_LOSS_FIELD.to_owned());
            if prefills {
                self.warn(vec![has_rows], model, Some(field), prefill.clone());
            }
        }

        if was.is_scalar() {
            self.field_joins_relation(is_id);
        }
        let becomes_required = !was.is_required && is.is_required;
        let mut breaks_unique = Vec::new();
        if becomes_required && let Some(question) = self.missing_values(was_id) {
            let has_nulls = self.ask(question);
            if is.is_unique {
                breaks_unique.push(has_nulls);
            } else if is.is_scalar() {
                self.warn(vec![has_nulls], model, Some(field), prefill);
            } else {
                self.error(vec![has_nulls], model, Some(field), texts::becomes_required(field, model));
            }
        }
        if loses_values && prefills && is.is_unique && !is.is_id() {
            // The original lets this pass and fails later: every row would get the same value.
            breaks_unique.push(self.ask(DataCheck::SeveralRows { table: previous_model.table().to_owned() }));
        }
        if !breaks_unique.is_empty() {
            self.error(breaks_unique, model, Some(field), texts::becomes_required_and_unique(field, model));
        }

        if !was.is_unique && is.is_unique && was.has_column() {
            let table = previous_model.table().to_owned();
            let has_duplicates = self.ask(DataCheck::AnyDuplicate { table, column: was.column().to_owned() });
            self.error(vec![has_duplicates], model, Some(field), texts::becomes_unique(field, model));
        }
        if was.is_id() && is.is_id() && type_changes {
            let has_rows = self.ask_any_row(was_id.model);
            self.error(vec![has_rows], model, Some(field), texts::id_type(field, model));
        }
    }

    /// The question whether a previous field is null somewhere. A scalar list never is.
    fn missing_values(&self, id: FieldId) -> Option<DataCheck> {
        let (model, field) = (self.previous.model(id.model), self.previous.field(id));
        match field.kind {
            FieldKind::Relation { relation, side, .. } => Some(self.unlinked(relation, side)),
            FieldKind::Scalar(_) | FieldKind::Enum(_) => field
                .has_column()
                .then(|| DataCheck::AnyNull { table: model.table().to_owned(), column: field.column().to_owned() }),
        }
    }

    /// The question whether a node on this side of a previous relation has no link.
    fn unlinked(&self, relation: RelationId, side: Side) -> DataCheck {
        match storage::links(self.previous, relation, side) {
            Links::InRow { table, column } => DataCheck::AnyNull { table: table.to_owned(), column: column.to_owned() },
            Links::Elsewhere { table, column } => DataCheck::AnyUnlinked {
                id: Column::of(self.previous, self.previous.id_field(self.previous.relation_model(relation, side))),
                table: storage::table_of_side(self.previous, relation, side).to_owned(),
                link_table: table.to_owned(),
                link_column: column.to_owned(),
            },
        }
    }
}

fn quoted_migration_value(datamodel: &Datamodel, field: &Field) -> String {
    migration_value(datamodel, field).map_or_else(String::new, |value| plain_text(&value))
}
