//! The database that holds the services' schemas: made when the server does not have it, as Prisma 1 did.

use super::{PostgresOptions, failure::failure};
use crate::sql::quoted;
use connector_interface::ConnectorError;
use tokio_postgres::{Client, Config, NoTls, error::SqlState};

/// Connects once: the database is there then, made if it was missing.
pub async fn ensure(options: &PostgresOptions) -> Result<(), ConnectorError> {
    let error = match connect(options, options.session()).await {
        Ok(_) => return Ok(()),
        Err(error) => error,
    };
    let (Some(&SqlState::UNDEFINED_DATABASE), Some(name)) = (error.code(), options.server.get_dbname()) else {
        return Err(failure(error));
    };
    let mut elsewhere = options.session();
    elsewhere.dbname("postgres");
    let client = connect(options, elsewhere).await.map_err(failure)?;
    match client.batch_execute(&format!("CREATE DATABASE {}", quoted(name))).await {
        // Somebody else made it meanwhile.
        Err(error) if matches!(error.code(), Some(&SqlState::DUPLICATE_DATABASE | &SqlState::UNIQUE_VIOLATION)) => {
            Ok(())
        }
        done => done.map_err(failure),
    }
}

async fn connect(options: &PostgresOptions, session: Config) -> Result<Client, tokio_postgres::Error> {
    let Some(encryption) = options.encryption() else {
        let (client, connection) = session.connect(NoTls).await?;
        tokio::spawn(connection);
        return Ok(client);
    };
    let (client, connection) = session.connect(encryption).await?;
    tokio::spawn(connection);
    Ok(client)
}
