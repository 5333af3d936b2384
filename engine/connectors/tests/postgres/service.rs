//! A service on the tests' server: deploys of datamodels, and the server's own view.

use crate::datamodels;
use connector_interface::{Connector as _, ConnectorError, Placement, SchemaChange};
use connectors::postgres::{PostgresConnector, PostgresOptions};
use datamodel::Datamodel;
use migrate::{Renames, infer_steps, schema_changes};
use std::{cell::Cell, time::Duration};
use tokio_postgres::{Client, NoTls};

/// A service, and a connection that looks at it from outside.
pub struct Service {
    pub connector: PostgresConnector,
    pub placement: Placement,
    pub client: Client,
    revision: Cell<i64>,
}

/// Settings with a short wait for locks.
pub fn options(address: &str) -> PostgresOptions {
    PostgresOptions { lock_time: Duration::from_millis(20), ..PostgresOptions::of_url(address).unwrap() }
}

/// Another connection to the server.
pub async fn connect(address: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(address, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

impl Service {
    /// Empty storage in a schema.
    pub async fn empty(address: &str, schema: &str) -> Service {
        let connector = PostgresConnector::new(options(address));
        let placement = Placement { storage: schema.to_owned() };
        connector.create(&placement).await.unwrap();
        Service { connector, placement, client: connect(address).await, revision: Cell::new(0) }
    }

    /// Makes changes under the next revision.
    pub async fn change(&self, changes: Vec<SchemaChange>) -> Result<(), ConnectorError> {
        self.revision.set(self.revision.get() + 1);
        self.connector.change_schema(&self.placement, self.revision.get(), changes).await.map(drop)
    }

    /// Removes the storage.
    pub async fn remove(self) {
        self.connector.remove(&self.placement).await.unwrap();
        self.connector.remove(&self.placement).await.expect("a removal can be repeated");
        self.connector.close().await;
    }
}

/// What a first deploy changes.
pub fn first_deploy(datamodel: &Datamodel) -> Vec<SchemaChange> {
    let empty = Datamodel::default();
    let steps = infer_steps(&empty, datamodel, &Renames::default()).unwrap();
    schema_changes(&empty, datamodel, &steps)
}

/// What the first deploy of a text changes.
pub fn first_deploy_of(text: &str) -> Vec<SchemaChange> {
    first_deploy(&datamodels::compile(text, None).unwrap_or_else(|error| panic!("{error}\n{text}")).0)
}
