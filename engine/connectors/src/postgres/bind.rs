//! Values into parameters, in the type that the server says a parameter has.
//!
//! Storage: `prisma1-server.md` §3.2. A text for a UUID or a number that is none names no row, so it becomes null.

use crate::sql::Parameter;
use bytes::{BufMut as _, BytesMut};
use connector_interface::{ConnectorError, Slot, TextMatch, Value};
use std::error::Error;
use tokio_postgres::types::{IsNull, Kind, ToSql, Type, to_sql_checked};
use uuid::Uuid;

/// The parameters of a statement, in order: values of the request, and values that the connector supplies.
pub fn parameters<'v>(
    of: &[Parameter],
    slots: &'v [Value],
    own: &[&'v Value],
) -> Result<Vec<Bound<'v>>, ConnectorError> {
    let slot = |slot: &Slot| slots.get(slot.0 as usize);
    let bound = |parameter: &Parameter| match parameter {
        Parameter::Slot(of) => slot(of).map(Bound::Value),
        Parameter::Own(number) => own.get(*number as usize).copied().map(Bound::Value),
        Parameter::Pattern(of, position) => slot(of).map(|value| Bound::Pattern(value, *position)),
    };
    let missing = || ConnectorError::Database("a parameter without a value".to_owned());
    of.iter().map(|parameter| bound(parameter).ok_or_else(missing)).collect()
}

type Encoded = Result<IsNull, Box<dyn Error + Sync + Send>>;

/// Milliseconds from 1970 to 2000, where the times of Postgres begin.
pub(super) const EPOCH_MS: i64 = 946_684_800_000;

/// A value on its way into a statement.
#[derive(Debug)]
pub enum Bound<'a> {
    /// As it is.
    Value(&'a Value),
    /// A text as a pattern for `LIKE`.
    Pattern(&'a Value, TextMatch),
    /// The values of one column of many rows, as an array.
    Column {
        /// The rows.
        rows: &'a [Vec<&'a Value>],
        /// The column.
        number: usize,
    },
}

