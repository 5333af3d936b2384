//! Default values: `{gcValueType, isList, value}`.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::model::DefaultValue;

pub(super) fn write(default: &DefaultValue) -> Value {
    let (kind, value) = match default {
        DefaultValue::String(text) => ("string", json!(text)),
        DefaultValue::Int(int) => ("int", json!(int)),
        DefaultValue::Float(float) => ("float", json!(float)),
        DefaultValue::Boolean(value) => ("bool", json!(value)),
        // Stored without a zone; it is always UTC.
        DefaultValue::DateTime(text) => ("datetime", json!(text.trim_end_matches('Z'))),
        DefaultValue::Json(text) => ("json", serde_json::from_str(text).unwrap_or(Value::Null)),
        DefaultValue::Enum(name) => ("enum", json!(name)),
        DefaultValue::List(values) => ("list", values.iter().map(write).collect()),
    };
    json!({ "gcValueType": kind, "isList": kind == "list", "value": value })
}

/// The default, `None` for the null default; or what is wrong.
pub(super) fn read(json: &Value) -> Result<Option<DefaultValue>, String> {
    let kind = json["gcValueType"].as_str().unwrap_or_default();
    let value = &json["value"];
    let text = value.as_str().map(str::to_owned);
    let default = match kind {
        "null" => return Ok(None),
        "string" | "graphQlId" | "uuid" => text.map(DefaultValue::String),
        "enum" => text.map(DefaultValue::Enum),
        "datetime" => text.and_then(|text| utc_text(&text)).map(DefaultValue::DateTime),
        "int" => value.as_i64().map(DefaultValue::Int),
        "float" => value.as_f64().map(DefaultValue::Float),
        "bool" => value.as_bool().map(DefaultValue::Boolean),
        "json" => Some(DefaultValue::Json(value.to_string())),
        "list" => {
            let values = value.as_array().into_iter().flatten().map(read).collect::<Result<Vec<_>, _>>()?;
            Some(DefaultValue::List(values.into_iter().flatten().collect()))
        }
        _ => None,
    };
    default.map(Some).ok_or_else(|| format!("`{value}` is no default of the kind `{kind}`"))
}

fn utc_text(text: &str) -> Option<String> {
    let instant: Timestamp = format!("{}Z", text.trim_end_matches('Z')).parse().ok()?;
    Some(format!("{instant:.3}"))
}
