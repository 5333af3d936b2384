//! A cloud of its own for each test: the real binary, on free ports and an empty folder; ended when it is dropped.

use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// E-mail address of the first account.
pub const ACCOUNT: &str = "ada@example.test";
/// Its password.
pub const PASSWORD: &str = "correct horse battery staple";

/// A running process.
pub struct Process {
    child: Child,
    /// What it said first, on one line.
    pub first_line: String,
}

/// A running `refract up`.
pub struct Cloud {
    /// The process.
    pub process: Process,
    /// Its data folder.
    pub folder: tempfile::TempDir,
    /// Origin of the console.
    pub console: String,
    /// Origin of region eu1.
    pub eu1: String,
    /// Origin of region us1.
    pub us1: String,
    /// Slug of the first account's workspace.
    pub workspace: String,
    /// Management secret of that workspace.
    pub secret: String,
}

/// The binary under test.
pub fn binary() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_refract"))
}

/// A command of the binary that takes nothing from the tester's environment.
pub fn refract(arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).stdin(Stdio::null());
    command
}

impl Process {
    /// Starts a command and waits for its first line of output.
    pub fn start(command: Command) -> Process {
        Process::start_and_read(command, "").0
    }

    /// Starts a command and waits for a line that starts with `last`; what it said up to there.
    pub fn start_and_read(mut command: Command, last: &str) -> (Process, String) {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the binary starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut said = Vec::new();
        while let Some(Ok(line)) = lines.next() {
            said.push(line);
            if said.last().is_some_and(|line| line.starts_with(last)) {
                break;
            }
        }
        // What else it says is read, so that it never waits for a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        let first_line = said.first().cloned().unwrap_or_default();
        (Process { child, first_line }, said.join("\n"))
    }

