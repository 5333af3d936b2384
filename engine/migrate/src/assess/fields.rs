//! Fields that come, go and change.

use super::{Assessor, texts};
use crate::migration_value::{migration_value, plain_text};
use crate::storage;
use connector_interface::{Column, DataCheck};
use datamodel::{Datamodel, Field, FieldId, FieldKind};

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
        if let FieldKind::Relation { relation, side, .. } = field.kind
            && !field.is_list
            && let Some(previous_relation) = self.matching.previous_relation(relation)
        {
            let side = self.matching.previous_side(relation, side);
            if let Some((table, column)) = storage::link_column(self.previous, previous_relation, side) {
                let question = DataCheck::AnyDuplicate { table: table.to_owned(), column: column.to_owned() };
                let has_duplicates = self.ask(question);
                let text = texts::SINGULAR_BACK_RELATION.to_owned();
                self.error(vec![has_duplicates], model_name, Some(name), text);
            }
        }
    }

    pub(super) fn deleted_field(&mut self, model_name: &str, name: &str) {
        let Some(id) = self.previous_names.field(model_name, name) else { return };
        if self.previous.field(id).is_scalar() {
            let has_rows = self.ask_any_row(id.model);
            self.warn(vec![has_rows], model_name, Some(name), texts::DATA_LOSS_FIELD.to_owned());
        }
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
        let table = model.table().to_owned();
        match field.kind {
            FieldKind::Relation { relation, side, .. } => {
                let Some((link_table, link_column)) = storage::link_column(self.previous, relation, side) else {
                    let (_, column) = storage::link_column(self.previous, relation, side.opposite())?;
                    return Some(DataCheck::AnyNull { table, column: column.to_owned() });
                };
                Some(DataCheck::AnyUnlinked {
                    id: Column::of(self.previous, self.previous.id_field(id.model)),
                    table,
                    link_table: link_table.to_owned(),
                    link_column: link_column.to_owned(),
                })
            }
            FieldKind::Scalar(_) | FieldKind::Enum(_) if field.is_list => None,
            FieldKind::Scalar(_) | FieldKind::Enum(_) => {
                Some(DataCheck::AnyNull { table, column: field.column().to_owned() })
            }
        }
    }
}

fn quoted_migration_value(datamodel: &Datamodel, field: &Field) -> String {
    migration_value(datamodel, field).map_or_else(String::new, |value| plain_text(&value))
}
