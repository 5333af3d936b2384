//! A gateway on a port of its own, with stubs for everything around it.

use crate::client::Client;
use actix_web::{App, HttpMessage as _, HttpRequest, HttpResponse, HttpServer, middleware::from_fn, web};
use futures::future::BoxFuture;
use gateway::{
    CloudAnswer, CloudCall, CloudLink, Directory, DirectoryUnavailable, Entry, Gateway, GatewayConfig, GatewayLimits,
    ServiceKey, corridor, remember_connection,
};
use parking_lot::Mutex;
use region_config::{
    Address, Clock, Region, RegionName, Routed, SystemChance, SystemClock, Target, clock::ManualClock,
    service_token::ServiceTokens,
};
use std::{
    net::{SocketAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// The secret of the service `acme/locked/dev`.
pub const SECRET: &str = "s3cr3t";

/// A running gateway.
pub struct Server {
    pub address: SocketAddr,
    pub gateway: Arc<Gateway>,
    pub engine: Arc<StubEngine>,
    pub directory: Arc<StubDirectory>,
    pub cloud: Arc<StubCloud>,
    pub clock: Arc<ManualClock>,
}

/// Writes down what it executes: `workspace~service@stage: body`.
#[derive(Default)]
pub struct StubEngine {
    pub executed: Mutex<Vec<(Routed, String)>>,
}

/// Knows the services `shop` and `locked` of every workspace and region, and counts look-ups.
#[derive(Default)]
pub struct StubDirectory {
    pub lookups: AtomicUsize,
}

/// Answers every call alike and keeps it.
#[derive(Default)]
pub struct StubCloud {
    pub calls: Mutex<Vec<CloudCall>>,
}

impl Directory for StubDirectory {
    fn find<'a>(
        &'a self,
        region: &'a RegionName,
        address: &'a Address,
    ) -> BoxFuture<'a, Result<Option<Entry>, DirectoryUnavailable>> {
        self.lookups.fetch_add(1, Ordering::SeqCst);
        let secrets = match address.service.as_str() {
            "shop" => vec![],
            "locked" => vec!["old".to_owned(), SECRET.to_owned()],
            "lost" => return Box::pin(async { Err(DirectoryUnavailable) }),
            _ => return Box::pin(async { Ok(None) }),
        };
        // Services of one name have one key in both regions, as they may in two registries.
        let key = ServiceKey(address.path().bytes().fold(0, |key, byte| key * 31 + u128::from(byte)) % (1 << 64));
        let _ = region;
        let tokens = Arc::new(ServiceTokens::new(&secrets));
        Box::pin(async move { Ok(Some(Entry { key, tokens })) })
    }
}

impl CloudLink for StubCloud {
    fn answer(&self, call: CloudCall) -> BoxFuture<'_, CloudAnswer> {
        self.calls.lock().push(call);
        Box::pin(async { CloudAnswer { status: 200, body: r#"{"data":{"me":null}}"#.into() } })
    }
}

async fn execute(engine: web::Data<StubEngine>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let routed = request.extensions().get::<Routed>().cloned().expect("the gateway says what it found out");
    let body = String::from_utf8(body.to_vec()).unwrap();
    assert!(!body.contains("panicPlease"), "as asked");
    engine.executed.lock().push((routed, body));
    HttpResponse::Ok().json(serde_json::json!({"data": {}}))
}

/// Limits of a test on a clock that stands still: the numbers of the product, but a short period, since the head of a
/// line looks at the clock once a period.
pub fn limits() -> GatewayLimits {
    let mut limits = GatewayLimits::default();
    limits.requests.period = PERIOD;
    limits
}

/// Time in which a service gets one more request.
pub const PERIOD: Duration = Duration::from_millis(20);

impl Server {
    /// A gateway with these limits, whose clock stands still.
    pub fn start(limits: GatewayLimits) -> Server {
        let clock = Arc::new(ManualClock::at(1_600_000_000_000));
        Server::launch(limits, clock.clone(), clock)
    }

    /// A gateway on the system's clock.
    pub fn start_with_system_clock(limits: GatewayLimits) -> Server {
        Server::launch(limits, Arc::new(SystemClock::new()), Arc::default())
    }

    fn launch(limits: GatewayLimits, clock: Arc<dyn Clock>, manual: Arc<ManualClock>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let config = GatewayConfig {
            regions: vec![region("eu1", 1), region("us1", address.port())],
            home_workspace: None,
            stage_separator: '$',
            request_id_prefix: "local".to_owned(),
            limits,
        };
        let engine = Arc::new(StubEngine::default());
        let directory = Arc::new(StubDirectory::default());
        let cloud = Arc::new(StubCloud::default());
        let gateway = Gateway::new(
            config,
            Arc::clone(&directory) as Arc<dyn Directory>,
            Arc::clone(&cloud) as Arc<dyn CloudLink>,
            clock,
            Arc::new(SystemChance),
        );
        let gateway = Arc::new(gateway.unwrap());
        let (served, backend) = (gateway.clone(), Arc::clone(&engine));
        // The thread ends with the test's process.
        std::thread::spawn(move || {
            actix_rt::System::new().block_on(async move {
                let app = move || {
                    App::new()
                        .app_data(web::Data::from(served.clone()))
                        .app_data(web::Data::from(backend.clone()))
                        .app_data(web::PayloadConfig::new(20_000_000))
                        .default_service(web::to(execute))
                        .wrap(from_fn(corridor))
                };
                let server = HttpServer::new(app).workers(1).disable_signals().on_connect(remember_connection);
                server.listen(listener).unwrap().run().await
            })
        });
        Server { address, gateway, engine, directory, cloud, clock: manual }
    }

    pub fn client(&self) -> Client {
        Client::connect(self.address)
    }

    pub fn lookups(&self) -> usize {
        self.directory.lookups.load(Ordering::SeqCst)
    }

    /// What the engine has executed: addresses and bodies.
    pub fn executed(&self) -> Vec<String> {
        let executed = self.engine.executed.lock();
        executed.iter().map(|(routed, body)| format!("{}: {body}", shown(routed))).collect()
    }

    pub fn executed_bodies(&self) -> Vec<String> {
        self.engine.executed.lock().iter().map(|(_, body)| body.clone()).collect()
    }
}

/// A target as tests write it: `eu1 acme~shop@dev Api`.
fn shown(routed: &Routed) -> String {
    match &routed.target {
        Target::Service(address, endpoint) => {
            format!("{} {}@{} {endpoint:?}", routed.region, address.management_name(), address.stage)
        }
        other => format!("{} {other:?}", routed.region),
    }
}

fn region(name: &str, port: u16) -> Region {
    Region {
        name: RegionName::parse(name).unwrap(),
        title: name.to_owned(),
        port,
        origin: format!("http://localhost:{port}"),
    }
}

/// Waits until something is so. What takes longer than this never happens.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..20_000 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("never happened: {what}");
}
