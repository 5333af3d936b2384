//! What is kept gets its new name, nullability, uniqueness and id.

use super::{Plan, fields};
use crate::migration_value::{cell, migration_value};
use crate::rename_order::{Rename, order};
use crate::storage::{self, relations};
use connector_interface::{ColumnSpec, SchemaChange, Value};
use datamodel::{ModelId, RelationStorage, Sequence, Side};
use std::collections::HashMap;

/// A column of a table that stays.
enum KeptColumn {
    /// A field's column.
    Plain { from: ColumnSpec, to: ColumnSpec, fill: Option<Value> },
    /// An id column and the one that takes its place.
    Id { from: ColumnSpec, to: ColumnSpec, sequence: Option<Sequence> },
    /// The column of an inline relation.
    Relation { from: String, to: String },
}

impl KeptColumn {
    fn names(&self) -> (String, String) {
        match self {
            KeptColumn::Plain { from, to, .. } | KeptColumn::Id { from, to, .. } => {
                (from.name.clone(), to.name.clone())
            }
            KeptColumn::Relation { from, to } => (from.clone(), to.clone()),
        }
    }

    /// One rename of the column as a change; everything else changes with the last one.
    fn change(&self, table: &str, rename: Rename) -> Option<SchemaChange> {
        let table = table.to_owned();
        let renamed = |column: &ColumnSpec, name: &str| ColumnSpec { name: name.to_owned(), ..column.clone() };
        match self {
            KeptColumn::Relation { .. } => (rename.from != rename.to).then_some(SchemaChange::RenameRelationColumn {
                table,
                from: rename.from,
                to: rename.to,
            }),
            KeptColumn::Id { from, to, sequence } if rename.last => Some(SchemaChange::ReplaceId {
                table,
                from: renamed(from, &rename.from),
                to: to.clone(),
                sequence: sequence.clone(),
            }),
            KeptColumn::Plain { from, to, fill } if rename.last => {
                let from = renamed(from, &rename.from);
                let is_change = from != *to;
                is_change.then(|| SchemaChange::AlterColumn { table, from, to: to.clone(), fill: fill.clone() })
            }
            KeptColumn::Plain { from, .. } | KeptColumn::Id { from, .. } => Some(SchemaChange::AlterColumn {
                table,
                from: renamed(from, &rename.from),
                to: renamed(from, &rename.to),
                fill: None,
            }),
        }
    }
}

