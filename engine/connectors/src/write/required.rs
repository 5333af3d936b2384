//! What a change of links may not break, and which old links go before a new one comes: the tables of
//! `prisma1-server.md` §5.3 as plain functions. They know nothing of a database.
//!
//! The checks are the original's to the letter: connecting what is already connected counts as a change of a required
//! relation there, although nothing would be lost.

use datamodel::{Datamodel, FieldId};

/// How many nodes a relation field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arity {
    /// Exactly one.
    Required,
    /// At most one.
    Optional,
    /// Any number.
    Many,
}

/// Both ends of a relation, as seen from the field of a nested operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ends {
    /// The field itself.
    pub(crate) parent: Arity,
    /// The field at the other end.
    pub(crate) child: Arity,
}

/// The mutation that a nested operation stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Enclosing {
    Create,
    Update,
}

/// What must hold before links may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    /// Nothing.
    Nothing,
    /// It is never allowed.
    Refused,
    /// The parent has no child yet.
    ParentIsFree,
    /// The child has no parent yet.
    ChildIsFree,
}

/// Links that go before a new one comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Replaced {
    /// Those of the parent.
    pub(crate) of_parent: bool,
    /// Those of the child.
    pub(crate) of_child: bool,
}

/// Both ends of the relation of `field`. A back relation that the datamodel does not have counts as a list.
pub(crate) fn ends(datamodel: &Datamodel, field: FieldId) -> Ends {
    let arity = |field: FieldId| match datamodel.field(field) {
        field if field.is_list => Arity::Many,
        field if field.is_required => Arity::Required,
        _ => Arity::Optional,
    };
    Ends { parent: arity(field), child: datamodel.opposite(field).map_or(Arity::Many, arity) }
}

/// Before a nested create.
pub(crate) fn before_create(ends: Ends, enclosing: Enclosing) -> Check {
    match (enclosing, ends.parent, ends.child) {
        (Enclosing::Create, ..) => Check::Nothing,
        (_, Arity::Required, Arity::Required) => Check::Refused,
        (_, Arity::Optional, Arity::Required) => Check::ParentIsFree,
        _ => Check::Nothing,
    }
}

/// Before a connect.
pub(crate) fn before_connect(ends: Ends, enclosing: Enclosing) -> Check {
    match (enclosing, ends.parent, ends.child) {
        (_, Arity::Required, Arity::Required) => Check::Refused,
        (_, Arity::Required, Arity::Optional) => Check::ChildIsFree,
        (Enclosing::Update, Arity::Optional, Arity::Required) => Check::ParentIsFree,
        _ => Check::Nothing,
    }
}

/// Before a disconnect.
pub(crate) fn before_disconnect(ends: Ends) -> Check {
    match (ends.parent, ends.child) {
        (Arity::Required, _) | (_, Arity::Required) => Check::Refused,
        _ => Check::Nothing,
    }
}

/// What a nested create replaces.
pub(crate) fn replaced_by_create(ends: Ends, enclosing: Enclosing) -> Replaced {
    Replaced { of_parent: enclosing == Enclosing::Update && ends.parent != Arity::Many, of_child: false }
}

/// What a connect replaces. A node that was just created has no links to replace.
pub(crate) fn replaced_by_connect(ends: Ends, enclosing: Enclosing) -> Replaced {
    Replaced {
        of_parent: enclosing == Enclosing::Update && ends.parent != Arity::Many,
        of_child: ends.child != Arity::Many,
    }
}

/// What a set replaces: everything the parent had, and the old parent of each child that can have but one.
pub(crate) fn replaced_by_set(ends: Ends) -> Replaced {
    Replaced { of_parent: true, of_child: ends.child != Arity::Many }
}
