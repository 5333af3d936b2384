//! Numbers as doubles. Like the original, a number is taken only if nothing of it is lost: an integer has to be a double
//! exactly, a decimal has to be what the double is written as. Among the variables decimals have lost their digits
//! already, when the body was read.

use super::CoercionError;
use connector_interface::Value;
use serde_json::Number;

/// The value of an integer's digits.
pub(super) fn of_integer(digits: &str) -> Result<Value, CoercionError> {
    // Without digits behind the point a double is written out exactly.
    finite(digits).filter(|value| format!("{value:.0}") == digits).map_or_else(too_big, taken)
}

/// The value of a number with a point or an exponent.
pub(super) fn of_decimal(digits: &str) -> Result<Value, CoercionError> {
    finite(digits).filter(|value| significant(&value.to_string()) == significant(digits)).map_or_else(too_big, taken)
}

/// The value of a number among the variables.
pub(super) fn of_json(number: &Number) -> Result<Value, CoercionError> {
    if !number.is_f64() {
        return of_integer(&number.to_string());
    }
    number.as_f64().filter(|value| value.is_finite()).map_or_else(too_big, taken)
}

fn finite(digits: &str) -> Option<f64> {
    digits.parse().ok().filter(|value: &f64| value.is_finite())
}

fn taken(value: f64) -> Result<Value, CoercionError> {
    // There is one zero only: the sum with it has no sign.
    Ok(Value::Float(value + 0.0))
}

fn too_big() -> Result<Value, CoercionError> {
    Err(CoercionError::FloatTooBig)
}

/// The digits between the first and the last that is not zero, and the power of ten of the last. Zero has none.
fn significant(number: &str) -> Option<(String, i64)> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{}{fraction}", whole.trim_start_matches(['-', '+']));
    let kept = digits.trim_end_matches('0');
    let power = (digits.len() - kept.len()) as i64 - fraction.len() as i64;
    let kept = kept.trim_start_matches('0');
    // An exponent that is no number is one that no double has.
    let exponent: i64 = exponent.trim_start_matches('+').parse().unwrap_or(i64::MAX / 2);
    (!kept.is_empty()).then(|| (kept.to_owned(), power.saturating_add(exponent)))
}
