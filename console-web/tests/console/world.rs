//! A console with two regions that remember what they were asked, and browsers that use it.

use actix_web::{
    App,
    http::{Method, StatusCode},
    test, web,
};
use console_web::{
    Console, ConsoleConfig, RegionLink, RegionLinkError, ServiceInfo, SignUp,
    cloud_api::{Cloud, CloudAnswer, CloudRequest},
};
use control_store::Place;
use futures::future::BoxFuture;
use region_config::{
    Address, Chance, Clock, Region, RegionName,
    chance::SeededChance,
    clock::ManualClock,
    keys::{Keys, Secret},
};
use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

pub const ORIGIN: &str = "http://localhost:3000";
pub const PASSWORD: &str = "correct horse battery";

/// A region in memory.
pub struct FakeRegion {
    region: Region,
    services: Mutex<Vec<(String, ServiceInfo)>>,
    pub deleted: Mutex<Vec<String>>,
    pub down: Mutex<bool>,
    /// What the code of a region must never do.
    pub panics: Mutex<bool>,
}

pub struct World {
    pub console: Console,
    pub clock: Arc<ManualClock>,
    pub eu1: Arc<FakeRegion>,
    pub us1: Arc<FakeRegion>,
    folder: tempfile::TempDir,
}

/// What differs from world to world.
pub struct Settings {
    pub sign_up: SignUp,
    pub origins: Vec<String>,
    pub trusted_proxies: Vec<IpAddr>,
}

/// A browser: keeps cookies, and the CSRF token of the last page.
pub struct Browser<'a> {
    world: &'a World,
    pub cookies: BTreeMap<String, String>,
    pub csrf: String,
    pub address: IpAddr,
    /// What it sends with forms as the page's origin.
    pub origin: Option<String>,
    pub headers: Vec<(&'static str, String)>,
}

pub struct Page {
    pub status: StatusCode,
    pub headers: actix_web::http::header::HeaderMap,
    pub body: String,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { sign_up: SignUp::Open, origins: vec![ORIGIN.to_owned()], trusted_proxies: Vec::new() }
    }
}

pub fn keys() -> Keys {
    Keys::new(Secret::from_bytes([5; 32]))
}

impl World {
    pub fn new() -> World {
        World::with(Settings::default())
    }

    pub fn with(settings: Settings) -> World {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(1_700_000_000_000));
        let chance: Arc<dyn Chance> = Arc::new(SeededChance::new(1));
        let (eu1, us1) =
            (FakeRegion::new("eu1", "EU (Ireland)", 4466), FakeRegion::new("us1", "US West (Oregon)", 4467));
        let config = ConsoleConfig {
            database: Place::File(folder.path().join("console.sqlite")),
            keys: keys(),
            regions: vec![eu1.clone(), us1.clone()],
            sign_up: settings.sign_up,
            origins: settings.origins,
            trusted_proxies: settings.trusted_proxies,
        };
        let console = Console::open(config, clock.clone(), chance).unwrap();
        World { console, clock, eu1, us1, folder }
    }

    pub fn database(&self) -> PathBuf {
        self.folder.path().join("console.sqlite")
    }

    pub fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// An account with a password, its workspace named after it.
    pub async fn account(&self, name: &str) -> String {
        let email = format!("{name}@example.test");
        self.console.create_first_account(&email, Some(PASSWORD.to_owned())).await.unwrap().workspace
    }

    pub async fn key(&self, name: &str) -> String {
        self.console.make_session_key(&format!("{name}@example.test"), "test").await.unwrap()
    }

    pub fn browser(&self) -> Browser<'_> {
        Browser {
            world: self,
            cookies: BTreeMap::new(),
            csrf: String::new(),
            address: IpAddr::from([127, 0, 0, 1]),
            origin: Some(ORIGIN.to_owned()),
            headers: Vec::new(),
        }
    }

    /// The browser of somebody who is signed in.
    pub async fn signed_in(&self, name: &str) -> Browser<'_> {
        let mut browser = self.browser();
        browser.get("/sign-in").await;
        let email = format!("{name}@example.test");
        let page = browser.post("/sign-in", &[("email", &email), ("password", PASSWORD)]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        browser.get("/workspaces").await;
        browser
    }

    pub async fn cloud(&self, body: &str, key: Option<&str>) -> CloudAnswer {
        self.cloud_in(body, key, None).await
    }

    pub async fn cloud_in(&self, body: &str, key: Option<&str>, region: Option<&str>) -> CloudAnswer {
        let authorization = key.map(|key| format!("Bearer {key}"));
        let region = region.map(|name| RegionName::parse(name).unwrap());
        let request = CloudRequest {
            body: body.as_bytes(),
            authorization: authorization.as_deref(),
            client: IpAddr::from([127, 0, 0, 1]),
            user_agent: Some("node"),
            cli_version: Some("1.34.12"),
            region: region.as_ref(),
            request_id: "test",
        };
        Cloud::new(self.console.clone()).answer(&request).await
    }
}

