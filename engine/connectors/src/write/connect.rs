//! Nested connect, set and disconnect: the links between nodes that are there.

use super::{
    Failure, Session, Write, errors, links,
    links::Links,
    nested::Parent,
    required::{self, Check, Enclosing},
    rows,
};
use connector_interface::{Unique, Value};
use datamodel::ModelId;

/// Connects the node that `target` names.
pub(super) async fn connect<S: Session>(
    write: &mut Write<'_, S>,
    parent: Parent<'_>,
    enclosing: Enclosing,
    target: &Unique,
) -> Result<(), Failure> {
    let links = links::of(write.datamodel, parent.field)?;
    let ends = required::ends(write.datamodel, parent.field);
    let check = required::before_connect(ends, enclosing);
    ensure_parent(write, links, parent, check).await?;
    let child = rows::named(write, target).await?;
    if check == Check::ChildIsFree && links.reversed().any(write, std::slice::from_ref(&child)).await? {
        return Err(errors::required_relation(write.datamodel, parent.field).into());
    }
    let replaced = required::replaced_by_connect(ends, enclosing);
    if replaced.of_parent {
        links.remove_all(write, parent.id).await?;
    }
    if replaced.of_child {
        links.reversed().remove_all(write, &child).await?;
    }
    links.add(write, parent.id, &child).await
}

/// Makes the nodes that `targets` name the only ones. Never checked: a child that loses its required parent this way
/// stays without one, as in the original.
pub(super) async fn set<S: Session>(
    write: &mut Write<'_, S>,
    parent: Parent<'_>,
    targets: &[Unique],
) -> Result<(), Failure> {
    let links = links::of(write.datamodel, parent.field)?;
    let replaced = required::replaced_by_set(required::ends(write.datamodel, parent.field));
    let mut children = Vec::with_capacity(targets.len());
    for target in targets {
        children.push(rows::named(write, target).await?);
    }
    if replaced.of_parent {
        links.remove_all(write, parent.id).await?;
    }
    for child in &children {
        if replaced.of_child {
            links.reversed().remove_all(write, child).await?;
        }
        links.add(write, parent.id, child).await?;
    }
    Ok(())
}

/// Removes the link to the node that `target` names, or to the only one.
pub(super) async fn disconnect<S: Session>(
    write: &mut Write<'_, S>,
    parent: Parent<'_>,
    target: Option<&Unique>,
) -> Result<(), Failure> {
    let links = links::of(write.datamodel, parent.field)?;
    ensure_parent(write, links, parent, required::before_disconnect(required::ends(write.datamodel, parent.field)))
        .await?;
    match target {
        None if links.any(write, std::slice::from_ref(parent.id)).await? => links.remove_all(write, parent.id).await,
        None => Err(errors::not_connected(write.datamodel, parent.field, Some(parent.id), None).into()),
        Some(target) => {
            let child = rows::named(write, target).await?;
            ensure_connected(write, links, parent, target.field.model, &child).await?;
            links.remove(write, parent.id, &child).await
        }
    }
}

/// Refuses what the table refuses whatever the child is.
pub(super) async fn ensure_parent<S: Session>(
    write: &Write<'_, S>,
    links: Links<'_>,
    parent: Parent<'_>,
    check: Check,
) -> Result<(), Failure> {
    let refused = match check {
        Check::Nothing | Check::ChildIsFree => false,
        Check::Refused => true,
        Check::ParentIsFree => links.any(write, std::slice::from_ref(parent.id)).await?,
    };
    if refused { Err(errors::required_relation(write.datamodel, parent.field).into()) } else { Ok(()) }
}

/// Refuses a child that is not connected to the parent, by the ids of both.
pub(super) async fn ensure_connected<S: Session>(
    write: &Write<'_, S>,
    links: Links<'_>,
    parent: Parent<'_>,
    model: ModelId,
    child: &Value,
) -> Result<(), Failure> {
    if links.contain(write, parent.id, child).await? {
        return Ok(());
    }
    let id = write.datamodel.id_field(model);
    Err(errors::not_connected(write.datamodel, parent.field, Some(parent.id), Some((id, child))).into())
}
