//! Literals against input types, with the path to what does not fit.

use super::Rules;
use crate::api::Api;
use crate::scalar::InputKind;
use crate::syntax::{ObjectField, Value, ValueKind};
use crate::types::{InputType, TypeId, TypeRef};
use ahash::AHashSet;
use connector_interface::Position;

/// What does not fit, and where.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mismatch {
    /// Way down to it: `.a[0].b`; empty when it is the value itself.
    pub path: String,
    /// Why.
    pub reason: String,
    /// Places in the document on the way down.
    pub positions: Vec<Position>,
}

impl Mismatch {
    pub fn new(reason: String) -> Mismatch {
        Mismatch { path: String::new(), reason, positions: Vec::new() }
    }

    fn at(reason: String, position: Position) -> Mismatch {
        Mismatch { path: String::new(), reason, positions: vec![position] }
    }

    /// The same, seen from one step further up.
    pub fn below(mut self, step: &str, position: Option<Position>) -> Mismatch {
        self.path.insert_str(0, step);
        if let Some(position) = position {
            self.positions.insert(0, position);
        }
        self
    }

    /// `'a[0].b' reason`
    pub fn message(&self) -> String {
        if self.path.is_empty() {
            return self.reason.clone();
        }
        format!("'{}' {}", self.path.strip_prefix('.').unwrap_or(&self.path), self.reason)
    }
}

impl Rules<'_> {
    /// What of a literal does not fit a type. Variables fit; their own rule judges them.
    pub(super) fn mismatches(&self, value: &Value, expected: TypeRef) -> Vec<Mismatch> {
        let mut found = Vec::new();
        self.collect(value, expected, &mut found);
        found
    }

    fn collect(&self, value: &Value, expected: TypeRef, found: &mut Vec<Mismatch>) {
        if found.len() >= self.errors_left {
            return;
        }
        let before = found.len();
        match &value.kind {
            ValueKind::Variable(_) => {}
            ValueKind::Null if !expected.is_required() => {}
            ValueKind::List(items) if expected.is_list() => {
                for (index, item) in items.iter().enumerate() {
                    let start = found.len();
                    self.collect(item, expected.item(), found);
                    move_down(&mut found[start..], &format!("[{index}]"), value.position);
                }
            }
            // One value stands for a list of one.
            _ if expected.is_list() => {
                self.collect(value, expected.item(), found);
                move_down(&mut found[before..], "[0]", value.position);
            }
            kind => match (expected.named, kind) {
                (TypeId::Input(input), ValueKind::Object(fields)) => self.object(input, fields, value.position, found),
                (TypeId::Input(_), _) => {
                    let name = self.api.type_name(expected.named);
                    found.push(Mismatch::at(format!("Expected '{name}', found not an object."), value.position));
                }
                (leaf, _) => {
                    if let Err(reason) = literal_leaf(self.api, leaf, value) {
                        found.push(Mismatch::new(reason));
                    }
                }
            },
        }
    }

    fn object(&self, input: InputType, fields: &[ObjectField], position: Position, found: &mut Vec<Mismatch>) {
        let mut of_fields: Vec<(String, Mismatch)> = Vec::new();
        let mut given = AHashSet::with_capacity(fields.len());
        for field in fields {
            let is_first = given.insert(&*field.name);
            let step = format!(".{}", field.name);
            let Some(definition) = self.api.input_field(input, &field.name) else {
                let name = self.api.type_name(TypeId::Input(input));
                let reason = format!("Field '{}' is not defined in the input type '{name}'.", field.name);
                found.push(Mismatch::at(reason, field.position).below(&step, None));
                continue;
            };
            // Of a field given twice the first counts; that it is given twice, another rule tells.
            if is_first {
                let mut inner = Vec::new();
                self.collect(&field.value, definition.input_type, &mut inner);
                move_down(&mut inner, &step, field.position);
                of_fields.extend(inner.into_iter().map(|mismatch| (field.name.to_string(), mismatch)));
            }
        }
        for (name, mismatch) in missing_fields(self.api, input, |name| given.contains(name)) {
            let mismatch = mismatch.below(&format!(".{name}"), Some(position));
            of_fields.push((name, mismatch));
        }
        if of_fields.len() > 1 {
            // As the original tells them: in the order of the type, not of the literal.
            let order = self.api.input_fields(input);
            of_fields.sort_by_key(|(name, _)| order.iter().position(|definition| definition.name == **name));
        }
        found.extend(of_fields.into_iter().map(|(_, mismatch)| mismatch));
    }
}

/// Required fields of an input object that are not given, each with the reason.
pub(crate) fn missing_fields(api: &Api, input: InputType, is_given: impl Fn(&str) -> bool) -> Vec<(String, Mismatch)> {
    if !input.has_required_fields() {
        return Vec::new();
    }
    let missing = api.input_fields(input).into_iter().filter(|field| field.input_type.is_required());
    let missing = missing.filter(|field| !is_given(&field.name));
    missing
        .map(|field| {
            let reason = format!(
                "Not-null field '{}' of type '{}' defined in the '{}' input type is missing.",
                field.name,
                api.type_text(field.input_type),
                api.type_name(TypeId::Input(input))
            );
            (field.name.into_owned(), Mismatch::new(reason))
        })
        .collect()
}

fn move_down(mismatches: &mut [Mismatch], step: &str, position: Position) {
    for mismatch in mismatches {
        let inner = std::mem::replace(mismatch, Mismatch::new(String::new()));
        *mismatch = inner.below(step, Some(position));
    }
}

/// Checks a literal against a scalar or enum.
fn literal_leaf(api: &Api, leaf: TypeId, value: &Value) -> Result<(), String> {
    match (input_kind(leaf), &value.kind) {
        (Some(kind), _) => match kind.coerce_literal(api.datamodel(), value) {
            Ok(_) => Ok(()),
            Err(reason) => Err(reason.to_string()),
        },
        (None, ValueKind::Enum(name)) => known_enum_value(api, leaf, name),
        (None, _) => Err("Enum value expected".to_owned()),
    }
}

/// The leaves of the datamodel; the enums that the API makes are none of them.
pub(crate) fn input_kind(leaf: TypeId) -> Option<InputKind> {
    match leaf {
        TypeId::Scalar(scalar) => Some(InputKind::Scalar(scalar)),
        TypeId::Enum(id) => Some(InputKind::Enum(id)),
        _ => None,
    }
}

/// Checks a value of an enum that the API makes.
pub(crate) fn known_enum_value(api: &Api, id: TypeId, value: &str) -> Result<(), String> {
    if api.has_enum_value(id, value) {
        return Ok(());
    }
    let known = api.enum_values(id).join(", ");
    let name = api.type_name(id);
    Err(format!("Enum value '{value}' is undefined in enum type '{name}'. Known values are: {known}."))
}
