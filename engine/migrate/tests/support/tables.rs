//! A database that has tables and no rows: carries out schema changes and refuses those that a real one would.

use connector_interface::{ColumnSpec, ColumnType, LinkColumn, SchemaChange};
use datamodel::Datamodel;
use migrate::{Renames, infer_steps, schema_changes};
use std::collections::BTreeMap;

/// Tables by name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tables(BTreeMap<String, Table>);

#[derive(Debug, Clone, PartialEq, Default)]
struct Table {
    columns: BTreeMap<String, Column>,
    sequence: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
enum Column {
    Id(ColumnType),
    Plain { column_type: ColumnType, required: bool, unique: bool },
    Link { table: String, id: String, id_type: ColumnType },
    LinkId,
}

type Outcome = Result<(), String>;

impl Tables {
    /// The tables of a datamodel that is deployed into an empty database.
    pub fn of(datamodel: &Datamodel) -> Tables {
        let empty = Datamodel::default();
        let steps = infer_steps(&empty, datamodel, &Renames::default()).unwrap();
        let mut tables = Tables::default();
        tables.apply_all(&schema_changes(&empty, datamodel, &steps)).unwrap();
        tables
    }

    /// Makes all changes in order.
    pub fn apply_all(&mut self, changes: &[SchemaChange]) -> Outcome {
        changes.iter().try_for_each(|change| self.apply(change).map_err(|e| format!("{e} at {change:?}")))
    }

    fn apply(&mut self, change: &SchemaChange) -> Outcome {
        match change {
            SchemaChange::CreateTable { table, id, sequence } => {
                let id_column = (id.name.clone(), Column::Id(id.column_type));
                let sequence = sequence.as_ref().map(|s| s.name.clone());
                self.create(table, Table { columns: [id_column].into(), sequence })
            }
            SchemaChange::DropTable { table } => {
                self.take(table)?;
                self.no_reference_to(table, None)
            }
            SchemaChange::RenameTable { from, to } => {
                // Those of the table itself are among them.
                for column in self.columns_to(from) {
                    if let Column::Link { table, .. } = column {
                        table.clone_from(to);
                    }
                }
                let table = self.take(from)?;
                self.create(to, table)
            }
            SchemaChange::AddColumn { table, column, fill } => {
                if column.required && fill.is_none() {
                    return Err("a required column needs a value for rows".to_owned());
                }
                self.table(table)?.add(&column.name, plain(column))
            }
            SchemaChange::DropColumn { table, column } => match self.table(table)?.take(column)? {
                Column::Plain { .. } => Ok(()),
                other => Err(format!("{other:?} is no plain column")),
            },
            SchemaChange::AlterColumn { table, from, to, fill } => self.alter(table, from, to, fill.is_some()),
            SchemaChange::ReplaceId { table, from, to, sequence } => {
                self.no_reference_to(table, Some(&from.name))?;
                let table = self.table(table)?;
                if table.take(&from.name)? != Column::Id(from.column_type) {
                    return Err(format!("{} is not the id", from.name));
                }
                table.sequence = sequence.as_ref().map(|s| s.name.clone());
                table.add(&to.name, Column::Id(to.column_type))
            }
            SchemaChange::ChangeSequence { table, id, from, to } => {
                let table = self.table(table)?;
                if table.columns.get(&id.name) != Some(&Column::Id(id.column_type)) {
                    return Err(format!("{} is not the id", id.name));
                }
                let was = std::mem::replace(&mut table.sequence, to.as_ref().map(|s| s.name.clone()));
                if was == from.as_ref().map(|s| s.name.clone()) { Ok(()) } else { Err(format!("it was {was:?}")) }
            }
            SchemaChange::CreateListTable { table, model_table, model_id, value } => {
                let node = self.link(&LinkColumn {
                    name: "nodeId".to_owned(),
                    table: model_table.clone(),
                    id: model_id.clone(),
                })?;
                let value = Column::Plain { column_type: *value, required: true, unique: false };
                let columns = [("nodeId".to_owned(), node), ("value".to_owned(), value)].into();
                self.create(table, Table { columns, sequence: None })
            }
            SchemaChange::CreateLinkTable { table, a, b, id_column } => {
                let mut columns: BTreeMap<_, _> = id_column.iter().map(|id| (id.clone(), Column::LinkId)).collect();
                columns.insert(a.name.clone(), self.link(a)?);
                columns.insert(b.name.clone(), self.link(b)?);
                self.create(table, Table { columns, sequence: None })
            }
            SchemaChange::DropLinkId { table, column } => match self.table(table)?.take(column)? {
                Column::LinkId => Ok(()),
                other => Err(format!("{other:?} is no id of links")),
            },
            SchemaChange::RenameLinkColumns { table, renames } => {
                let table = self.table(table)?;
                renames.iter().try_for_each(|(from, to)| {
                    let column = table.take(from)?;
                    table.add(to, column)
                })
            }
            SchemaChange::AddRelationColumn { table, column } => {
                let link = self.link(column)?;
                self.table(table)?.add(&column.name, link)
            }
            SchemaChange::DropRelationColumn { table, column } => match self.table(table)?.take(column)? {
                Column::Link { .. } => Ok(()),
                other => Err(format!("{other:?} is no relation column")),
            },
            SchemaChange::RenameRelationColumn { table, from, to } => {
                let table = self.table(table)?;
                let column = table.take(from)?;
                table.add(to, column)
            }
        }
    }

