//! The management API: the whole schema of `prisma1-server.md` §6.1, which the CLI introspects. Static, so
//! async-graphql serves it (design D16), behind our own scan, since its parser has no limits.

mod access;
mod error;
mod mutations;
mod order;
mod queries;
mod steps;
mod types;

pub use access::{ManagementAccess, WorkspaceFacts, Workspaces};
pub use error::ManagementError;

use crate::{
    data_api::{Body, GraphQlRequest, Response, error_body, first_errors, parse_body, shortened},
    engine::Engine,
};
use async_graphql::{EmptySubscription, PathSegment, Request, Schema, ServerError, Variables};
use region_config::{document_scan, limits};
use serde_json::{Value, json};
use std::sync::Arc;

/// The management API of a region's engine.
pub struct ManagementApi {
    schema: Schema<queries::Query, mutations::Mutation, EmptySubscription>,
}

/// What a resolver must know of its request.
struct Caller {
    authorization: Option<String>,
}

impl ManagementApi {
    /// The API of an engine.
    pub fn new(engine: Arc<Engine>) -> ManagementApi {
        let schema = Schema::build(queries::Query, mutations::Mutation, EmptySubscription)
            .register_output_type::<types::RelationManifestation>()
            .register_output_type::<steps::MigrationStep>()
            .limit_depth(limits::INTROSPECTION_DEPTH_MAX)
            .data(engine)
            .finish();
        ManagementApi { schema }
    }

    /// Answers one body: an object, or an array of them.
    pub async fn answer(&self, body: &[u8], authorization: Option<String>, request_id: &str) -> Response {
        match parse_body(body) {
            Ok(Body::One(request)) => self.one(request, authorization, request_id).await,
            Ok(Body::Many(requests)) => {
                let mut bodies = Vec::new();
                for request in requests {
                    bodies.push(self.one(request, authorization.clone(), request_id).await.body);
                }
                Response { status: 200, body: [b"[".as_slice(), &bodies.join(&b','), b"]"].concat() }
            }
            Err(error) => Response { status: 400, body: error_body(&error.to_string(), None, request_id) },
        }
    }

    async fn one(&self, request: GraphQlRequest, authorization: Option<String>, request_id: &str) -> Response {
        if let Err(error) = document_scan::scan(&request.query, &limits::STATIC_DOCUMENT) {
            return Response { status: 400, body: error_body(&error.to_string(), None, request_id) };
        }
        let mut call = Request::new(request.query.as_str())
            .variables(Variables::from_json(Value::Object(request.variables)))
            .data(Caller { authorization });
        if let Some(name) = &request.operation_name {
            call = call.operation_name(name);
        }
        let mut response = self.schema.execute(call).await;
        order::in_order_of(&request.query, request.operation_name.as_deref(), &mut response.data);
        Response { status: 200, body: graphql_body(&response, request_id) }
    }
}

/// The body of a static API's response, with errors as Prisma 1 shows them.
pub(crate) fn graphql_body(response: &async_graphql::Response, request_id: &str) -> Vec<u8> {
    let data = serde_json::to_value(&response.data).unwrap_or(Value::Null);
    let body = if response.errors.is_empty() {
        json!({ "data": data })
    } else {
        let errors = first_errors(response.errors.iter().map(|e| error_json(e, request_id)));
        json!({ "data": data, "errors": errors })
    };
    body.to_string().into_bytes()
}

/// An error as Prisma 1 shows it: `code` and `requestId` beside the message.
fn error_json(error: &ServerError, request_id: &str) -> Value {
    let locations: Vec<Value> = error.locations.iter().map(|p| json!({ "line": p.line, "column": p.column })).collect();
    let path: Vec<Value> = error
        .path
        .iter()
        .map(|segment| match segment {
            PathSegment::Field(name) => json!(name),
            PathSegment::Index(index) => json!(index),
        })
        .collect();
    let message = shortened(&error.message);
    let cause = error.source::<ManagementError>();
    if let Some(ManagementError::Internal(cause)) = cause {
        tracing::error!(request_id, %cause, "a management call failed");
    }
    match cause.and_then(ManagementError::code) {
        Some(code) => json!({
            "locations": locations, "path": path, "code": code, "message": message, "requestId": request_id,
        }),
        None => json!({ "message": message, "path": path, "locations": locations, "requestId": request_id }),
    }
}
