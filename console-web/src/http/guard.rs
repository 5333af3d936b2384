//! What every request of the console meets first, and every answer last: a request id, the headers that keep browsers
//! strict, a page (or JSON, at `/cloud`) for every error, and a panic that costs one request only.

use super::{
    error::{PageError, sentence},
    page,
    same_origin::referrer_policy,
};
use crate::{
    console::{Console, log_internal},
    error::ConsoleError,
};
use actix_web::{
    HttpMessage as _, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};
use futures::FutureExt as _;
use std::panic::AssertUnwindSafe;

/// Id of a request; for logs and internal errors.
#[derive(Debug, Clone)]
pub(super) struct RequestId(pub(super) String);

/// Nothing from anywhere but our own style sheet and icons; no script at all; in no frame.
const CONTENT_SECURITY_POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What is told when the reason is nobody's business.
const FAILED: &str = "Something went wrong here. It was written to the log.";

/// Wraps every route.
pub(super) async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let console = request.app_data::<web::Data<Console>>().expect("the app was configured with a console").clone();
    let started = console.shared.clock.monotonic();
    let id = console.shared.chance.hex(8);
    let is_cloud = request.path() == "/cloud";
    request.extensions_mut().insert(RequestId(id.clone()));

    let answered = if has_coded_body(request.headers()) {
        Some(request.into_response(HttpResponse::new(StatusCode::UNSUPPORTED_MEDIA_TYPE)))
    } else {
        // Routing needs the request for itself, so none is left when there is no response.
        match AssertUnwindSafe(next.call(request)).catch_unwind().await {
            Ok(Ok(response)) => Some(response.map_into_boxed_body()),
            Ok(Err(error)) => {
                tracing::error!(request_id = %id, %error, "request failed");
                None
            }
            Err(_) => {
                tracing::error!(request_id = %id, "a handler panicked");
                None
            }
        }
    };
    let Some(response) = answered else {
        let mut broken = HttpResponse::InternalServerError().finish();
        broken = with_look(broken, &ErrorLook { text: FAILED, is_cloud, request_id: &id });
        set_headers(broken.headers_mut(), &console, &id);
        return Err(InternalError::from_response("no response", broken).into());
    };
    let mut response = with_error_page(response, &id);
    set_headers(response.headers_mut(), &console, &id);
    let took = console.shared.clock.monotonic().saturating_sub(started);
    // The pattern of the route and never the address: that can hold secrets.
    let route = response.request().match_pattern().unwrap_or_default();
    tracing::info!(
        method = %response.request().method(), route, status = response.status().as_u16(),
        ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX), request_id = %id, "request"
    );
    Ok(response)
}

/// What is at no address.
pub(super) async fn nothing_here() -> Result<HttpResponse, PageError> {
    Err(ConsoleError::NotFound.into())
}

/// No body is ever unpacked: a small one could become a giant.
fn has_coded_body(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity")
}

/// Gives an error its look, unless it has one.
fn with_error_page(response: ServiceResponse<BoxBody>, request_id: &str) -> ServiceResponse<BoxBody> {
    let status = response.status();
    let has_look = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|t| t.as_bytes().starts_with(b"text/html") || t.as_bytes().starts_with(b"application/json"));
    if !(status.is_client_error() || status.is_server_error()) || has_look {
        return response;
    }
    let text = match response.response().error().and_then(|error| error.as_error::<PageError>()) {
        Some(PageError::Console(error)) if status.is_server_error() => {
            log_internal(request_id, error);
            match error {
                ConsoleError::Region(_) => sentence(&error.to_string()),
                _ => FAILED.to_owned(),
            }
        }
        Some(error) => sentence(&error.to_string()),
        None => status_text(status).to_owned(),
    };
    let is_cloud = response.request().path() == "/cloud";
    let (request, response) = response.into_parts();
    ServiceResponse::new(request, with_look(response, &ErrorLook { text: &text, is_cloud, request_id }))
}

/// What an error shows.
struct ErrorLook<'a> {
    text: &'a str,
    /// Whether the client wants JSON.
    is_cloud: bool,
    request_id: &'a str,
}

fn with_look(response: HttpResponse, look: &ErrorLook<'_>) -> HttpResponse {
    let status = response.status();
    let (content_type, body) = if look.is_cloud {
        ("application/json", serde_json::json!({ "data": null, "errors": [{ "message": look.text }] }).to_string())
    } else {
        ("text/html; charset=utf-8", page::error(status, look.text, look.request_id))
    };
    let mut response = response.set_body(BoxBody::new(body));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn status_text(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "There is nothing here.",
        StatusCode::METHOD_NOT_ALLOWED => "This address does not take requests of that kind.",
        StatusCode::PAYLOAD_TOO_LARGE => "That was too large.",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "A body of this type or encoding is not accepted.",
        status if status.is_server_error() => FAILED,
        _ => "This request cannot be understood.",
    }
}

fn set_headers(headers: &mut HeaderMap, console: &Console, request_id: &str) {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, referrer_policy(console)),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static("request-id"), id);
    }
}
