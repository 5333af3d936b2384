//! The cloud API: what the unmodified Prisma 1 command line asks of the cloud (`prisma1-cli-and-cloud.md` §7), to the
//! letter. It is mounted at `/cloud` of the console and of every region, so it takes bytes and gives bytes.
//!
//! One request, in order: the body is bounded and read, the document is scanned before any parser sees it and counted
//! after, the caller is found, the static schema executes, and the answer is written by our own hand: `code` stands at
//! the top of an error and `errors` is absent when there is none, because `graphql-request` takes even an empty list
//! for a failure.

mod answer;
mod document;
mod error;
mod mutation;
mod query;
mod service_name;
mod types;

use crate::{
    console::Console, error::ConsoleError, region_link::RegionLink, services::RegionServices, session_keys::Caller,
};
use async_graphql::{EmptySubscription, Schema, Variables};
use error::CloudError;
use region_config::{
    RegionName,
    limits::{FIELD_DEPTH_MAX, JSON_DEPTH_MAX, STATIC_DOCUMENT},
};
use serde::Deserialize;
use std::{collections::HashMap, net::IpAddr, sync::Arc};

pub use answer::CloudAnswer;

/// The schema; made once.
pub(crate) type CloudSchema = Schema<query::Query, mutation::Mutation, EmptySubscription>;

/// Bytes of a body. Telemetry with a large error in it is the biggest thing that the command line sends.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// Answers the cloud API. Clones share the console.
#[derive(Clone)]
pub struct Cloud {
    console: Console,
}

/// One request of the cloud API. Not to be printed: it holds a session key.
#[derive(Clone, Copy)]
pub struct CloudRequest<'a> {
    /// The body.
    pub body: &'a [u8],
    /// Header `Authorization`.
    pub authorization: Option<&'a str>,
    /// Address of the client.
    pub client: IpAddr,
    /// Header `User-Agent`.
    pub user_agent: Option<&'a str>,
    /// Header `X-Cli-Version`.
    pub cli_version: Option<&'a str>,
    /// The region at whose origin the request arrived: what `default` and `local` mean. None: the default region.
    pub region: Option<&'a RegionName>,
    /// Id of the request, for the log and for internal errors.
    pub request_id: &'a str,
}

/// What resolvers need of a request.
struct Asked {
    console: Console,
    caller: Option<Caller>,
    client: IpAddr,
    /// What the command line says of itself.
    user_agent: String,
    region: Option<RegionName>,
    request_id: String,
    /// Services that this request has listed: a document may ask for the same workspace many times.
    listed: tokio::sync::Mutex<HashMap<String, Arc<Vec<types::Service>>>>,
}

#[derive(Deserialize)]
struct Body {
    query: String,
    #[serde(default)]
    variables: Option<Variables>,
    #[serde(default, rename = "operationName")]
    operation_name: Option<String>,
}

impl Cloud {
    /// The cloud API of a console.
    pub fn new(console: Console) -> Cloud {
        Cloud { console }
    }

    /// Answers one request.
    pub async fn answer(&self, request: &CloudRequest<'_>) -> CloudAnswer {
        match self.execute(request).await {
            Ok(response) => CloudAnswer::of_response(&response),
            Err(error) => CloudAnswer::of_refusal(&error),
        }
    }

    async fn execute(&self, request: &CloudRequest<'_>) -> Result<async_graphql::Response, CloudError> {
        if request.body.len() > BODY_BYTES_MAX {
            return Err(CloudError::BodyTooLarge { max: BODY_BYTES_MAX });
        }
        let body: Body = serde_json::from_slice(request.body).map_err(|_| CloudError::BodyInvalid)?;
        let variables = body.variables.unwrap_or_default();
        if variables.values().any(|value| document::value_depth(value) > JSON_DEPTH_MAX) {
            return Err(CloudError::BodyInvalid);
        }
        let document = document::read(&body.query)?;
        let caller = match request.authorization.and_then(bearer) {
            Some(unverified) => {
                self.console.caller(unverified).await.map_err(|e| CloudError::of(e, request.request_id))?
            }
            None => None,
        };
        let asked = Asked {
            console: self.console.clone(),
            caller,
            client: request.client,
            user_agent: described_client(request),
            region: request.region.cloned(),
            request_id: request.request_id.to_owned(),
            listed: Default::default(),
        };
        let mut to_execute = async_graphql::Request::new(body.query).variables(variables).data(asked);
        to_execute.operation_name = body.operation_name;
        to_execute.set_parsed_query(document);
        Ok(self.console.shared.cloud_schema.execute(to_execute).await)
    }
}

/// The static schema.
pub(crate) fn schema() -> CloudSchema {
    Schema::build(query::Query, mutation::Mutation, EmptySubscription)
        .limit_recursive_depth(STATIC_DOCUMENT.nesting_max)
        .limit_depth(FIELD_DEPTH_MAX)
        .disable_suggestions()
        .finish()
}

/// The schema as text, for the documentation and for comparing it with the contract.
pub fn sdl() -> String {
    schema().sdl()
}

/// The token of `Bearer …`.
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// What a client says of itself, for the consent page.
fn described_client(request: &CloudRequest<'_>) -> String {
    match (request.user_agent, request.cli_version) {
        (agent, Some(version)) => format!("prisma1 {version} ({})", agent.unwrap_or("unknown")),
        (Some(agent), None) => agent.to_owned(),
        (None, None) => String::new(),
    }
}

impl Asked {
    fn of<'a>(context: &'a async_graphql::Context<'_>) -> &'a Asked {
        context.data_unchecked::<Asked>()
    }

    /// The caller, or the error that makes the command line log in again.
    fn caller(&self) -> Result<&Caller, CloudError> {
        self.caller.as_ref().ok_or(CloudError::NotAuthorized)
    }

    /// An error of the console, as the client sees it.
    fn error(&self, error: ConsoleError) -> CloudError {
        CloudError::of(error, &self.request_id)
    }

    /// The region that a cluster name means.
    fn region_of_cluster(&self, cluster: &str) -> Option<&Arc<dyn RegionLink>> {
        match cluster {
            "default" | "local" => match &self.region {
                Some(region) => self.console.region(region),
                None => self.console.shared.regions.first(),
            },
            _ => self.console.shared.regions.iter().find(|link| link.region().name.cluster() == cluster),
        }
    }

    /// The services of a workspace, listed once a request.
    async fn services(&self, workspace: &str) -> Arc<Vec<types::Service>> {
        let mut listed = self.listed.lock().await;
        if let Some(services) = listed.get(workspace) {
            return services.clone();
        }
        let mut services = Vec::new();
        for RegionServices { region, services: of_region } in self.console.services(workspace).await {
            let of_region = of_region.into_iter().flatten();
            services.extend(of_region.map(|s| types::Service::new(region, workspace, s.service, s.stage)));
        }
        let services = Arc::new(services);
        listed.insert(workspace.to_owned(), services.clone());
        services
    }
}
