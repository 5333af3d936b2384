//! The engine's routes: one handler that does what the address of a request means (`prisma1-server.md` §1.1).
//!
//! In the cloud a gateway stands before it: it has read the address ([`Routed`] travels as a request extension) and has
//! checked service tokens. In the engine role `alone` does both.

mod alone;
mod alone_body;
mod private;

pub use alone::{Alone, PageLink};

use crate::{
    data_api::{Response, error_body, internal_error_body},
    engine::Engine,
    management::ManagementApi,
    service::Service,
};
use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use private::PrivateApi;
use region_config::{Address, RegionName, Routed, Target, address::Endpoint, limits::IMPORT_BODY_BYTES_MAX};
use std::{collections::HashMap, sync::Arc};

/// The engines of this process, by region.
pub struct Engines {
    by_region: HashMap<RegionName, RegionRoutes>,
}

struct RegionRoutes {
    engine: Arc<Engine>,
    management: ManagementApi,
    private: PrivateApi,
}

impl Engines {
    /// Routes of these engines.
    pub fn new(engines: Vec<Arc<Engine>>) -> Engines {
        let by_region = engines
            .into_iter()
            .map(|engine| {
                let routes = RegionRoutes {
                    management: ManagementApi::new(engine.clone()),
                    private: PrivateApi::new(engine.clone()),
                    engine,
                };
                (routes.engine.region().clone(), routes)
            })
            .collect();
        Engines { by_region }
    }

    /// The engine of a region.
    pub fn engine(&self, region: &RegionName) -> Option<&Arc<Engine>> {
        self.by_region.get(region).map(|routes| &routes.engine)
    }
}

/// Serves every path behind a gateway. `Engines` must be in the app's data.
pub fn configure(config: &mut web::ServiceConfig) {
    // The gateway has bounded the body by its endpoint; the largest of those bounds is this one.
    config.app_data(web::PayloadConfig::new(IMPORT_BODY_BYTES_MAX)).default_service(web::to(behind_gateway));
}

async fn behind_gateway(request: HttpRequest, engines: web::Data<Engines>, body: web::Bytes) -> HttpResponse {
    let routed = request.extensions().get::<Routed>().cloned();
    match routed {
        Some(routed) => engines.serve(&request, &routed, &body).await,
        // Only a fault of ours brings a request here that no gateway has read.
        None => HttpResponse::NotFound().finish(),
    }
}

impl Engines {
    /// Does what the address of a request means.
    async fn serve(&self, request: &HttpRequest, routed: &Routed, body: &web::Bytes) -> HttpResponse {
        let Some(routes) = self.by_region.get(&routed.region) else {
            return json(404, error_body("this region is not served here", None, &routed.request_id));
        };
        let id = routed.request_id.as_str();
        match &routed.target {
            Target::Management => {
                let authorization = authorization(request).map(str::to_owned);
                respond(routes.management.answer(body, authorization, id).await)
            }
            Target::Status => json(200, b"\"OK\"".to_vec()),
            Target::Cloud => json(404, error_body("the cloud API is not served here", None, id)),
            Target::Service(address, endpoint) => match routes.engine.find(address).await {
                Ok(Some(service)) => routes.service(service, *endpoint, body, id).await,
                Ok(None) => unknown_service(&routes.engine, address, id),
                Err(error) => {
                    tracing::error!(request_id = id, %error, "a service cannot be loaded");
                    json(500, internal_error_body(id))
                }
            },
        }
    }
}

impl RegionRoutes {
    async fn service(&self, service: Arc<Service>, endpoint: Endpoint, body: &web::Bytes, id: &str) -> HttpResponse {
        match endpoint {
            Endpoint::Api => respond(self.engine.executor.answer(&service, body, id).await),
            Endpoint::Private => respond(self.private.answer(service, body, id).await),
            Endpoint::Datamodel => json(200, serde_json::json!(service.datamodel_text).to_string().into_bytes()),
            Endpoint::Export => respond(self.engine.executor.export(&service, body, id).await),
            Endpoint::Import => respond(self.engine.executor.import(&service, body.clone(), id).await),
            Endpoint::Admin => json(404, error_body("there is nothing to send to this address", None, id)),
        }
    }
}

/// The original's answer for an address without a service: status 200, code 3016.
fn unknown_service(engine: &Engine, address: &Address, id: &str) -> HttpResponse {
    let project = address.project_id(engine.stage_separator());
    json(200, error_body(&format!("Project not found: '{project}'"), Some(3016), id))
}

fn authorization(request: &HttpRequest) -> Option<&str> {
    request.headers().get(header::AUTHORIZATION)?.to_str().ok()
}

fn respond(response: Response) -> HttpResponse {
    json(response.status, response.body)
}

fn json(status: u16, body: Vec<u8>) -> HttpResponse {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    HttpResponse::build(status).content_type("application/json").body(body)
}
