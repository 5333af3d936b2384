//! Every place where a stranger's bytes are taken: the APIs of `refract up` and of `refract engine`.

use crate::{
    client::{Answer, Client},
    cloud::{Cloud, Management, Process, Service, management_token, refract},
    postgres::Postgres,
};
use serde_json::json;
use std::{io::Write as _, net::SocketAddr, time::Duration};

/// The datamodel of every service here.
pub const NOTE: &str = "type Note { id: ID! @id text: String }";
/// What the management secret of the engine role is.
pub const SECRET: &str = "a-secret-of-the-engine-role";
/// Services of a cloud: each takes ten requests at once.
const SERVICES: usize = 10;

/// An API.
pub struct Surface {
    /// What it is, for messages.
    pub name: &'static str,
    /// Where its server listens.
    pub address: SocketAddr,
    /// Its paths, all alike: a service of the cloud takes only so many requests at once.
    pub paths: Vec<String>,
    /// A token that is good there.
    pub token: String,
    /// What its schema has.
    pub api: Api,
}

/// The parts of a schema that documents are made of.
pub struct Api {
    /// A root field with a selection.
    pub field: &'static str,
    /// What is selected in it.
    pub leaf: &'static str,
    /// A root field with `VALUE` as an argument.
    pub argument: &'static str,
}

/// A running server with its APIs.
pub struct Target {
    /// The process.
    pub process: Process,
    /// Its APIs.
    pub surfaces: Vec<Surface>,
    /// A service that holds one note.
    pub kept: Service,
    _folder: tempfile::TempDir,
}

const DATA: Api = Api { field: "notes", leaf: "id", argument: "notes(where: VALUE) { id }" };
const MANAGEMENT: Api =
    Api { field: "listProjects", leaf: "name", argument: "listMigrations(name: VALUE, stage: \"dev\") { revision }" };
const PRIVATE: Api = Api {
    field: "validateSubscriptionQuery(query: \"\")",
    leaf: "errors",
    argument: "validateSubscriptionQuery(query: VALUE) { errors }",
};
const CLOUD: Api = Api { field: "me", leaf: "id", argument: "cloudTokenRequest(secret: VALUE) { secret }" };

/// `refract up`, with several services.
pub fn up() -> Target {
    let cloud = Cloud::start();
    let services: Vec<Service> = (0..SERVICES).map(|n| cloud.deploy(&format!("s{n}"), NOTE)).collect();
    let kept = cloud.deploy("kept", NOTE);
    let paths: Vec<String> = services.iter().map(|s| s.url.strip_prefix(&cloud.eu1).unwrap().to_owned()).collect();
    let address = address(&cloud.eu1);
    let token = management_token(&cloud.secret);
    let key = cloud.session_key();
    let surface = |name, paths, token: &str, api| Surface { name, address, paths, token: token.to_owned(), api };
    let private = paths.iter().map(|path| format!("{path}/private")).collect();
    let surfaces = vec![
        surface("up, data", paths, "", DATA),
        surface("up, private", private, "", PRIVATE),
        surface("up, management", vec!["/management".to_owned()], &token, MANAGEMENT),
        surface("up, cloud", vec!["/cloud".to_owned()], &key, CLOUD),
    ];
    let Cloud { process, folder, .. } = cloud;
    started(process, surfaces, kept, folder)
}

/// `refract engine`.
pub fn alone() -> Target {
    let (process, origin, folder) = engine(|_| {});
    let management = Management { url: format!("{origin}/management"), secret: SECRET.to_owned() };
    for service in ["shop", "kept"] {
        management.add(service, "dev");
        management.deploy(service, "dev", NOTE);
    }
    let (address, token) = (address(&origin), management_token(SECRET));
    let surface = |name, path: &str, token: &str, api| Surface {
        name,
        address,
        paths: vec![path.to_owned()],
        token: token.to_owned(),
        api,
    };
    let surfaces = vec![
        surface("engine, data", "/shop/dev", "", DATA),
        surface("engine, private", "/shop/dev/private", "", PRIVATE),
        surface("engine, management", "/management", &token, MANAGEMENT),
    ];
    let kept = Service { url: format!("{origin}/kept/dev") };
    started(process, surfaces, kept, folder)
}

/// Starts the engine role on an empty folder; its origin.
pub fn engine(prepare: impl FnOnce(&mut std::process::Command)) -> (Process, String, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let (process, origin) = engine_on(folder.path(), 0, prepare);
    (process, origin, folder)
}

