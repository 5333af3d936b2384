//! SA-64: a panic anywhere behind a request of the engine alone costs that request and nothing else. The database here
//! is the real one, with a switch that makes it panic. (The gateway's and the console's own tests do the same.)

use actix_web::{
    App, HttpRequest, HttpResponse,
    dev::Service as _,
    http::header::AUTHORIZATION,
    test::{TestRequest, init_service, read_body},
    web::Data,
};
use connector_interface::{
    Answer, Capabilities, Connector, ConnectorError, DataCheck, Placement, Position, PreparedRead, Reached, ReadPlan,
    SavedRow, SchemaChange, Value, WriteContext, WriteOutcome, WritePlan,
};
use connectors::sqlite::{SqliteConnector, SqliteOptions};
use control_store::Place;
use datamodel::Datamodel;
use engine::{Engine, EngineOptions, ManagementAccess, http::Alone};
use futures::future::LocalBoxFuture;
use region_config::{
    RegionName, SystemChance, SystemClock,
    keys::{Keys, Secret},
};
use serde_json::json;
use shared_state::Hints;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// A database that panics when it is told to.
struct Panicking {
    database: SqliteConnector,
    armed: Arc<AtomicBool>,
}

impl Panicking {
    fn database(&self) -> &SqliteConnector {
        assert!(!self.armed.load(Ordering::SeqCst), "as asked");
        &self.database
    }
}

type Future<'a, T> = LocalBoxFuture<'a, Result<T, ConnectorError>>;

impl Connector for Panicking {
    fn capabilities(&self) -> Capabilities {
        self.database.capabilities()
    }

    fn place(&self, project_id: &str, fresh: &str) -> [Placement; 2] {
        self.database.place(project_id, fresh)
    }

    fn prepare(&self, placement: &Placement, plan: &ReadPlan) -> PreparedRead {
        self.database().prepare(placement, plan)
    }

    fn read<'a>(
        &'a self,
        placement: &'a Placement,
        prepared: &'a PreparedRead,
        parameters: &'a [Value],
        saved: Option<&'a SavedRow>,
        root: (&'a str, Position),
        answer: &'a mut Answer,
    ) -> Future<'a, ()> {
        self.database().read(placement, prepared, parameters, saved, root, answer)
    }

    fn write<'a>(
        &'a self,
        placement: &'a Placement,
        plan: Arc<WritePlan>,
        parameters: Vec<Value>,
        context: WriteContext,
    ) -> Future<'a, WriteOutcome> {
        self.database().write(placement, plan, parameters, context)
    }

    fn execute_raw<'a>(&'a self, placement: &'a Placement, schema: String, statement: String) -> Future<'a, String> {
        self.database().execute_raw(placement, schema, statement)
    }

    fn create<'a>(&'a self, placement: &'a Placement) -> Future<'a, ()> {
        self.database().create(placement)
    }

    fn remove<'a>(&'a self, placement: &'a Placement) -> Future<'a, ()> {
        self.database().remove(placement)
    }

    fn change_schema<'a>(
        &'a self,
        placement: &'a Placement,
        revision: i64,
        changes: Vec<SchemaChange>,
    ) -> Future<'a, Reached> {
        self.database().change_schema(placement, revision, changes)
    }

    fn give_up<'a>(&'a self, placement: &'a Placement, revision: i64) -> Future<'a, Reached> {
        self.database().give_up(placement, revision)
    }

    fn live_bytes<'a>(&'a self, placement: &'a Placement, datamodel: Arc<Datamodel>) -> Future<'a, u64> {
        self.database().live_bytes(placement, datamodel)
    }

    fn stored_bytes<'a>(&'a self, placement: &'a Placement) -> Future<'a, u64> {
        self.database().stored_bytes(placement)
    }

    fn check_data<'a>(&'a self, placement: &'a Placement, checks: Vec<DataCheck>) -> Future<'a, Vec<bool>> {
        self.database().check_data(placement, checks)
    }

    fn close(&self) -> LocalBoxFuture<'_, ()> {
        self.database.close()
    }
}

