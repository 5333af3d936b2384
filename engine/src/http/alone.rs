//! The engine role: a Prisma 1 server without a gateway (design D18). Reads addresses in Prisma 1's grammar, checks
//! service tokens itself, counts nothing. What the gateway bounds before the engine is bounded here by the same checks:
//! head, size and pace of the body, its JSON; and a panic costs its own request.

use super::{
    Engines,
    alone_body::{self, BodyRefused},
    authorization, json, unknown_service,
};
use crate::{
    data_api::{error_body, internal_error_body},
    engine::Engine,
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header},
    web,
};
use futures::FutureExt as _;
use region_config::{
    Grammar, Routed, Target,
    address::Endpoint,
    chance::cuid,
    codes, graphql_body,
    limits::{API_BODY_BYTES_MAX, IMPORT_BODY_BYTES_MAX, MANAGEMENT_BODY_BYTES_MAX},
};
use std::{panic::AssertUnwindSafe, sync::Arc};

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

async fn handle(request: HttpRequest, alone: web::Data<Alone>, payload: web::Payload) -> HttpResponse {
    let id = format!("local:{}", cuid(alone.engine.clock.as_ref(), alone.engine.chance.as_ref()));
    let answer = AssertUnwindSafe(alone.answer(&request, payload, &id)).catch_unwind().await;
    // The panic's own text is written by the process's hook.
    let mut response = answer.unwrap_or_else(|_panic| {
        tracing::error!(request_id = id, "a request was ended by a panic");
        json(500, internal_error_body(&id))
    });
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
    async fn answer(&self, request: &HttpRequest, payload: web::Payload, id: &str) -> HttpResponse {
        if request.method() == Method::OPTIONS {
            return preflight(request);
        }
        let target = Target::parse(request.uri().path(), Grammar::Prisma1);
        if is_websocket(request) {
            return json(
                400,
                error_body(
                    "websockets are not served yet; queries and mutations are, by POST",
                    Some(codes::WEBSOCKET),
                    id,
                ),
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
                let mut response = json(405, error_body("only GET and POST are served", Some(codes::METHOD), id));
                let allowed = header::HeaderValue::from_static("GET, POST, OPTIONS");
                response.headers_mut().insert(header::ALLOW, allowed);
                // Who asked to connect takes everything after the answer for a tunnel.
                if request.method() == Method::CONNECT {
                    response.head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
                }
                return response;
            }
        }
        let Some(target) = target else {
            let text = "this address means nothing here; a service is at /service/stage";
            return json(404, error_body(text, Some(codes::ADDRESS), id));
        };
        if !is_json(request) {
            return json(
                415,
                error_body("send the body as Content-Type: application/json", Some(codes::CONTENT_TYPE), id),
            );
        }
        if is_compressed(request) {
            return json(
                415,
                error_body("compressed bodies are not taken; send plain JSON", Some(codes::CONTENT_ENCODING), id),
            );
        }
        if let Some(refusal) = self.authenticate(request, &target, id).await {
            return refusal;
        }
        let announced = request.headers().get(header::CONTENT_LENGTH);
        let announced = announced.and_then(|length| length.to_str().ok()?.parse().ok());
        let body = alone_body::read(payload, announced, bytes_max(&target), self.engine.clock.as_ref()).await;
        let body = match body {
            Ok(body) => body,
            Err(refused) => return no_body(&refused, id),
        };
        if let Err(refused) = check(&target, &body) {
            return json(400, error_body(&refused.to_string(), None, id));
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

fn bytes_max(target: &Target) -> usize {
    match target {
        Target::Management => MANAGEMENT_BODY_BYTES_MAX,
        Target::Service(_, Endpoint::Import) => IMPORT_BODY_BYTES_MAX,
        _ => API_BODY_BYTES_MAX,
    }
}

/// What can be said of a body before its parser reads it.
fn check(target: &Target, body: &[u8]) -> Result<(), graphql_body::BodyRefused> {
    match target {
        Target::Service(_, Endpoint::Import | Endpoint::Export | Endpoint::Datamodel) => {
            graphql_body::check_depth(body)
        }
        _ => graphql_body::documents(body).map(drop),
    }
}

fn no_body(refused: &BodyRefused, id: &str) -> HttpResponse {
    let (status, code) = match refused {
        BodyRefused::TooLarge { .. } => (413, Some(codes::BODY_TOO_LARGE)),
        BodyRefused::TooSlow => (408, Some(codes::BODY_TOO_SLOW)),
        BodyRefused::Broken => (400, None),
    };
    let mut response = json(status, error_body(&refused.to_string(), code, id));
    // The rest of the body is not read, so nothing more can come over this connection.
    response.head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
    response
}

fn is_json(request: &HttpRequest) -> bool {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn is_compressed(request: &HttpRequest) -> bool {
    let plain = |coding: &str| coding.trim().eq_ignore_ascii_case("identity");
    request.headers().get_all(header::CONTENT_ENCODING).any(|coding| !coding.to_str().is_ok_and(plain))
}

/// Other protocols that a client offers (HTTP/2 in clear) are declined by answering in HTTP/1.1.
fn is_websocket(request: &HttpRequest) -> bool {
    let protocol = request.headers().get(header::UPGRADE).and_then(|v| v.to_str().ok());
    protocol.is_some_and(|protocol| protocol.trim().eq_ignore_ascii_case("websocket"))
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
