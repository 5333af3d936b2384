//! Input kinds of leaves: what literals and JSON values a scalar accepts, and the original's messages when it does not
//! (`prisma1-server.md` §1.7, §4.7).
//!
//! A literal of a document and a value among the variables differ for some scalars: enum values are names in a
//! document and strings in JSON; Json is a string that contains JSON in a document and an object or a list in JSON.
//! Whether null is allowed is the caller's business: here it gets the message of the scalar, as in the original.

mod date_time;
mod float;

use crate::syntax::{Value as Literal, ValueKind};
use connector_interface::Value;
use datamodel::{Datamodel, EnumId, FieldId, FieldKind, ScalarType};
use serde_json::{Number, Value as Json};
use thiserror::Error;

pub use date_time::parse_date_time;

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

/// Why a leaf is refused; the text is the original's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[allow(missing_docs, reason = "the texts say it")]
pub enum CoercionError {
    #[error("Int value expected")]
    IntExpected,
    #[error("Value is too big to fit in Int")]
    IntTooBig,
    #[error("Float or Int value expected")]
    FloatExpected,
    /// Also said of numbers with more digits than fit.
    #[error("Float or Int value is too big to fit in double")]
    FloatTooBig,
    #[error("Boolean value expected")]
    BooleanExpected,
    #[error("String value expected")]
    StringExpected,
    #[error("String or Int value expected")]
    IdExpected,
    #[error("Enum value expected")]
    EnumExpected,
    #[error("Enum value '{value}' is undefined in enum type '{name}'. Known values are: {known}.")]
    EnumUndefined { value: String, name: String, known: String },
    #[error("Date value expected")]
    DateExpected,
    #[error("Not valid JSON")]
    JsonInvalid,
    #[error("This is not a valid type 4 UUID.")]
    UuidInvalid,
    /// Ours: no database keeps such text on every way in and out.
    #[error("Text must not contain the character U+0000")]
    NulInText,
}

impl InputKind {
    /// The kind of a scalar or enum field's value; a relation field has none.
    pub fn of(datamodel: &Datamodel, field: FieldId) -> Option<InputKind> {
        let field = datamodel.field(field);
        match (field.kind, field.is_list) {
            (FieldKind::Scalar(scalar), false) => Some(InputKind::Scalar(scalar)),
            (FieldKind::Scalar(scalar), true) => Some(InputKind::ScalarList(scalar)),
            (FieldKind::Enum(id), false) => Some(InputKind::Enum(id)),
            (FieldKind::Enum(id), true) => Some(InputKind::EnumList(id)),
            (FieldKind::Relation { .. }, _) => None,
        }
    }

    /// The kind of one item of a list of this kind.
    pub fn item(self) -> InputKind {
        match self {
            InputKind::ScalarList(scalar) => InputKind::Scalar(scalar),
            InputKind::EnumList(id) => InputKind::Enum(id),
            single => single,
        }
    }

    /// The kind of a list of this kind.
    pub fn list(self) -> InputKind {
        match self {
            InputKind::Scalar(scalar) => InputKind::ScalarList(scalar),
            InputKind::Enum(id) => InputKind::EnumList(id),
            list => list,
        }
    }

    /// Whether it is a list.
    pub fn is_list(self) -> bool {
        matches!(self, InputKind::ScalarList(_) | InputKind::EnumList(_))
    }

    /// The value of a literal without variables. A single value stands for a list of one.
    pub fn coerce_literal(self, datamodel: &Datamodel, literal: &Literal) -> Result<Value, CoercionError> {
        match (self.is_list(), &literal.kind) {
            (false, kind) => self.literal_leaf(datamodel, kind),
            (true, ValueKind::List(items)) => {
                list(items.iter().map(|item| self.item().literal_leaf(datamodel, &item.kind)))
            }
            (true, kind) => list(std::iter::once(self.item().literal_leaf(datamodel, kind))),
        }
    }

