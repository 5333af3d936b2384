//! Values that go to a control store and come from it: the same few kinds on every database.

use crate::StoreError;

/// A value of a column or of a parameter. Truth is stored as 0 and 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// Every integer is a wide one.
    Integer(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// What can be a parameter.
pub trait ToValue {
    /// It as a value.
    fn to_value(&self) -> Value;
}

/// What can be read from a column.
pub trait FromValue: Sized {
    /// It, if the value is of its kind.
    fn from_value(value: &Value) -> Option<Self>;
}

/// Values of the parameters `?1`, `?2`, …
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::ToValue::to_value(&$value)),*] };
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value {
        (**self).to_value()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_value)
    }
}

impl ToValue for i64 {
    fn to_value(&self) -> Value {
        Value::Integer(*self)
    }
}

impl ToValue for u32 {
    fn to_value(&self) -> Value {
        Value::Integer(i64::from(*self))
    }
}

impl ToValue for str {
    fn to_value(&self) -> Value {
        Value::Text(self.to_owned())
    }
}

impl ToValue for String {
    fn to_value(&self) -> Value {
        Value::Text(self.clone())
    }
}

impl ToValue for [u8] {
    fn to_value(&self) -> Value {
        Value::Bytes(self.to_vec())
    }
}

impl ToValue for Vec<u8> {
    fn to_value(&self) -> Value {
        Value::Bytes(self.clone())
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Self> {
        if *value == Value::Null { Some(None) } else { T::from_value(value).map(Some) }
    }
}

impl FromValue for i64 {
    fn from_value(value: &Value) -> Option<i64> {
        if let Value::Integer(integer) = value { Some(*integer) } else { None }
    }
}

impl FromValue for u32 {
    fn from_value(value: &Value) -> Option<u32> {
        i64::from_value(value)?.try_into().ok()
    }
}

impl FromValue for bool {
    fn from_value(value: &Value) -> Option<bool> {
        i64::from_value(value).map(|integer| integer != 0)
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Option<String> {
        if let Value::Text(text) = value { Some(text.clone()) } else { None }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Option<Vec<u8>> {
        if let Value::Bytes(bytes) = value { Some(bytes.clone()) } else { None }
    }
}

/// A row of an answer.
#[derive(Debug)]
pub struct Row(pub(crate) Vec<Value>);

impl Row {
    /// The value of a column, counted from 0.
    pub fn get<T: FromValue>(&self, column: usize) -> Result<T, StoreError> {
        self.0.get(column).and_then(T::from_value).ok_or_else(|| {
            StoreError::Statement(format!("column {column} does not hold a {}", std::any::type_name::<T>()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_went_and_never_as_another_kind() {
        let none: Option<String> = None;
        let row = Row(params![7_i64, 8_u32, "a", String::from("b"), vec![1_u8], none, Some("c")].to_vec());
        assert_eq!(row.get::<i64>(0).unwrap(), 7);
        assert_eq!(row.get::<u32>(1).unwrap(), 8);
        assert!(row.get::<bool>(1).unwrap());
        assert_eq!(row.get::<String>(2).unwrap(), "a");
        assert_eq!(row.get::<Option<String>>(3).unwrap().as_deref(), Some("b"));
        assert_eq!(row.get::<Vec<u8>>(4).unwrap(), [1]);
        assert_eq!(row.get::<Option<i64>>(5).unwrap(), None);
        assert_eq!(row.get::<String>(6).unwrap(), "c");
        assert!(row.get::<String>(0).is_err() && row.get::<i64>(2).is_err() && row.get::<i64>(5).is_err());
        assert!(row.get::<i64>(7).is_err(), "there is no such column");
        assert!(Row(vec![Value::Integer(-1)]).get::<u32>(0).is_err());
    }
}
