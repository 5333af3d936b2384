//! What the head of a request says by itself, before its address is looked at.

use crate::refusal::Refusal;
use actix_web::{
    dev::ServiceRequest,
    http::{
        Method,
        header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, UPGRADE},
    },
};

/// Methods that are answered at all.
const ALLOWED: &str = "GET, HEAD, POST, OPTIONS";
/// Methods of what takes a body only.
const ALLOWED_FOR_CALLS: &str = "POST, OPTIONS";
/// Methods of what is shown only.
const ALLOWED_FOR_PAGES: &str = "GET, HEAD, OPTIONS";

/// What a method is for here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Shows a page.
    Show,
    /// Calls an API.
    Call,
    /// Asks what a browser may do.
    Preflight,
}

impl Verb {
    pub fn of(method: &Method) -> Result<Verb, Refusal> {
        match *method {
            Method::GET | Method::HEAD => Ok(Verb::Show),
            Method::POST => Ok(Verb::Call),
            Method::OPTIONS => Ok(Verb::Preflight),
            _ => Err(Refusal::Method { allowed: ALLOWED }),
        }
    }
}

/// The refusal of GET where nothing can be shown.
pub(crate) fn only_calls() -> Refusal {
    Refusal::Method { allowed: ALLOWED_FOR_CALLS }
}

/// The refusal of POST where nothing can be called.
pub(crate) fn only_pages() -> Refusal {
    Refusal::Method { allowed: ALLOWED_FOR_PAGES }
}

/// A header as text, if it is there and is text.
pub(crate) fn header(request: &ServiceRequest, name: HeaderName) -> Option<&str> {
    request.headers().get(name)?.to_str().ok()
}

/// The header `Authorization`.
pub(crate) fn authorization(request: &ServiceRequest) -> Option<&str> {
    header(request, AUTHORIZATION)
}

/// The body's length, if the head tells it.
pub(crate) fn content_length(request: &ServiceRequest) -> Option<usize> {
    header(request, CONTENT_LENGTH)?.trim().parse().ok()
}

/// Refuses bodies that are no JSON, and compressed ones: nothing is ever inflated.
pub(crate) fn check_body_kind(request: &ServiceRequest) -> Result<(), Refusal> {
    let kind = header(request, CONTENT_TYPE).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Refusal::ContentType);
    }
    let plain = |coding: &str| coding.trim().eq_ignore_ascii_case("identity");
    if request.headers().get_all(CONTENT_ENCODING).any(|coding| !coding.to_str().is_ok_and(plain)) {
        return Err(Refusal::ContentEncoding);
    }
    Ok(())
}

/// Whether the client wants to talk over a websocket.
pub(crate) fn is_websocket(request: &ServiceRequest) -> bool {
    header(request, UPGRADE).is_some_and(|protocol| protocol.trim().eq_ignore_ascii_case("websocket"))
}
