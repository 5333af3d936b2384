//! Finding nodes: by a selector, by relation, by a filter.

use super::{
    Write, errors, links, lists,
    nested::Parent,
    statement::{self, quote},
};
use crate::{
    filter,
    sql::Sql,
    sqlite::{bind, failure::failure},
};
use connector_interface::{Column, ConnectorError, Filter, SavedRow, Unique, Value};
use datamodel::ModelId;

/// The id of the node that `target` names, if there is one.
pub(super) fn find(write: &Write, target: &Unique) -> Result<Option<Value>, ConnectorError> {
    let id = Column::of(write.datamodel, write.datamodel.id_field(target.field.model));
    let sql = format!(
        "SELECT {} FROM {} WHERE {} = ?1",
        quote(&id.name),
        quote(write.datamodel.model(target.field.model).table()),
        quote(write.datamodel.field(target.field).column()),
    );
    Ok(statement::all(write, &sql, [write.parameter(target.value)?], id.cell)?.into_iter().next())
}

/// The id of the node that `target` names. There must be one.
pub(super) fn named(write: &Write, target: &Unique) -> Result<Value, ConnectorError> {
    match find(write, target)? {
        Some(id) => Ok(id),
        None => Err(errors::not_found(write.datamodel, target.field, write.parameter(target.value)?)),
    }
}

/// The related node that `target` names, or the only one; `None` if there is no such node or it is not connected.
pub(super) fn related(write: &Write, parent: Parent, target: Option<&Unique>) -> Result<Option<Value>, ConnectorError> {
    let links = links::of(write.datamodel, parent.field)?;
    match target {
        None => Ok(links.children(write, parent.id)?.into_iter().next()),
        Some(target) => match find(write, target)? {
            Some(id) if links.contain(write, parent.id, &id)? => Ok(Some(id)),
            _ => Ok(None),
        },
    }
}

/// Ids of the nodes that match, or of those of them that are related.
pub(super) fn matching(
    write: &Write,
    model: ModelId,
    filter: &Filter,
    parent: Option<Parent>,
) -> Result<Vec<Value>, ConnectorError> {
    let id = Column::of(write.datamodel, write.datamodel.id_field(model));
    let mut sql = Sql::sqlite();
    let row = sql.alias();
    sql.push("SELECT ").column(row, &id.name).push(" FROM ");
    sql.table(write.datamodel.model(model).table(), row).push(" WHERE ");
    if let Some(parent) = parent {
        sql.column(row, &id.name).push(" IN (");
        links::of(write.datamodel, parent.field)?.select_children(&mut sql, 0);
        sql.push(") AND ");
    }
    filter::condition(&mut sql, row, filter);
    let own = parent.map(|parent| parent.id.clone());
    let mut statement = write.connection.prepare_cached(sql.text()).map_err(failure)?;
    bind::bind(&mut statement, sql.parameters(), write.parameters, own.as_slice()).map_err(failure)?;
    statement::first_column(&mut statement, id.cell)
}

/// The node's columns in field order, and its lists.
pub(super) fn saved(write: &Write, model: ModelId, id: &Value) -> Result<SavedRow, ConnectorError> {
    let columns = columns(write, model);
    let table = write.datamodel.model(model).table();
    let mut sql = Sql::sqlite();
    sql.push("SELECT ").names(columns.iter().map(|column| column.name.as_str())).push(" FROM ").name(table);
    sql.push(" WHERE ").name(write.datamodel.field(write.datamodel.id_field(model)).column()).push(" = ?1");
    let mut saved = SavedRow::default();
    let mut statement = statement::prepared(write, sql.text(), [id]).map_err(failure)?;
    let mut rows = statement.raw_query();
    if let Some(row) = rows.next().map_err(failure)? {
        for (index, column) in columns.into_iter().enumerate() {
            let value = bind::value(row.get_ref(index).map_err(failure)?, column.cell)?;
            saved.columns.push((column.name, value));
        }
    }
    drop(rows);
    saved.lists = lists::saved(write, model, id)?;
    Ok(saved)
}

/// The columns of a model's table: those of its scalars and of the links that its rows hold.
fn columns(write: &Write, model: ModelId) -> Vec<Column> {
    let fields = write.datamodel.fields(model);
    fields
        .filter_map(|(id, field)| {
            if field.has_column() {
                Some(Column::of(write.datamodel, id))
            } else {
                links::column_of(write.datamodel, id)
            }
        })
        .collect()
}
