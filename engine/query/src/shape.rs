//! The shape of a request's variables: all of them that a plan depends on (design D3).
//!
//! Two requests with the same document and shape have the same plan. Which operation is asked for belongs to the shape.
//! The values of leaves are left out, since a plan names them by slot; what steers planning is in: which keys are there
//! and in which order, what is null, Booleans (`@include`, `delete: true`), and the values of variables declared as
//! `…OrderByInput`. A list of leaves becomes one slot, so that only its being empty counts; a list of objects counts
//! object by object.

use crate::{
    document::Document,
    syntax::{DeclaredType, DeclaredTypeKind},
};
use serde_json::{Map, Value as Json};
use std::hash::{Hash, Hasher};

/// What stands at a place; hashed before what belongs to it, so that no two shapes run into each other.
#[derive(Hash)]
enum Tag {
    Absent,
    Null,
    False,
    True,
    Number,
    Text,
    /// The text `null`, which counts as null in some places.
    NullText,
    /// A text that steers planning, by value.
    Steering,
    /// A value that is one slot whatever is inside.
    Whole,
    EmptyList,
    ListOfLeaves,
    List(usize),
    Object(usize),
}

impl Document {
    /// Hashes the operation's name, and the shape of the variables that it declares.
    pub fn shape(&self, operation_name: Option<&str>, variables: &Map<String, Json>, hasher: &mut impl Hasher) {
        operation_name.hash(hasher);
        let Ok(operation) = self.operation(operation_name) else { return };
        for declared in &operation.variables {
            let steering = match self.names_a_type(&declared.name) {
                true => Steering::ByValue,
                false => steering(&declared.declared_type),
            };
            match (variables.get(&*declared.name), steering) {
                (None, _) => Tag::Absent.hash(hasher),
                (Some(Json::Object(_) | Json::Array(_)), Steering::Whole) => Tag::Whole.hash(hasher),
                (Some(Json::String(value)), Steering::ByValue) => {
                    Tag::Steering.hash(hasher);
                    value.hash(hasher);
                }
                (Some(value), _) => hash_shape(value, hasher),
            }
        }
    }
}

/// Whether the values of a variable of this type steer planning.
pub(crate) fn is_steering(declared: &DeclaredType) -> bool {
    matches!(steering(declared), Steering::ByValue)
}

enum Steering {
    ByShape,
    ByValue,
    Whole,
}

fn steering(declared: &DeclaredType) -> Steering {
    match &declared.kind {
        DeclaredTypeKind::Named(name) if name.ends_with("OrderByInput") => Steering::ByValue,
        DeclaredTypeKind::Named(name) if &**name == "Json" => Steering::Whole,
        _ => Steering::ByShape,
    }
}

fn hash_shape(value: &Json, hasher: &mut impl Hasher) {
    match value {
        Json::Null => Tag::Null.hash(hasher),
        Json::Bool(false) => Tag::False.hash(hasher),
        Json::Bool(true) => Tag::True.hash(hasher),
        Json::Number(_) => Tag::Number.hash(hasher),
        Json::String(text) if text == "null" => Tag::NullText.hash(hasher),
        Json::String(_) => Tag::Text.hash(hasher),
        Json::Array(items) if items.is_empty() => Tag::EmptyList.hash(hasher),
        Json::Array(items) if items.iter().all(is_leaf) => Tag::ListOfLeaves.hash(hasher),
        Json::Array(items) => {
            Tag::List(items.len()).hash(hasher);
            items.iter().for_each(|item| hash_shape(item, hasher));
        }
        Json::Object(entries) => {
            Tag::Object(entries.len()).hash(hasher);
            for (key, value) in entries {
                key.hash(hasher);
                hash_shape(value, hasher);
            }
        }
    }
}

fn is_leaf(value: &Json) -> bool {
    !matches!(value, Json::Null | Json::Array(_) | Json::Object(_))
}
