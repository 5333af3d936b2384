//! Changing nodes: one by a selector, one that is related, all that match a filter.

use super::{
    Failure, Session, Write, errors, lists,
    nested::{self, Parent},
    required::Enclosing,
    rows,
};
use crate::sql::Parameter;
use connector_interface::{Column, Slot, Source, Unique, UpdateMany, UpdateNode, Value};
use datamodel::{FieldId, ModelId};
use std::sync::Arc;

/// Changes the node that `target` names, and returns its id.
pub(super) async fn update_target<S: Session>(
    write: &mut Write<'_, S>,
    target: &Unique,
    node: &UpdateNode,
) -> Result<Value, Failure> {
    let id = rows::named(write, target).await?;
    update(write, &id, node).await?;
    Ok(id)
}

/// Changes the node with that id, and runs all that is nested in the change.
pub(super) async fn update<S: Session>(write: &mut Write<'_, S>, id: &Value, node: &UpdateNode) -> Result<(), Failure> {
    let fields = set_values(write, node.model, &node.values, &node.lists, std::slice::from_ref(id)).await?;
    write.updated(node.model, id, &fields, true);
    Box::pin(nested::run(write, id, Enclosing::Update, &node.nested)).await
}

/// Changes a related node: the one that `target` names, or the only one.
pub(super) async fn update_related<S: Session>(
    write: &mut Write<'_, S>,
    parent: Parent<'_>,
    target: Option<&Unique>,
    node: &UpdateNode,
) -> Result<(), Failure> {
    if let Some(target) = target {
        rows::named(write, target).await?;
    }
    match rows::related(write, parent, target).await? {
        Some(id) => update(write, &id, node).await,
        None => Err(match target {
            None => errors::not_connected(write.datamodel, parent.field, None, None).into(),
            Some(target) => {
                let given = write.parameter(target.value)?;
                errors::not_connected(write.datamodel, parent.field, None, Some((target.field, given))).into()
            }
        }),
    }
}

/// Changes all nodes that match, or those of them that are related, and returns how many matched.
pub(super) async fn update_many<S: Session>(
    write: &mut Write<'_, S>,
    many: &UpdateMany,
    parent: Option<Parent<'_>>,
) -> Result<u64, Failure> {
    let ids = rows::matching(write, many.model, &many.filter, parent).await?;
    let fields = set_values(write, many.model, &many.values, &many.lists, &ids).await?;
    for id in &ids {
        write.updated(many.model, id, &fields, false);
    }
    Ok(ids.len() as u64)
}

/// Sets columns and replaces lists of the nodes with these ids; returns which.
async fn set_values<S: Session>(
    write: &Write<'_, S>,
    model: ModelId,
    columns: &[(FieldId, Source)],
    lists: &[(FieldId, Slot)],
    ids: &[Value],
) -> Result<Arc<[FieldId]>, Failure> {
    if !columns.is_empty() && !ids.is_empty() {
        set_columns(write, model, columns, ids).await?;
    }
    if !ids.is_empty() {
        lists::replace(write, model, ids, lists).await?;
    }
    let columns = columns.iter().map(|(field, _)| *field);
    Ok(columns.chain(lists.iter().map(|(field, _)| *field)).collect())
}

async fn set_columns<S: Session>(
    write: &Write<'_, S>,
    model: ModelId,
    columns: &[(FieldId, Source)],
    ids: &[Value],
) -> Result<(), Failure> {
    let mut sql = write.sql();
    sql.push("UPDATE ").table_name(write.datamodel.model(model).table()).push(" SET ");
    let mut values = Vec::with_capacity(columns.len() + 1);
    for (number, (field, source)) in (0..).zip(columns) {
        sql.push(if number > 0 { ", " } else { "" })
            .name(write.datamodel.field(*field).column())
            .push(" = ")
            .own(number);
        values.push(write.value(*source)?);
    }
    let set: Vec<Column> = columns.iter().map(|(field, _)| Column::of(write.datamodel, *field)).collect();
    write.grow_by_columns(model, ids, &set, &values).await?;
    sql.push(" WHERE ").name(write.datamodel.field(write.datamodel.id_field(model)).column());
    let last = Parameter::Own(columns.len() as u32);
    match ids {
        [id] => {
            sql.push(" = ").parameter(last);
            values.push(id.clone());
        }
        ids => {
            sql.among(last);
            values.push(Value::List(ids.to_vec()));
        }
    }
    write.execute(model, &sql, &values.iter().collect::<Vec<_>>()).await
}