#[actix_web::test]
async fn a_panic_costs_its_own_request_only() {
    let folder = tempfile::tempdir().unwrap();
    let armed = Arc::new(AtomicBool::new(false));
    let database = SqliteConnector::open(folder.path(), SqliteOptions::default());
    let engine = Engine::open(EngineOptions {
        region: RegionName::parse("local").unwrap(),
        registry: Place::File(folder.path().join("engine.sqlite")),
        keys: Keys::new(Secret::from_bytes([7; 32])),
        access: ManagementAccess::Secret(None),
        raw_access: Some(vec!["default".to_owned()]),
        connector: Arc::new(Panicking { database, armed: armed.clone() }),
        adopts_storage: true,
        service_bytes_max: None,
        hints: Hints::in_process(),
        clock: Arc::new(SystemClock::new()),
        chance: Arc::new(SystemChance),
        faults: connector_interface::Faults::default(),
    });
    let page_armed = armed.clone();
    let page = move |_: &HttpRequest| {
        assert!(!page_armed.load(Ordering::SeqCst), "as asked");
        HttpResponse::Ok().body("page")
    };
    let alone = Data::new(Alone::new(Arc::new(engine.unwrap()), Arc::new(page)));
    let app = init_service(App::new().app_data(alone).configure(Alone::configure)).await;
    let ask = async |path: &str, query: &str| {
        let request = match query {
            "" => TestRequest::get().uri(path),
            _ => TestRequest::post().uri(path).insert_header((AUTHORIZATION, "")).set_json(json!({ "query": query })),
        };
        let response = app.call(request.to_request()).await.unwrap();
        let (status, id) = (response.status().as_u16(), response.headers().get("request-id").cloned());
        (status, id, String::from_utf8(read_body(response).await.to_vec()).unwrap())
    };
    let shop = r#"name: "shop", stage: "dev""#;
    let deploy = |types: &str| {
        format!("mutation {{ deploy(input: {{ {shop}, types: \"{types}\" }}) {{ migration {{ status }} }} }}")
    };
    let add = |stage: &str| {
        format!("mutation {{ addProject(input: {{ name: \"shop\", stage: \"{stage}\" }}) {{ project {{ name }} }} }}")
    };
    let delete = |stage: &str| {
        format!(
            "mutation {{ deleteProject(input: {{ name: \"shop\", stage: \"{stage}\" }}) {{ project {{ name }} }} }}"
        )
    };
    assert_eq!(ask("/management", &add("dev")).await.0, 200);
    assert_eq!(ask("/management", &add("old")).await.0, 200);
    assert!(ask("/management", &deploy("type Note { id: ID! @id text: String }")).await.2.contains("PENDING"));
    let create = "mutation { createNote(data: { text: \"x\" }) { text } }";
    assert!(ask("/shop/dev", create).await.2.contains("\"x\""));

    let two = "mutation { a: createNote(data: {}) { id } b: createNote(data: {}) { id } }";
    let raw = "mutation { executeRaw(query: \"SELECT 1\") }";
    let requests = [
        ("/shop/dev", "{ notes { text } }".to_owned()),
        ("/shop/dev", "{ notes { id text } }".to_owned()),
        ("/shop/dev", create.to_owned()),
        ("/shop/dev", two.to_owned()),
        ("/shop/dev", raw.to_owned()),
        ("/shop/dev/private", "mutation { resetData }".to_owned()),
        ("/management", deploy("type Note { id: ID! @id text: String more: Int }")),
        ("/management", add("new")),
        ("/management", delete("old")),
        ("/shop/dev", String::new()),
    ];
    for (path, query) in &requests {
        armed.store(true, Ordering::SeqCst);
        let (status, id, body) = ask(path, query).await;
        armed.store(false, Ordering::SeqCst);
        let id = id.expect("a request id").to_str().unwrap().to_owned();
        assert_eq!(status, 500, "{path} {query}: {body}");
        assert!(
            body.contains(&id) && !body.contains("as asked") && !body.contains("panicked"),
            "{path} {query}: {body}"
        );
        assert!(serde_json::from_str::<serde_json::Value>(&body).is_ok(), "{body}");
        assert_eq!(
            ask("/shop/dev", "{ notes { text } }").await.2,
            r#"{"data":{"notes":[{"text":"x"}]}}"#,
            "after {query}"
        );
    }
    // Each of them works once more: nothing is held that the panic should have freed.
    for (path, query) in requests {
        let (status, _, body) = ask(path, &query).await;
        let is_known = query == add("new") || query == delete("old");
        assert!(status == 200 && (is_known || !body.contains("\"errors\":[{")), "{path} {query}: {body}");
    }
}
