//! Changing nodes: one by a selector, one that is related, all that match a filter.

use super::{
    Write, errors, lists,
    nested::{self, Parent},
    required::Enclosing,
    rows,
    statement::{self, quote},
};
use connector_interface::{ConnectorError, Slot, Source, Unique, UpdateMany, UpdateNode, Value};
use datamodel::{FieldId, ModelId};
use std::sync::Arc;

/// Changes the node that `target` names, and returns its id.
pub(super) fn update_target(write: &mut Write, target: &Unique, node: &UpdateNode) -> Result<Value, ConnectorError> {
    let id = rows::named(write, target)?;
    update(write, &id, node)?;
    Ok(id)
}

/// Changes the node with that id, and runs all that is nested in the change.
pub(super) fn update(write: &mut Write, id: &Value, node: &UpdateNode) -> Result<(), ConnectorError> {
    let fields = set_values(write, node.model, &node.values, &node.lists, std::slice::from_ref(id))?;
    write.updated(node.model, id, &fields, true);
    nested::run(write, id, Enclosing::Update, &node.nested)
}

/// Changes a related node: the one that `target` names, or the only one.
pub(super) fn update_related(
    write: &mut Write,
    parent: Parent,
    target: Option<&Unique>,
    node: &UpdateNode,
) -> Result<(), ConnectorError> {
    if let Some(target) = target {
        rows::named(write, target)?;
    }
    match rows::related(write, parent, target)? {
        Some(id) => update(write, &id, node),
        None => Err(match target {
            None => errors::not_connected(write.datamodel, parent.field, None, None),
            Some(target) => {
                let given = write.parameter(target.value)?;
                errors::not_connected(write.datamodel, parent.field, None, Some((target.field, given)))
            }
        }),
    }
}

/// Changes all nodes that match, or those of them that are related, and returns how many matched.
pub(super) fn update_many(write: &mut Write, many: &UpdateMany, parent: Option<Parent>) -> Result<u64, ConnectorError> {
    let ids = rows::matching(write, many.model, &many.filter, parent)?;
    let fields = set_values(write, many.model, &many.values, &many.lists, &ids)?;
    for id in &ids {
        write.updated(many.model, id, &fields, false);
    }
    Ok(ids.len() as u64)
}

/// Sets columns and replaces lists of the nodes with these ids; returns which.
fn set_values(
    write: &Write,
    model: ModelId,
    columns: &[(FieldId, Source)],
    lists: &[(FieldId, Slot)],
    ids: &[Value],
) -> Result<Arc<[FieldId]>, ConnectorError> {
    if !columns.is_empty() && !ids.is_empty() {
        set_columns(write, model, columns, ids)?;
    }
    for id in ids {
        lists::replace(write, model, id, lists)?;
    }
    let columns = columns.iter().map(|(field, _)| *field);
    Ok(columns.chain(lists.iter().map(|(field, _)| *field)).collect())
}

fn set_columns(
    write: &Write,
    model: ModelId,
    columns: &[(FieldId, Source)],
    ids: &[Value],
) -> Result<(), ConnectorError> {
    let mut assignments = Vec::with_capacity(columns.len());
    let mut values = Vec::with_capacity(columns.len() + 1);
    for (place, (field, source)) in columns.iter().enumerate() {
        let field = write.datamodel.field(*field);
        // `?1` is the id.
        assignments.push(format!("{} = ?{}", quote(field.column()), place + 2));
        values.push(write.value(*source)?);
    }
    let sql = format!(
        "UPDATE {} SET {} WHERE {} = ?1",
        quote(write.datamodel.model(model).table()),
        assignments.join(", "),
        quote(write.datamodel.field(write.datamodel.id_field(model)).column()),
    );
    for id in ids {
        let parameters = std::iter::once(id).chain(&values);
        statement::execute(write, &sql, parameters).map_err(|error| errors::refused(write.datamodel, model, error))?;
    }
    Ok(())
}
