//! The unmodified `prisma1@1.34.12` command line against a cloud (`prisma1-cli-and-cloud.md` §4.2, way A; ways D and F).
//! Needs what `./test` installs; without it the tests say that they were left out.

use crate::cloud::{Cloud, get, post};
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Folder with the clients of `tests/clients/package.json`.
pub fn clients() -> Option<PathBuf> {
    let folder = std::env::var_os("REFRACT_TEST_CLIENTS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("left out: the real clients are not installed; ./test installs them");
    }
    folder
}

/// A user's shell: a home of its own, a project folder, variables.
pub struct Shell {
    home: tempfile::TempDir,
    clients: PathBuf,
    variables: Vec<(String, String)>,
}

/// What a command said.
#[derive(Debug)]
pub struct Said {
    /// Exit code.
    pub code: i32,
    /// Standard output and standard error, without colours.
    pub text: String,
}

impl Shell {
    /// A shell whose `prisma1` sees a cloud as the original demo servers: through it as a plain-HTTP proxy.
    pub fn through_proxy(clients: &Path, cloud: &Cloud) -> Shell {
        let mut shell = Shell::plain(clients);
        shell.set("NODE_OPTIONS", "--no-experimental-fetch");
        shell.set("HTTP_PROXY", &cloud.eu1);
        shell.set("HTTPS_PROXY", &cloud.eu1);
        shell
    }

    /// A shell that knows no cloud.
    pub fn plain(clients: &Path) -> Shell {
        let home = tempfile::tempdir().expect("a home");
        std::fs::create_dir_all(home.path().join("project")).expect("a project");
        let mut shell = Shell { home, clients: clients.to_owned(), variables: Vec::new() };
        shell.set("NO_UPDATE_NOTIFIER", "1");
        shell.set("STATS_ENDPOINT", "http://127.0.0.1:9");
        shell
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// The project folder.
    pub fn project(&self) -> PathBuf {
        self.home.path().join("project")
    }

    /// Writes a file of the project.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.project().join(name), text).expect("a writable project");
    }

    /// A file of the project.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.project().join(name)).unwrap_or_default()
    }

    /// A `prisma1` command, not started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.clients.join("node_modules/.bin/prisma1"));
        command
            .args(arguments)
            .current_dir(self.project())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home.path())
            .envs(self.variables.iter().map(|(k, v)| (k, v)))
            .stdin(Stdio::null());
        command
    }

    /// Runs `prisma1` and waits, for two minutes at most.
    pub fn run(&self, arguments: &[&str]) -> Said {
        let log = self.home.path().join("said.log");
        let out = std::fs::File::create(&log).expect("a log");
        let err = out.try_clone().expect("a log");
        let mut child = self.command(arguments).stdout(out).stderr(err).spawn().expect("prisma1 starts");
        let deadline = Instant::now() + Duration::from_secs(120);
        let code = loop {
            match child.try_wait().expect("a child") {
                Some(status) => break status.code().unwrap_or(-1),
                None if Instant::now() > deadline => {
                    let _ = child.kill();
                    panic!("prisma1 {arguments:?} did not end: {}", std::fs::read_to_string(&log).unwrap_or_default());
                }
                None => std::thread::sleep(Duration::from_millis(50)),
            }
        };
        Said { code, text: without_colours(&std::fs::read_to_string(&log).unwrap_or_default()) }
    }

    /// Runs `prisma1` and expects exit code 0.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, 0, "prisma1 {arguments:?}: {}", said.text);
        said.text
    }
}

fn without_colours(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        out.push_str(before);
        rest = after.trim_start_matches('[').trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ';' | '?'));
        rest = rest.get(1..).unwrap_or_default();
    }
    out + rest
}

/// Whether a text has all of these.
fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "'{part}' is missing in: {text}");
    }
}

const USERS: &str = "type User {\n  id: ID! @id\n  name: String!\n}\n";

