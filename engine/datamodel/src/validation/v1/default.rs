//! Values of `@default`: in a datamodel v1 they are texts, whatever the field holds.

use super::super::context::{Context, scalar_named};
use super::super::defaults::utc_text;
use crate::model::{DefaultValue, ScalarType};
use crate::syntax::{FieldDefinition, Value, parse_value};

/// The text does not fit the field.
#[derive(Debug)]
pub(crate) struct Unfit;

/// The default of a field that is no relation. Lists and objects are none, as in the original.
pub(crate) fn read(
    context: &Context<'_>,
    field: &FieldDefinition,
    value: &Value,
) -> Result<Option<DefaultValue>, Unfit> {
    value.text().map_or(Ok(None), |text| of_text(context, field, &text))
}

/// The default that a text stands for; `null` stands for none. Of numbers and enum values the original reads the
/// beginning only, and it cuts large integers down to 32 bits; here those do not fit.
pub(super) fn of_text(
    context: &Context<'_>,
    field: &FieldDefinition,
    text: &str,
) -> Result<Option<DefaultValue>, Unfit> {
    if text == "null" {
        return Ok(None);
    }
    let literal = || parse_value(text);
    if context.is_enum(field) {
        return match literal() {
            Some(Value::Enum(name)) => Ok(Some(DefaultValue::Enum(name))),
            _ => Err(Unfit),
        };
    }
    let default = match scalar_named(&field.field_type.name) {
        Some(ScalarType::String | ScalarType::Id) => Some(DefaultValue::String(text.to_owned())),
        Some(ScalarType::DateTime) => utc_text(text).map(DefaultValue::DateTime),
        Some(ScalarType::Json) => {
            let json = serde_json::from_str::<serde_json::Value>(text);
            json.ok().map(|json| DefaultValue::Json(json.to_string()))
        }
        Some(ScalarType::Int) => match literal() {
            Some(Value::Int(int)) => int.parse::<i32>().ok().map(|int| DefaultValue::Int(int.into())),
            _ => None,
        },
        Some(ScalarType::Float) => match literal() {
            Some(Value::Int(float) | Value::Float(float)) => {
                float.parse().ok().filter(|float: &f64| float.is_finite()).map(DefaultValue::Float)
            }
            _ => None,
        },
        Some(ScalarType::Boolean) => match literal() {
            Some(Value::Boolean(value)) => Some(DefaultValue::Boolean(value)),
            _ => None,
        },
        Some(ScalarType::Uuid) | None => None,
    };
    default.map(Some).ok_or(Unfit)
}
