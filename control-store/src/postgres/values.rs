//! Values into parameters of Postgres, and cells into values.

use crate::{Value, value::Row};
use bytes::BytesMut;
use std::error::Error;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

impl ToSql for Value {
    fn to_sql(&self, wanted: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Integer(integer) if *wanted == Type::INT8 => integer.to_sql(wanted, out),
            Value::Text(text) if <&str as ToSql>::accepts(wanted) => text.as_str().to_sql(wanted, out),
            Value::Bytes(bytes) if *wanted == Type::BYTEA => bytes.as_slice().to_sql(wanted, out),
            _ => Err(format!("a parameter of the type {wanted} got a value of another kind").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(of: &Type, raw: &'a [u8]) -> Result<Value, Box<dyn Error + Sync + Send>> {
        Ok(match *of {
            Type::BOOL => Value::Integer(i64::from(bool::from_sql(of, raw)?)),
            Type::INT4 => Value::Integer(i64::from(i32::from_sql(of, raw)?)),
            Type::INT8 => Value::Integer(i64::from_sql(of, raw)?),
            Type::BYTEA => Value::Bytes(Vec::from_sql(of, raw)?),
            _ => Value::Text(String::from_sql(of, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Value, Box<dyn Error + Sync + Send>> {
        Ok(Value::Null)
    }

    fn accepts(of: &Type) -> bool {
        [Type::BOOL, Type::INT4, Type::INT8, Type::BYTEA].contains(of) || <String as FromSql>::accepts(of)
    }
}

/// A row of the driver.
pub fn row(row: &tokio_postgres::Row) -> Result<Row, tokio_postgres::Error> {
    Ok(Row((0..row.len()).map(|column| row.try_get(column)).collect::<Result<_, _>>()?))
}
