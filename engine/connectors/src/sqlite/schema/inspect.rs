//! What is there: tables, columns, indexes.

use crate::sqlite::failure::failure;
use connector_interface::ConnectorError;
use rusqlite::{Connection, OptionalExtension, Row};

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnInfo {
    pub name: String,
    pub declared: String,
    pub required: bool,
    pub is_primary_key: bool,
    /// Table and column that it references, and what happens when the referenced row is deleted.
    pub references: Option<(String, Option<String>, String)>,
}

/// An index that a statement made.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    pub name: String,
    pub is_unique: bool,
    pub columns: Vec<String>,
}

fn all<T>(
    connection: &Connection,
    sql: &str,
    parameter: &str,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, ConnectorError> {
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    let rows = statement.query_map([parameter], read).map_err(failure)?;
    rows.collect::<Result<_, _>>().map_err(failure)
}

/// The name under which a table exists; it may differ in case, which SQLite does not tell apart.
pub fn table(connection: &Connection, name: &str) -> Result<Option<String>, ConnectorError> {
    object(connection, "table", name)
}

/// The name under which an index exists.
pub fn index(connection: &Connection, name: &str) -> Result<Option<String>, ConnectorError> {
    object(connection, "index", name)
}

fn object(connection: &Connection, kind: &str, name: &str) -> Result<Option<String>, ConnectorError> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = ?1 AND name = ?2 COLLATE NOCASE";
    let mut statement = connection.prepare_cached(sql).map_err(failure)?;
    statement.query_row([kind, name], |row| row.get(0)).optional().map_err(failure)
}

/// The columns of a table; none when it does not exist.
pub fn columns(connection: &Connection, table: &str) -> Result<Vec<ColumnInfo>, ConnectorError> {
    let sql = r#"
        SELECT c."name", c."type", c."notnull", c."pk", f."table", f."to", f."on_delete"
        FROM pragma_table_info(?1) AS c LEFT JOIN pragma_foreign_key_list(?1) AS f ON f."from" = c."name"
        ORDER BY c."cid"
    "#;
    all(connection, sql, table, |row| {
        let target: Option<String> = row.get(4)?;
        let (column, on_delete): (Option<String>, Option<String>) = (row.get(5)?, row.get(6)?);
        Ok(ColumnInfo {
            name: row.get(0)?,
            declared: row.get(1)?,
            required: row.get(2)?,
            is_primary_key: row.get::<_, i64>(3)? > 0,
            references: target.map(|target| (target, column, on_delete.unwrap_or_default())),
        })
    })
}

/// A column of a table.
pub fn column(connection: &Connection, table: &str, name: &str) -> Result<Option<ColumnInfo>, ConnectorError> {
    Ok(columns(connection, table)?.into_iter().find(|column| column.name.eq_ignore_ascii_case(name)))
}

/// The indexes of a table, those of its primary key aside.
pub fn indexes(connection: &Connection, table: &str) -> Result<Vec<Index>, ConnectorError> {
    let sql = r#"SELECT "name", "unique" FROM pragma_index_list(?1) WHERE "origin" = 'c' ORDER BY "name""#;
    let names: Vec<(String, bool)> = all(connection, sql, table, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let sql = r#"SELECT coalesce("name", '') FROM pragma_index_info(?1) ORDER BY "seqno""#;
    let index = |(name, is_unique): (String, bool)| {
        let columns = all(connection, sql, &name, |row| row.get(0))?;
        Ok(Index { name, is_unique, columns })
    };
    names.into_iter().map(index).collect()
}

/// The table that an index belongs to.
pub fn table_of_index(connection: &Connection, name: &str) -> Result<Option<String>, ConnectorError> {
    let sql = "SELECT tbl_name FROM sqlite_schema WHERE type = 'index' AND name = ?1 COLLATE NOCASE";
    Ok(all(connection, sql, name, |row| row.get(0))?.into_iter().next())
}

/// Whether a table has a row.
pub fn has_rows(connection: &Connection, table: &str) -> Result<bool, ConnectorError> {
    let sql = format!("SELECT EXISTS (SELECT 1 FROM {})", crate::sql::quoted(table));
    connection.query_row(&sql, [], |row| row.get(0)).map_err(failure)
}
