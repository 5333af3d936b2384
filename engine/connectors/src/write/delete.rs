//! Deleting nodes: one by a selector, one that is related, all that match a filter. Each takes along what cascades.

use super::{Failure, Session, Write, cascade, connect, errors, links, nested::Parent, rows};
use connector_interface::{DeleteMany, SavedRow, Unique, Value};

/// Deletes the node that `target` names, and returns it as it was.
pub(super) async fn delete<S: Session>(write: &mut Write<'_, S>, target: &Unique) -> Result<SavedRow, Failure> {
    let model = target.field.model;
    let id = rows::named(write, target).await?;
    let saved = rows::saved(write, model, &id).await?;
    cascade::delete(write, model, vec![id], true).await?;
    Ok(saved)
}

/// Deletes a related node: the one that `target` names, or the only one.
pub(super) async fn delete_related<S: Session>(
    write: &mut Write<'_, S>,
    parent: Parent<'_>,
    target: Option<&Unique>,
) -> Result<(), Failure> {
    let links = links::of(write.datamodel, parent.field)?;
    let child = match target {
        Some(target) => {
            let child = rows::named(write, target).await?;
            connect::ensure_connected(write, links, parent, links.child_model, &child).await?;
            child
        }
        None => links
            .children(write, std::slice::from_ref(parent.id))
            .await?
            .into_iter()
            .next()
            .ok_or_else(|| errors::not_connected(write.datamodel, parent.field, Some(parent.id), None))?,
    };
    cascade::delete(write, links.child_model, vec![child], false).await
}

/// Deletes all nodes that match, or those of them that are related, and returns how many matched.
pub(super) async fn delete_many<S: Session>(
    write: &mut Write<'_, S>,
    many: &DeleteMany,
    parent: Option<Parent<'_>>,
) -> Result<u64, Failure> {
    let ids: Vec<Value> = rows::matching(write, many.model, &many.filter, parent).await?;
    let count = ids.len() as u64;
    cascade::delete(write, many.model, ids, false).await?;
    Ok(count)
}
