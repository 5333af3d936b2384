//! Response bodies: `data` before `errors`, and the original's error objects with their key order
//! (`prisma1-server.md` §1.4, §1.5).

use connector_interface::{FieldError, FieldErrorKind, PathSegment, Position};
use query::RequestError;
use region_config::limits::ERRORS_MAX;
use serde_json::{Value, json};

/// A body that holds one error and no data: `{"errors":[{message, code?, requestId}]}`.
pub fn error_body(message: &str, code: Option<i32>, request_id: &str) -> Vec<u8> {
    let error = match code {
        Some(code) => json!({ "message": message, "code": code, "requestId": request_id }),
        None => json!({ "message": message, "requestId": request_id }),
    };
    json!({ "errors": [error] }).to_string().into_bytes()
}

/// The body for a failure that is ours.
pub fn internal_error_body(request_id: &str) -> Vec<u8> {
    error_body(&internal_error(request_id), None, request_id)
}

/// A body for a document that is refused before it runs: `{"data":null,"errors":[{message, locations?}]}`.
pub fn request_error_body(errors: &[RequestError]) -> Vec<u8> {
    let errors: Vec<Value> = errors
        .iter()
        .take(ERRORS_MAX)
        .map(|error| {
            if error.locations.is_empty() {
                json!({ "message": error.message })
            } else {
                json!({ "message": error.message, "locations": locations(&error.locations) })
            }
        })
        .collect();
    json!({ "data": null, "errors": errors }).to_string().into_bytes()
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
    let locations = locations(&[error.position]);
    match &error.kind {
        FieldErrorKind::Service(service) => json!({
            "locations": locations, "path": path, "code": service.code(), "message": service.to_string(), "requestId": request_id,
        }),
        FieldErrorKind::NullInNonNull => json!({
            "message": "Cannot return null for non-nullable type", "path": path, "locations": locations, "requestId": request_id,
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

fn locations(positions: &[Position]) -> Value {
    positions.iter().map(|p| json!({ "line": p.line, "column": p.column })).collect()
}
