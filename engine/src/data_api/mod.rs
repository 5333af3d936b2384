//! The data API of a service: one HTTP body -> one response body (`prisma1-server.md` §1.3, §1.4).
//!
//! What happens, in order: the body is read as one request or an array of them ([`body`]); each document comes from the
//! cache or is scanned, parsed and validated ([`plans`]); the plan for the shape of its variables comes from the cache
//! or is made; the values are coerced; the root fields run ([`execute`]) and their JSON is written into the response
//! ([`response`]).

mod body;
mod execute;
mod plans;
mod response;

pub use body::{Body, GraphQlRequest, parse_body};
pub use plans::Plans;
pub use response::{error_body, first_errors, internal_error_body, quota_error_body, shortened};

use crate::{quota::Quotas, service::Service};
use connector_interface::{Connector, Faults, IdSource};
use region_config::Clock;
use std::sync::Arc;

/// What executing needs besides the service.
pub struct Executor {
    /// The database.
    pub connector: Arc<dyn Connector>,
    /// Documents and plans, made once.
    pub plans: Plans,
    /// The time of writes.
    pub clock: Arc<dyn Clock>,
    /// Ids of new nodes.
    pub ids: Arc<dyn IdSource>,
    /// What services may hold.
    pub quotas: Quotas,
    /// A fault that is planned.
    pub faults: Faults,
}

/// A response body and its status.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// JSON.
    pub body: Vec<u8>,
}

impl Executor {
    /// Answers one body.
    pub async fn answer(self: &Arc<Self>, service: &Arc<Service>, body: &[u8], request_id: &str) -> Response {
        match parse_body(body) {
            Ok(Body::One(request)) => self.one(service, &request, request_id).await,
            Ok(Body::Many(requests)) => self.many(service, &requests, request_id).await,
            Err(error) => Response { status: 400, body: error_body(&error.to_string(), None, request_id) },
        }
    }

    async fn many(self: &Arc<Self>, service: &Arc<Service>, requests: &[GraphQlRequest], request_id: &str) -> Response {
        let mut body = vec![b'['];
        for (index, request) in requests.iter().enumerate() {
            if index > 0 {
                body.push(b',');
            }
            let response = self.one(service, request, request_id).await;
            // A failure before execution replaces the whole response, as in the original.
            if response.status != 200 {
                return response;
            }
            body.extend_from_slice(&response.body);
        }
        body.push(b']');
        Response { status: 200, body }
    }
}
