//! One line a request, target `access`. Never a token, a query string, a body, or a path: names in it are a tenant's.

use actix_web::http::{Method, StatusCode};
use std::time::Duration;

/// What is told of a request.
pub(crate) struct Line<'a> {
    pub method: &'a Method,
    pub kind: &'static str,
    pub status: StatusCode,
    pub took: Duration,
    pub throttled: Option<Duration>,
    pub request_id: &'a str,
}

/// Writes the line.
pub(crate) fn write(line: &Line<'_>) {
    tracing::info!(
        target: "access",
        method = line.method.as_str(),
        kind = line.kind,
        status = line.status.as_u16(),
        ms = line.took.as_secs_f64() * 1000.0,
        throttled_ms = line.throttled.map(|throttled| throttled.as_secs_f64() * 1000.0),
        request_id = line.request_id,
    );
}