    /// Its process id.
    #[allow(dead_code, reason = "the security checks ask for it")]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    #[allow(dead_code, reason = "the security checks ask for it")]
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_none()
    }

    /// Asks it to stop, as Ctrl-C does, and waits; the exit code.
    pub fn stop(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs");
        assert!(asked.success());
        self.wait()
    }

    /// Ends it at once, as a crash does.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        let _ = self.child.wait();
    }

    fn wait(&mut self) -> Option<i32> {
        let deadline = Instant::now() + Duration::from_secs(40);
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("it did not stop");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Cloud {
    /// Starts a cloud on an empty folder.
    pub fn start() -> Cloud {
        Cloud::start_on(tempfile::tempdir().expect("a folder"), &[])
    }

    /// Starts a cloud on a folder, with further flags.
    pub fn start_on(folder: tempfile::TempDir, flags: &[&str]) -> Cloud {
        Cloud::start_as(folder, flags, |_| {})
    }

    /// Starts a cloud on a folder, with further flags and a command that was prepared: its environment, its log.
    pub fn start_as(folder: tempfile::TempDir, flags: &[&str], prepare: impl FnOnce(&mut Command)) -> Cloud {
        let password = folder.path().join("password.txt");
        std::fs::write(&password, PASSWORD).expect("a writable folder");
        let data = folder.path().join("data");
        let (data, password) = (data.to_string_lossy(), password.to_string_lossy());
        let mut arguments = vec![
            "up",
            "--json",
            "--data",
            &data,
            "--eu1-port",
            "0",
            "--us1-port",
            "0",
            "--console-port",
            "0",
            "--first-account",
            ACCOUNT,
            "--first-account-password",
            &password,
        ];
        arguments.extend(flags);
        let mut command = refract(&arguments);
        prepare(&mut command);
        let process = Process::start(command);
        let greeting: Value = serde_json::from_str(&process.first_line)
            .unwrap_or_else(|e| panic!("the greeting is no JSON: {e}: '{}'", process.first_line));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Cloud {
            console: text(&greeting["console"]),
            eu1: text(&greeting["regions"][0]["origin"]),
            us1: text(&greeting["regions"][1]["origin"]),
            workspace: text(&greeting["workspace"]),
            secret: text(&greeting["managementApiSecret"]),
            process,
            folder,
        }
    }

    /// The data folder.
    pub fn data(&self) -> String {
        self.folder.path().join("data").to_string_lossy().into_owned()
    }

    /// A session key for the first account.
    pub fn session_key(&self) -> String {
        let output =
            refract(&["admin", "key", "--account", ACCOUNT, "--data", &self.data()]).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Adds a service to the first account's workspace and deploys a datamodel.
    pub fn deploy(&self, service: &str, datamodel: &str) -> Service {
        let name = format!("{}~{service}", self.workspace);
        let management = Management { url: format!("{}/management", self.eu1), secret: self.secret.clone() };
        management.add(&name, "dev");
        management.deploy(&name, "dev", datamodel);
        Service { url: format!("{}/{}/{service}/dev", self.eu1, self.workspace) }
    }
}

/// A management API.
pub struct Management {
    /// Its address.
    pub url: String,
    /// Its secret; empty for none.
    pub secret: String,
}

/// A data API.
pub struct Service {
    /// Its address.
    pub url: String,
}

impl Management {
    /// Sends an operation with a token for everything.
    pub fn call(&self, query: &str, variables: Value) -> Value {
        let token = management_token(&self.secret);
        post(&self.url, &json!({ "query": query, "variables": variables }), Some(&token)).json()
    }

    /// Adds a service.
    pub fn add(&self, name: &str, stage: &str) {
        let answer = self.call(
            "mutation($n: String!, $s: String!) { addProject(input: { name: $n, stage: $s }) { project { name } } }",
            json!({ "n": name, "s": stage }),
        );
        assert_eq!(answer["data"]["addProject"]["project"]["name"], name, "{answer}");
    }

    /// Deploys and expects success.
    pub fn deploy(&self, name: &str, stage: &str, datamodel: &str) -> Value {
        let answer = self.call(
            "mutation($n: String!, $s: String!, $t: String!) { deploy(input: { name: $n, stage: $s, types: $t }) {
               errors { type field description } warnings { type field description } migration { revision status errors } steps { type } } }",
            json!({ "n": name, "s": stage, "t": datamodel }),
        );
        let payload = &answer["data"]["deploy"];
        assert_eq!(payload["errors"], json!([]), "{answer}");
        let ended = self.ended(name, stage);
        assert_eq!(ended["status"], "SUCCESS", "{answer}: {ended}");
        payload.clone()
    }

    /// The newest migration of a service, when it has ended.
    pub fn ended(&self, name: &str, stage: &str) -> Value {
        let query = "query($n: String!, $s: String!) {
            migrationStatus(name: $n, stage: $s) { revision status applied errors startedAt finishedAt } }";
        loop {
            let answer = self.call(query, json!({ "n": name, "s": stage }));
            let migration = &answer["data"]["migrationStatus"];
            match migration["status"].as_str() {
                Some("PENDING" | "IN_PROGRESS" | "ROLLING_BACK") => std::thread::sleep(Duration::from_millis(10)),
                Some(_) => return migration.clone(),
                None => panic!("{answer}"),
            }
        }
    }
}

impl Service {
    /// Sends an operation.
    pub fn query(&self, query: &str) -> Value {
        post(&self.url, &json!({ "query": query }), None).json()
    }
}

/// An HTTP answer.
#[derive(Debug)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("no JSON: {e}: {self:?}"))
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Posts JSON, with a token in `Authorization`.
pub fn post(url: &str, body: &Value, token: Option<&str>) -> Answer {
    let mut request = agent().post(url).header("content-type", "application/json");
    if let Some(token) = token.filter(|t| !t.is_empty()) {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    answer(request.send(body.to_string()))
}

/// Gets a page.
pub fn get(url: &str) -> Answer {
    answer(agent().get(url).call())
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(60)))
        .build()
        .into()
}

fn answer(result: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
    let mut response = result.unwrap_or_else(|e| panic!("no answer: {e}"));
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned()))
        .collect();
    let status = response.status().as_u16();
    Answer { status, headers, body: response.body_mut().read_to_string().unwrap_or_default() }
}

/// What the old CLI makes of `PRISMA_MANAGEMENT_API_SECRET`.
pub fn management_token(secret: &str) -> String {
    use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
    if secret.is_empty() {
        return String::new();
    }
    let claims = json!({ "grants": [{ "target": "*/*", "action": "*" }], "exp": 4_000_000_000_u64 });
    encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(secret.as_bytes())).expect("a token")
}
