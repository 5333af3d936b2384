//! The value that fills existing rows when a field demands one, and how Scala prints such values in texts that
//! clients see.

use connector_interface::Value;
use datamodel::{Datamodel, DefaultValue, Field, FieldKind, ScalarType};
use jiff::Timestamp;

/// The migration value of a field: its default, else the value of its type. Lists and relations have none.
pub(crate) fn migration_value(datamodel: &Datamodel, field: &Field) -> Option<DefaultValue> {
    if field.is_list || field.is_relation() {
        return None;
    }
    Some(field.default.clone().unwrap_or_else(|| value_of_type(datamodel, field.kind)))
}

fn value_of_type(datamodel: &Datamodel, kind: FieldKind) -> DefaultValue {
    let text = |text: &str| DefaultValue::String(text.to_owned());
    match kind {
        FieldKind::Enum(id) => DefaultValue::Enum(datamodel.enum_type(id).values.first().cloned().unwrap_or_default()),
        FieldKind::Scalar(ScalarType::Int) => DefaultValue::Int(0),
        FieldKind::Scalar(ScalarType::Float) => DefaultValue::Float(0.0),
        FieldKind::Scalar(ScalarType::Boolean) => DefaultValue::Boolean(false),
        FieldKind::Scalar(ScalarType::DateTime) => DefaultValue::DateTime("1970-01-01T00:00:00.000Z".to_owned()),
        FieldKind::Scalar(ScalarType::Json) => DefaultValue::Json("{}".to_owned()),
        FieldKind::Scalar(ScalarType::Id) => text("DefaultCUIDMigrationValue"),
        FieldKind::Scalar(ScalarType::Uuid) => text("550e8400-e29b-11d4-a716-446655440000"),
        FieldKind::Scalar(ScalarType::String) | FieldKind::Relation { .. } => text(""),
    }
}

/// The cell to write.
pub(crate) fn cell(value: &DefaultValue) -> Value {
    match value {
        DefaultValue::String(text) | DefaultValue::Enum(text) => Value::Text(text.clone()),
        DefaultValue::Int(int) => Value::Int(*int),
        DefaultValue::Float(float) => Value::Float(*float),
        DefaultValue::Boolean(boolean) => Value::Boolean(*boolean),
        DefaultValue::DateTime(text) => Value::DateTime(milliseconds(text)),
        DefaultValue::Json(text) => Value::Json(text.clone()),
        DefaultValue::List(values) => Value::List(values.iter().map(cell).collect()),
    }
}

/// How warnings quote a value.
pub(crate) fn plain_text(value: &DefaultValue) -> String {
    match value {
        DefaultValue::String(text)
        | DefaultValue::Enum(text)
        | DefaultValue::DateTime(text)
        | DefaultValue::Json(text) => text.clone(),
        DefaultValue::Int(int) => int.to_string(),
        DefaultValue::Float(float) => java_double(*float),
        DefaultValue::Boolean(boolean) => boolean.to_string(),
        DefaultValue::List(values) => vector(values.iter().map(plain_text)),
    }
}

/// How Scala prints the value object: `StringGCValue(x)`.
pub(crate) fn scala_text(value: &DefaultValue) -> String {
    let class = match value {
        DefaultValue::String(_) => "StringGCValue",
        DefaultValue::Int(_) => "IntGCValue",
        DefaultValue::Float(_) => "FloatGCValue",
        DefaultValue::Boolean(_) => "BooleanGCValue",
        DefaultValue::DateTime(_) => "DateTimeGCValue",
        DefaultValue::Json(_) => "JsonGCValue",
        DefaultValue::Enum(_) => "EnumGCValue",
        DefaultValue::List(values) => return format!("ListGCValue({})", vector(values.iter().map(scala_text))),
    };
    format!("{class}({})", plain_text(value))
}

fn vector(items: impl Iterator<Item = String>) -> String {
    format!("Vector({})", items.collect::<Vec<_>>().join(", "))
}

/// Defaults have one form, so this cannot fail for those of a checked datamodel; what else a stored one may hold fills
/// rows with the beginning of 1970.
fn milliseconds(date_time: &str) -> i64 {
    date_time.parse::<Timestamp>().unwrap_or_default().as_millisecond()
}

/// `Double.toString`: always with a fraction, and with an exponent outside 10⁻³ to 10⁷.
fn java_double(double: f64) -> String {
    let magnitude = double.abs();
    if magnitude == 0.0 || (1e-3..1e7).contains(&magnitude) || !magnitude.is_finite() {
        return format!("{double:?}");
    }
    let text = format!("{double:E}");
    match text.split_once('E') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0E{exponent}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_printed_as_scala_prints_them() {
        let date = DefaultValue::DateTime("2018-01-19T07:00:00.500Z".to_owned());
        let json = DefaultValue::Json(r#"{"b":[1,2],"a":null}"#.to_owned());
        let a_and_b = DefaultValue::List(vec![DefaultValue::Enum("A".to_owned()), DefaultValue::Enum("B".to_owned())]);
        for (value, expected) in [
            (DefaultValue::String("a) b".to_owned()), "StringGCValue(a) b)"),
            (DefaultValue::Int(-3), "IntGCValue(-3)"),
            (DefaultValue::Float(0.0), "FloatGCValue(0.0)"),
            (DefaultValue::Float(1234567.5), "FloatGCValue(1234567.5)"),
            (DefaultValue::Float(1e7), "FloatGCValue(1.0E7)"),
            (DefaultValue::Float(1.25e-4), "FloatGCValue(1.25E-4)"),
            (DefaultValue::Boolean(true), "BooleanGCValue(true)"),
            (date, "DateTimeGCValue(2018-01-19T07:00:00.500Z)"),
            (json, "JsonGCValue({\"b\":[1,2],\"a\":null})"),
            (a_and_b, "ListGCValue(Vector(EnumGCValue(A), EnumGCValue(B)))"),
        ] {
            assert_eq!(scala_text(&value), expected);
        }
    }

    #[test]
    fn a_date_that_cannot_be_read_fills_rows_with_1970() {
        assert_eq!(cell(&DefaultValue::DateTime("soon".to_owned())), Value::DateTime(0));
        assert_eq!(cell(&DefaultValue::DateTime("1970-01-01T00:00:01.000Z".to_owned())), Value::DateTime(1000));
    }
}