    /// The value of a place in the variables. A single value stands for a list of one.
    pub fn coerce_json(self, datamodel: &Datamodel, json: &Json) -> Result<Value, CoercionError> {
        match (self.is_list(), json) {
            (false, json) => self.json_leaf(datamodel, json),
            (true, Json::Array(items)) => list(items.iter().map(|item| self.item().json_leaf(datamodel, item))),
            (true, json) => list(std::iter::once(self.item().json_leaf(datamodel, json))),
        }
    }

    fn literal_leaf(self, datamodel: &Datamodel, literal: &ValueKind) -> Result<Value, CoercionError> {
        use ScalarType::{Boolean, DateTime, Float, Id, Int, Json, String, Uuid};
        match (self.scalar(datamodel), literal) {
            (Err(names), ValueKind::Enum(value)) => enum_value(names, value),
            (Err(_), _) => Err(CoercionError::EnumExpected),
            (Ok(Int), ValueKind::Int(digits)) => match digits.parse::<i32>() {
                Ok(value) => Ok(Value::Int(value.into())),
                Err(_) => Err(CoercionError::IntTooBig),
            },
            (Ok(Int), _) => Err(CoercionError::IntExpected),
            (Ok(Float), ValueKind::Int(digits)) => float::of_integer(digits),
            (Ok(Float), ValueKind::Float(digits)) => float::of_decimal(digits),
            (Ok(Float), _) => Err(CoercionError::FloatExpected),
            (Ok(Boolean), ValueKind::Boolean(value)) => Ok(Value::Boolean(*value)),
            (Ok(Boolean), _) => Err(CoercionError::BooleanExpected),
            (Ok(String), ValueKind::String(value)) => text(value),
            (Ok(String), _) => Err(CoercionError::StringExpected),
            (Ok(Id), ValueKind::String(value)) => id(value),
            (Ok(Id), ValueKind::Int(digits)) => text(if &**digits == "-0" { "0" } else { digits }),
            (Ok(Id), _) => Err(CoercionError::IdExpected),
            (Ok(Uuid), ValueKind::String(value)) => uuid(value),
            (Ok(Uuid), _) => Err(CoercionError::UuidInvalid),
            (Ok(DateTime), ValueKind::String(value)) => date_time(value),
            (Ok(DateTime), _) => Err(CoercionError::DateExpected),
            (Ok(Json), ValueKind::String(value)) => json_text(value),
            (Ok(Json), _) => Err(CoercionError::JsonInvalid),
        }
    }

    fn json_leaf(self, datamodel: &Datamodel, json: &Json) -> Result<Value, CoercionError> {
        use ScalarType::{Boolean, DateTime, Float, Id, Int, Json as JsonScalar, String, Uuid};
        match (self.scalar(datamodel), json) {
            (Err(names), Json::String(value)) => enum_value(names, value),
            (Err(_), _) => Err(CoercionError::EnumExpected),
            (Ok(Int), Json::Number(number)) => int(number),
            (Ok(Int), _) => Err(CoercionError::IntExpected),
            (Ok(Float), Json::Number(number)) => float::of_json(number),
            (Ok(Float), _) => Err(CoercionError::FloatExpected),
            (Ok(Boolean), Json::Bool(value)) => Ok(Value::Boolean(*value)),
            (Ok(Boolean), _) => Err(CoercionError::BooleanExpected),
            (Ok(String), Json::String(value)) => text(value),
            (Ok(String), _) => Err(CoercionError::StringExpected),
            (Ok(Id), Json::String(value)) => id(value),
            (Ok(Id), Json::Number(number)) => integral(number).map(Value::Text).ok_or(CoercionError::IdExpected),
            (Ok(Id), _) => Err(CoercionError::IdExpected),
            (Ok(Uuid), Json::String(value)) => uuid(value),
            (Ok(Uuid), _) => Err(CoercionError::UuidInvalid),
            (Ok(DateTime), Json::String(value)) => date_time(value),
            (Ok(DateTime), _) => Err(CoercionError::DateExpected),
            (Ok(JsonScalar), Json::Object(_) | Json::Array(_)) => Ok(Value::Json(json.to_string())),
            (Ok(JsonScalar), _) => Err(CoercionError::JsonInvalid),
        }
    }

