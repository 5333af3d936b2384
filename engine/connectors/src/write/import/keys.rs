//! Values by which rows are told apart.

use connector_interface::Value;
use std::collections::HashSet;

/// A value that can be looked up.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Number(i64),
    Text(String),
    /// A number with a fraction, by its bits.
    Bits(u64),
}

/// Several of them.
pub(super) type Keys = HashSet<Key>;

impl Key {
    /// The key of a value; null has none, and meets nothing.
    pub(super) fn of(value: &Value) -> Option<Key> {
        match value {
            Value::Int(number) | Value::DateTime(number) => Some(Key::Number(*number)),
            Value::Boolean(flag) => Some(Key::Number(i64::from(*flag))),
            Value::Text(text) | Value::Json(text) => Some(Key::Text(text.clone())),
            Value::Float(number) => Some(Key::Bits(number.to_bits())),
            Value::Null | Value::List(_) => None,
        }
    }
}
