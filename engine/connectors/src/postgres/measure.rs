//! What a service holds, in bytes.

use super::failure::failure;
use crate::{measure, sql::Dialect};
use connector_interface::ConnectorError;
use datamodel::Datamodel;
use tokio_postgres::Client;

/// Counts the bytes of all rows, a table after the other.
pub async fn live_bytes(client: &Client, schema: &str, datamodel: &Datamodel) -> Result<u64, ConnectorError> {
    let mut live = 0;
    for sql in measure::statements(datamodel, &Dialect::Postgres { schema: schema.into() }) {
        let row = client.query_one(sql.text(), &[]).await.map_err(failure)?;
        live += row.try_get::<_, i64>(0).map_err(failure)?;
    }
    Ok(u64::try_from(live).unwrap_or(0))
}

/// What the tables of a schema take on disk, with their indexes.
pub async fn stored_bytes(client: &Client, schema: &str) -> Result<u64, ConnectorError> {
    let sql = "SELECT coalesce(sum(pg_catalog.pg_total_relation_size(c.oid)), 0)::bigint FROM pg_catalog.pg_class c \
               JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
               WHERE n.nspname = $1 AND c.relkind IN ('r', 'p')";
    let row = client.query_one(sql, &[&schema]).await.map_err(failure)?;
    Ok(u64::try_from(row.try_get::<_, i64>(0).map_err(failure)?).unwrap_or(0))
}
