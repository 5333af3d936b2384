//! `…/private`: what the CLI's `reset` needs, and the check of subscription queries (`prisma1-server.md` §1.6).

use crate::{
    data_api::{Body, Response, error_body, parse_body},
    engine::Engine,
    management::{ManagementError, graphql_body},
    service::Service,
    task::to_the_end,
};
use async_graphql::{Context, EmptySubscription, Object, Request, Result, Schema, SimpleObject, Variables};
use connector_interface::{Growth, WriteContext, WritePlan};
use region_config::{document_scan, limits};
use serde_json::Value;
use std::sync::Arc;

/// The private API of every service of an engine.
pub struct PrivateApi {
    schema: Schema<Query, Mutation, EmptySubscription>,
}

struct Query;
struct Mutation;

/// What is wrong with a subscription query.
#[derive(SimpleObject)]
struct SubscriptionQueryValidationResult {
    /// Nothing when it is valid.
    errors: Vec<String>,
}

#[Object(name = "Query")]
impl Query {
    /// Checks a subscription query.
    async fn validate_subscription_query(
        &self,
        ctx: &Context<'_>,
        query: String,
    ) -> Result<SubscriptionQueryValidationResult> {
        let service = ctx.data::<Arc<Service>>()?;
        let scanned = document_scan::scan(&query, &limits::QUERY_DOCUMENT).map_err(|e| vec![e.to_string()]);
        let checked = scanned.and_then(|()| query::validate_subscription(&service.api, &query));
        Ok(SubscriptionQueryValidationResult { errors: checked.err().unwrap_or_default() })
    }
}

#[Object(name = "Mutation")]
impl Mutation {
    /// Empties the service.
    async fn reset_data(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        let (engine, service) = (ctx.data::<Arc<Engine>>()?, ctx.data::<Arc<Service>>()?);
        let context = WriteContext {
            datamodel: service.datamodel.clone(),
            now_ms: engine.clock.now_ms(),
            ids: engine.ids.clone(),
            growth: Growth::unbounded(),
            faults: engine.faults.clone(),
        };
        let (engine, service) = (engine.clone(), service.clone());
        let reset = to_the_end(async move {
            let connector = &engine.executor.connector;
            let reset = Arc::new(WritePlan::Reset);
            let outcome = connector.write(&service.record.placement, reset, Vec::new(), context).await;
            engine.executor.quotas.may_have_shrunk(&service);
            outcome
        });
        let stopped = || ManagementError::Internal("the process is ending".to_owned());
        reset.await.ok_or_else(stopped)?.map_err(ManagementError::from)?;
        Ok(Some(true))
    }
}

impl PrivateApi {
    /// The API of an engine's services.
    pub fn new(engine: Arc<Engine>) -> PrivateApi {
        let schema = Schema::build(Query, Mutation, EmptySubscription)
            .limit_depth(limits::INTROSPECTION_DEPTH_MAX)
            .data(engine)
            .finish();
        PrivateApi { schema }
    }

    /// Answers one body for a service.
    pub async fn answer(&self, service: Arc<Service>, body: &[u8], id: &str) -> Response {
        let request = match parse_body(body) {
            Ok(Body::One(request)) => request,
            Ok(Body::Many(_)) => {
                return Response { status: 400, body: error_body("send one operation at a time", None, id) };
            }
            Err(error) => return Response { status: 400, body: error_body(&error.to_string(), None, id) },
        };
        if let Err(error) = document_scan::scan(&request.query, &limits::STATIC_DOCUMENT) {
            return Response { status: 400, body: error_body(&error.to_string(), None, id) };
        }
        let call =
            Request::new(request.query).variables(Variables::from_json(Value::Object(request.variables))).data(service);
        Response { status: 200, body: graphql_body(&self.schema.execute(call).await, id) }
    }
}
