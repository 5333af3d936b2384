//! Response bodies: `data` before `errors`, and the original's error objects with their key order
//! (`prisma1-server.md` §1.4, §1.5).

use connector_interface::{FieldError, FieldErrorKind, PathSegment, Position, ServiceError};
use query::RequestError;
use region_config::limits::ERRORS_MAX;
use serde_json::{Value, json};

/// Bytes of one message about a document that is refused. An excerpt of the document fits.
const MESSAGE_BYTES_MAX: usize = 2_000;
/// Bytes of all errors about a document that is refused.
const REFUSAL_BYTES_MAX: usize = 3_900;

/// A body that holds one error and no data: `{"errors":[{message, code?, requestId}]}`.
pub fn error_body(message: &str, code: Option<i32>, request_id: &str) -> Vec<u8> {
    let error = match code {
        Some(code) => json!({ "message": message, "code": code, "requestId": request_id }),
        None => json!({ "message": message, "requestId": request_id }),
    };
    json!({ "errors": [error] }).to_string().into_bytes()
}

/// The body for a write that would exceed what the service may hold: beside the code, what is used and the limit.
pub fn quota_error_body(error: &ServiceError, (used_bytes, limit_bytes): (u64, u64), request_id: &str) -> Vec<u8> {
    let error = json!({
        "message": error.to_string(), "code": error.code(), "usedBytes": used_bytes, "limitBytes": limit_bytes,
        "requestId": request_id,
    });
    json!({ "errors": [error] }).to_string().into_bytes()
}

/// The body for a failure that is ours.
pub fn internal_error_body(request_id: &str) -> Vec<u8> {
    error_body(&internal_error(request_id), None, request_id)
}

/// The body for a document that is refused before it runs: `{"data":null,"errors":[{message, locations?}]}`.
pub fn request_error_body(errors: &[RequestError]) -> Vec<u8> {
    let shown = errors.iter().map(|error| {
        let message = shortened(&error.message);
        if error.locations.is_empty() {
            json!({ "message": message })
        } else {
            json!({ "message": message, "locations": locations(error.locations.iter().take(ERRORS_MAX)) })
        }
    });
    json!({ "data": null, "errors": first_errors(shown) }).to_string().into_bytes()
}

/// The errors that a refusal tells: one, and more of them while it stays short, whatever was sent.
pub fn first_errors(errors: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut bytes = 0;
    let mut told = Vec::new();
    for error in errors.take(ERRORS_MAX) {
        bytes += error.to_string().len();
        if bytes > REFUSAL_BYTES_MAX && !told.is_empty() {
            break;
        }
        told.push(error);
    }
    told
}

/// A message, cut when it is long: it may quote what was sent.
pub fn shortened(message: &str) -> &str {
    &message[..message.floor_char_boundary(MESSAGE_BYTES_MAX)]
}

/// Closes a body whose data has been written: appends `errors`, if there are any, and the last brace.
pub fn finish(body: &mut Vec<u8>, errors: &[FieldError], request_id: &str) {
    if !errors.is_empty() {
        let errors: Vec<Value> = errors.iter().take(ERRORS_MAX).map(|e| field_error(e, request_id)).collect();
        body.extend_from_slice(b",\"errors\":");
        body.extend_from_slice(Value::Array(errors).to_string().as_bytes());
    }
    body.push(b'}');
}

fn field_error(error: &FieldError, request_id: &str) -> Value {
    let path: Vec<Value> = error
        .path
        .iter()
        .map(|segment| match segment {
            PathSegment::Key(key) => json!(key),
            PathSegment::Index(index) => json!(index),
        })
        .collect();
    let locations = locations([error.position].iter());
    match &error.kind {
        FieldErrorKind::Service(
            service @ (ServiceError::QuotaExceeded { used_bytes, limit_bytes }
            | ServiceError::DiskExceeded { used_bytes, limit_bytes }),
        ) => json!({
            "locations": locations, "path": path, "code": service.code(), "message": service.to_string(),
            "usedBytes": used_bytes, "limitBytes": limit_bytes, "requestId": request_id,
        }),
        FieldErrorKind::Service(service) => json!({
            "locations": locations, "path": path, "code": service.code(), "message": service.to_string(), "requestId": request_id,
        }),
        FieldErrorKind::NullInNonNull => json!({
            "message": "Cannot return null for non-nullable type", "path": path, "locations": locations, "requestId": request_id,
        }),
        FieldErrorKind::NotJson => json!({
            "message": "The stored value is not valid JSON", "path": path, "locations": locations, "requestId": request_id,
        }),
        FieldErrorKind::Internal => json!({
            "message": internal_error(request_id), "path": path, "locations": locations, "requestId": request_id,
        }),
    }
}

/// The original's text for what a client must not see.
pub fn internal_error(request_id: &str) -> String {
    format!("Whoops. Looks like an internal server error. Search your server logs for request ID: {request_id}")
}

fn locations<'a>(positions: impl Iterator<Item = &'a Position>) -> Value {
    positions.map(|p| json!({ "line": p.line, "column": p.column })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use region_config::codes;

    #[test]
    fn codes_of_our_own_are_those_of_the_table() {
        let message = String::new();
        assert_eq!(ServiceError::TooMuch { message }.code(), codes::INPUT_TOO_LARGE);
        let full = ServiceError::QuotaExceeded { used_bytes: 7, limit_bytes: 9 };
        assert_eq!(full.code(), codes::QUOTA);
        assert_eq!(ServiceError::DiskExceeded { used_bytes: 7, limit_bytes: 9 }.code(), codes::QUOTA);
    }

    #[test]
    fn refusals_stay_short() {
        let at = |line| Position { line, column: 1 };
        let error = |message: &str, locations: Vec<Position>| RequestError { message: message.to_owned(), locations };
        let few = [error("one", vec![at(1)]), error("two", Vec::new())];
        assert_eq!(
            String::from_utf8(request_error_body(&few)).unwrap(),
            r#"{"data":null,"errors":[{"message":"one","locations":[{"line":1,"column":1}]},{"message":"two"}]}"#
        );
        for message in ["x".repeat(100_000), "é".repeat(100_000), "short".to_owned()] {
            let many = vec![error(&message, vec![at(7); 1_000]); 50];
            let body = request_error_body(&many);
            assert!(body.len() <= 4_096, "{}", body.len());
            let shown: Value = serde_json::from_slice(&body).unwrap();
            let shown = shown["errors"].as_array().unwrap().len();
            assert!((1..=20).contains(&shown), "{shown}");
        }
    }
}
