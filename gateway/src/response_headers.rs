//! Headers that the gateway puts on answers: request id, what the limiter did, and what browsers of other origins may.

use crate::{admission::Meter, walk::Counted};
use actix_web::{
    HttpResponse,
    http::header::{
        self, ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
        ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
        ACCESS_CONTROL_REQUEST_HEADERS, HeaderMap, HeaderName, HeaderValue, ORIGIN, VARY,
    },
};

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const THROTTLED_BY: HeaderName = HeaderName::from_static("throttled-by");
const RATELIMIT_LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const RATELIMIT_REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RATELIMIT_RESET: HeaderName = HeaderName::from_static("ratelimit-reset");
/// What scripts of other origins may read.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "Request-Id, Throttled-By, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After",
);
/// Longest list of headers that a preflight answer repeats.
const REQUEST_HEADERS_MAX: usize = 4096;
/// How long a browser may remember the answer, in seconds; the original's number.
const PREFLIGHT_AGE_S: HeaderValue = HeaderValue::from_static("1800");

/// Puts the request's id on an answer.
pub(crate) fn put_request_id(headers: &mut HeaderMap, request_id: &str) {
    // The prefix is configured; one that is no header text shows in bodies only.
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, id);
    }
}

/// Puts on an answer what the limiter did with its request.
pub(crate) fn put_limits(headers: &mut HeaderMap, counted: &Counted) {
    let Counted { throttled, meter: Meter { limit, remaining, reset } } = counted;
    let delay = HeaderValue::from_str(&format!("{}ms", throttled.as_millis())).expect("digits are header text");
    headers.insert(THROTTLED_BY, delay);
    headers.insert(RATELIMIT_LIMIT, HeaderValue::from(*limit));
    headers.insert(RATELIMIT_REMAINING, HeaderValue::from(*remaining));
    headers.insert(RATELIMIT_RESET, HeaderValue::from(reset.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX)));
}

/// Lets scripts of the request's origin read an answer. Credentials are allowed as in the original; no cookie is ever
/// looked at.
pub(crate) fn put_cors(headers: &mut HeaderMap, origin: Option<HeaderValue>) {
    headers.append(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
}

/// The answer to a browser's question before a request of another origin.
pub(crate) fn preflight(request: &HeaderMap) -> HttpResponse {
    let mut response = HttpResponse::NoContent().finish();
    let headers = response.headers_mut();
    headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST, OPTIONS"));
    if request.contains_key(ORIGIN) {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, HEAD, OPTIONS"));
        headers.insert(ACCESS_CONTROL_MAX_AGE, PREFLIGHT_AGE_S);
        if let Some(wanted) = request.get(ACCESS_CONTROL_REQUEST_HEADERS)
            && wanted.len() <= REQUEST_HEADERS_MAX
        {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
        }
    }
    response
}
