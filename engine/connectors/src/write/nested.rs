//! The nested operations of one node, in the order of the plan.

use super::{Failure, Session, Write, connect, create, delete, required::Enclosing, update, upsert};
use connector_interface::{NestedAction, NestedWrite, Value};
use datamodel::FieldId;

/// The node that a nested operation stands in, and the field it stands at.
#[derive(Clone, Copy)]
pub(super) struct Parent<'a> {
    /// The relation field of the node's model.
    pub(super) field: FieldId,
    /// The node's id.
    pub(super) id: &'a Value,
}

/// Runs `operations` for the node with that id, which was just created or updated.
pub(super) async fn run<S: Session>(
    write: &mut Write<'_, S>,
    id: &Value,
    enclosing: Enclosing,
    operations: &[NestedWrite],
) -> Result<(), Failure> {
    for NestedWrite { field, action } in operations {
        let parent = Parent { field: *field, id };
        match action {
            NestedAction::Create(node) => create::create_related(write, parent, enclosing, node).await?,
            NestedAction::Update(target, node) => update::update_related(write, parent, target.as_ref(), node).await?,
            NestedAction::Upsert(target, create, update) => {
                upsert::upsert_related(write, parent, target.as_ref(), create, update).await?;
            }
            NestedAction::Delete(target) => delete::delete_related(write, parent, target.as_ref()).await?,
            NestedAction::Connect(target) => connect::connect(write, parent, enclosing, target).await?,
            NestedAction::Set(targets) => connect::set(write, parent, targets).await?,
            NestedAction::Disconnect(target) => connect::disconnect(write, parent, target.as_ref()).await?,
            NestedAction::UpdateMany(many) => {
                update::update_many(write, many, Some(parent)).await?;
            }
            NestedAction::DeleteMany(many) => {
                delete::delete_many(write, many, Some(parent)).await?;
            }
        }
    }
    Ok(())
}
