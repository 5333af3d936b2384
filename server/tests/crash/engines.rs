//! The engines of a cell: one that a fault is planned for, and perhaps one beside it.

use crate::{
    Cell,
    cloud::{Process, refract},
    postgres::Postgres,
};
use std::{path::Path, process::Command};

/// Secret of the management API.
pub const SECRET: &str = "crash-secret";

/// What runs.
#[derive(Debug, Clone, Copy)]
pub enum Setup {
    /// One engine on files.
    Sqlite,
    /// One engine on Postgres.
    Postgres,
    /// Two engines on one database of Postgres.
    TwoEngines,
}

impl Setup {
    /// As the report calls it.
    pub fn name(self) -> &'static str {
        match self {
            Setup::Sqlite => "sqlite",
            Setup::Postgres => "postgres",
            Setup::TwoEngines => "two",
        }
    }
}

/// The running engines.
pub struct Engines {
    /// The one that the fault happens to; none when it was killed and has not been started again.
    pub first: Option<(Process, String)>,
    /// The one beside it.
    pub second: Option<(Process, String)>,
    /// Data folders.
    pub folder: tempfile::TempDir,
    config: String,
}

impl Engines {
    /// Starts a cell's engines on empty storage.
    pub fn start(cell: Cell, server: Option<&Postgres>) -> Engines {
        let database = match (cell.setup, server) {
            (Setup::Sqlite, _) | (_, None) => "{connector: sqlite}".to_owned(),
            (_, Some(server)) => server.configuration(&format!("crash_{}", cell.to_string().replace('-', "_"))),
        };
        let config = format!("managementApiSecret: {SECRET}\ndatabases: {{default: {database}}}\n");
        let folder = tempfile::tempdir().unwrap();
        // What comes before the deploy that matters passes the points of a deploy once.
        let pass = if cell.point.starts_with('D') { 2 } else { 1 };
        let fault = format!("{}:{pass}:{}", cell.point, cell.fault);
        let first = Some(start(folder.path(), "first", &config, &fault));
        let second = matches!(cell.setup, Setup::TwoEngines).then(|| {
            // The registry's secrets are sealed with the installation's keys.
            let keys = folder.path().join("second/keys");
            std::fs::create_dir_all(&keys).unwrap();
            for key in std::fs::read_dir(folder.path().join("first/keys")).unwrap() {
                let key = key.unwrap();
                std::fs::copy(key.path(), keys.join(key.file_name())).unwrap();
            }
            start(folder.path(), "second", &config, "")
        });
        Engines { first, second, folder, config }
    }

    /// The address of the engine that the fault happens to.
    pub fn first(&self) -> &str {
        &self.first.as_ref().expect("it runs").1
    }

    /// An engine that works while the first one does not.
    pub fn working(&self) -> &str {
        self.second.as_ref().map_or_else(|| self.first(), |(_, origin)| origin)
    }

    /// Starts the first one again, without a fault.
    pub fn start_again(&mut self) {
        self.first = None;
        self.first = Some(start(self.folder.path(), "first", &self.config, ""));
    }

    /// Lets a stopped one go on.
    pub fn go_on(&self) {
        signal(self.first.as_ref(), "-CONT");
    }

    /// Sends the second one a signal.
    pub fn signal_second(&self, name: &str) {
        signal(self.second.as_ref(), name);
    }

    /// Whether the first one stands still.
    pub fn stands_still(&self) -> bool {
        let Some((process, _)) = &self.first else { return false };
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.id())).unwrap_or_default();
        stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('T'))
    }
}

fn signal(engine: Option<&(Process, String)>, name: &str) {
    let (process, _) = engine.expect("it is there");
    let sent = Command::new("kill").args([name, &process.id().to_string()]).status();
    assert!(sent.unwrap().success());
}

fn start(folder: &Path, name: &str, config: &str, fault: &str) -> (Process, String) {
    let data = folder.join(name).to_string_lossy().into_owned();
    let mut command = refract(&["engine", "--data", &data, "--port", "0"]);
    let log = std::fs::File::options().create(true).append(true).open(folder.join(format!("{name}.log"))).unwrap();
    command.env("PRISMA_CONFIG", config).env("REFRACT_FAULT", fault).stderr(log);
    let process = Process::start(command);
    let origin = process.first_line.split(' ').find(|word| word.starts_with("http://"));
    let origin = origin.unwrap_or_else(|| panic!("no address: {}", process.first_line));
    let origin = origin.trim_end_matches(',').to_owned();
    (process, origin)
}
