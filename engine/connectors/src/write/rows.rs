//! Finding nodes: by a selector, by relation, by a filter.

use super::{Failure, Session, Write, errors, links, lists, nested::Parent};
use crate::filter;
use connector_interface::{CellType, Column, Filter, SavedRow, Unique, Value};
use datamodel::ModelId;

/// The id of the node that `target` names, if there is one.
pub(super) async fn find<S: Session>(write: &Write<'_, S>, target: &Unique) -> Result<Option<Value>, Failure> {
    let model = target.field.model;
    let id = Column::of(write.datamodel, write.datamodel.id_field(model));
    let mut sql = write.sql();
    sql.push("SELECT ").name(&id.name).push(" FROM ").table_name(write.datamodel.model(model).table());
    sql.push(" WHERE ").name(write.datamodel.field(target.field).column()).push(" = ").own(0);
    Ok(write.column(model, &sql, &[write.parameter(target.value)?], id.cell).await?.into_iter().next())
}

/// The id of the node that `target` names. There must be one.
pub(super) async fn named<S: Session>(write: &Write<'_, S>, target: &Unique) -> Result<Value, Failure> {
    match find(write, target).await? {
        Some(id) => Ok(id),
        None => Err(errors::not_found(write.datamodel, target.field, write.parameter(target.value)?).into()),
    }
}

/// The related node that `target` names, or the only one; `None` if there is no such node or it is not connected.
pub(super) async fn related<S: Session>(
    write: &Write<'_, S>,
    parent: Parent<'_>,
    target: Option<&Unique>,
) -> Result<Option<Value>, Failure> {
    let links = links::of(write.datamodel, parent.field)?;
    match target {
        None => Ok(links.children(write, std::slice::from_ref(parent.id)).await?.into_iter().next()),
        Some(target) => match find(write, target).await? {
            Some(id) if links.contain(write, parent.id, &id).await? => Ok(Some(id)),
            _ => Ok(None),
        },
    }
}

/// Ids of the nodes that match, or of those of them that are related.
pub(super) async fn matching<S: Session>(
    write: &Write<'_, S>,
    model: ModelId,
    filter: &Filter,
    parent: Option<Parent<'_>>,
) -> Result<Vec<Value>, Failure> {
    let id = Column::of(write.datamodel, write.datamodel.id_field(model));
    let mut sql = write.sql();
    let row = sql.alias();
    sql.push("SELECT ").column(row, &id.name).push(" FROM ");
    sql.table(write.datamodel.model(model).table(), row).push(" WHERE ");
    if let Some(parent) = parent {
        sql.column(row, &id.name).push(" IN (");
        links::of(write.datamodel, parent.field)?.select_children(&mut sql, 0);
        sql.push(") AND ");
    }
    filter::condition(&mut sql, row, filter);
    let own: Vec<&Value> = parent.iter().map(|parent| parent.id).collect();
    write.column(model, &sql, &own, id.cell).await
}

/// The node's columns in field order, and its lists.
pub(super) async fn saved<S: Session>(write: &Write<'_, S>, model: ModelId, id: &Value) -> Result<SavedRow, Failure> {
    let columns = columns(write, model);
    let mut sql = write.sql();
    sql.push("SELECT ").names(columns.iter().map(|column| column.name.as_str()));
    sql.push(" FROM ").table_name(write.datamodel.model(model).table()).push(" WHERE ");
    sql.name(write.datamodel.field(write.datamodel.id_field(model)).column()).push(" = ").own(0);
    let cells: Vec<CellType> = columns.iter().map(|column| column.cell).collect();
    let row = write.rows(model, &sql, &[id], &cells).await?.into_iter().next().unwrap_or_default();
    let names = columns.into_iter().map(|column| column.name);
    Ok(SavedRow { columns: names.zip(row).collect(), lists: lists::saved(write, model, id).await? })
}

/// The columns of a model's table: those of its scalars and of the links that its rows hold.
fn columns<S: Session>(write: &Write<'_, S>, model: ModelId) -> Vec<Column> {
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
