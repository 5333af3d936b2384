//! Where the links of a relation are stored, and what can be done with them.
//!
//! Every storage is seen as a table of two columns, one with the ids of parents and one with the ids of children: a
//! link table is one, and so is the table whose rows hold the other end's id (its id column and that column). So
//! every question about links is one statement for all storages, and only adding and removing differ.

use super::{
    Write, errors,
    statement::{self, quote},
};
use crate::sql::Sql;
use connector_interface::{CellType, Column, ConnectorError, Value};
use datamodel::{Datamodel, FieldId, FieldKind, ModelId, RelationStorage, Side};

/// The links of a relation, seen from the model of one of its fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Links<'a> {
    table: &'a str,
    parent_column: &'a str,
    child_column: &'a str,
    parent_model: ModelId,
    child_model: ModelId,
    parent_cell: CellType,
    child_cell: CellType,
    storage: Storage<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Storage<'a> {
    /// The parent's row holds the child's id.
    ParentRow,
    /// The child's row holds the parent's id.
    ChildRow,
    /// A link table, with an id column of its own if it has one.
    Table { id_column: Option<&'a str> },
}

/// The links of `field`.
pub(super) fn of(datamodel: &Datamodel, field: FieldId) -> Result<Links<'_>, ConnectorError> {
    let FieldKind::Relation { relation, side, target } = datamodel.field(field).kind else {
        return Err(errors::not_a_relation(datamodel, field));
    };
    let parent_id = datamodel.id_field(field.model);
    let child_id = datamodel.id_field(target);
    let id_column = |id: FieldId| datamodel.field(id).column();
    let (table, parent_column, child_column, storage) = match &datamodel.relation(relation).storage {
        RelationStorage::Inline { side: owner, column } if *owner == side => {
            (datamodel.model(field.model).table(), id_column(parent_id), column.as_str(), Storage::ParentRow)
        }
        RelationStorage::Inline { column, .. } => {
            (datamodel.model(target).table(), column.as_str(), id_column(child_id), Storage::ChildRow)
        }
        RelationStorage::Table { table, column_a, column_b, id_column } => {
            let (parent, child) = match side {
                Side::A => (column_a, column_b),
                Side::B => (column_b, column_a),
            };
            (table.as_str(), parent.as_str(), child.as_str(), Storage::Table { id_column: id_column.as_deref() })
        }
    };
    Ok(Links {
        table,
        parent_column,
        child_column,
        parent_model: field.model,
        child_model: target,
        parent_cell: Column::of(datamodel, parent_id).cell,
        child_cell: Column::of(datamodel, child_id).cell,
        storage,
    })
}

/// The column of the model's own rows that holds the links of `field`, if that is where they are stored.
pub(super) fn column_of(datamodel: &Datamodel, field: FieldId) -> Option<Column> {
    let links = of(datamodel, field).ok()?;
    (links.storage == Storage::ParentRow)
        .then(|| Column { name: links.child_column.to_owned(), cell: links.child_cell })
}

