//! The corridor that every request walks: a middleware around the engine's routes.
//!
//! [`walk`](crate::walk) goes through the checks. Who comes through is handed on with its body and with a
//! [`Routed`](region_config::Routed) that says what was found out; everybody else gets an answer here. What comes back
//! from the engine gets the gateway's headers, and a panic anywhere costs its own request only.

use crate::{
    access_log,
    body::read::drain,
    gateway::Gateway,
    head::content_length,
    refusal::Refusal,
    response_headers::{put_cors, put_limits, put_request_id},
    walk::{Sight, Way, walk},
};
use actix_web::{
    Error, HttpMessage as _, HttpResponse, ResponseError,
    body::{BodySize, EitherBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{HeaderMap, HeaderValue, ORIGIN},
    },
    middleware::Next,
    web::Data,
};
use futures::FutureExt as _;
use std::{fmt, panic::AssertUnwindSafe};

/// Walks a request through the gateway and, if it may, on to the routes behind it.
///
/// Wrapped around an application whose data holds the gateway:
/// `App::new().app_data(Data::from(gateway)).wrap(from_fn(gateway::corridor))`, on a server with
/// [`remember_connection`](crate::remember_connection) as its `on_connect`.
pub async fn corridor<B: MessageBody + 'static>(
    gateway: Data<Gateway>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let start = gateway.clock.monotonic();
    let request_id = gateway.request_id();
    let method = request.method().clone();
    let mut sight = Sight::default();

    let passed = AssertUnwindSafe(pass(&gateway, request, next, &request_id, &mut sight)).catch_unwind().await;
    let outcome = match passed {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(error)) => {
            tracing::error!(request_id, %error, "a request failed behind the gateway");
            Err(Failed { method: method.clone(), request_id: request_id.clone() })
        }
        // The panic's own text is written by the process's hook.
        Err(_panic) => {
            tracing::error!(request_id, "a request was ended by a panic");
            Err(Failed { method: method.clone(), request_id: request_id.clone() })
        }
    };

    access_log::write(&access_log::Line {
        method: &method,
        kind: sight.kind,
        status: outcome.as_ref().map_or(StatusCode::INTERNAL_SERVER_ERROR, ServiceResponse::status),
        took: gateway.clock.monotonic().saturating_sub(start),
        throttled: sight.counted.map(|counted| counted.throttled),
        request_id: &request_id,
    });
    Ok(outcome?)
}

/// The walk, then the engine or the gateway's own answer, with the gateway's headers.
async fn pass<B: MessageBody + 'static>(
    gateway: &Gateway,
    mut request: ServiceRequest,
    next: Next<B>,
    request_id: &str,
    sight: &mut Sight,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let mut payload = request.take_payload();
    let way = walk(gateway, &request, &mut payload, request_id, sight).await;
    let origin = request.headers().get(ORIGIN).cloned();

    let mut response = match way {
        Ok(Way::Engine { routed, body }) => {
            request.extensions_mut().insert(routed);
            request.set_payload(Payload::from(body));
            next.call(request).await?.map_into_left_body()
        }
        Ok(Way::Answer(answer)) => {
            drain(&mut payload, content_length(&request)).await;
            request.into_response(answer.map_into_right_body())
        }
        Err(refusal) => {
            if !refusal.ends_connection() {
                drain(&mut payload, content_length(&request)).await;
            }
            let answer = refusal.response(request.method(), request_id);
            request.into_response(answer.map_into_right_body())
        }
    };

    if let Some(key) = sight.export_lane {
        charge_export(gateway, key, response.response().body().size());
    }
    finish(response.headers_mut(), request_id, sight, origin);
    Ok(response)
}

/// What an export costs is known only now. The unit that was paid at its arrival is left as it is.
fn charge_export(gateway: &Gateway, key: crate::gateway::LaneKey, size: BodySize) {
    if let BodySize::Sized(bytes) = size {
        let kib = u32::try_from(bytes / 1024).unwrap_or(u32::MAX);
        gateway.lanes.export.charge(key, kib, gateway.clock.monotonic());
    }
}

fn finish(headers: &mut HeaderMap, request_id: &str, sight: &Sight, origin: Option<HeaderValue>) {
    put_request_id(headers, request_id);
    if let Some(counted) = &sight.counted {
        put_limits(headers, counted);
    }
    if sight.foreign_origins {
        put_cors(headers, origin);
    }
}

/// A request that something went wrong with behind the corridor's checks. The request itself is gone by then, so the
/// answer is made by the server from this error.
#[derive(Debug)]
struct Failed {
    method: Method,
    request_id: String,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("internal error")
    }
}

impl ResponseError for Failed {
    fn status_code(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    fn error_response(&self) -> HttpResponse {
        let refusal = Refusal::Internal { request_id: self.request_id.clone() };
        let mut response = refusal.response(&self.method, &self.request_id);
        put_request_id(response.headers_mut(), &self.request_id);
        response
    }
}
