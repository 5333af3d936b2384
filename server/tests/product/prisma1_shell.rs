//! A user's shell for `prisma1`: a home of its own, a project folder, variables, and a browser that only notes what it
//! was asked to open.

use crate::{
    clients::{Clients, Running, Said, wait_until},
    cloud::Cloud,
};
use std::{os::unix::fs::PermissionsExt as _, path::PathBuf, process::Command};

/// The shell.
pub struct Shell {
    home: tempfile::TempDir,
    clients: Clients,
    variables: Vec<(String, String)>,
}

impl Shell {
    /// A shell whose `prisma1` sees a cloud as the original demo servers: through it as a plain-HTTP proxy.
    pub fn through_proxy(clients: &Clients, cloud: &Cloud) -> Shell {
        let mut shell = Shell::plain(clients);
        shell.set("NODE_OPTIONS", "--no-experimental-fetch");
        shell.set("HTTP_PROXY", &cloud.eu1);
        shell.set("HTTPS_PROXY", &cloud.eu1);
        shell
    }

    /// A shell that knows no cloud.
    pub fn plain(clients: &Clients) -> Shell {
        let home = tempfile::tempdir().expect("a home");
        std::fs::create_dir_all(home.path().join("project")).expect("a project");
        let browser = home.path().join("browser");
        std::fs::write(&browser, "#!/bin/sh\nprintf '%s\\n' \"$1\" >> \"$HOME/opened\"\n").expect("a script");
        std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).expect("a script of ours");
        let browser = browser.to_string_lossy().into_owned();
        let mut shell = Shell { home, clients: clients.clone(), variables: Vec::new() };
        shell.set("NO_UPDATE_NOTIFIER", "1");
        shell.set("STATS_ENDPOINT", "http://127.0.0.1:9");
        shell.set("BROWSER", &browser);
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
        let mut command = Command::new(self.clients.program("prisma1"));
        command
            .args(arguments)
            .current_dir(self.project())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home.path())
            .envs(self.variables.iter().map(|(k, v)| (k, v)));
        command
    }

    /// Starts `prisma1`.
    pub fn start(&self, arguments: &[&str]) -> Running {
        Running::start(&format!("prisma1 {arguments:?}"), self.command(arguments), self.home.path())
    }

    /// Runs `prisma1` to its end.
    pub fn run(&self, arguments: &[&str]) -> Said {
        self.start(arguments).wait()
    }

    /// Runs `prisma1` and expects exit code 0.
    pub fn ok(&self, arguments: &[&str]) -> String {
        self.expect(arguments, 0)
    }

    /// Runs `prisma1` and expects exit code 1.
    pub fn refused(&self, arguments: &[&str]) -> String {
        self.expect(arguments, 1)
    }

    fn expect(&self, arguments: &[&str], code: i32) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, code, "prisma1 {arguments:?}: {}", said.text);
        said.text
    }

    /// The secret of a login that `prisma1` opened the browser for; each is told once.
    pub fn login_secret(&self) -> String {
        let opened = self.home.path().join("opened");
        let address = wait_until("the address of a login", || {
            std::fs::read_to_string(&opened).ok().filter(|address| address.ends_with('\n'))
        });
        std::fs::remove_file(&opened).expect("a file of ours");
        let secret = address.trim().strip_prefix("https://app.prisma.io/cli-auth?secret=");
        secret.unwrap_or_else(|| panic!("opened '{address}'")).to_owned()
    }
}
