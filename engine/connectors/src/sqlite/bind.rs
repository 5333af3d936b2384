//! Values into parameters, cells into values.
//!
//! Storage: texts as TEXT, times as milliseconds in INTEGER, Booleans as 0 and 1, JSON as TEXT. A list is bound as an
//! array (`rarray`), so that its length changes no statement and its values keep their types exactly.

use crate::sql::Parameter;
use connector_interface::{CellType, ConnectorError, Value};
use rusqlite::{
    Statement,
    types::{ToSql, ToSqlOutput, Value as Stored, ValueRef},
};
use std::rc::Rc;

/// A value on its way into a statement.
pub struct Bound<'a>(pub &'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Value::Text(text) | Value::Json(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Value::List(values) => {
                let array: Rc<Vec<Stored>> = Rc::new(values.iter().map(stored).collect());
                ToSqlOutput::from_rc(array, ARRAY_TYPE)
            }
            other => ToSqlOutput::Owned(stored(other)),
        })
    }
}

/// The pointer type that the `rarray` module of rusqlite looks for.
const ARRAY_TYPE: &std::ffi::CStr = c"rarray";

/// A value as SQLite stores it. Lists are never stored as one value.
pub fn stored(value: &Value) -> Stored {
    match value {
        Value::Null | Value::List(_) => Stored::Null,
        Value::Boolean(flag) => Stored::Integer(i64::from(*flag)),
        Value::Int(number) | Value::DateTime(number) => Stored::Integer(*number),
        Value::Float(number) => Stored::Real(*number),
        Value::Text(text) | Value::Json(text) => Stored::Text(text.clone()),
    }
}

/// Binds every parameter that has a value. Own parameters beyond `own` are left for later, as the id of a parent is.
pub fn bind(
    statement: &mut Statement<'_>,
    parameters: &[Parameter],
    slots: &[Value],
    own: &[&Value],
) -> rusqlite::Result<()> {
    for (index, parameter) in parameters.iter().enumerate() {
        let value = match parameter {
            // A slot without a value is a fault of the plan; null would quietly answer another question.
            Parameter::Slot(slot) => {
                slots.get(slot.0 as usize).ok_or(rusqlite::Error::InvalidParameterCount(slots.len(), index + 1))?
            }
            Parameter::Pattern(..) => return Err(rusqlite::Error::InvalidParameterCount(slots.len(), index + 1)),
            Parameter::Own(number) => match own.get(*number as usize) {
                Some(value) => *value,
                None => continue,
            },
        };
        statement.raw_bind_parameter(index + 1, Bound(value))?;
    }
    Ok(())
}

/// A cell as a value. Rows that were changed with raw statements may hold anything, so the storage class is looked at.
pub fn value(cell: ValueRef<'_>, kind: CellType) -> Result<Value, ConnectorError> {
    Ok(match (kind, cell) {
        (_, ValueRef::Null) => Value::Null,
        (CellType::Text, ValueRef::Text(bytes)) => Value::Text(text(bytes)?.to_owned()),
        (CellType::Json, ValueRef::Text(bytes)) => Value::Json(text(bytes)?.to_owned()),
        (CellType::Boolean, ValueRef::Integer(number)) => Value::Boolean(number != 0),
        (CellType::Int, ValueRef::Integer(number)) => Value::Int(number),
        (CellType::DateTime, ValueRef::Integer(number)) => Value::DateTime(number),
        (CellType::Float, ValueRef::Integer(number)) => Value::Float(number as f64),
        (CellType::Float, ValueRef::Real(number)) => Value::Float(number),
        (kind, cell) => {
            return Err(ConnectorError::Database(format!(
                "a cell of class {} where {kind:?} stands",
                cell.data_type()
            )));
        }
    })
}

fn text(bytes: &[u8]) -> Result<&str, ConnectorError> {
    std::str::from_utf8(bytes).map_err(|_| ConnectorError::Database("a text that is not UTF-8".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::Sql;
    use connector_interface::Slot;

    #[test]
    fn values_come_back_as_they_went() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let cases = [
            (Value::Null, CellType::Text),
            (Value::Text("ä\0\"'%_".into()), CellType::Text),
            (Value::Int(i64::MIN), CellType::Int),
            (Value::Float(0.1), CellType::Float),
            (Value::Float(-5e-324), CellType::Float),
            (Value::Boolean(true), CellType::Boolean),
            (Value::Boolean(false), CellType::Boolean),
            (Value::DateTime(-62_135_596_800_001), CellType::DateTime),
            (Value::Json(r#"{"a":[1,null]}"#.into()), CellType::Json),
        ];
        for (expected, kind) in cases {
            let mut statement = connection.prepare("SELECT ?1").unwrap();
            bind(&mut statement, &[Parameter::Slot(Slot(0))], std::slice::from_ref(&expected), &[]).unwrap();
            let mut rows = statement.raw_query();
            let row = rows.next().unwrap().unwrap();
            assert_eq!(value(row.get_ref(0).unwrap(), kind).unwrap(), expected);
        }
    }

    #[test]
    fn lists_keep_types_and_length_keeps_the_text() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        rusqlite::vtab::array::load_module(&connection).unwrap();
        let mut sql = Sql::sqlite();
        sql.push("SELECT group_concat(typeof(value) || ':' || value, ' ') FROM rarray(").slot(Slot(0)).push(")");
        let cases = [
            (vec![], None),
            (vec![Value::Int(1), Value::Text("1".into()), Value::Float(0.1)], Some("integer:1 text:1 real:0.1")),
        ];
        for (list, expected) in cases {
            let mut statement = connection.prepare(sql.text()).unwrap();
            bind(&mut statement, sql.parameters(), &[Value::List(list)], &[]).unwrap();
            let mut rows = statement.raw_query();
            let text: Option<String> = rows.next().unwrap().unwrap().get(0).unwrap();
            assert_eq!(text.as_deref(), expected);
        }
    }

    #[test]
    fn a_missing_slot_is_an_error() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let mut statement = connection.prepare("SELECT ?1").unwrap();
        assert!(bind(&mut statement, &[Parameter::Slot(Slot(3))], &[Value::Null], &[]).is_err());
    }
}
