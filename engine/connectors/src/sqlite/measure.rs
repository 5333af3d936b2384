//! What a service holds, in bytes.

use super::failure::failure;
use crate::{measure, sql::Dialect};
use connector_interface::ConnectorError;
use datamodel::Datamodel;
use rusqlite::Connection;

/// Counts the bytes of all rows, a table after the other.
pub fn live_bytes(connection: &Connection, datamodel: &Datamodel) -> Result<u64, ConnectorError> {
    let mut live = 0;
    for sql in measure::statements(datamodel, &Dialect::Sqlite) {
        live += connection.query_row(sql.text(), [], |row| row.get::<_, i64>(0)).map_err(failure)?;
    }
    Ok(u64::try_from(live).unwrap_or(0))
}