impl Plan<'_> {
    /// Columns of the tables that stay, under the tables' previous names.
    pub(super) fn change_columns(&mut self) {
        let mut relation_columns = self.kept_relation_columns();
        for (model, _) in self.next.models() {
            let Some(was) = self.matching.previous_model(model) else { continue };
            let table = self.previous.model(was).table();
            let mut columns = self.kept_columns(was, model);
            columns.extend(relation_columns.remove(&was).into_iter().flatten());
            let names: Vec<_> = columns.iter().map(KeptColumn::names).collect();
            let renames = order(&names).into_iter();
            self.changes.extend(renames.filter_map(|rename| columns[rename.of].change(table, rename)));
            self.change_sequence(was, model);
        }
    }

    fn kept_columns(&self, was: ModelId, is: ModelId) -> Vec<KeptColumn> {
        let mut columns: Vec<_> = self
            .previous
            .fields(was)
            .filter_map(|(was_id, was_field)| {
                let is_field = self.next.field(self.kept_column(was_id)?);
                let (from, to) = (storage::column(was_field)?, storage::column(is_field)?);
                let becomes_required = !from.required && to.required;
                let fill = migration_value(self.next, is_field).filter(|_| becomes_required).map(|v| cell(&v));
                Some(KeptColumn::Plain { from, to, fill })
            })
            .collect();
        if self.replaces_id(is) {
            columns.push(KeptColumn::Id {
                from: storage::id_column(self.previous, was),
                to: storage::id_column(self.next, is),
                sequence: storage::sequence(self.next.field(self.next.id_field(is))).cloned(),
            });
        }
        columns
    }

    /// Columns of inline relations, by the previous model whose table has them.
    fn kept_relation_columns(&self) -> HashMap<ModelId, Vec<KeptColumn>> {
        let mut columns: HashMap<_, Vec<_>> = HashMap::new();
        for was_id in relations(self.previous) {
            if let RelationStorage::Inline { side, column: from } = &self.previous.relation(was_id).storage
                && let Some(is_id) = self.kept_relation(was_id)
                && let RelationStorage::Inline { column: to, .. } = &self.next.relation(is_id).storage
            {
                let column = KeptColumn::Relation { from: from.clone(), to: to.clone() };
                columns.entry(self.previous.relation_model(was_id, *side)).or_default().push(column);
            }
        }
        columns
    }

    /// The sequence of an id that stays. A new initial value alone means nothing where rows may be.
    fn change_sequence(&mut self, was: ModelId, is: ModelId) {
        if self.replaces_id(is) {
            return;
        }
        let from = storage::sequence(self.previous.field(self.previous.id_field(was)));
        let to = storage::sequence(self.next.field(self.next.id_field(is)));
        if from.map(|s| &s.name) != to.map(|s| &s.name) {
            self.changes.push(SchemaChange::ChangeSequence {
                table: self.previous.model(was).table().to_owned(),
                id: storage::id_column(self.next, is),
                from: from.cloned(),
                to: to.cloned(),
            });
        }
    }

    /// Tables of models, lists and links share one namespace.
    pub(super) fn rename_tables(&mut self) {
        let models = self.previous.models().filter_map(|(id, was)| {
            let is = self.next.model(self.matching.next_model(id)?);
            Some((was.table().to_owned(), is.table().to_owned()))
        });
        let lists = fields(self.previous).filter_map(|id| {
            let is_id = self.kept_list(id)?;
            Some((storage::list_table(self.previous, id), storage::list_table(self.next, is_id)))
        });
        let links = relations(self.previous).filter_map(|id| {
            let is_id = self.kept_relation(id)?;
            match (&self.previous.relation(id).storage, &self.next.relation(is_id).storage) {
                (RelationStorage::Table { table: was, .. }, RelationStorage::Table { table: is, .. }) => {
                    Some((was.clone(), is.clone()))
                }
                _ => None,
            }
        });
        let names: Vec<_> = models.chain(lists).chain(links).collect();
        let renames = order(&names).into_iter().filter(|rename| rename.from != rename.to);
        self.changes.extend(renames.map(|rename| SchemaChange::RenameTable { from: rename.from, to: rename.to }));
    }

    /// Columns of the link tables that stay, under the tables' next names.
    pub(super) fn change_link_tables(&mut self) {
        for was_id in relations(self.previous) {
            let Some(is_id) = self.kept_relation(was_id) else { continue };
            let (
                RelationStorage::Table { column_a: was_a, column_b: was_b, id_column: was_link_id, .. },
                RelationStorage::Table { table, column_a, column_b, id_column: is_link_id },
            ) = (&self.previous.relation(was_id).storage, &self.next.relation(is_id).storage)
            else {
                continue;
            };
            let is_flipped = self.matching.previous_side(is_id, Side::A) == Side::B;
            let (was_a, was_b) = if is_flipped { (was_b, was_a) } else { (was_a, was_b) };
            let mut names = vec![(was_a.clone(), column_a.clone()), (was_b.clone(), column_b.clone())];
            match (was_link_id, is_link_id) {
                (Some(was), Some(is)) => names.push((was.clone(), is.clone())),
                (Some(was), None) => {
                    self.changes.push(SchemaChange::DropLinkId { table: table.clone(), column: was.clone() });
                }
                (None, _) => {}
            }
            let renames: Vec<_> = order(&names)
                .into_iter()
                .filter(|rename| rename.from != rename.to)
                .map(|rename| (rename.from, rename.to))
                .collect();
            if !renames.is_empty() {
                self.changes.push(SchemaChange::RenameLinkColumns { table: table.clone(), renames });
            }
        }
    }
}
