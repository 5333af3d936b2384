//! A Postgres database: for services, and for control stores, each of which is a schema of its own.

use crate::failure::Failure;
use connector_interface::Faults;
use connectors::postgres::{PostgresConnector, PostgresOptions, SignIn, ensure_database};
use control_store::{Place, Schema};
use engine::config::PostgresServer;

/// Connections at once when nothing else is said. A server allows 100 by default, and others want some.
const CONNECTIONS: usize = 60;
/// The database of an address that names none.
const DATABASE: &str = "refract";

/// A database that answered.
#[derive(Debug)]
pub struct Database {
    options: PostgresOptions,
}

impl Database {
    /// The database that a configuration names; made when it is missing.
    pub async fn of_configuration(server: &PostgresServer) -> Result<Database, Failure> {
        let PostgresServer { host, port, user, password, database, ssl, connection_limit } = server;
        let sign_in = SignIn { host, port: *port, user, password: password.as_deref(), database, ssl: *ssl };
        let shown = format!("cannot use the database '{database}' of Postgres on {host}:{port}");
        Database::ensure(PostgresOptions::of(&sign_in), connection_limit.unwrap_or(CONNECTIONS), &shown).await
    }

    /// The database of an address; made when it is missing. No error shows the address, which may hold a password.
    pub async fn of_url(url: &str) -> Result<Database, Failure> {
        let mut options = PostgresOptions::of_url(url)
            .map_err(|error| Failure::Configuration(format!("the address of Postgres cannot be used: {error}")))?;
        if options.server.get_dbname().is_none() {
            options.server.dbname(DATABASE);
        }
        let database = options.server.get_dbname().unwrap_or_default();
        let shown = format!("cannot use the Postgres database '{database}'");
        Database::ensure(options, CONNECTIONS, &shown).await
    }

    async fn ensure(mut options: PostgresOptions, connections: usize, attempt: &str) -> Result<Database, Failure> {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        options.share(connections, threads);
        ensure_database(&options).await.map_err(|error| Failure::of(attempt, error))?;
        Ok(Database { options })
    }

    /// A connector to its services.
    pub fn connector(&self, faults: Faults) -> PostgresConnector {
        PostgresConnector::new(PostgresOptions { faults, ..self.options.clone() })
    }

    /// A control store in it.
    pub fn control(&self, schema: String) -> Place {
        let (server, encryption) = (self.options.server.clone(), self.options.encryption());
        Place::Schema(Box::new(Schema { server, encryption, name: schema }))
    }
}
