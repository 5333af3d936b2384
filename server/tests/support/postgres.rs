//! A real Postgres server for tests: started on a free port of loopback in an empty folder, as an ordinary user, and
//! stopped with all its processes when it is dropped.

#![allow(dead_code, reason = "each test target uses some of it")]

use std::{
    net::{TcpListener, TcpStream},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A running server.
pub struct Postgres {
    child: Child,
    programs: PathBuf,
    user: Option<(u32, u32)>,
    folder: tempfile::TempDir,
    settings: Vec<String>,
    /// Its port on 127.0.0.1.
    pub port: u16,
}

/// Its superuser, who needs no password.
pub const USER: &str = "refract";

impl Postgres {
    /// Starts a server, or says why there is none to be started: that is left out where people run the tests by hand, and
    /// a failure in CI.
    pub fn start() -> Result<Postgres, &'static str> {
        Postgres::start_with(&[])
    }

    /// Starts a server with further settings.
    pub fn start_with(settings: &[&str]) -> Result<Postgres, &'static str> {
        let Some(programs) = programs() else {
            assert!(std::env::var_os("CI").is_none(), "no Postgres server is installed, and CI leaves nothing out");
            return Err("no Postgres server is installed: ./test installs one");
        };
        let user = ordinary_user();
        let folder = tempfile::tempdir().expect("a folder");
        if let Some((user, group)) = user {
            std::os::unix::fs::chown(folder.path(), Some(user), Some(group)).expect("the folder's owner");
        }
        let data = folder.path().join("data");
        let mut init = as_user(&programs.join("initdb"), user, folder.path());
        init.arg("-D").arg(&data).args(["-U", USER, "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"]);
        let made = init.output().expect("initdb runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let settings: Vec<String> = settings.iter().map(|setting| (*setting).to_owned()).collect();
        let child = serve(&programs, user, folder.path(), port, &settings);
        let postgres = Postgres { child, programs, user, folder, settings, port };
        postgres.wait();
        Ok(postgres)
    }

    /// Stops it at once, as a power cut would.
    pub fn stop(&mut self) {
        let mut stop = as_user(&self.programs.join("pg_ctl"), self.user, self.folder.path());
        stop.arg("-D").arg(self.folder.path().join("data")).args(["stop", "-m", "immediate", "-w"]);
        if !stop.output().is_ok_and(|done| done.status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }

    /// Starts it again with the same data and address.
    pub fn start_again(&mut self) {
        self.child = serve(&self.programs, self.user, self.folder.path(), self.port, &self.settings);
        self.wait();
    }

    fn wait(&self) {
        let end = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() || !self.is_ready() {
            assert!(Instant::now() < end, "Postgres does not answer: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What it has written to its log since it was started.
    pub fn log(&self) -> String {
        let log = std::fs::read(self.folder.path().join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    fn is_ready(&self) -> bool {
        std::fs::read_to_string(self.folder.path().join("data/postmaster.pid")).is_ok_and(|pid| pid.contains("ready"))
    }

    /// The entry of `PRISMA_CONFIG` for a database of this name, which the engine makes.
    pub fn configuration(&self, database: &str) -> String {
        let port = self.port;
        format!(
            "{{connector: postgres, host: 127.0.0.1, port: {port}, user: {USER}, database: {database}, rawAccess: true}}"
        )
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The folder with the server's programs: named by the environment, on PATH, or where Debian puts it.
fn programs() -> Option<PathBuf> {
    let named = std::env::var_os("REFRACT_TEST_POSTGRES").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join("initdb")).find(|program| program.is_file());
    // What stands on PATH may be a link; the other programs lie beside its target.
    let on_path = on_path.and_then(|program| Some(program.canonicalize().ok()?.parent()?.to_owned()));
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let mut debian: Vec<PathBuf> = debian.map(|version| version.path().join("bin")).collect();
    debian.sort();
    named.into_iter().chain(on_path).chain(debian.into_iter().rev()).find(|folder| folder.join("postgres").is_file())
}

/// Postgres refuses to run as root: whom it runs as then.
fn ordinary_user() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt as _;
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    if !is_root {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").expect("the list of users");
    let of = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map(str::parse);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    };
    Some(of("postgres").or_else(|| of("nobody")).expect("a user 'postgres' or 'nobody'"))
}

/// Starts the server on its data.
fn serve(programs: &Path, user: Option<(u32, u32)>, folder: &Path, port: u16, settings: &[String]) -> Child {
    let mut server = as_user(&programs.join("postgres"), user, folder);
    server.arg("-D").arg(folder.join("data")).args(["-p", &port.to_string()]);
    for setting in [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "max_connections=200",
        // No power is cut: what is written to the system's cache survives every stop.
        "fsync=off",
        "full_page_writes=off",
    ] {
        server.args(["-c", setting]);
    }
    for setting in settings {
        server.args(["-c", setting]);
    }
    let log = std::fs::File::create(folder.join("log")).expect("a log");
    server.stdout(Stdio::null()).stderr(log).spawn().expect("postgres starts")
}

fn as_user(program: &Path, user: Option<(u32, u32)>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    if let Some((user, group)) = user {
        command.uid(user).gid(group);
    }
    command
}
