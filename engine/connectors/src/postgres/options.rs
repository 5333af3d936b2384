//! What can be set about Postgres, with units and defaults.

use super::tls;
use connector_interface::{Faults, answer::AnswerLimits};
use std::{str::FromStr as _, time::Duration};
use tokio_postgres::{Config, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Settings of [`PostgresConnector`](super::PostgresConnector).
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// Server, user, password (which `Debug` does not show), database, encryption.
    pub server: Config,
    /// The server's certificate is checked against the system's authorities. Without it, encryption keeps out only those
    /// who listen, as `sslmode=require` of other clients does.
    pub verify_certificate: bool,
    /// Lanes of a worker. Services are spread over them.
    pub lanes: usize,
    /// Exclusive connections of a lane; who needs one more waits.
    pub connections_per_lane: usize,
    /// Prepared statements kept on a connection. Each takes some 20 to 200 KiB of the server's memory.
    pub statements_max: usize,
    /// A connection is closed after it has served so many services: the server keeps what it knows of their tables.
    pub services_max: usize,
    /// An exclusive connection that nobody used for so long is closed.
    pub idle_time: Duration,
    /// Time to open a connection, and to wait for one.
    pub connect_time: Duration,
    /// Time after which the server stops a statement.
    pub time_limit: Duration,
    /// Time that a statement waits for a lock.
    pub lock_time: Duration,
    /// Limits of an answer.
    pub answer: AnswerLimits,
    /// What the crash test has planned.
    pub faults: Faults,
}

/// A server, part by part.
#[allow(missing_docs, reason = "the names say it")]
pub struct SignIn<'a> {
    pub host: &'a str,
    pub port: u16,
    pub user: &'a str,
    pub password: Option<&'a str>,
    pub database: &'a str,
    /// The connection is encrypted.
    pub ssl: bool,
}

/// Why an address of a server cannot be used. Never shows the address, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUrl {
    /// It does not parse.
    #[error("it is not of the form postgresql://USER:PASSWORD@HOST:PORT/DATABASE")]
    Form,
    /// No server.
    #[error("it names no host")]
    Host,
}

impl PostgresOptions {
    /// Default settings for a server.
    pub fn new(server: Config) -> PostgresOptions {
        PostgresOptions {
            server,
            verify_certificate: false,
            lanes: 4,
            connections_per_lane: 4,
            statements_max: 500,
            services_max: 500,
            idle_time: Duration::from_secs(60),
            connect_time: Duration::from_secs(5),
            time_limit: Duration::from_secs(8),
            lock_time: Duration::from_secs(2),
            answer: AnswerLimits::default(),
            faults: Faults::default(),
        }
    }

    /// Default settings for a server that is named part by part.
    pub fn of(sign_in: &SignIn<'_>) -> PostgresOptions {
        let mut server = Config::new();
        server.host(sign_in.host).port(sign_in.port).user(sign_in.user).dbname(sign_in.database);
        if let Some(password) = sign_in.password {
            server.password(password);
        }
        server.ssl_mode(if sign_in.ssl { SslMode::Require } else { SslMode::Disable });
        PostgresOptions::new(server)
    }

    /// Default settings for the server of an address.
    pub fn of_url(url: &str) -> Result<PostgresOptions, InvalidUrl> {
        let server = Config::from_str(url).map_err(|_| InvalidUrl::Form)?;
        if server.get_hosts().is_empty() && server.get_hostaddrs().is_empty() {
            return Err(InvalidUrl::Host);
        }
        Ok(PostgresOptions::new(server))
    }

    /// Shares so many connections among the threads of an engine: at least two a thread, one for short reads and one for
    /// everything else.
    pub fn share(&mut self, connections: usize, threads: usize) {
        let per_thread = (connections / threads.max(1)).max(2);
        self.lanes = (per_thread / 3).clamp(1, 4);
        self.connections_per_lane = (per_thread / self.lanes - 1).max(1);
    }

    /// How connections are encrypted, if they are.
    pub fn encryption(&self) -> Option<MakeRustlsConnect> {
        (self.server.get_ssl_mode() != SslMode::Disable).then(|| tls::connector(self.verify_certificate))
    }

    /// The server's address with what every session starts with. Nothing is set on a session afterwards. Compiled and
    /// parallel plans cost more to start than what requests may cost at all, and planning anew for each value costs up
    /// to ten times what it saves (`answer-shapes.md`).
    pub(super) fn session(&self) -> Config {
        let mut session = self.server.clone();
        session.application_name("refract").connect_timeout(self.connect_time).keepalives(true).options(format!(
            "-c statement_timeout={} -c lock_timeout={} -c idle_in_transaction_session_timeout={} -c TimeZone=UTC -c jit=off \
             -c max_parallel_workers_per_gather=0 -c plan_cache_mode=force_generic_plan",
            self.time_limit.as_millis(),
            self.lock_time.as_millis(),
            self.time_limit.as_millis(),
        ));
        session
    }
}
