//! What is there: the revision, tables, columns, indexes.

use super::{Failed, Tables, names};
use crate::{postgres::failure::failure, sql::quoted};
use connector_interface::{ConnectorError, Reached};
use tokio_postgres::Client;

/// A column of a table.
pub struct ColumnInfo {
    pub name: String,
    /// Its type as the catalogue spells it.
    pub declared: String,
    pub required: bool,
    pub is_primary_key: bool,
    /// Table that it references.
    pub references: Option<String>,
}

/// An index that is no primary key.
pub struct Index {
    pub name: String,
    pub is_unique: bool,
    pub columns: Vec<String>,
}

const REVISION: &str = "refract revision ";

const GIVEN_UP: &str = " given up";

/// The newest revision of the storage and how it ended; 0 when none was noted.
pub async fn revision(on: &Tables<'_>) -> Result<(i64, Reached), Failed> {
    let sql = "SELECT obj_description(oid, 'pg_namespace') FROM pg_catalog.pg_namespace WHERE nspname = $1";
    let row = on.transaction.query_opt(sql, &[&on.schema]).await?;
    let comment: Option<String> = row.and_then(|row| row.try_get(0).ok().flatten());
    let noted = comment.as_deref().and_then(|comment| comment.strip_prefix(REVISION)).unwrap_or("0");
    let (number, reached) = match noted.strip_suffix(GIVEN_UP) {
        Some(number) => (number, Reached::GivenUp),
        None => (noted, Reached::Changed),
    };
    Ok((number.parse().unwrap_or(0), reached))
}

/// Notes the revision of the storage and how it ended.
pub async fn note_revision(on: &Tables<'_>, revision: i64, reached: Reached) -> Result<(), Failed> {
    let how = if reached == Reached::GivenUp { GIVEN_UP } else { "" };
    let mut sql = on.sql();
    sql.push("COMMENT ON SCHEMA ").name(on.schema).push(&format!(" IS '{REVISION}{revision}{how}'"));
    on.run(&sql).await
}

/// A table's name for `to_regclass`.
fn qualified(on: &Tables<'_>, table: &str) -> String {
    format!("{}.{}", quoted(on.schema), quoted(table))
}

/// Whether a table is there.
pub async fn has_table(on: &Tables<'_>, table: &str) -> Result<bool, Failed> {
    let row = on.transaction.query_one("SELECT to_regclass($1) IS NOT NULL", &[&qualified(on, table)]).await?;
    Ok(row.try_get(0)?)
}

/// The columns of a table; none when it does not exist.
pub async fn columns(on: &Tables<'_>, table: &str) -> Result<Vec<ColumnInfo>, Failed> {
    let sql = "SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull, \
               EXISTS (SELECT 1 FROM pg_catalog.pg_index i \
                       WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey)), \
               (SELECT f.relname::text FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class f ON f.oid = k.confrelid \
                WHERE k.conrelid = a.attrelid AND k.contype = 'f' AND k.conkey = ARRAY[a.attnum] LIMIT 1) \
               FROM pg_catalog.pg_attribute a \
               WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
    let rows = on.transaction.query(sql, &[&qualified(on, table)]).await?;
    let column = |row: &tokio_postgres::Row| {
        Ok(ColumnInfo {
            name: row.try_get(0)?,
            declared: row.try_get(1)?,
            required: row.try_get(2)?,
            is_primary_key: row.try_get(3)?,
            references: row.try_get(4)?,
        })
    };
    rows.iter().map(column).collect()
}

/// A column of a table.
pub async fn column(on: &Tables<'_>, table: &str, name: &str) -> Result<Option<ColumnInfo>, Failed> {
    Ok(columns(on, table).await?.into_iter().find(|column| column.name == name))
}

/// The indexes of a table, that of its primary key aside.
pub async fn indexes(on: &Tables<'_>, table: &str) -> Result<Vec<Index>, Failed> {
    let sql = "SELECT c.relname::text, i.indisunique, \
               ARRAY(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY k(number, place) \
                     JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number ORDER BY k.place) \
               FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
               WHERE i.indrelid = to_regclass($1) AND NOT i.indisprimary ORDER BY 1";
    let rows = on.transaction.query(sql, &[&qualified(on, table)]).await?;
    let index = |row: &tokio_postgres::Row| {
        Ok(Index { name: row.try_get(0)?, is_unique: row.try_get(1)?, columns: row.try_get(2)? })
    };
    rows.iter().map(index).collect()
}

/// Makes an index unless the table has one of these columns that does the same. Its name is cut as Postgres would, or
/// ends in a hash where another object has that name.
pub async fn ensure_index(
    on: &Tables<'_>,
    table: &str,
    columns: &[&str],
    is_unique: bool,
    name: &str,
) -> Result<(), Failed> {
    let there = indexes(on, table).await?;
    if there.iter().any(|index| index.columns == columns && (index.is_unique || !is_unique)) {
        return Ok(());
    }
    let cut = names::derived(name);
    let name = if has_table(on, cut).await? { names::derived_with_hash(name) } else { cut.to_owned() };
    let mut sql = on.sql();
    sql.push(if is_unique { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " }).name(&name).push(" ON ");
    sql.table_name(table).push(" (").names(columns.iter().copied()).push(")");
    on.run(&sql).await
}

/// The columns of the index or constraint that an error names: which field a value was not unique in.
pub async fn columns_of_index(client: &Client, schema: &str, name: &str) -> Result<Vec<String>, ConnectorError> {
    let sql = "SELECT a.attname::text FROM pg_catalog.pg_class c \
               JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
               JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid \
               JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) \
               WHERE n.nspname = $1 AND c.relname = $2";
    let rows = client.query(sql, &[&schema, &name]).await.map_err(failure)?;
    rows.iter().map(|row| row.try_get(0).map_err(failure)).collect()
}