    /// The scalar type, or the enum it is instead.
    fn scalar(self, datamodel: &Datamodel) -> Result<ScalarType, &datamodel::EnumType> {
        match self {
            InputKind::Scalar(scalar) | InputKind::ScalarList(scalar) => Ok(scalar),
            InputKind::Enum(id) | InputKind::EnumList(id) => Err(datamodel.enum_type(id)),
        }
    }
}

/// Items that were coerced to null (the `"null"` quirk) are left out, since a list never holds one.
fn list(items: impl Iterator<Item = Result<Value, CoercionError>>) -> Result<Value, CoercionError> {
    let items: Vec<Value> = items.filter(|item| !matches!(item, Ok(Value::Null))).collect::<Result<_, _>>()?;
    Ok(Value::List(items))
}

fn enum_value(names: &datamodel::EnumType, value: &str) -> Result<Value, CoercionError> {
    if names.values.iter().any(|known| known == value) {
        return Ok(Value::Text(value.to_owned()));
    }
    Err(CoercionError::EnumUndefined {
        value: value.to_owned(),
        name: names.name.clone(),
        known: names.values.join(", "),
    })
}

fn int(number: &Number) -> Result<Value, CoercionError> {
    let value = match (number.as_i64(), number.as_f64()) {
        (Some(value), _) => value,
        (None, Some(value)) if value.fract() != 0.0 => return Err(CoercionError::IntExpected),
        // The cast saturates, and what it saturates to is too big as well.
        (None, Some(value)) => value as i64,
        (None, None) => return Err(CoercionError::IntTooBig),
    };
    if i32::try_from(value).is_err() {
        return Err(CoercionError::IntTooBig);
    }
    Ok(Value::Int(value))
}

/// The digits of a number without a fraction: `1.0` counts as an integer among the variables.
fn integral(number: &Number) -> Option<String> {
    if !number.is_f64() {
        return Some(number.to_string());
    }
    number.as_f64().filter(|value| value.fract() == 0.0).map(|value| value.to_string())
}

fn text(value: &str) -> Result<Value, CoercionError> {
    if value.contains('\0') {
        return Err(CoercionError::NulInText);
    }
    Ok(Value::Text(value.to_owned()))
}

/// The original takes the text `null` for null in every type but String; only ids can still be that text here.
fn id(value: &str) -> Result<Value, CoercionError> {
    if value == "null" { Ok(Value::Null) } else { text(value) }
}

fn date_time(value: &str) -> Result<Value, CoercionError> {
    parse_date_time(value).map(Value::DateTime).ok_or(CoercionError::DateExpected)
}

/// The text is kept as it is, so that numbers of any precision survive.
fn json_text(value: &str) -> Result<Value, CoercionError> {
    match serde_json::from_str::<Json>(value) {
        Ok(Json::Null) => Ok(Value::Null),
        Ok(_) => Ok(Value::Json(value.trim().to_owned())),
        Err(_) => Err(CoercionError::JsonInvalid),
    }
}

/// Five groups of hexadecimal digits of any version, leading zeros optional, as the original's library reads them.
pub(crate) fn uuid(value: &str) -> Result<Value, CoercionError> {
    const WIDTHS: [usize; 5] = [8, 4, 4, 4, 12];
    let mut canonical = String::with_capacity(36);
    let mut groups = value.split('-');
    for width in WIDTHS {
        let group = groups.next().ok_or(CoercionError::UuidInvalid)?;
        if group.is_empty() || group.len() > width || !group.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(CoercionError::UuidInvalid);
        }
        if !canonical.is_empty() {
            canonical.push('-');
        }
        canonical.extend(std::iter::repeat_n('0', width - group.len()));
        canonical.extend(group.chars().map(|digit| digit.to_ascii_lowercase()));
    }
    if groups.next().is_some() {
        return Err(CoercionError::UuidInvalid);
    }
    Ok(Value::Text(canonical))
}

#[cfg(test)]
mod tests;
