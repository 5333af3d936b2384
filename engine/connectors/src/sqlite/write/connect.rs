//! Nested connect, set and disconnect: the links between nodes that are there.

use super::{
    Write, errors, links,
    links::Links,
    nested::Parent,
    required::{self, Check, Enclosing},
    rows,
};
use connector_interface::{ConnectorError, Unique, Value};
use datamodel::ModelId;

/// Connects the node that `target` names.
pub(super) fn connect(
    write: &mut Write,
    parent: Parent,
    enclosing: Enclosing,
    target: &Unique,
) -> Result<(), ConnectorError> {
    let links = links::of(write.datamodel, parent.field)?;
    let ends = required::ends(write.datamodel, parent.field);
    let check = required::before_connect(ends, enclosing);
    ensure_parent(write, links, parent, check)?;
    let child = rows::named(write, target)?;
    if check == Check::ChildIsFree && links.reversed().any(write, &child)? {
        return Err(errors::required_relation(write.datamodel, parent.field));
    }
    let replaced = required::replaced_by_connect(ends, enclosing);
    if replaced.of_parent {
        links.remove_all(write, parent.id)?;
    }
    if replaced.of_child {
        links.reversed().remove_all(write, &child)?;
    }
    links.add(write, parent.id, &child)
}

/// Makes the nodes that `targets` name the only ones. Never checked: a child that loses its required parent this way
/// stays without one, as in the original.
pub(super) fn set(write: &mut Write, parent: Parent, targets: &[Unique]) -> Result<(), ConnectorError> {
    let links = links::of(write.datamodel, parent.field)?;
    let replaced = required::replaced_by_set(required::ends(write.datamodel, parent.field));
    let children = targets.iter().map(|target| rows::named(write, target)).collect::<Result<Vec<Value>, _>>()?;
    if replaced.of_parent {
        links.remove_all(write, parent.id)?;
    }
    for child in &children {
        if replaced.of_child {
            links.reversed().remove_all(write, child)?;
        }
        links.add(write, parent.id, child)?;
    }
    Ok(())
}

/// Removes the link to the node that `target` names, or to the only one.
pub(super) fn disconnect(write: &mut Write, parent: Parent, target: Option<&Unique>) -> Result<(), ConnectorError> {
    let links = links::of(write.datamodel, parent.field)?;
    ensure_parent(write, links, parent, required::before_disconnect(required::ends(write.datamodel, parent.field)))?;
    match target {
        None if links.any(write, parent.id)? => links.remove_all(write, parent.id),
        None => Err(errors::not_connected(write.datamodel, parent.field, Some(parent.id), None)),
        Some(target) => {
            let child = rows::named(write, target)?;
            ensure_connected(write, links, parent, target.field.model, &child)?;
            links.remove(write, parent.id, &child)
        }
    }
}

/// Refuses what the table refuses whatever the child is.
pub(super) fn ensure_parent(write: &Write, links: Links, parent: Parent, check: Check) -> Result<(), ConnectorError> {
    let refused = match check {
        Check::Nothing | Check::ChildIsFree => false,
        Check::Refused => true,
        Check::ParentIsFree => links.any(write, parent.id)?,
    };
    if refused { Err(errors::required_relation(write.datamodel, parent.field)) } else { Ok(()) }
}

/// Refuses a child that is not connected to the parent, by the ids of both.
pub(super) fn ensure_connected(
    write: &Write,
    links: Links,
    parent: Parent,
    model: ModelId,
    child: &Value,
) -> Result<(), ConnectorError> {
    if links.contain(write, parent.id, child)? {
        return Ok(());
    }
    let id = write.datamodel.id_field(model);
    Err(errors::not_connected(write.datamodel, parent.field, Some(parent.id), Some((id, child))))
}
