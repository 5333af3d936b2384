//! Everything the gateway refuses by itself: one table of statuses, codes and texts (design D12).
//!
//! What Prisma 1 answers keeps its status, code and text to the letter, since old clients match on them. Codes of our
//! own start at 6000.

use actix_web::{
    HttpResponse,
    http::{Method, StatusCode, header},
};
use region_config::{codes, graphql_body::BodyRefused};
use serde::Serialize;
use std::time::Duration;

/// Why a request is not forwarded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("this method is not answered here")]
    Method { allowed: &'static str },
    #[error("requests with user information, or of another scheme than http and https, are not answered")]
    ForeignTarget,
    #[error("nothing has this address. Services live at /workspace/service/stage")]
    Address,
    #[error("the body must be sent as \"application/json\"")]
    ContentType,
    #[error("compressed bodies are not read; send the body as it is")]
    ContentEncoding,
    #[error("subscriptions over websockets are not available yet")]
    WebSocket,
    #[error("the body is larger than the {max} bytes that are allowed here")]
    BodyTooLarge { max: usize },
    #[error("the body did not arrive in time")]
    BodyTooSlow,
    #[error("the body did not arrive")]
    BodyBroken,
    #[error("{0}")]
    Body(#[from] BodyRefused),
    #[error("Project not found: '{id}'")]
    UnknownService { id: String },
    #[error("Your token is invalid. It might have expired or you might be using a token from a different project.")]
    Token,
    #[error("too many requests with a wrong token")]
    RefusedTokens { retry_after: Duration },
    #[error("too many management calls")]
    ManagementCalls { retry_after: Duration },
    #[error("There are too many concurrent queries for this service.")]
    LineFull { retry_after: Duration },
    #[error("the server is busy; try again in a moment")]
    Busy,
    #[error("the client has gone")]
    ClientGone,
    #[error("Whoops. Looks like an internal server error. Search your server logs for request ID: {request_id}")]
    Internal { request_id: String },
}

/// The body of an error, as Prisma 1 writes those that occur before execution.
#[derive(Serialize)]
struct ErrorBody<'a> {
    errors: [ErrorItem<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorItem<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<i32>,
    request_id: &'a str,
}

impl Refusal {
    /// The one table: status, and code where there is one.
    fn status_and_code(&self) -> (u16, Option<i32>) {
        match self {
            Refusal::UnknownService { .. } => (200, Some(3016)),
            Refusal::Token => (200, Some(3015)),
            Refusal::LineFull { .. } => (429, Some(1004)),
            Refusal::Body(_) | Refusal::BodyBroken => (400, None),
            Refusal::Address => (404, Some(codes::ADDRESS)),
            Refusal::Method { .. } => (405, Some(codes::METHOD)),
            Refusal::ContentType => (415, Some(codes::CONTENT_TYPE)),
            Refusal::ContentEncoding => (415, Some(codes::CONTENT_ENCODING)),
            Refusal::BodyTooLarge { .. } => (413, Some(codes::BODY_TOO_LARGE)),
            Refusal::BodyTooSlow => (408, Some(codes::BODY_TOO_SLOW)),
            Refusal::ForeignTarget => (400, Some(codes::FOREIGN_TARGET)),
            Refusal::WebSocket => (400, Some(codes::WEBSOCKET)),
            Refusal::RefusedTokens { .. } => (429, Some(codes::REFUSED_TOKENS)),
            Refusal::ManagementCalls { .. } => (429, Some(codes::MANAGEMENT_CALLS)),
            Refusal::Busy => (503, Some(codes::BUSY)),
            // Nobody reads it; the status is for the log (nginx's).
            Refusal::ClientGone => (499, None),
            Refusal::Internal { .. } => (500, None),
        }
    }

    /// How long to stay away, where that is known.
    fn retry_after(&self) -> Option<Duration> {
        match self {
            Refusal::RefusedTokens { retry_after }
            | Refusal::ManagementCalls { retry_after }
            | Refusal::LineFull { retry_after } => Some(*retry_after),
            Refusal::Busy => Some(Duration::from_secs(1)),
            _ => None,
        }
    }

    /// Whether nothing more is read from the client after the answer: its body is not complete.
    pub fn ends_connection(&self) -> bool {
        matches!(self, Refusal::BodyTooSlow | Refusal::BodyBroken | Refusal::ClientGone)
    }

    /// The answer to the client.
    pub fn response(&self, method: &Method, request_id: &str) -> HttpResponse {
        let (status, code) = self.status_and_code();
        let message = self.to_string();
        let body = ErrorBody { errors: [ErrorItem { message: &message, code, request_id }] };
        let mut response =
            HttpResponse::build(StatusCode::from_u16(status).expect("the table holds statuses of three digits"));
        if let Some(wait) = self.retry_after() {
            // Whole seconds, rounded up: who comes back then finds room.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            response.insert_header((header::RETRY_AFTER, seconds.max(1)));
        }
        match self {
            Refusal::Method { allowed } => {
                response.insert_header((header::ALLOW, *allowed));
            }
            Refusal::ContentEncoding => {
                response.insert_header((header::ACCEPT_ENCODING, "identity"));
            }
            _ => {}
        }
        // Who asked to connect takes everything after the answer for a tunnel.
        if self.ends_connection() || *method == Method::CONNECT {
            response.force_close();
        }
        response.json(body)
    }
}