impl ToSql for Bound<'_> {
    fn to_sql(&self, wanted: &Type, out: &mut BytesMut) -> Encoded {
        match (self, wanted.kind()) {
            (Bound::Value(Value::List(values)), Kind::Array(item)) => list(values.iter(), item, out),
            (Bound::Column { rows, number }, Kind::Array(item)) => {
                list(rows.iter().map(|row| row.get(*number).copied().unwrap_or(&Value::Null)), item, out)
            }
            (Bound::Column { .. }, _) => Err(format!("many values where {wanted} belongs").into()),
            (Bound::Value(value), _) => scalar(value, wanted, out),
            (Bound::Pattern(Value::Text(text), position), _) => {
                pattern(text, *position, out);
                Ok(IsNull::No)
            }
            (Bound::Pattern(value, _), _) => unfit(value, wanted),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn scalar(value: &Value, wanted: &Type, out: &mut BytesMut) -> Encoded {
    match value {
        Value::Null => return Ok(IsNull::Yes),
        Value::Text(text) => return Ok(self::text(text, wanted, out)),
        Value::Json(text) => {
            if *wanted == Type::JSONB {
                out.put_u8(1);
            }
            out.put_slice(text.as_bytes());
        }
        Value::Boolean(flag) if *wanted == Type::BOOL => out.put_u8(u8::from(*flag)),
        Value::Int(number) => return self::number(*number, wanted, out),
        Value::Float(number) => match *wanted {
            Type::FLOAT8 => out.put_f64(*number),
            Type::FLOAT4 => out.put_f32(*number as f32),
            Type::NUMERIC => numeric(&number.to_string(), out),
            _ => return unfit(value, wanted),
        },
        Value::DateTime(milliseconds) if *wanted == Type::TIMESTAMP || *wanted == Type::TIMESTAMPTZ => {
            let since = milliseconds.checked_sub(EPOCH_MS).and_then(|ms| ms.checked_mul(1000));
            out.put_i64(since.ok_or("a time that is too far away")?);
        }
        _ => return unfit(value, wanted),
    }
    Ok(IsNull::No)
}

fn unfit(value: &Value, wanted: &Type) -> Encoded {
    let kind = match value {
        Value::Null => "null",
        Value::Boolean(_) => "a Boolean",
        Value::Int(_) => "an integer",
        Value::Float(_) => "a number",
        Value::Text(_) => "a text",
        Value::DateTime(_) => "a time",
        Value::Json(_) => "JSON",
        Value::List(_) => "a list",
    };
    Err(format!("{kind} where {wanted} belongs").into())
}

fn text(text: &str, wanted: &Type, out: &mut BytesMut) -> IsNull {
    match *wanted {
        Type::UUID => match Uuid::try_parse(text) {
            Ok(uuid) => out.put_slice(uuid.as_bytes()),
            Err(_) => return IsNull::Yes,
        },
        Type::INT2 | Type::INT4 | Type::INT8 => match text.parse().map(|number| self::number(number, wanted, out)) {
            Ok(Ok(done)) => return done,
            _ => return IsNull::Yes,
        },
        _ => out.put_slice(text.as_bytes()),
    }
    IsNull::No
}

fn number(number: i64, wanted: &Type, out: &mut BytesMut) -> Encoded {
    match *wanted {
        Type::INT2 => out.put_i16(number.try_into()?),
        Type::INT4 => out.put_i32(number.try_into()?),
        Type::INT8 => out.put_i64(number),
        Type::FLOAT8 => out.put_f64(number as f64),
        Type::NUMERIC => numeric(&number.to_string(), out),
        _ => return unfit(&Value::Int(number), wanted),
    }
    Ok(IsNull::No)
}

/// The text between `%`, or at the begin or end. What means something in a pattern is escaped.
fn pattern(text: &str, position: TextMatch, out: &mut BytesMut) {
    if position != TextMatch::StartsWith {
        out.put_u8(b'%');
    }
    for byte in text.bytes() {
        if matches!(byte, b'%' | b'_' | b'\\') {
            out.put_u8(b'\\');
        }
        out.put_u8(byte);
    }
    if position != TextMatch::EndsWith {
        out.put_u8(b'%');
    }
}

/// A number in plain decimal notation as `numeric`: groups of four digits around the point.
fn numeric(plain: &str, out: &mut BytesMut) {
    let (negative, digits) = match plain.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, plain),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut padded = Vec::with_capacity(whole.len() + fraction.len() + 6);
    padded.extend(std::iter::repeat_n(b'0', (4 - whole.len() % 4) % 4));
    padded.extend_from_slice(whole.as_bytes());
    let whole_groups = padded.len() / 4;
    padded.extend_from_slice(fraction.as_bytes());
    padded.extend(std::iter::repeat_n(b'0', (4 - fraction.len() % 4) % 4));
    let groups: Vec<u16> =
        padded.chunks(4).map(|group| group.iter().fold(0, |n, digit| n * 10 + u16::from(digit - b'0'))).collect();
    let leading = groups.iter().take_while(|group| **group == 0).count();
    let trailing = groups.iter().rev().take_while(|group| **group == 0).count();
    let kept = groups.get(leading..groups.len() - trailing.min(groups.len() - leading)).unwrap_or(&[]);
    let short = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    out.put_u16(short(kept.len()));
    out.put_i16(i16::try_from(whole_groups).unwrap_or(i16::MAX) - 1 - i16::try_from(leading).unwrap_or(0));
    out.put_u16(if negative && !kept.is_empty() { 0x4000 } else { 0 });
    out.put_u16(short(fraction.len()));
    kept.iter().for_each(|group| out.put_u16(*group));
}

/// An array of one dimension.
fn list<'v>(values: impl ExactSizeIterator<Item = &'v Value>, item: &Type, out: &mut BytesMut) -> Encoded {
    out.put_i32(i32::from(values.len() > 0));
    let flags = out.len();
    out.put_i32(0);
    out.put_u32(item.oid());
    if values.len() == 0 {
        return Ok(IsNull::No);
    }
    out.put_i32(i32::try_from(values.len())?);
    out.put_i32(1);
    for value in values {
        let start = out.len();
        out.put_i32(-1);
        match scalar(value, item, out)? {
            IsNull::Yes => out[flags..flags + 4].copy_from_slice(&1i32.to_be_bytes()),
            IsNull::No => {
                let length = i32::try_from(out.len() - start - 4)?;
                out[start..start + 4].copy_from_slice(&length.to_be_bytes());
            }
        }
    }
    Ok(IsNull::No)
}
