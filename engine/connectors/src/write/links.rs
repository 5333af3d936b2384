//! Where the links of a relation are stored, and what can be done with them.
//!
//! Every storage is seen as a table of two columns, one with the ids of parents and one with the ids of children: a
//! link table is one, and so is the table whose rows hold the other end's id (its id column and that column). So
//! every question about links is one statement for all storages, and only adding and removing differ.

use super::{Failure, Session, Write, errors};
use crate::sql::{Parameter, Sql};
use connector_interface::{CellType, Column, ConnectorError, Value, live_bytes};
use datamodel::{Datamodel, FieldId, FieldKind, ModelId, RelationStorage, Side};

/// The links of a relation, seen from the model of one of its fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Links<'a> {
    /// The table of two columns.
    pub(crate) table: &'a str,
    /// The column with the ids of parents.
    pub(crate) parent_column: &'a str,
    /// The column with the ids of children.
    pub(crate) child_column: &'a str,
    pub(super) parent_model: ModelId,
    pub(super) child_model: ModelId,
    pub(super) parent_cell: CellType,
    pub(super) child_cell: CellType,
    /// What that table is.
    pub(crate) storage: Storage<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Storage<'a> {
    /// The parent's row holds the child's id.
    ParentRow,
    /// The child's row holds the parent's id.
    ChildRow,
    /// A link table, with an id column of its own if it has one.
    Table { id_column: Option<&'a str> },
}

/// The links of `field`.
pub(crate) fn of(datamodel: &Datamodel, field: FieldId) -> Result<Links<'_>, ConnectorError> {
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

    /// The column of the child's row that holds the parent's id, if that is where the link is stored.
    pub(super) fn column_of_child(self) -> Option<&'a str> {
        (self.storage == Storage::ChildRow).then_some(self.parent_column)
    }

    /// Ids of the nodes that any of `parents` is linked to.
    pub(super) async fn children<S: Session>(
        self,
        write: &Write<'_, S>,
        parents: &[Value],
    ) -> Result<Vec<Value>, Failure> {
        let mut sql = write.sql();
        sql.push("SELECT ").name(self.child_column).push(" FROM ");
        self.where_linked(&mut sql, parents);
        write.column(self.child_model, &sql, &[&one_or_list(parents)], self.child_cell).await
    }

    /// Appends a `SELECT` of the ids of the nodes that the parent in an own parameter is linked to.
    pub(super) fn select_children(self, sql: &mut Sql, parent: u32) {
        sql.push("SELECT ").name(self.child_column).push(" FROM ").table_name(self.table);
        sql.push(" WHERE ").name(self.parent_column).push(" = ").own(parent);
    }

    /// Whether any of `parents` is linked to any node.
    pub(super) async fn any<S: Session>(self, write: &Write<'_, S>, parents: &[Value]) -> Result<bool, Failure> {
        let mut sql = write.sql();
        sql.push("SELECT 1 FROM ");
        self.where_linked(&mut sql, parents);
        sql.push(" LIMIT 1");
        write.exists(self.child_model, &sql, &[&one_or_list(parents)]).await
    }

    /// Appends the table and the condition that one of `parents` is linked.
    fn where_linked(self, sql: &mut Sql, parents: &[Value]) {
        sql.table_name(self.table).push(" WHERE ").name(self.parent_column);
        match parents {
            [_] => sql.push(" = ").own(0),
            _ => sql.among(Parameter::Own(0)),
        };
        sql.push(" AND ").name(self.child_column).push(" IS NOT NULL");
    }

    /// Whether `parent` is linked to `child`.
    pub(super) async fn contain<S: Session>(
        self,
        write: &Write<'_, S>,
        parent: &Value,
        child: &Value,
    ) -> Result<bool, Failure> {
        let mut sql = write.sql();
        sql.push("SELECT 1 FROM ").table_name(self.table);
        self.where_both(&mut sql);
        write.exists(self.child_model, &sql, &[parent, child]).await
    }

    fn where_both(self, sql: &mut Sql) {
        sql.push(" WHERE ").name(self.parent_column).push(" = ").own(0);
        sql.push(" AND ").name(self.child_column).push(" = ").own(1);
    }

    /// Links `parent` to `child`. A link that is there already stays as it is.
    pub(super) async fn add<S: Session>(
        self,
        write: &Write<'_, S>,
        parent: &Value,
        child: &Value,
    ) -> Result<(), Failure> {
        write.grow(live_bytes::LINK)?;
        let mut sql = write.sql();
        match self.storage {
            Storage::ParentRow => {
                sql.push("UPDATE ").table_name(self.table).push(" SET ").name(self.child_column).push(" = ").own(1);
                sql.push(" WHERE ").name(self.parent_column).push(" = ").own(0);
                write.execute(self.child_model, &sql, &[parent, child]).await
            }
            Storage::ChildRow => {
                sql.push("UPDATE ").table_name(self.table).push(" SET ").name(self.parent_column).push(" = ").own(0);
                sql.push(" WHERE ").name(self.child_column).push(" = ").own(1);
                write.execute(self.child_model, &sql, &[parent, child]).await
            }
            Storage::Table { id_column } => {
                let id = Value::Text(id_column.map_or_else(String::new, |_| write.context.ids.cuid()));
                sql.push("INSERT INTO ").table_name(self.table).push(" (");
                sql.names([self.parent_column, self.child_column].into_iter().chain(id_column));
                sql.push(") VALUES (").own(0).push(", ").own(1);
                let mut own = vec![parent, child];
                if id_column.is_some() {
                    sql.push(", ").own(2);
                    own.push(&id);
                }
                sql.push(") ON CONFLICT DO NOTHING");
                write.execute(self.child_model, &sql, &own).await
            }
        }
    }

    /// Removes the link between `parent` and `child`.
    pub(super) async fn remove<S: Session>(
        self,
        write: &Write<'_, S>,
        parent: &Value,
        child: &Value,
    ) -> Result<(), Failure> {
        let mut sql = self.removal(write.sql());
        self.where_both(&mut sql);
        write.execute(self.child_model, &sql, &[parent, child]).await
    }

    /// Removes all links of `parent`.
    pub(super) async fn remove_all<S: Session>(self, write: &Write<'_, S>, parent: &Value) -> Result<(), Failure> {
        let mut sql = self.removal(write.sql());
        sql.push(" WHERE ").name(self.parent_column).push(" = ").own(0);
        write.execute(self.child_model, &sql, &[parent]).await
    }

    fn removal(self, mut sql: Sql) -> Sql {
        match self.storage {
            Storage::ParentRow => {
                sql.push("UPDATE ").table_name(self.table).push(" SET ").name(self.child_column).push(" = NULL")
            }
            Storage::ChildRow => {
                sql.push("UPDATE ").table_name(self.table).push(" SET ").name(self.parent_column).push(" = NULL")
            }
            Storage::Table { .. } => sql.push("DELETE FROM ").table_name(self.table),
        };
        sql
    }
}

/// The value of the parameter of [`Links::where_linked`].
fn one_or_list(ids: &[Value]) -> Value {
    match ids {
        [id] => id.clone(),
        ids => Value::List(ids.to_vec()),
    }
}
