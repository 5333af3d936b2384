//! Where an export stands, as it travels to the client and back.
//!
//! `prisma1 export` adds up all that is in a cursor and goes on while the sum, as JavaScript sees it, is at least 0. So the
//! keys of the last row travel as digits: behind a number JavaScript puts them to its end, which is a number again.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::Value;

/// Where an export stands.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct Cursor {
    /// Which model, list or relation; -1 at the end.
    pub table: i64,
    /// How many rows of it are done; -1 at the end.
    pub row: i64,
    #[serde(default)]
    field: i64,
    #[serde(default)]
    array: i64,
    /// Keys of the last row that is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty", serialize_with = "write", deserialize_with = "read")]
    pub after: Vec<Value>,
}

impl Cursor {
    /// Behind a row of a table.
    pub fn at(table: usize, row: u64, after: Vec<Value>) -> Cursor {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        Cursor { table: number(table as u64), row: number(row), field: 0, array: 0, after }
    }

    /// Behind everything.
    pub fn end() -> Cursor {
        Cursor { table: -1, row: -1, field: -1, array: -1, after: Vec::new() }
    }
}

/// Digits of a byte of the keys' JSON.
const DIGITS: usize = 3;

fn write<S: Serializer>(keys: &[Value], serializer: S) -> Result<S::Ok, S::Error> {
    let json = serde_json::json!(keys).to_string();
    serializer.serialize_str(&json.bytes().map(|byte| format!("{byte:03}")).collect::<String>())
}

fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Value>, D::Error> {
    let digits = String::deserialize(deserializer)?;
    let unknown = || D::Error::custom("no keys of a row");
    let is_whole = digits.len().is_multiple_of(DIGITS) && digits.bytes().all(|digit| digit.is_ascii_digit());
    let bytes = (0..digits.len() / DIGITS).map(|place| digits.get(place * DIGITS..(place + 1) * DIGITS)?.parse().ok());
    let bytes: Option<Vec<u8>> = if is_whole { bytes.collect() } else { None };
    serde_json::from_slice(&bytes.ok_or_else(unknown)?).map_err(|_| unknown())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_travel_as_digits() {
        let cursor = Cursor::at(2, 1_000, vec![json!("ä\""), json!(7)]);
        let text = json!(cursor).to_string();
        assert_eq!(text, r#"{"table":2,"row":1000,"field":0,"array":0,"after":"091034195164092034034044055093"}"#);
        assert_eq!(serde_json::from_str::<Cursor>(&text).unwrap(), cursor);
        assert_eq!(json!(Cursor::end()).to_string(), r#"{"table":-1,"row":-1,"field":-1,"array":-1}"#);
        for after in ["\"\"", "\"09\"", "\"999\"", "\"12x\"", "\"065\"", "7", "[\"a\"]", "\"+12\""] {
            let text = format!(r#"{{"table":0,"row":0,"after":{after}}}"#);
            assert!(serde_json::from_str::<Cursor>(&text).is_err(), "{after}");
        }
    }
}
