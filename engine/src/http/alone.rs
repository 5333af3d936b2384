//! The engine role: a Prisma 1 server without a gateway (design D18). Reads addresses in Prisma 1's grammar, checks
//! service tokens itself, counts nothing.

use super::{Engines, authorization, json, unknown_service};
use crate::{data_api::error_body, engine::Engine};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header},
    web,
};
use region_config::{
    Grammar, Routed, Target,
    address::Endpoint,
    chance::cuid,
    limits::{API_BODY_BYTES_MAX, MANAGEMENT_BODY_BYTES_MAX},
};
use std::sync::Arc;

/// Text of error 3015 on the data API.
const INVALID_TOKEN: &str =
    "Your token is invalid. It might have expired or you might be using a token from a different project.";

/// Makes what a browser gets for GET: the playground on every address, and its files.
pub type PageLink = Arc<dyn Fn(&HttpRequest) -> HttpResponse + Send + Sync>;

/// One engine, served alone.
pub struct Alone {
    engines: Engines,
    engine: Arc<Engine>,
    page: PageLink,
}

impl Alone {
    /// Serves an engine; GET requests for a service get `page`.
    pub fn new(engine: Arc<Engine>, page: PageLink) -> Alone {
        Alone { engines: Engines::new(vec![engine.clone()]), engine, page }
    }

    /// Serves every path. `Alone` must be in the app's data.
    pub fn configure(config: &mut web::ServiceConfig) {
        config.default_service(web::to(handle));
    }
}

async fn handle(request: HttpRequest, alone: web::Data<Alone>, body: web::Payload) -> HttpResponse {
    let id = format!("local:{}", cuid(alone.engine.clock.as_ref(), alone.engine.chance.as_ref()));
    let mut response = alone.answer(&request, body, &id).await;
    let headers = response.headers_mut();
    if let Ok(value) = header::HeaderValue::from_str(&id) {
        headers.insert(header::HeaderName::from_static("request-id"), value);
    }
    if let Some(origin) = request.headers().get(header::ORIGIN) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, header::HeaderValue::from_static("true"));
        headers.insert(header::VARY, header::HeaderValue::from_static("Origin"));
    }
    response
}

impl Alone {
    /// The body is read only where one is wanted: that of an upgrade would never end.
    async fn answer(&self, request: &HttpRequest, body: web::Payload, id: &str) -> HttpResponse {
        if request.method() == Method::OPTIONS {
            return preflight(request);
        }
        let target = Target::parse(request.uri().path(), Grammar::Prisma1);
        if request.headers().contains_key(header::UPGRADE) {
            return json(
                400,
                error_body("websockets are not served yet; queries and mutations are, by POST", None, id),
            );
        }
        match *request.method() {
            Method::POST => {}
            Method::GET | Method::HEAD => {
                return match target {
                    Some(Target::Status) => json(200, b"\"OK\"".to_vec()),
                    _ => (self.page)(request),
                };
            }
            _ => {
                return HttpResponse::MethodNotAllowed()
                    .insert_header((header::ALLOW, "GET, POST, OPTIONS"))
                    .content_type("application/json")
                    .body(error_body("only GET and POST are served", None, id));
            }
        }
        let Some(target) = target else {
            return json(404, error_body("this address means nothing here; a service is at /service/stage", None, id));
        };
        if request.headers().contains_key(header::CONTENT_ENCODING) {
            return json(415, error_body("compressed bodies are not taken; send plain JSON", None, id));
        }
        if !is_json(request) {
            return json(415, error_body("send the body as Content-Type: application/json", None, id));
        }
        let limit = if target == Target::Management { MANAGEMENT_BODY_BYTES_MAX } else { API_BODY_BYTES_MAX };
        let body = match body.to_bytes_limited(limit).await {
            Ok(Ok(body)) => body,
            Ok(Err(error)) => return json(400, error_body(&format!("the body cannot be read: {error}"), None, id)),
            Err(_) => return json(413, error_body(&format!("the body has more than {limit} bytes"), None, id)),
        };
        if let Some(refusal) = self.authenticate(request, &target, id).await {
            return refusal;
        }
        let region = self.engine.region().clone();
        let routed = Routed { region, target, request_id: id.to_owned(), client: request.peer_addr().map(|a| a.ip()) };
        self.engines.serve(request, &routed, &body).await
    }

    /// Refuses a call to a service that has secrets, unless its token is good.
    async fn authenticate(&self, request: &HttpRequest, target: &Target, id: &str) -> Option<HttpResponse> {
        let Target::Service(address, endpoint) = target else { return None };
        let service = match self.engine.find(address).await {
            Ok(Some(service)) => service,
            Ok(None) => return Some(unknown_service(&self.engine, address, id)),
            // The handler reports it.
            Err(_) => return None,
        };
        let admitted =
            *endpoint == Endpoint::Admin || service.tokens.admit(authorization(request), self.engine.clock.as_ref());
        (!admitted).then(|| json(200, error_body(INVALID_TOKEN, Some(3015), id)))
    }
}

fn is_json(request: &HttpRequest) -> bool {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn preflight(request: &HttpRequest) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    response
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, HEAD, OPTIONS"))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "1800"));
    if let Some(wanted) = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        response.insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone()));
    }
    response.finish()
}
