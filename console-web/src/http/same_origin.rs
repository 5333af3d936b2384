//! Where a form was filled in: on a page of ours, or not.

use crate::console::Console;
use actix_web::{HttpRequest, http::header};

/// Whether a browser says that the request comes from a page of ours.
///
/// `Sec-Fetch-Site` is believed first: no page can set it. Under `Referrer-Policy: no-referrer` browsers send
/// `Origin: null` with forms of the same origin, so without it `null` proves nothing and is refused.
pub(super) fn is_same_origin(request: &HttpRequest, console: &Console) -> bool {
    let text = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    let is_ours = |origin: &str| console.shared.origins.iter().any(|ours| ours == origin);
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some("same-origin"), None | Some("null")) => true,
        (Some("same-origin") | None, Some(origin)) => is_ours(origin),
        _ => false,
    }
}

/// The referrer policy of every page. Addresses of pages can hold secrets, so none is told to anybody. Browsers send
/// `Sec-Fetch-Site` to https and loopback origins only; on others the form's `Origin` must not be lost.
pub(super) fn referrer_policy(console: &Console) -> &'static str {
    let sends_fetch_site = |origin: &String| {
        let is_loopback = ["http://localhost", "http://127.0.0.1", "http://127.0.0.2", "http://[::1]"]
            .iter()
            .any(|start| origin.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')));
        is_loopback || origin.starts_with("https://")
    };
    if console.shared.origins.iter().all(sends_fetch_site) { "no-referrer" } else { "same-origin" }
}
