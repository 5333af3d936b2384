//! Values of `@default`.

use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::context::{Context, scalar_named};
use crate::model::{DefaultValue, ScalarType};
use crate::syntax::{FieldDefinition, Value};

/// The default of a field that is no relation, or what is wrong with it. The text `null` is no default, as in the
/// original.
///
/// The original looks at the contents of dates and JSON later and fails then, and it cuts large integers down to 32
/// bits; here such a value is no default.
pub(super) fn read(
    context: &Context<'_>,
    field: &FieldDefinition,
    value: &Value,
) -> Result<Option<DefaultValue>, String> {
    if let Some(definition) = context.enum_named(&field.field_type.name) {
        let Value::Enum(name) = value else { return Err(not_a_default(value, "Enum")) };
        if !definition.values.contains(name) {
            let valid = definition.values.join(", ");
            return Err(format!("The default value is invalid for this enum. Valid values are: {valid}."));
        }
        return Ok(Some(DefaultValue::Enum(name.clone())));
    }
    let Some(scalar) = scalar_named(&field.field_type.name) else { return Ok(None) };
    let wrong = || not_a_default(value, if scalar == ScalarType::Id { "GraphQLID" } else { scalar.name() });
    if let (ScalarType::String | ScalarType::Json | ScalarType::DateTime, Value::String { text, .. }) = (scalar, value)
        && text == "null"
    {
        return Ok(None);
    }
    let default = match (scalar, value) {
        (ScalarType::String, Value::String { text, .. }) => Some(DefaultValue::String(text.clone())),
        (ScalarType::Int, Value::Int(text)) => text.parse::<i32>().ok().map(|int| DefaultValue::Int(int.into())),
        (ScalarType::Float, Value::Int(text) | Value::Float(text)) => {
            text.parse().ok().filter(|float: &f64| float.is_finite()).map(DefaultValue::Float)
        }
        (ScalarType::Boolean, Value::Boolean(value)) => Some(DefaultValue::Boolean(*value)),
        (ScalarType::DateTime, Value::String { text, .. }) => utc_text(text).map(DefaultValue::DateTime),
        (ScalarType::Json, Value::String { text, .. }) => {
            serde_json::from_str::<serde_json::Value>(text).ok().map(|json| DefaultValue::Json(json.to_string()))
        }
        _ => None,
    };
    default.map(Some).ok_or_else(wrong)
}

fn not_a_default(value: &Value, code: &str) -> String {
    format!("The value {} is not a valid default for fields of type {code}.", value.pretty())
}

/// A date in ISO 8601 as Joda-Time reads it (all but the year may be missing, UTC is assumed), in the form
/// `2019-01-31T12:00:00.000Z`.
pub(super) fn utc_text(text: &str) -> Option<String> {
    let (date, time) = text.split_once('T').unwrap_or((text, ""));
    let mut date = date.splitn(3, '-');
    let year = date.next().filter(|year| (1..=4).contains(&year.len()))?;
    let year: i16 = digits(year)?;
    let month = date.next().map_or(Some(1), digits)?;
    let day = date.next().map_or(Some(1), digits)?;

    let zone = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone);
    let (clock, fraction) = clock.split_once(['.', ',']).unwrap_or((clock, "0"));
    let mut clock = clock.splitn(3, ':');
    let hour = clock.next().filter(|hour| !hour.is_empty()).map_or(Some(0), digits)?;
    let minute = clock.next().map_or(Some(0), digits)?;
    let second = clock.next().map_or(Some(0), digits)?;
    if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let millisecond: i32 = format!("{fraction:0<3}")[..3].parse().ok()?;
    let local = DateTime::new(year, month, day, hour, minute, second, millisecond * 1_000_000).ok()?;
    let utc = offset(zone)?.to_timestamp(local).ok()?;
    Some(format!("{utc:.3}"))
}

/// `Z`, `+02:00`, `+02`, or nothing.
fn offset(zone: &str) -> Option<Offset> {
    let (sign, zone) = match zone.split_at_checked(1) {
        None | Some(("Z", "")) => return Some(Offset::UTC),
        Some(("+", zone)) => (1, zone),
        Some(("-", zone)) => (-1, zone),
        Some(_) => return None,
    };
    let (hours, minutes) = zone.split_once(':').unwrap_or((zone, "0"));
    let seconds = digits::<i32>(hours)? * 3600 + digits::<i32>(minutes).filter(|minutes| *minutes < 60)? * 60;
    Offset::from_seconds(sign * seconds).ok()
}

/// One to four digits.
fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    let is_number = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}