impl FakeRegion {
    fn new(name: &str, title: &str, port: u16) -> Arc<FakeRegion> {
        let name = RegionName::parse(name).unwrap();
        let region = Region { name, title: title.to_owned(), port, origin: format!("http://localhost:{port}") };
        let (services, deleted, down, panics) = Default::default();
        Arc::new(FakeRegion { region, services, deleted, down, panics })
    }

    pub fn add(&self, workspace: &str, service: &str, stage: &str) {
        let info = ServiceInfo {
            service: service.to_owned(),
            stage: stage.to_owned(),
            has_secret: false,
            datamodel_version: "1.0",
            created_at_ms: Some(1_700_000_000_000),
        };
        self.services.lock().unwrap().push((workspace.to_owned(), info));
    }

    fn answer<T>(&self, value: T) -> Result<T, RegionLinkError> {
        if *self.down.lock().unwrap() {
            let reason = "connection refused at /secret/socket".to_owned();
            return Err(RegionLinkError { region: self.region.name.to_string(), reason });
        }
        Ok(value)
    }
}

impl RegionLink for FakeRegion {
    fn region(&self) -> &Region {
        &self.region
    }

    fn list_services<'a>(&'a self, workspace: &'a str) -> BoxFuture<'a, Result<Vec<ServiceInfo>, RegionLinkError>> {
        Box::pin(async move {
            if *self.panics.lock().unwrap() {
                panic!("as the test wants it");
            }
            let services = self.services.lock().unwrap();
            self.answer(services.iter().filter(|(w, _)| w == workspace).map(|(_, s)| s.clone()).collect())
        })
    }

    fn delete_service<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, Result<(), RegionLinkError>> {
        Box::pin(async move {
            self.answer(())?;
            self.deleted.lock().unwrap().push(format!("{}@{}", address.management_name(), address.stage));
            self.services.lock().unwrap().retain(|(workspace, s)| {
                Some(workspace) != address.workspace.as_ref()
                    || s.service != address.service
                    || s.stage != address.stage
            });
            Ok(())
        })
    }
}

impl Browser<'_> {
    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Method::GET, path, None).await
    }

    /// Sends a form with the CSRF token of the last page, from a page of the console.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let csrf = self.csrf.clone();
        let mut fields = fields.to_vec();
        fields.push(("csrf", &csrf));
        self.send(Method::POST, path, Some(&fields)).await
    }

    pub async fn send(&mut self, method: Method, path: &str, form: Option<&[(&str, &str)]>) -> Page {
        let is_post = method == Method::POST;
        let mut request =
            test::TestRequest::with_uri(path).method(method).peer_addr(SocketAddr::new(self.address, 50_000));
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.insert_header(("cookie", cookies.join("; ")));
        }
        if is_post && let Some(origin) = &self.origin {
            request = request.insert_header(("origin", origin.as_str()));
        }
        for (name, value) in &self.headers {
            request = request.append_header((*name, value.as_str()));
        }
        if let Some(form) = form {
            request = request.set_form(form);
        }
        let app =
            App::new().app_data(web::Data::new(self.world.console.clone())).configure(console_web::http::configure);
        let app = test::init_service(app).await;
        // An error that leaves the app is what the server then makes a response of.
        let response = match test::try_call_service(&app, request.to_request()).await {
            Ok(response) => response.map_into_boxed_body().into_parts().1,
            Err(error) => error.error_response(),
        };
        let (status, headers) = (response.status(), response.headers().clone());
        let body = actix_web::body::to_bytes(response.into_body()).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        let page = Page { status, headers, body };
        self.remember(&page);
        page
    }

    fn remember(&mut self, page: &Page) {
        for cookie in page.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        if let Some(token) = page.field("csrf") {
            self.csrf = token;
        }
    }
}

impl Page {
    /// Value of the first field of that name.
    pub fn field(&self, name: &str) -> Option<String> {
        let start = self.body.find(&format!("name=\"{name}\" value=\""))?;
        let value = self.body[start..].split('"').nth(3)?;
        Some(value.to_owned())
    }

    pub fn location(&self) -> &str {
        self.headers.get("location").map_or("", |value| value.to_str().unwrap())
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// The secret of a login that a command line asked for.
pub async fn login_secret(world: &World) -> String {
    let answer = world.cloud(r#"{"query":"mutation { requestCloudToken { secret } }"}"#, None).await;
    let answer: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    answer["data"]["requestCloudToken"]["secret"].as_str().unwrap().to_owned()
}

/// One poll of a login: the token, null, or the error's text.
pub async fn poll(world: &World, secret: &str) -> Result<Option<String>, String> {
    let body = serde_json::json!({
        "query": "query ($secret: String!) { cloudTokenRequest(secret: $secret) { secret token } }",
        "variables": { "secret": secret },
    });
    let answer = world.cloud(&body.to_string(), None).await;
    assert_eq!(answer.status, 200);
    let answer: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    match answer["errors"][0]["message"].as_str() {
        Some(text) => Err(text.to_owned()),
        None => Ok(answer["data"]["cloudTokenRequest"]["token"].as_str().map(str::to_owned)),
    }
}

/// Seconds since 1970 of a world's clock.
pub fn now_s(world: &World) -> i64 {
    world.clock.now_s()
}
