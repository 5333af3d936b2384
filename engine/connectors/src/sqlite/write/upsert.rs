//! Changing a node, or creating it where there is none.

use super::{Write, create, nested::Parent, required::Enclosing, rows, update};
use connector_interface::{ConnectorError, CreateNode, Unique, UpdateNode, Value};

/// Changes the node that `target` names, or creates one; returns its id.
pub(super) fn upsert(
    write: &mut Write,
    target: &Unique,
    create: &CreateNode,
    update: &UpdateNode,
) -> Result<Value, ConnectorError> {
    match rows::find(write, target)? {
        Some(id) => {
            update::update(write, &id, update)?;
            Ok(id)
        }
        None => create::create(write, create),
    }
}

/// Changes the related node that `target` names (or the only one). A node that is not there, or there but not
/// connected, is created.
pub(super) fn upsert_related(
    write: &mut Write,
    parent: Parent,
    target: Option<&Unique>,
    create: &CreateNode,
    update: &UpdateNode,
) -> Result<(), ConnectorError> {
    match rows::related(write, parent, target)? {
        Some(id) => update::update(write, &id, update),
        None => create::create_related(write, parent, Enclosing::Update, create),
    }
}
