//! Changing a node, or creating it where there is none.

use super::{Failure, Session, Write, create, nested::Parent, required::Enclosing, rows, update};
use connector_interface::{CreateNode, Unique, UpdateNode, Value};

/// Changes the node that `target` names, or creates one; returns its id.
pub(super) async fn upsert<S: Session>(
    write: &mut Write<'_, S>,
    target: &Unique,
    create: &CreateNode,
    update: &UpdateNode,
) -> Result<Value, Failure> {
    match rows::find(write, target).await? {
        Some(id) => {
            update::update(write, &id, update).await?;
            Ok(id)
        }
        None => create::create(write, create).await,
    }
}

/// Changes the related node that `target` names (or the only one). A node that is not there, or there but not
/// connected, is created.
pub(super) async fn upsert_related<S: Session>(
    write: &mut Write<'_, S>,
    parent: Parent<'_>,
    target: Option<&Unique>,
    create: &CreateNode,
    update: &UpdateNode,
) -> Result<(), Failure> {
    match rows::related(write, parent, target).await? {
        Some(id) => update::update(write, &id, update).await,
        None => create::create_related(write, parent, Enclosing::Update, create).await,
    }
}
