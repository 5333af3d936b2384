//! The cloud API on the console's own listener. It reads no cookie, so no page can misuse a signed-in browser.

use super::{client, error::PageError, visitor};
use crate::cloud_api::{BODY_BYTES_MAX, Cloud, CloudRequest};
use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use region_config::limits::BODY_TIME_MAX;

/// Answers one request.
pub(super) async fn answer(request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, PageError> {
    if !request.content_type().eq_ignore_ascii_case("application/json") {
        return Ok(HttpResponse::new(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let read = payload.to_bytes_limited(BODY_BYTES_MAX);
    let body = match tokio::time::timeout(BODY_TIME_MAX, read).await {
        Err(_) => return Err(PageError::BodySlow),
        Ok(Err(_)) => return Ok(HttpResponse::new(StatusCode::PAYLOAD_TOO_LARGE)),
        Ok(Ok(Err(_))) => return Err(PageError::FormInvalid),
        Ok(Ok(Ok(body))) => body,
    };
    let console = visitor::console_of(&request);
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let asked = CloudRequest {
        body: &body,
        authorization: text(header::AUTHORIZATION.as_str()),
        client: client::address(&request, &console),
        user_agent: text(header::USER_AGENT.as_str()),
        cli_version: text("x-cli-version"),
        region: None,
        request_id: &visitor::request_id(&request),
    };
    let answer = Cloud::new(console).answer(&asked).await;
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Ok(HttpResponse::build(status).content_type("application/json").body(answer.body))
}
