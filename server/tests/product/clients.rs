//! What `./test` installs for these tests: the unmodified clients (`tests/clients/package.json`) and a browser. Without
//! it a test says that it was left out, and fails where everything must run (`CI=true`).

use serde_json::Value;
use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// How long a command or a script may take. A line of 25 requests is in it.
const TIME_MAX: Duration = Duration::from_secs(150);

/// The clients that are installed.
#[derive(Clone)]
pub struct Clients {
    folder: PathBuf,
}

/// What a command said.
#[derive(Debug)]
pub struct Said {
    /// Exit code.
    pub code: i32,
    /// Standard output and standard error, without colours.
    pub text: String,
}

/// A command that runs; ended when it is dropped.
pub struct Running {
    what: String,
    child: Child,
    log: PathBuf,
}

impl Clients {
    /// The clients, if they are installed.
    pub fn installed() -> Option<Clients> {
        let folder = std::env::var_os("REFRACT_TEST_CLIENTS").map(PathBuf::from);
        if folder.is_none() {
            left_out("REFRACT_TEST_CLIENTS");
        }
        folder.map(|folder| Clients { folder })
    }

    /// The clients and a browser, if both are installed.
    pub fn with_browser() -> Option<Clients> {
        if std::env::var_os("REFRACT_TEST_CHROMIUM").is_none() {
            left_out("REFRACT_TEST_CHROMIUM");
            return None;
        }
        Clients::installed()
    }

    /// A program of one of the clients.
    pub fn program(&self, name: &str) -> PathBuf {
        self.modules().join(".bin").join(name)
    }

    /// Where Node finds the clients.
    pub fn modules(&self) -> PathBuf {
        self.folder.join("node_modules")
    }

    /// Runs a script of `tests/clients` that takes JSON and fails with words; what it printed.
    pub fn script(&self, name: &str, input: &Value) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        let said = Running::start(name, self.node(name, input, folder.path()), folder.path()).wait();
        assert_eq!(said.code, 0, "{name}: {}", said.text);
        said.text
    }

    /// A script of `tests/clients`, not started; its home is a folder of its own.
    fn node(&self, name: &str, input: &Value, home: &Path) -> Command {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(name);
        let mut command = Command::new("node");
        command
            .arg(script)
            .arg(input.to_string())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("NODE_PATH", self.modules());
        if let Some(chromium) = std::env::var_os("REFRACT_TEST_CHROMIUM") {
            command.env("REFRACT_TEST_CHROMIUM", chromium);
        }
        command
    }
}

impl Running {
    /// Starts a command that writes what it says into a folder.
    pub fn start(what: &str, mut command: Command, folder: &Path) -> Running {
        let log = folder.join("said.log");
        let out = std::fs::File::create(&log).expect("a log");
        let err = out.try_clone().expect("a log");
        let child = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn();
        let child = child.unwrap_or_else(|e| panic!("{what} does not start: {e}"));
        Running { what: what.to_owned(), child, log }
    }

    /// What it has said so far.
    pub fn text(&self) -> String {
        without_colours(&std::fs::read_to_string(&self.log).unwrap_or_default())
    }

    /// Waits until it has said something.
    pub fn wait_for(&mut self, words: &str) {
        let what = self.what.clone();
        wait_until(&format!("'{words}' of {what}"), || {
            let text = self.text();
            assert!(self.child.try_wait().expect("a child").is_none(), "{what} ended: {text}");
            text.contains(words).then_some(())
        });
    }

    /// Waits for its end.
    pub fn wait(mut self) -> Said {
        let deadline = Instant::now() + TIME_MAX;
        loop {
            match self.child.try_wait().expect("a child") {
                Some(status) => return Said { code: status.code().unwrap_or(-1), text: self.text() },
                None if Instant::now() > deadline => panic!("{} did not end: {}", self.what, self.text()),
                None => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for something that comes with time.
pub fn wait_until<T>(what: &str, mut poll: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + TIME_MAX;
    loop {
        if let Some(found) = poll() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what} did not come");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Whether a text has all of these.
pub fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "'{part}' is missing in: {text}");
    }
}

/// Says that a test is left out, past the harness, which shows only what failing tests print.
fn left_out(variable: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    assert!(
        std::env::var_os("CI").is_none_or(|ci| ci.is_empty() || ci == "false"),
        "{variable} is not set: nothing may be left out here"
    );
    // In one piece, so that tests that run at the same time do not write into each other's lines.
    let line = format!("left out: {test} needs {variable}; ./test installs what it names\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
}

/// A text without a terminal's colours.
pub fn without_colours(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        out.push_str(before);
        rest = after.trim_start_matches('[').trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ';' | '?'));
        rest = rest.get(1..).unwrap_or_default();
    }
    out + rest
}