    fn alter(&mut self, table: &str, from: &ColumnSpec, to: &ColumnSpec, has_fill: bool) -> Outcome {
        let was = self.table(table)?.take(&from.name)?;
        let is = match was {
            Column::Id(column_type) => {
                for column in self.columns_to(table) {
                    if let Column::Link { id, .. } = column {
                        id.clone_from(&to.name);
                    }
                }
                Column::Id(column_type)
            }
            was if was == plain(from) => plain(to),
            was => return Err(format!("it was {was:?}")),
        };
        if from.column_type != to.column_type || (to.required && !from.required) != has_fill {
            return Err("a kept column keeps its type, and is filled when it becomes required".to_owned());
        }
        self.table(table)?.add(&to.name, is)
    }

    fn create(&mut self, name: &str, table: Table) -> Outcome {
        match self.0.insert(name.to_owned(), table) {
            None => Ok(()),
            Some(_) => Err(format!("table {name} is there already")),
        }
    }

    fn table(&mut self, name: &str) -> Result<&mut Table, String> {
        self.0.get_mut(name).ok_or_else(|| format!("no table {name}"))
    }

    fn take(&mut self, name: &str) -> Result<Table, String> {
        self.0.remove(name).ok_or_else(|| format!("no table {name}"))
    }

    /// A column that references an id which is there.
    fn link(&self, link: &LinkColumn) -> Result<Column, String> {
        let id = self.0.get(&link.table).and_then(|table| table.columns.get(&link.id.name));
        if id != Some(&Column::Id(link.id.column_type)) {
            return Err(format!("{}.{} is {id:?}", link.table, link.id.name));
        }
        Ok(Column::Link { table: link.table.clone(), id: link.id.name.clone(), id_type: link.id.column_type })
    }

    fn columns_to(&mut self, target: &str) -> impl Iterator<Item = &mut Column> {
        let columns = self.0.values_mut().flat_map(|table| table.columns.values_mut());
        columns.filter(move |column| matches!(column, Column::Link { table, .. } if table == target))
    }

    fn no_reference_to(&mut self, table: &str, column: Option<&str>) -> Outcome {
        match self.columns_to(table).next() {
            None => Ok(()),
            Some(link) => Err(format!("{link:?} references {table}.{}", column.unwrap_or("*"))),
        }
    }
}

impl Table {
    fn add(&mut self, name: &str, column: Column) -> Outcome {
        match self.columns.insert(name.to_owned(), column) {
            None => Ok(()),
            Some(_) => Err(format!("column {name} is there already")),
        }
    }

    fn take(&mut self, name: &str) -> Result<Column, String> {
        self.columns.remove(name).ok_or_else(|| format!("no column {name}"))
    }
}

fn plain(column: &ColumnSpec) -> Column {
    Column::Plain { column_type: column.column_type, required: column.required, unique: column.unique }
}
