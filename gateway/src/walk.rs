//! The way of one request through the gateway's checks, in the order of design D7: head, address, directory, service
//! token, a look at the line, body, document, rate limit and line.

use crate::{
    admission::{Arrival, Limiter, Meter, waiting::Waiting},
    allowance::address_key,
    body::{
        introspection::are_introspection_alone,
        read::{self, Body, BodyLimits},
    },
    cloud_link::CloudCall,
    connection::Connection,
    directory::{DirectoryUnavailable, Entry},
    gateway::{Gateway, LaneKey},
    head::{self, Verb},
    origin::{self, ForeignTarget},
    pages,
    refusal::Refusal,
    response_headers::preflight,
};
use actix_web::{
    HttpResponse,
    dev::{Payload, ServiceRequest},
    http::{
        StatusCode,
        header::{HeaderName, USER_AGENT},
    },
};
use bytes::Bytes;
use futures::future::{Either, select};
use region_config::{
    Address, RegionName, Routed, Target,
    address::Endpoint,
    graphql_body,
    limits::{API_BODY_BYTES_MAX, IMPORT_BODY_BYTES_MAX, MANAGEMENT_BODY_BYTES_MAX},
};
use std::{net::IpAddr, pin::pin, sync::Arc, time::Duration};

const CLI_VERSION: HeaderName = HeaderName::from_static("x-cli-version");

/// What the limiter did with a request that counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted {
    /// How long it waited.
    pub throttled: Duration,
    /// What its service's bucket held then.
    pub meter: Meter,
}

/// What was seen of a request on its way: for headers, accounts and the log; no decision of the walk reads it.
#[derive(Debug, Default)]
pub(crate) struct Sight {
    /// What was asked for, as the log names it.
    pub kind: &'static str,
    /// What the limiter did with it.
    pub counted: Option<Counted>,
    /// Scripts of other origins may read the answer.
    pub foreign_origins: bool,
    /// The lane to which the answer's size is charged.
    pub export_lane: Option<LaneKey>,
}

/// Where a walk ends, if nothing is refused.
pub(crate) enum Way {
    /// At an answer of the gateway's own.
    Answer(HttpResponse),
    /// In the engine.
    Engine { routed: Routed, body: Bytes },
}

/// A request on its way.
struct Walk<'a> {
    gateway: &'a Gateway,
    request: &'a ServiceRequest,
    payload: &'a mut Payload,
    request_id: &'a str,
    client: Option<IpAddr>,
    sight: &'a mut Sight,
}

/// Walks one request.
pub(crate) async fn walk(
    gateway: &Gateway,
    request: &ServiceRequest,
    payload: &mut Payload,
    request_id: &str,
    sight: &mut Sight,
) -> Result<Way, Refusal> {
    sight.kind = "none";
    let verb = Verb::of(request.method())?;
    let path = request.uri().path();
    if let Some(asset) = pages::asset(path) {
        sight.kind = "asset";
        return if verb == Verb::Show {
            Ok(Way::Answer(asset.response(request.headers())))
        } else {
            Err(head::only_pages())
        };
    }

    let host = origin::host(request).map_err(|ForeignTarget| Refusal::ForeignTarget)?;
    let local = request.conn_data::<Connection>().map(|connection| connection.local);
    let home = gateway.home_workspace();
    let origin = origin::origin(&host, local, &gateway.regions, home.as_deref());
    let region = origin.region.name.clone();
    let target = origin.target(path).ok_or(Refusal::Address)?;

    sight.kind = kind(&target);
    sight.foreign_origins = !matches!(target, Target::Cloud);
    let client = request.peer_addr().map(|peer| peer.ip());
    let mut walk = Walk { gateway, request, payload, request_id, client, sight };
    match (verb, target) {
        (Verb::Preflight, _) => Ok(Way::Answer(preflight(request.headers()))),
        (Verb::Show, Target::Status) => Ok(Way::Answer(HttpResponse::Ok().json("OK"))),
        (Verb::Show, Target::Cloud) => Err(head::only_calls()),
        (Verb::Show, _) if head::is_websocket(request) => Err(Refusal::WebSocket),
        (Verb::Show, _) => Ok(Way::Answer(pages::playground(request.request()))),
        (Verb::Call, Target::Status | Target::Service(_, Endpoint::Admin)) => Err(head::only_pages()),
        (Verb::Call, Target::Cloud) => walk.cloud(region).await,
        (Verb::Call, Target::Management) => walk.management(region).await,
        (Verb::Call, Target::Service(address, endpoint)) => walk.service(region, address, endpoint).await,
    }
}

