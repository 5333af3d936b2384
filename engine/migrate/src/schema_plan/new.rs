//! What is made anew.

use super::{Plan, fields};
use crate::migration_value::{cell, migration_value};
use crate::storage::{self, relations};
use connector_interface::{LinkColumn, SchemaChange};
use datamodel::{RelationId, RelationStorage, Side};

impl Plan<'_> {
    pub(super) fn create_tables(&mut self) {
        for (id, model) in self.next.models() {
            if self.matching.previous_model(id).is_none() {
                self.changes.push(SchemaChange::CreateTable {
                    table: model.table().to_owned(),
                    id: storage::id_column(self.next, id),
                    sequence: storage::sequence(self.next.field(self.next.id_field(id))).cloned(),
                });
            }
        }
    }

    pub(super) fn add_columns(&mut self) {
        for id in fields(self.next) {
            let field = self.next.field(id);
            let is_kept = self.matching.previous_field(id).and_then(|was| self.kept_column(was)) == Some(id);
            if let Some(column) = storage::column(field).filter(|_| !field.is_id() && !is_kept) {
                let fill = migration_value(self.next, field).filter(|_| column.required).map(|value| cell(&value));
                let table = self.next.model(id.model).table().to_owned();
                self.changes.push(SchemaChange::AddColumn { table, column, fill });
            }
        }
    }

    pub(super) fn create_lists(&mut self) {
        for id in fields(self.next) {
            let is_kept = self.matching.previous_field(id).and_then(|was| self.kept_list(was)) == Some(id);
            if let Some(value) = storage::list_type(self.next.field(id)).filter(|_| !is_kept) {
                self.changes.push(SchemaChange::CreateListTable {
                    table: storage::list_table(self.next, id),
                    model_table: self.next.model(id.model).table().to_owned(),
                    model_id: storage::id_column(self.next, id.model),
                    value,
                });
            }
        }
    }

    pub(super) fn create_relations(&mut self) {
        for id in relations(self.next) {
            if self.matching.previous_relation(id).and_then(|was| self.kept_relation(was)) == Some(id) {
                continue;
            }
            self.changes.push(match &self.next.relation(id).storage {
                RelationStorage::Inline { side, column } => SchemaChange::AddRelationColumn {
                    table: storage::table_of_side(self.next, id, *side).to_owned(),
                    column: self.link_to(id, side.opposite(), column),
                },
                RelationStorage::Table { table, column_a, column_b, id_column } => SchemaChange::CreateLinkTable {
                    table: table.clone(),
                    a: self.link_to(id, Side::A, column_a),
                    b: self.link_to(id, Side::B, column_b),
                    id_column: id_column.clone(),
                },
            });
        }
    }

    /// A column that holds ids of one side of a relation.
    fn link_to(&self, relation: RelationId, side: Side, column: &str) -> LinkColumn {
        LinkColumn {
            name: column.to_owned(),
            table: storage::table_of_side(self.next, relation, side).to_owned(),
            id: storage::id_column(self.next, self.next.relation_model(relation, side)),
        }
    }
}
