//! Engines in this process, without sockets: one that keeps its plans, and fresh ones that have none.

use crate::recorder::Recorder;
use actix_web::{App, HttpMessage as _, test, web};
use connector_interface::Connector;
use control_store::Place;
use engine::{Engine, EngineOptions, ManagementAccess, Service, http::Engines};
use futures::future::LocalBoxFuture;
use region_config::{
    Address, RegionName, Routed, SystemChance, Target,
    address::Endpoint,
    clock::ManualClock,
    keys::{Keys, Secret},
};
use serde_json::{Value as Json, json};
use shared_state::Hints;
use std::{rc::Rc, sync::Arc, time::Duration};

type Call = Rc<dyn Fn(Target, String) -> LocalBoxFuture<'static, Json>>;

pub struct World {
    pub recorder: Arc<Recorder>,
    engine: Arc<Engine>,
    pub clock: Arc<ManualClock>,
    folder: tempfile::TempDir,
    call: Call,
}

const REQUEST: &str = "local:model";

impl World {
    pub async fn new(connector: impl FnOnce(&std::path::Path) -> Arc<dyn Connector>) -> World {
        let folder = tempfile::tempdir().expect("a folder");
        let recorder = Arc::new(Recorder::new(connector(folder.path())));
        let clock = Arc::new(ManualClock::at(1_600_000_000_000));
        let engine = open(&folder, &recorder, &clock);
        let call = caller(&engine).await;
        World { recorder, engine, clock, folder, call }
    }

    /// The time of the next write, in milliseconds.
    pub fn tick(&self) -> i64 {
        use region_config::Clock as _;
        self.clock.advance(Duration::from_millis(7));
        self.clock.now_ms()
    }

    async fn manage(&self, query: &str) -> Json {
        (self.call)(Target::Management, json!({ "query": query }).to_string()).await
    }

    /// Makes a service with this datamodel.
    pub async fn deploy(&self, name: &str, types: &str) -> Arc<Service> {
        let service = format!("name: \"{name}\", stage: \"dev\"");
        self.manage(&format!("mutation {{ addProject(input: {{ {service} }}) {{ project {{ name }} }} }}")).await;
        let input = format!("{service}, types: {}", json!(types));
        let deploy = format!("mutation {{ deploy(input: {{ {input} }}) {{ errors {{ description }} }} }}");
        let deployed = self.manage(&deploy).await;
        assert_eq!(deployed["data"]["deploy"]["errors"], json!([]), "{types}\n{deployed}");
        let address = Address { workspace: None, service: name.to_owned(), stage: "dev".to_owned() };
        self.engine.find(&address).await.expect("a registry").expect("a service")
    }

    /// Answers with what is kept of earlier requests.
    pub async fn ask(&self, address: &Address, body: String) -> Json {
        (self.call)(Target::Service(address.clone(), Endpoint::Api), body).await
    }

    /// Answers with an engine that has seen nothing yet.
    pub async fn ask_anew(&self, address: &Address, body: String) -> Json {
        let engine = open(&self.folder, &self.recorder, &self.clock);
        let call = caller(&engine).await;
        call(Target::Service(address.clone(), Endpoint::Api), body).await
    }
}

fn open(folder: &tempfile::TempDir, recorder: &Arc<Recorder>, clock: &Arc<ManualClock>) -> Arc<Engine> {
    let engine = Engine::open(EngineOptions {
        region: region(),
        registry: Place::File(folder.path().join("registry.sqlite")),
        keys: Keys::new(Secret::from_bytes([7; 32])),
        access: ManagementAccess::Secret(None),
        raw_access: None,
        connector: recorder.clone(),
        adopts_storage: true,
        service_bytes_max: Some(100_000_000),
        hints: Hints::in_process(),
        clock: clock.clone(),
        chance: Arc::new(SystemChance),
        faults: connector_interface::Faults::default(),
    });
    Arc::new(engine.expect("an engine"))
}

fn region() -> RegionName {
    RegionName::parse("local").expect("a name")
}

async fn caller(engine: &Arc<Engine>) -> Call {
    let engines = web::Data::new(Engines::new(vec![engine.clone()]));
    let app = Rc::new(test::init_service(App::new().app_data(engines).configure(engine::http::configure)).await);
    Rc::new(move |target, body| {
        let app = app.clone();
        Box::pin(async move {
            let request = test::TestRequest::post().set_payload(body).to_request();
            let routed = Routed { region: region(), target, request_id: REQUEST.to_owned(), client: None };
            request.extensions_mut().insert(routed);
            let response = test::call_service(&*app, request).await;
            let body = test::read_body(response).await;
            serde_json::from_slice(&body).expect("an answer in JSON")
        })
    })
}
