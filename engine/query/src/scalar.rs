//! Input kinds of leaves: what literals and JSON values a scalar accepts, and the original's messages when it does not.

use datamodel::{EnumId, ScalarType};

/// What a leaf, or a list of leaves, is coerced to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InputKind {
    /// One scalar.
    Scalar(ScalarType),
    /// One enum value.
    Enum(EnumId),
    /// A list of scalars.
    ScalarList(ScalarType),
    /// A list of enum values.
    EnumList(EnumId),
}
