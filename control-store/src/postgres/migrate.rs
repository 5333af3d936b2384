//! Bringing a schema of Postgres to the form that this build knows, one process at a time.

use super::{ANSWER, Schema, failure};
use crate::{Migration, StoreError};
use refinery::Runner;
use region_config::Clock;
use std::future::Future;
use tokio_postgres::{Client, Error};

/// What the runner of migrations calls its own table.
const HISTORY: &str = "refinery_schema_history";

/// Makes the schema if it is missing, refuses a newer one, keeps a copy before its tables change, and changes them.
pub async fn migrate(
    client: &mut Client,
    schema: &Schema,
    migrations: &[Migration],
    clock: &dyn Clock,
) -> Result<(), StoreError> {
    let place = || schema.to_string();
    let failed = |reason: String| StoreError::Migrate { place: place(), reason };
    let known = crate::newest(migrations);
    // No transaction of the store runs meanwhile. After an error the connection is closed, and with it the lock is free.
    within(client.execute("SELECT pg_advisory_lock(hashtextextended($1, 0))", &[&schema.lock()])).await?;
    let found = within(version(client, schema)).await?;
    match found {
        Found::Version(found) if found > known => return Err(StoreError::Newer { place: place(), found, known }),
        Found::Version(found) if found > 0 && found < known => {
            within(copy(client, schema, known, clock.now_s())).await?
        }
        Found::Version(_) => {}
        Found::Foreign => {
            return Err(failed("it holds tables that are not Refract's; choose another database".to_owned()));
        }
    }
    within(client.batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS {}", schema.quoted()))).await?;
    let texts = migrations.iter().map(|migration| refinery::Migration::unapplied(migration.name, migration.postgres));
    let texts = texts.collect::<Result<Vec<_>, _>>().map_err(|error| failed(error.to_string()))?;
    Runner::new(&texts).run_async(client).await.map_err(|error| failed(error.to_string()))?;
    within(client.execute("SELECT pg_advisory_unlock(hashtextextended($1, 0))", &[&schema.lock()])).await?;
    Ok(())
}

async fn within<T>(answer: impl Future<Output = Result<T, Error>>) -> Result<T, StoreError> {
    match tokio::time::timeout(ANSWER, answer).await {
        Ok(answer) => answer.map_err(failure),
        Err(_) => Err(StoreError::Unavailable("Postgres does not answer".to_owned())),
    }
}

/// What a schema holds.
enum Found {
    /// Tables of this version; 0 for none at all.
    Version(u32),
    /// Tables of somebody else.
    Foreign,
}

async fn version(client: &Client, schema: &Schema) -> Result<Found, Error> {
    let tables = tables(client, schema).await?;
    if !tables.iter().any(|table| table == HISTORY) {
        return Ok(if tables.is_empty() { Found::Version(0) } else { Found::Foreign });
    }
    let newest = format!("SELECT coalesce(max(version), 0) FROM {}.{HISTORY}", schema.quoted());
    let newest: i32 = client.query_one(&newest, &[]).await?.get(0);
    Ok(Found::Version(u32::try_from(newest).unwrap_or(0)))
}

async fn tables(client: &Client, schema: &Schema) -> Result<Vec<String>, Error> {
    let sql = "SELECT tablename::text FROM pg_catalog.pg_tables WHERE schemaname = $1 ORDER BY tablename";
    Ok(client.query(sql, &[&schema.name]).await?.iter().map(|row| row.get(0)).collect())
}

/// Keeps what the tables hold in a schema of its own.
async fn copy(client: &mut Client, schema: &Schema, known: u32, now_s: i64) -> Result<(), Error> {
    let tables = tables(client, schema).await?;
    let of = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let to = of(&format!("{}_before_{known}_{now_s}", schema.name));
    let transaction = client.transaction().await?;
    transaction.batch_execute(&format!("CREATE SCHEMA {to}")).await?;
    for table in tables {
        let copy = format!("CREATE TABLE {to}.{} AS TABLE {}.{}", of(&table), schema.quoted(), of(&table));
        transaction.batch_execute(&copy).await?;
    }
    transaction.commit().await
}