#[test]
fn the_life_of_a_service_at_the_original_addresses() {
    let Some(clients) = clients() else { return };
    let cloud = Cloud::start();
    let shell = Shell::through_proxy(&clients, &cloud);
    let endpoint = format!("https://eu1.prisma.sh/{}/shop/dev", cloud.workspace);
    let api = format!("{}/{}/shop/dev", cloud.eu1, cloud.workspace);

    has(&shell.ok(&["login", "--key", &cloud.session_key()]), &["Successfully signed in"]);
    has(&shell.ok(&["account"]), &["ada@example.test"]);
    shell.ok(&["init", ".", "-e", &endpoint]);
    has(&shell.read("prisma.yml"), &[&endpoint]);

    shell.write("datamodel.prisma", USERS);
    shell.write("seed.graphql", "mutation { createUser(data: { name: \"Ada\" }) { id } }\n");
    let yml = format!(
        "endpoint: {endpoint}\ndatamodel: datamodel.prisma\nsecret: s3cr3t\nseed:\n  import: seed.graphql\ngenerate:\n  - generator: javascript-client\n    output: ./client\n"
    );
    shell.write("prisma.yml", &yml);
    has(
        &shell.ok(&["deploy"]),
        &["User (Type)", "Created type `User`", "Created field `name`", "Your Prisma endpoint is live"],
    );

    let token = shell.ok(&["token"]);
    let token = token.lines().find(|l| l.contains('.')).expect("a token").trim();
    let users = || post(&api, &json!({ "query": "{ users { name } }" }), Some(token)).json();
    assert_eq!(users(), json!({ "data": { "users": [{ "name": "Ada" }] } }), "the seed ran");
    let stranger = post(&api, &json!({ "query": "{ users { name } }" }), None);
    assert_eq!(stranger.json()["errors"][0]["code"], 3015);

    has(&shell.ok(&["deploy"]), &["Service is already up to date."]);
    has(&shell.ok(&["list"]), &["shop", "dev", "prisma-eu1"]);
    has(&shell.ok(&["info"]), &["shop"]);
    assert_eq!(shell.ok(&["cluster-token"]).trim().split('.').count(), 3);

    shell.write(
        "datamodel.prisma",
        "type User {\n  id: ID! @id\n  fullName: String! @rename(oldName: \"name\")\n  age: Int\n}\n",
    );
    has(&shell.ok(&["deploy", "--dry-run"]), &["Potential changes"]);
    has(&shell.ok(&["deploy"]), &["Updated field `name`", "Created field `age`"]);
    let renamed = post(&api, &json!({ "query": "{ users { fullName age } }" }), Some(token)).json();
    assert_eq!(renamed, json!({ "data": { "users": [{ "fullName": "Ada", "age": null }] } }));

    shell.write("datamodel.prisma", "type User {\n  id: ID! @id\n  age: Int\n}\n");
    let refused = shell.run(&["deploy"]);
    assert_eq!(refused.code, 1, "{}", refused.text);
    has(&refused.text, &["data loss", "--force"]);
    has(&shell.ok(&["deploy", "--force"]), &["Ignoring warnings"]);

    shell.write("datamodel.prisma", "type User {\n  id: ID!\n}\n");
    let broken = shell.run(&["deploy"]);
    assert_eq!(broken.code, 1, "{}", broken.text);
    has(&broken.text, &["must be marked as the id field"]);
    shell.write("datamodel.prisma", "type User {\n  id: ID! @id\n  name: String!\n");
    assert_eq!(shell.run(&["deploy"]).code, 1);

    shell.write("datamodel.prisma", "type User {\n  id: ID! @id\n  name: String\n}\n");
    shell.ok(&["deploy"]);
    shell.ok(&["generate"]);
    assert!(shell.project().join("client/index.js").exists());
    shell.ok(&["seed"]);
    shell.ok(&["reset", "--force"]);
    assert_eq!(users(), json!({ "data": { "users": [] } }));
    shell.ok(&["delete", "--force"]);
    let gone = post(&api, &json!({ "query": "{ users { name } }" }), Some(token));
    assert_eq!(gone.json()["errors"][0]["code"], 3016, "{gone:?}");
    shell.ok(&["logout"]);
    has(&shell.ok(&["account"]), &["not logged in"]);
}

#[test]
fn a_project_of_a_local_server_works_unchanged() {
    let Some(clients) = clients() else { return };
    let cloud = Cloud::start();
    let mut shell = Shell::plain(&clients);
    shell.set("PRISMA_MANAGEMENT_API_SECRET", &cloud.secret);
    shell.write("prisma.yml", &format!("endpoint: {}\ndatamodel: datamodel.prisma\n", cloud.eu1));
    shell.write("datamodel.prisma", USERS);
    has(&shell.ok(&["deploy"]), &["Created type `User`"]);
    let created =
        post(&cloud.eu1, &json!({ "query": "mutation { createUser(data: { name: \"Eve\" }) { name } }" }), None);
    assert_eq!(created.json(), json!({ "data": { "createUser": { "name": "Eve" } } }));
    shell.write("prisma.yml", &format!("endpoint: {}\ndatamodel: datamodel.prisma\ngenerate:\n  - generator: graphql-schema\n    output: ./schema.graphql\n", cloud.eu1));
    shell.ok(&["generate", "--endpoint"]);
    has(&shell.read("schema.graphql"), &["type User"]);
    shell.ok(&["delete", "--force"]);

    let mut wrong = Shell::plain(&clients);
    wrong.set("PRISMA_MANAGEMENT_API_SECRET", "wrong");
    wrong.write("prisma.yml", &format!("endpoint: {}\ndatamodel: datamodel.prisma\n", cloud.eu1));
    wrong.write("datamodel.prisma", USERS);
    let said = wrong.run(&["deploy"]);
    assert_eq!(said.code, 1, "{}", said.text);
    has(&said.text, &["PRISMA_MANAGEMENT_API_SECRET"]);
}

#[test]
fn own_endpoints_work_after_a_login_with_a_key() {
    let Some(clients) = clients() else { return };
    let cloud = Cloud::start();
    let mut shell = Shell::plain(&clients);
    shell.set("CLOUD_API_ENDPOINT", &format!("{}/cloud", cloud.eu1));
    shell.ok(&["login", "--key", &cloud.session_key()]);
    let private = cloud.eu1.replace("localhost", "127.0.0.2");
    shell.write(
        "prisma.yml",
        &format!("endpoint: {private}/{}~shop/dev\ndatamodel: datamodel.prisma\n", cloud.workspace),
    );
    shell.write("datamodel.prisma", USERS);
    has(&shell.ok(&["deploy"]), &["Created type `User`"]);
    has(&shell.ok(&["list"]), &["shop"]);
    assert_eq!(get(&format!("{private}/{}~shop/dev", cloud.workspace)).status, 200);
    shell.ok(&["delete", "--force"]);
    let gone = post(&format!("{private}/{}~shop/dev", cloud.workspace), &json!({ "query": "{ users { id } }" }), None);
    assert_eq!(gone.json()["errors"][0]["code"], 3016, "{gone:?}");
}
