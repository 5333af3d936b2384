//! A process of the product on an empty folder and free ports, ended when it is dropped.

use loadtests::call::{Line, Url};
use serde_json::{Value, json};
use std::{
    fs, io,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

/// How long an answer may take.
pub const PATIENCE: Duration = Duration::from_secs(30);

const ADD: &str = "mutation($n: String!) { addProject(input: { name: $n, stage: \"dev\" }) { project { name } } }";
const DEPLOY: &str = "mutation($n: String!, $t: String!) { deploy(input: { name: $n, stage: \"dev\", types: $t }) \
                      { errors { description } migration { status } } }";

/// A scratch folder.
pub struct Folder(PathBuf);

/// A running process.
pub struct Server {
    process: Child,
    folder: Folder,
    /// Address of the first region, or of the engine.
    origin: String,
}

impl Folder {
    fn new() -> io::Result<Folder> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("refract-figures-{}-{number}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Server {
    /// Starts the whole product. Its home workspace is open, so that services are addressed as on a Prisma 1 server.
    pub fn up(binary: &Path, folder: Option<Folder>) -> io::Result<Server> {
        let mut command = Command::new(binary);
        command.args(["up", "--json", "--open", "--eu1-port", "0", "--us1-port", "0", "--console-port", "0"]);
        Server::start(command, folder.map_or_else(Folder::new, Ok)?, |line| {
            let greeting: Value = serde_json::from_str(line).ok()?;
            Some(greeting["regions"][0]["origin"].as_str()?.to_owned())
        })
    }

    /// Starts the engine alone.
    pub fn engine(binary: &Path) -> io::Result<Server> {
        let mut command = Command::new(binary);
        command.args(["engine", "--port", "0"]).env("PRISMA_CONFIG", "{databases: {default: {connector: sqlite}}}");
        Server::start(command, Folder::new()?, |line| {
            let origin = line.split([' ', ',']).find(|word| word.starts_with("http://"))?;
            Some(origin.to_owned())
        })
    }

    fn start(mut command: Command, folder: Folder, origin: fn(&str) -> Option<String>) -> io::Result<Server> {
        command.arg("--data").arg(&folder.0).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let mut line = String::new();
        if let Some(out) = process.stdout.as_mut() {
            BufReader::new(out).read_line(&mut line)?;
        }
        let origin = origin(&line).ok_or_else(|| io::Error::other(format!("it did not start: {line}")))?;
        // By number: the name would be looked up, and its other address tried first.
        Ok(Server { process, folder, origin: origin.replace("localhost", "127.0.0.1") })
    }

    /// An address of this server.
    pub fn url(&self, path: &str) -> io::Result<Url> {
        format!("{}{path}", self.origin).parse().map_err(io::Error::other)
    }

    /// Adds a service with the stage `dev`, and deploys to it.
    pub fn deploy(&self, name: &str, datamodel: &str) -> io::Result<()> {
        let url = self.url("/management")?;
        let mut line = Line::connect(&url, PATIENCE)?;
        for (query, variables) in [(ADD, json!({ "n": name })), (DEPLOY, json!({ "n": name, "t": datamodel }))] {
            let answer = line.ask(&url.request(&json!({ "query": query, "variables": variables }), None))?;
            if answer.body.contains("description") || answer.body.contains("message") {
                return Err(io::Error::other(answer.body));
            }
        }
        Ok(())
    }

    /// Ends it as Ctrl-C does; its folder, to start on again.
    pub fn stop(mut self) -> io::Result<Folder> {
        Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status()?;
        self.process.wait()?;
        Ok(std::mem::replace(&mut self.folder, Folder(PathBuf::new())))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
