//! Deleting nodes: one by a selector, one that is related, all that match a filter. Each takes along what cascades.

use super::{Write, cascade, connect, errors, links, nested::Parent, rows};
use connector_interface::{ConnectorError, DeleteMany, SavedRow, Unique, Value};

/// Deletes the node that `target` names, and returns it as it was.
pub(super) fn delete(write: &mut Write, target: &Unique) -> Result<SavedRow, ConnectorError> {
    let model = target.field.model;
    let id = rows::named(write, target)?;
    let saved = rows::saved(write, model, &id)?;
    cascade::delete(write, model, vec![id], true)?;
    Ok(saved)
}

/// Deletes a related node: the one that `target` names, or the only one.
pub(super) fn delete_related(write: &mut Write, parent: Parent, target: Option<&Unique>) -> Result<(), ConnectorError> {
    let links = links::of(write.datamodel, parent.field)?;
    let child = match target {
        Some(target) => {
            let child = rows::named(write, target)?;
            connect::ensure_connected(write, links, parent, links.child_model(), &child)?;
            child
        }
        None => links
            .children(write, parent.id)?
            .into_iter()
            .next()
            .ok_or_else(|| errors::not_connected(write.datamodel, parent.field, Some(parent.id), None))?,
    };
    cascade::delete(write, links.child_model(), vec![child], false)
}

/// Deletes all nodes that match, or those of them that are related, and returns how many matched.
pub(super) fn delete_many(write: &mut Write, many: &DeleteMany, parent: Option<Parent>) -> Result<u64, ConnectorError> {
    let ids: Vec<Value> = rows::matching(write, many.model, &many.filter, parent)?;
    let count = ids.len() as u64;
    cascade::delete(write, many.model, ids, false)?;
    Ok(count)
}
