//! Cells in the binary form of Postgres, as the writer and the write interpreter take them.
//!
//! The type of each cell is looked at, not only the kind that the plan expects: after a column changed its type, a
//! record inside an array silently comes with the new one.

use super::bind::EPOCH_MS;
use connector_interface::{CellType, ConnectorError, Value, answer::Cell};
use tokio_postgres::types::{FromSql, Type};

/// A cell as the server sent it.
#[derive(Debug, Clone, Copy)]
pub struct Raw<'a> {
    /// Its type.
    pub oid: u32,
    /// Its bytes; none is null.
    pub bytes: Option<&'a [u8]>,
}

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(of: &Type, bytes: &'a [u8]) -> Result<Raw<'a>, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Raw { oid: of.oid(), bytes: Some(bytes) })
    }

    fn from_sql_null(of: &Type) -> Result<Raw<'a>, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Raw { oid: of.oid(), bytes: None })
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

const BOOL: u32 = 16;
const INT8: u32 = 20;
const INT2: u32 = 21;
const INT4: u32 = 23;
const TEXT: u32 = 25;
const JSON: u32 = 114;
const FLOAT4: u32 = 700;
const FLOAT8: u32 = 701;
const BPCHAR: u32 = 1042;
const VARCHAR: u32 = 1043;
const TIMESTAMP: u32 = 1114;
const TIMESTAMPTZ: u32 = 1184;
const NUMERIC: u32 = 1700;
const UUID: u32 = 2950;
const JSONB: u32 = 3802;

impl<'a> Raw<'a> {
    /// The cell for the writer; what does not fit the expected kind cannot be read.
    pub fn cell(self, kind: CellType) -> Cell<'a> {
        match self.bytes {
            None => Cell::Null,
            Some(bytes) => decode(self.oid, bytes, kind).unwrap_or(Cell::Unreadable),
        }
    }

    /// The cell as a value.
    pub fn value(self, kind: CellType) -> Result<Value, ConnectorError> {
        Ok(match self.cell(kind) {
            Cell::Null => Value::Null,
            Cell::Boolean(flag) => Value::Boolean(flag),
            Cell::Int(number) if kind == CellType::Float => Value::Float(number as f64),
            Cell::Int(number) => Value::Int(number),
            Cell::Float(number) => Value::Float(number),
            Cell::Text(text) => Value::Text(text.to_owned()),
            Cell::Uuid(bytes) => Value::Text(uuid::Uuid::from_bytes(bytes).to_string()),
            Cell::DateTime(milliseconds) => Value::DateTime(milliseconds),
            Cell::Json(text) => Value::Json(text.to_owned()),
            Cell::Unreadable => {
                return Err(ConnectorError::Database(format!("a cell of type {} where {kind:?} stands", self.oid)));
            }
        })
    }
}

fn decode(oid: u32, bytes: &[u8], kind: CellType) -> Option<Cell<'_>> {
    Some(match (kind, oid) {
        (CellType::Text, TEXT | VARCHAR | BPCHAR) => Cell::Text(std::str::from_utf8(bytes).ok()?),
        (CellType::Text, UUID) => Cell::Uuid(bytes.try_into().ok()?),
        (CellType::Int, INT4) => Cell::Int(i32::from_be_bytes(bytes.try_into().ok()?).into()),
        (CellType::Int, INT8) => Cell::Int(i64::from_be_bytes(bytes.try_into().ok()?)),
        (CellType::Int, INT2) => Cell::Int(i16::from_be_bytes(bytes.try_into().ok()?).into()),
        (CellType::Boolean, BOOL) => Cell::Boolean(bytes.first().copied()? != 0),
        (CellType::DateTime, TIMESTAMP | TIMESTAMPTZ) => match i64::from_be_bytes(bytes.try_into().ok()?) {
            // Infinity is no time that JSON could show.
            i64::MIN | i64::MAX => return None,
            microseconds => Cell::DateTime(microseconds.div_euclid(1000) + EPOCH_MS),
        },
        (CellType::Json, TEXT | VARCHAR | JSON) => Cell::Json(std::str::from_utf8(bytes).ok()?),
        (CellType::Json, JSONB) => Cell::Json(std::str::from_utf8(bytes.get(1..)?).ok()?),
        (CellType::Float, NUMERIC) => numeric(bytes)?,
        (CellType::Float, FLOAT8) => Cell::Float(f64::from_be_bytes(bytes.try_into().ok()?)),
        (CellType::Float, FLOAT4) => Cell::Float(f32::from_be_bytes(bytes.try_into().ok()?).into()),
        (CellType::Float, INT4) => Cell::Int(i32::from_be_bytes(bytes.try_into().ok()?).into()),
        (CellType::Float, INT8) => Cell::Int(i64::from_be_bytes(bytes.try_into().ok()?)),
        _ => return None,
    })
}

/// A decimal number as the nearest float: groups of four digits, the first one weighing 10000 to the power of `weight`.
fn numeric(bytes: &[u8]) -> Option<Cell<'static>> {
    let at = |index: usize| Some(i16::from_be_bytes(bytes.get(index..index + 2)?.try_into().ok()?));
    let (count, weight, sign) = (usize::try_from(at(0)?).ok()?, at(2)?, at(4)?);
    let negative = match sign {
        0 => false,
        0x4000 => true,
        // Not a number, infinite.
        _ => return None,
    };
    // Up to four groups stay below 2^53, and powers of ten up to 22 are exact: then one division rounds correctly.
    let power = 4 * (i32::from(weight) + 1 - i32::try_from(count).ok()?);
    let mut digits: u64 = 0;
    if count <= 3 && (-22..=8).contains(&power) {
        for group in 0..count {
            digits = digits * 10_000 + u64::try_from(at(8 + 2 * group)?).ok()?;
        }
        let number = digits as f64;
        let number = if power < 0 { number / 10f64.powi(-power) } else { number * 10f64.powi(power) };
        return Some(Cell::Float(if negative { -number } else { number }));
    }
    let mut text = String::with_capacity(4 * count + 8);
    text.push_str(if negative { "-" } else { "" });
    for group in 0..count {
        use std::fmt::Write as _;
        // Writing to a string cannot fail.
        let _ = write!(text, "{:04}", at(8 + 2 * group)?);
    }
    text.push_str(if count == 0 { "0" } else { "" });
    text.push_str(&format!("e{power}"));
    text.parse().ok().map(Cell::Float)
}
