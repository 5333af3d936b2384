//! Opening a Postgres database for services.

use crate::failure::Failure;
use connectors::postgres::{PostgresConnector, PostgresOptions, SignIn, ensure_database};
use engine::config::PostgresServer;

/// Connections at once when nothing else is said. A server allows 100 by default, and others want some.
const CONNECTIONS: usize = 60;

/// A connector to the server that a configuration names; its database is made when it is missing.
pub async fn connector(server: &PostgresServer) -> Result<PostgresConnector, Failure> {
    let PostgresServer { host, port, user, password, database, ssl, connection_limit } = server;
    let sign_in = SignIn { host, port: *port, user, password: password.as_deref(), database, ssl: *ssl };
    let mut options = PostgresOptions::of(&sign_in);
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    options.share(connection_limit.unwrap_or(CONNECTIONS), threads);
    let attempt = || format!("cannot use the database '{database}' of Postgres on {host}:{port}");
    ensure_database(&options).await.map_err(|error| Failure::of(&attempt(), error))?;
    Ok(PostgresConnector::new(options))
}
