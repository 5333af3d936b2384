//! Writes: the tree of one root mutation field, nested operations included, in terms of the datamodel.
//!
//! Everything that can be refused without the database was refused when the plan was made. One plan is one
//! transaction. Nested operations stand in the order in which they run (`prisma1-server.md` §5.2): by kind, then by
//! relation field in model order, then in argument order.

use crate::{filter::Filter, import::ImportChunk, value::Slot};
use datamodel::{FieldId, ModelId};

/// One root mutation field.
#[derive(Debug, Clone, PartialEq)]
pub enum WritePlan {
    /// `createX`. Yields the new id.
    Create(CreateNode),
    /// `updateX`. Yields the id; error 3039 when there is none.
    Update {
        /// Which node.
        target: Unique,
        /// What to do with it.
        update: UpdateNode,
    },
    /// `upsertX`. Yields the id of the created or updated node.
    Upsert {
        /// Which node.
        target: Unique,
        /// When it is absent.
        create: CreateNode,
        /// When it is there.
        update: UpdateNode,
    },
    /// `deleteX`. Yields the saved row.
    Delete {
        /// Which node; error 3039 when there is none.
        target: Unique,
    },
    /// `updateManyXs`. Yields the number of matched nodes.
    UpdateMany(UpdateMany),
    /// `deleteManyXs`. Yields the number of deleted nodes of this model.
    DeleteMany(DeleteMany),
    /// `resetData`: empties every table of the service.
    Reset,
    /// A chunk of an import. Yields what could not be stored; the rest is.
    Import(ImportChunk),
}

/// A selector with exactly one unique field.
#[derive(Debug, Clone, PartialEq)]
pub struct Unique {
    /// The unique field; its model is the node's.
    pub field: FieldId,
    /// Its value, not null.
    pub value: Slot,
}

/// A node to create.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateNode {
    /// Its model.
    pub model: ModelId,
    /// A source for every column of the model, the id included; `Int` ids without a given value are left out.
    pub values: Vec<(FieldId, Source)>,
    /// Scalar lists: slots of [`crate::Value::List`].
    pub lists: Vec<(FieldId, Slot)>,
    /// Nested operations: `Create` and `Connect` only.
    pub nested: Vec<NestedWrite>,
}

/// Changes to one node.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateNode {
    /// Its model.
    pub model: ModelId,
    /// Columns to set; `@updatedAt` fields are among them when any scalar or list argument is given.
    pub values: Vec<(FieldId, Source)>,
    /// Scalar lists to replace.
    pub lists: Vec<(FieldId, Slot)>,
    /// Nested operations.
    pub nested: Vec<NestedWrite>,
}

/// `updateMany…`, top level or nested.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateMany {
    /// The model.
    pub model: ModelId,
    /// Which nodes.
    pub filter: Filter,
    /// Columns to set.
    pub values: Vec<(FieldId, Source)>,
    /// Scalar lists to replace.
    pub lists: Vec<(FieldId, Slot)>,
}

/// `deleteMany…`, top level or nested.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteMany {
    /// The model.
    pub model: ModelId,
    /// Which nodes.
    pub filter: Filter,
}

/// Where the value of a column comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A parameter; may be [`crate::Value::Null`].
    Slot(Slot),
    /// A fresh cuid.
    Cuid,
    /// A fresh UUID, version 4.
    Uuid,
    /// The time of the write, the same for the whole plan.
    Now,
    /// Null.
    Null,
}

/// An operation on the nodes related to the enclosing node.
#[derive(Debug, Clone, PartialEq)]
pub struct NestedWrite {
    /// The relation field of the enclosing node's model.
    pub field: FieldId,
    /// What to do.
    pub action: NestedAction,
}

/// What a nested operation does. `None` for a selector means the one node of a to-one field.
#[derive(Debug, Clone, PartialEq)]
pub enum NestedAction {
    /// Creates a related node.
    Create(CreateNode),
    /// Changes a related node.
    Update(Option<Unique>, UpdateNode),
    /// Changes a related node, or creates it when it is not connected.
    Upsert(Option<Unique>, CreateNode, UpdateNode),
    /// Deletes a related node.
    Delete(Option<Unique>),
    /// Connects an existing node.
    Connect(Unique),
    /// Replaces all links of the field.
    Set(Vec<Unique>),
    /// Removes a link.
    Disconnect(Option<Unique>),
    /// Changes those related nodes that match.
    UpdateMany(UpdateMany),
    /// Deletes those related nodes that match.
    DeleteMany(DeleteMany),
}