/// What the log calls a target.
fn kind(target: &Target) -> &'static str {
    match target {
        Target::Management => "management",
        Target::Status => "status",
        Target::Cloud => "cloud",
        Target::Service(_, endpoint) => match endpoint {
            Endpoint::Api => "api",
            Endpoint::Private => "private",
            Endpoint::Import => "import",
            Endpoint::Export => "export",
            Endpoint::Datamodel => "datamodel",
            Endpoint::Admin => "admin",
        },
    }
}

impl Walk<'_> {
    /// A call of the cloud API, answered by whoever is behind the link.
    async fn cloud(&mut self, region: RegionName) -> Result<Way, Refusal> {
        self.check_head(API_BODY_BYTES_MAX)?;
        let Body { bytes, lease: _lease } = self.read(API_BODY_BYTES_MAX).await?;
        graphql_body::documents(&bytes)?;
        let text = |name| head::header(self.request, name).map(str::to_owned);
        let answer = self
            .gateway
            .cloud
            .answer(CloudCall {
                region,
                authorization: head::authorization(self.request).map(str::to_owned),
                user_agent: text(USER_AGENT),
                cli_version: text(CLI_VERSION),
                client: self.client,
                request_id: self.request_id.to_owned(),
                body: bytes,
            })
            .await;
        let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Ok(Way::Answer(HttpResponse::build(status).content_type("application/json").body(answer.body)))
    }

    /// A call of the management API: bounded, never queued. Whether it may is the engine's to say.
    async fn management(&mut self, region: RegionName) -> Result<Way, Refusal> {
        self.check_head(MANAGEMENT_BODY_BYTES_MAX)?;
        let limit = match head::authorization(self.request) {
            Some(_) => &self.gateway.management_with_token,
            None => &self.gateway.management_without_token,
        };
        limit.take(&address_key(self.client)).map_err(|retry_after| Refusal::ManagementCalls { retry_after })?;
        let Body { bytes, lease: _lease } = self.read(MANAGEMENT_BODY_BYTES_MAX).await?;
        graphql_body::documents(&bytes)?;
        Ok(self.to_engine(region, Target::Management, bytes))
    }

    /// A call of a service.
    async fn service(&mut self, region: RegionName, address: Address, endpoint: Endpoint) -> Result<Way, Refusal> {
        let bytes_max = if endpoint == Endpoint::Import { IMPORT_BODY_BYTES_MAX } else { API_BODY_BYTES_MAX };
        self.check_head(bytes_max)?;
        let entry = self.find(&region, &address).await?;
        self.check_token(&entry)?;

        let key = self.gateway.lane_key(&region, entry.key);
        let lanes = &self.gateway.lanes;
        let lane = match endpoint {
            Endpoint::Import => &lanes.import,
            Endpoint::Export => &lanes.export,
            _ => &lanes.requests,
        };
        if let Some(full) = lane.full(key, self.gateway.clock.monotonic()) {
            return Err(self.refused(full.meter, full.retry_after));
        }
        let Body { bytes, lease } = self.read(bytes_max).await?;
        let introspection_alone = match endpoint {
            Endpoint::Api | Endpoint::Private | Endpoint::Admin => {
                are_introspection_alone(&graphql_body::documents(&bytes)?)
            }
            Endpoint::Import | Endpoint::Export | Endpoint::Datamodel => {
                graphql_body::check_depth(&bytes)?;
                false
            }
        };
        if introspection_alone && self.gateway.introspection.take(&key).is_ok() {
            let meter = lane.meter(key, self.gateway.clock.monotonic());
            self.sight.counted = Some(Counted { throttled: Duration::ZERO, meter });
        } else {
            let cost = if endpoint == Endpoint::Import { kib(bytes.len()) } else { 1 };
            self.admit(lane, key, cost).await?;
        }
        if endpoint == Endpoint::Export {
            self.sight.export_lane = Some(key);
        }
        drop(lease);
        Ok(self.to_engine(region, Target::Service(address, endpoint), bytes))
    }

    /// What the head tells of the body.
    fn check_head(&self, bytes_max: usize) -> Result<(), Refusal> {
        head::check_body_kind(self.request)?;
        match head::content_length(self.request) {
            Some(length) if length > bytes_max => Err(Refusal::BodyTooLarge { max: bytes_max }),
            _ => Ok(()),
        }
    }

    async fn find(&self, region: &RegionName, address: &Address) -> Result<Entry, Refusal> {
        match self.gateway.directory.find(region, address).await {
            Ok(Some(entry)) => Ok(entry),
            Ok(None) => Err(Refusal::UnknownService { id: address.project_id(self.gateway.stage_separator) }),
            Err(DirectoryUnavailable) => Err(Refusal::Busy),
        }
    }

    /// Authentication comes before the service's limit, so that strangers cannot use it up. What they can use up is an
    /// allowance of their own address.
    fn check_token(&self, entry: &Entry) -> Result<(), Refusal> {
        let authorization = head::authorization(self.request);
        if entry.tokens.admit(authorization, &*self.gateway.clock) {
            return Ok(());
        }
        match self.gateway.refused_tokens.take(&address_key(self.client)) {
            Ok(()) => Err(Refusal::Token),
            Err(retry_after) => Err(Refusal::RefusedTokens { retry_after }),
        }
    }

    async fn read(&mut self, bytes_max: usize) -> Result<Body, Refusal> {
        let limits = BodyLimits {
            bytes_max,
            time_max: self.gateway.limits.body_time_max,
            grace: self.gateway.limits.body_grace,
        };
        let length = head::content_length(self.request);
        read::read(self.payload, length, limits, &self.gateway.body_bytes, &*self.gateway.clock).await
    }

    /// The rate limit, and the line if there is one. Returns when the request may go.
    async fn admit(&mut self, lane: &Arc<Limiter<LaneKey>>, key: LaneKey, cost: u32) -> Result<(), Refusal> {
        let arrival = self.gateway.clock.monotonic();
        let (meter, throttled) = match lane.arrive(key, cost, arrival) {
            Arrival::Admitted(meter) => (meter, Duration::ZERO),
            Arrival::Refused(full) => return Err(self.refused(full.meter, full.retry_after)),
            Arrival::Waiting(ticket) => {
                let waiting = pin!(Waiting::new(lane.clone(), self.gateway.clock.clone(), ticket));
                let _place = self.gateway.waiting_places.lease(1).ok_or(Refusal::Busy)?;
                // Who has gone is looked at first: a request whose client has left is never executed.
                match select(pin!(gone(self.request)), waiting).await {
                    Either::Left(((), _)) => return Err(Refusal::ClientGone),
                    Either::Right((meter, _)) => (meter, self.gateway.clock.monotonic().saturating_sub(arrival)),
                }
            }
        };
        self.sight.counted = Some(Counted { throttled, meter });
        Ok(())
    }

    fn refused(&mut self, meter: Meter, retry_after: Duration) -> Refusal {
        self.sight.counted = Some(Counted { throttled: Duration::ZERO, meter });
        Refusal::LineFull { retry_after }
    }

    fn to_engine(&self, region: RegionName, target: Target, body: Bytes) -> Way {
        let routed = Routed { region, target, request_id: self.request_id.to_owned(), client: self.client };
        Way::Engine { routed, body }
    }
}

/// Returns when the request's client has gone; never, if its connection is not known.
async fn gone(request: &ServiceRequest) {
    match request.conn_data::<Connection>() {
        Some(connection) => connection.gone().await,
        None => std::future::pending().await,
    }
}

/// The size of a body in the import lane's unit.
fn kib(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX).max(1)
}