impl<'a> Links<'a> {
    /// The same links, seen from the other end.
    pub(super) fn reversed(self) -> Links<'a> {
        Links {
            parent_column: self.child_column,
            child_column: self.parent_column,
            parent_model: self.child_model,
            child_model: self.parent_model,
            parent_cell: self.child_cell,
            child_cell: self.parent_cell,
            storage: match self.storage {
                Storage::ParentRow => Storage::ChildRow,
                Storage::ChildRow => Storage::ParentRow,
                table => table,
            },
            ..self
        }
    }

    /// The model at the other end.
    pub(super) fn child_model(self) -> ModelId {
        self.child_model
    }

    /// The column of the child's row that holds the parent's id, if that is where the link is stored.
    pub(super) fn column_of_child(self) -> Option<&'a str> {
        (self.storage == Storage::ChildRow).then_some(self.parent_column)
    }

    /// Ids of the nodes that `parent` is linked to.
    pub(super) fn children(self, write: &Write, parent: &Value) -> Result<Vec<Value>, ConnectorError> {
        let sql = format!(
            "SELECT {child} FROM {table} WHERE {parent} = ?1 AND {child} IS NOT NULL",
            table = quote(self.table),
            parent = quote(self.parent_column),
            child = quote(self.child_column),
        );
        statement::all(write, &sql, [parent], self.child_cell)
    }

    /// Appends a `SELECT` of the ids of the nodes that the parent in an own parameter is linked to.
    pub(super) fn select_children(self, sql: &mut Sql, parent: u32) {
        sql.push("SELECT ").name(self.child_column).push(" FROM ").name(self.table);
        sql.push(" WHERE ").name(self.parent_column).push(" = ").own(parent);
    }

    /// Whether `parent` is linked to any node.
    pub(super) fn any(self, write: &Write, parent: &Value) -> Result<bool, ConnectorError> {
        let sql = format!(
            "SELECT 1 FROM {table} WHERE {parent} = ?1 AND {child} IS NOT NULL",
            table = quote(self.table),
            parent = quote(self.parent_column),
            child = quote(self.child_column),
        );
        statement::exists(write, &sql, [parent])
    }

    /// Whether `parent` is linked to `child`.
    pub(super) fn contain(self, write: &Write, parent: &Value, child: &Value) -> Result<bool, ConnectorError> {
        let sql = format!(
            "SELECT 1 FROM {table} WHERE {parent} = ?1 AND {child} = ?2",
            table = quote(self.table),
            parent = quote(self.parent_column),
            child = quote(self.child_column),
        );
        statement::exists(write, &sql, [parent, child])
    }

    /// Links `parent` to `child`. A link that is there already stays as it is.
    pub(super) fn add(self, write: &Write, parent: &Value, child: &Value) -> Result<(), ConnectorError> {
        let table = quote(self.table);
        let (parent_column, child_column) = (quote(self.parent_column), quote(self.child_column));
        match self.storage {
            Storage::ParentRow => {
                let sql = format!("UPDATE {table} SET {child_column} = ?2 WHERE {parent_column} = ?1");
                statement::execute(write, &sql, [parent, child])
            }
            Storage::ChildRow => {
                let sql = format!("UPDATE {table} SET {parent_column} = ?1 WHERE {child_column} = ?2");
                statement::execute(write, &sql, [parent, child])
            }
            Storage::Table { id_column: None } => {
                let sql = format!(
                    "INSERT INTO {table} ({parent_column}, {child_column}) VALUES (?1, ?2) ON CONFLICT DO NOTHING"
                );
                statement::execute(write, &sql, [parent, child])
            }
            Storage::Table { id_column: Some(id_column) } => {
                let sql = format!(
                    "INSERT INTO {table} ({parent_column}, {child_column}, {id_column}) VALUES (?1, ?2, ?3) \
                     ON CONFLICT DO NOTHING",
                    id_column = quote(id_column),
                );
                statement::execute(write, &sql, [parent, child, &Value::Text(write.context.ids.cuid())])
            }
        }
        .map_err(|error| errors::refused(write.datamodel, self.child_model, error))
    }

    /// Removes the link between `parent` and `child`.
    pub(super) fn remove(self, write: &Write, parent: &Value, child: &Value) -> Result<(), ConnectorError> {
        let condition = format!(
            "{parent} = ?1 AND {child} = ?2",
            parent = quote(self.parent_column),
            child = quote(self.child_column)
        );
        self.remove_where(write, &condition, &[parent, child])
    }

    /// Removes all links of `parent`.
    pub(super) fn remove_all(self, write: &Write, parent: &Value) -> Result<(), ConnectorError> {
        let condition = format!("{parent} = ?1", parent = quote(self.parent_column));
        self.remove_where(write, &condition, &[parent])
    }

    fn remove_where(self, write: &Write, condition: &str, ids: &[&Value]) -> Result<(), ConnectorError> {
        let table = quote(self.table);
        let sql = match self.storage {
            Storage::ParentRow => {
                format!("UPDATE {table} SET {column} = NULL WHERE {condition}", column = quote(self.child_column))
            }
            Storage::ChildRow => {
                format!("UPDATE {table} SET {column} = NULL WHERE {condition}", column = quote(self.parent_column))
            }
            Storage::Table { .. } => format!("DELETE FROM {table} WHERE {condition}"),
        };
        statement::execute(write, &sql, ids.iter().copied())
            .map_err(|error| errors::refused(write.datamodel, self.child_model, error))
    }
}
