//! Values of an element, by what the original read from JSON for each type of field.

use super::date_time;
use connector_interface::Value;
use datamodel::{Datamodel, FieldId, FieldKind, ScalarType};
use query::scalar::InputKind;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_json::{Value as Json, value::RawValue};
use std::fmt;

/// Why a value is refused.
pub(super) enum Wrong {
    /// It is none of the field's type.
    Invalid,
    /// The original met an exception, which it quoted.
    Exception(String),
}

/// The value of a field, or an item of its list.
pub(super) fn leaf(datamodel: &Datamodel, field: FieldId, raw: &RawValue) -> Result<Value, Wrong> {
    let text = raw.get();
    let scalar = match datamodel.field(field).kind {
        FieldKind::Scalar(scalar) => Some(scalar),
        FieldKind::Enum(_) | FieldKind::Relation { .. } => None,
    };
    if scalar == Some(ScalarType::Json) {
        return json(text);
    }
    if text.starts_with(['[', '{']) {
        return Err(Wrong::Invalid);
    }
    let parsed: Json = serde_json::from_str(text).map_err(|_| Wrong::Invalid)?;
    match (scalar, &parsed) {
        (Some(ScalarType::DateTime), Json::String(text)) => {
            date_time::parse(text).map(Value::DateTime).map_err(Wrong::Exception)
        }
        (Some(ScalarType::Id), Json::String(text)) if !text.contains('\0') => Ok(Value::Text(text.clone())),
        (Some(ScalarType::DateTime | ScalarType::Id), _) => Err(Wrong::Invalid),
        _ => {
            let kind = InputKind::of(datamodel, field).ok_or(Wrong::Invalid)?;
            kind.item().coerce_json(datamodel, &parsed).map_err(|_| Wrong::Invalid)
        }
    }
}

/// An item of a list. Null is an item of a list of JSON, and of no other.
pub(super) fn item(datamodel: &Datamodel, field: FieldId, raw: &RawValue) -> Result<Value, Wrong> {
    match leaf(datamodel, field, raw)? {
        Value::Null => Ok(Value::Json("null".to_owned())),
        item => Ok(item),
    }
}

/// JSON as the text that it came as, but for white space between its parts, so that numbers of any precision survive.
fn json(text: &str) -> Result<Value, Wrong> {
    if text == "null" {
        return Ok(Value::Null);
    }
    serde_json::from_str::<Valid>(text).map_err(|_| Wrong::Invalid)?;
    let (mut compact, mut in_string, mut escaped) = (String::with_capacity(text.len()), false, false);
    for character in text.chars() {
        if in_string {
            in_string = escaped || character != '"';
            escaped = !escaped && character == '\\';
        } else if matches!(character, ' ' | '\t' | '\n' | '\r') {
            continue;
        } else {
            in_string = character == '"';
        }
        compact.push(character);
    }
    Ok(Value::Json(compact))
}

/// Any JSON whose texts are texts: what stands for half a character is none.
struct Valid;

impl<'de> Deserialize<'de> for Valid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Valid, D::Error> {
        deserializer.deserialize_any(Valid)
    }
}

impl<'de> Visitor<'de> for Valid {
    type Value = Valid;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Valid, E> {
        Ok(Valid)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Valid, E> {
        Ok(Valid)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Valid, E> {
        Ok(Valid)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Valid, E> {
        Ok(Valid)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Valid, E> {
        Ok(Valid)
    }

    fn visit_str<E>(self, _: &str) -> Result<Valid, E> {
        Ok(Valid)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Valid, A::Error> {
        while items.next_element::<Valid>()?.is_some() {}
        Ok(Valid)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Valid, A::Error> {
        while entries.next_entry::<Valid, Valid>()?.is_some() {}
        Ok(Valid)
    }
}