/// Starts the engine role on each database, one after the other, and does something there: `sqlite` and `postgres`.
pub fn on_each_database(act: impl Fn(&str, &mut Process, &str, &std::path::Path)) {
    let act_on = |name: &str, database: &str| {
        let config = format!("managementApiSecret: {SECRET}\ndatabases: {{ default: {database} }}\n");
        let (mut process, origin, folder) = engine(|command| {
            command.env("PRISMA_CONFIG", config);
        });
        act(name, &mut process, &origin, folder.path());
    };
    act_on("sqlite", "{ connector: sqlite }");
    match Postgres::start() {
        Ok(server) => act_on("postgres", &server.configuration("security")),
        Err(why) => drop(std::io::stdout().write_all(format!("left out: checks on Postgres: {why}\n").as_bytes())),
    }
}

/// Starts the engine role on a folder and a port; its origin.
pub fn engine_on(
    folder: &std::path::Path,
    port: u16,
    prepare: impl FnOnce(&mut std::process::Command),
) -> (Process, String) {
    let data = folder.join("data").to_string_lossy().into_owned();
    let mut command = refract(&["engine", "--data", &data, "--port", &port.to_string()]);
    let config = format!("managementApiSecret: {SECRET}\ndatabases: {{ default: {{ connector: sqlite }} }}\n");
    command.env("PRISMA_CONFIG", config);
    prepare(&mut command);
    let process = Process::start(command);
    let origin = process.first_line.split(' ').find(|word| word.starts_with("http://")).expect("an address");
    let origin = origin.trim_end_matches(',').to_owned();
    (process, origin)
}

fn started(process: Process, surfaces: Vec<Surface>, kept: Service, folder: tempfile::TempDir) -> Target {
    kept.query(r#"mutation { createNote(data: { text: "kept" }) { id } }"#);
    Target { process, surfaces, kept, _folder: folder }
}

/// The IPv4 address behind `http://localhost:PORT`.
pub fn address(origin: &str) -> SocketAddr {
    let port = origin.rsplit(':').next().unwrap().parse().unwrap();
    SocketAddr::from(([127, 0, 0, 1], port))
}

impl Target {
    /// The process is the one that was started, answers, and has lost nothing.
    pub fn assert_unharmed(&mut self, after: &str) {
        assert!(self.process.is_running(), "{after}: the process has ended");
        let found = self.kept.query("{ notes { text } }");
        assert_eq!(found, json!({ "data": { "notes": [{ "text": "kept" }] } }), "{after}");
    }

    /// Processor time that the threads of the process have used.
    pub fn cpu(&self) -> Duration {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.process.id())).expect("it runs");
        let used = threads.filter_map(|thread| {
            let line = std::fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
            line.split(' ').next()?.parse::<u64>().ok()
        });
        Duration::from_nanos(used.sum())
    }
}

impl Surface {
    /// The path for the n-th request.
    pub fn path(&self, number: usize) -> &str {
        &self.paths[number / 8 % self.paths.len()]
    }

    /// The head of the n-th request, but for what tells of the body.
    pub fn head(&self, number: usize) -> String {
        let authorization = match self.token.as_str() {
            "" => String::new(),
            token => format!("Authorization: Bearer {token}\r\n"),
        };
        format!("POST {} HTTP/1.1\r\nHost: localhost\r\n{authorization}", self.path(number))
    }

    /// Sends a JSON body on a connection of its own.
    pub fn ask(&self, number: usize, body: &[u8]) -> Answer {
        let mut client = Client::connect(self.address);
        let length = body.len();
        let head = format!("{}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n", self.head(number));
        client.ask([head.as_bytes(), body].concat())
    }
}

/// What may be said to a stranger: a short JSON error that tells nothing of the inside.
pub fn assert_clear(answer: &Answer, what: &str) {
    let text = answer.text();
    let shown = || format!("{what}: {} {:.600}", answer.status, text);
    assert!((200..500).contains(&answer.status), "{}", shown());
    assert!(answer.body.len() <= 4_096, "{what}: an answer of {} bytes: {:.300}", answer.body.len(), text);
    let json = answer.json();
    let first = if json.is_array() { &json[0] } else { &json };
    assert!(first["errors"].as_array().is_some_and(|errors| !errors.is_empty()), "{}", shown());
    for word in ["SELECT ", "panicked", "sqlite", ".rs:", "/home/", "/tmp/", "rusqlite"] {
        assert!(!text.contains(word), "{}: tells {word}", shown());
    }
}
