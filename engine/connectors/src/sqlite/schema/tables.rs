//! Tables: of models, scalar lists and links.

use super::{
    declared, indexes,
    inspect::{self, ColumnInfo},
    refused, run,
};
use crate::{sql::Sql, sqlite::failure::failure};
use connector_interface::{ColumnSpec, ColumnType, ConnectorError, LinkColumn};
use datamodel::Sequence;
use rusqlite::{Connection, params};

/// Makes a model's table with its id column.
pub fn create(
    connection: &Connection,
    table: &str,
    id: &ColumnSpec,
    sequence: Option<&Sequence>,
) -> Result<(), ConnectorError> {
    if exists(connection, table)? {
        return Ok(());
    }
    let mut sql = Sql::sqlite();
    sql.push("CREATE TABLE ").name(table).push(" (");
    id_column(&mut sql, id);
    sql.push(")");
    run(connection, sql.text())?;
    start_sequence(connection, table, sequence)
}

/// Whether a table is there. One whose name differs in case only stands in the way.
fn exists(connection: &Connection, table: &str) -> Result<bool, ConnectorError> {
    match inspect::table(connection, table)? {
        Some(name) if name == table => Ok(true),
        Some(name) => Err(refused(format!(
            "The names \"{name}\" and \"{table}\" differ in case only, which SQLite does not tell apart. Choose another name, for example with @db."
        ))),
        None => {
            indexes::make_way(connection, table)?;
            Ok(false)
        }
    }
}

/// Appends an id column. A whole number is SQLite's own row id, which counts by itself and never hands one out twice.
fn id_column(sql: &mut Sql, id: &ColumnSpec) {
    let is_counted = declared(id.column_type) == "INTEGER";
    sql.name(&id.name).push(" ").push(declared(id.column_type));
    sql.push(if is_counted { " PRIMARY KEY AUTOINCREMENT" } else { " NOT NULL PRIMARY KEY" });
}

/// Sets where a table's ids begin, unless they are beyond that already.
fn start_sequence(connection: &Connection, table: &str, sequence: Option<&Sequence>) -> Result<(), ConnectorError> {
    let Some(sequence) = sequence else { return Ok(()) };
    let before = sequence.initial_value.saturating_sub(1);
    let highest: Option<i64> = connection
        .query_row("SELECT max(seq) FROM sqlite_sequence WHERE name = ?1", [table], |row| row.get(0))
        .map_err(failure)?;
    set_sequence(connection, table, highest.unwrap_or(before).max(before))
}

fn set_sequence(connection: &Connection, table: &str, last: i64) -> Result<(), ConnectorError> {
    connection.execute("DELETE FROM sqlite_sequence WHERE name = ?1", [table]).map_err(failure)?;
    let insert = "INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)";
    connection.execute(insert, params![table, last]).map_err(failure).map(drop)
}

/// Drops a table of any kind.
pub fn remove(connection: &Connection, table: &str) -> Result<(), ConnectorError> {
    let mut sql = Sql::sqlite();
    sql.push("DROP TABLE IF EXISTS ").name(table);
    run(connection, sql.text())
}

/// Renames a table; foreign keys of others follow by themselves, names of indexes do not.
pub fn rename(connection: &Connection, from: &str, to: &str) -> Result<(), ConnectorError> {
    if from == to {
        return Ok(());
    }
    let is_there = inspect::table(connection, from)?.is_some_and(|name| name == from);
    if !is_there {
        // Renamed before, or never made: what follows says which.
        return Ok(());
    }
    let rename = |from: &str, to: &str| {
        let mut sql = Sql::sqlite();
        sql.push("ALTER TABLE ").name(from).push(" RENAME TO ").name(to);
        run(connection, sql.text())
    };
    if from.eq_ignore_ascii_case(to) {
        rename(from, IN_BETWEEN)?;
        rename(IN_BETWEEN, to)?;
    } else {
        if exists(connection, to)? {
            return Err(refused(format!("The table \"{to}\" exists already, so \"{from}\" cannot take its name.")));
        }
        rename(from, to)?;
    }
    indexes::rename(connection, to)
}

/// A name that no datamodel can have.
const IN_BETWEEN: &str = "in between";

/// Another id column for a table without rows, on which nothing hangs any more.
pub fn replace_id(
    connection: &Connection,
    table: &str,
    from: &ColumnSpec,
    to: &ColumnSpec,
    sequence: Option<&Sequence>,
) -> Result<(), ConnectorError> {
    if !exists(connection, table)? {
        return create(connection, table, to, sequence);
    }
    let mut columns = inspect::columns(connection, table)?;
    let is_done = columns
        .iter()
        .any(|column| column.is_primary_key && column.name == to.name && column.declared == declared(to.column_type));
    if is_done {
        return Ok(());
    }
    if inspect::has_rows(connection, table)? {
        return Err(ConnectorError::Database(format!("\"{table}\" has rows, so its id cannot be replaced")));
    }
    columns.retain(|column| column.name != from.name && column.name != to.name);
    let kept = inspect::indexes(connection, table)?;
    remove(connection, table)?;
    let mut sql = Sql::sqlite();
    sql.push("CREATE TABLE ").name(table).push(" (");
    id_column(&mut sql, to);
    for column in &columns {
        sql.push(", ");
        described(&mut sql, column);
    }
    sql.push(")");
    run(connection, sql.text())?;
    for index in kept.iter().filter(|index| index.columns.iter().all(|name| columns.iter().any(|c| c.name == *name))) {
        let of: Vec<&str> = index.columns.iter().map(String::as_str).collect();
        indexes::create(connection, table, &of, index.is_unique, &index.name)?;
    }
    start_sequence(connection, table, sequence)
}

/// Appends a column as it was found.
fn described(sql: &mut Sql, column: &ColumnInfo) {
    sql.name(&column.name).push(" ").push(known_type(&column.declared));
    sql.push(if column.required { " NOT NULL" } else { "" });
    if let Some((table, target, on_delete)) = &column.references {
        sql.push(" REFERENCES ").name(table);
        if let Some(target) = target {
            sql.push(" (").name(target).push(")");
        }
        sql.push(match on_delete.as_str() {
            "CASCADE" => " ON DELETE CASCADE",
            "SET NULL" => " ON DELETE SET NULL",
            _ => "",
        });
    }
}

/// A declared type as one of ours: what stands in a taken-over or raw table is a stranger's text.
fn known_type(declared: &str) -> &'static str {
    let declared = declared.to_ascii_uppercase();
    match declared.as_str() {
        "BOOLEAN" => "BOOLEAN",
        name if name.contains("INT") => "INTEGER",
        name if name.contains("CHAR") || name.contains("TEXT") || name.contains("CLOB") => "TEXT",
        name if name.contains("REAL") || name.contains("FLOA") || name.contains("DOUB") => "REAL",
        _ => "NUMERIC",
    }
}

/// Another sequence for the ids of a table: here it is the table's own counter, whatever it is called.
pub fn change_sequence(
    connection: &Connection,
    table: &str,
    id: &ColumnSpec,
    from: Option<&Sequence>,
    to: Option<&Sequence>,
) -> Result<(), ConnectorError> {
    let (None, Some(to)) = (from, to) else { return Ok(()) };
    let mut sql = Sql::sqlite();
    sql.push("SELECT max(").name(&id.name).push(") FROM ").name(table);
    let highest: Option<i64> = connection.query_row(sql.text(), [], |row| row.get(0)).map_err(failure)?;
    set_sequence(connection, table, highest.unwrap_or(i64::MIN).max(to.initial_value.saturating_sub(1)))
}

/// Makes the table of a scalar list.
pub fn create_list(
    connection: &Connection,
    table: &str,
    (model_table, model_id): (&str, &ColumnSpec),
    value: ColumnType,
) -> Result<(), ConnectorError> {
    if exists(connection, table)? {
        return Ok(());
    }
    let mut sql = Sql::sqlite();
    sql.push("CREATE TABLE ").name(table).push(" (\"nodeId\" ").push(declared(model_id.column_type));
    sql.push(" NOT NULL REFERENCES ").name(model_table).push(" (").name(&model_id.name);
    sql.push(") ON DELETE CASCADE, \"position\" INTEGER NOT NULL, \"value\" ").push(declared(value));
    // Without a row id of its own the items of a node lie side by side.
    sql.push(" NOT NULL, PRIMARY KEY (\"nodeId\", \"position\")) WITHOUT ROWID");
    run(connection, sql.text())
}

/// Appends a column that references the id of another table.
pub fn reference(sql: &mut Sql, column: &LinkColumn, nullability: &str, on_delete: &str) {
    sql.name(&column.name).push(" ").push(declared(column.id.column_type)).push(nullability);
    sql.push(" REFERENCES ").name(&column.table).push(" (").name(&column.id.name);
    sql.push(") ON DELETE ").push(on_delete);
}

/// Makes a link table.
pub fn create_link(
    connection: &Connection,
    table: &str,
    a: &LinkColumn,
    b: &LinkColumn,
    id_column: Option<&str>,
) -> Result<(), ConnectorError> {
    if !exists(connection, table)? {
        let mut sql = Sql::sqlite();
        sql.push("CREATE TABLE ").name(table).push(" (");
        if let Some(id) = id_column {
            sql.name(id).push(" TEXT NOT NULL PRIMARY KEY, ");
        }
        reference(&mut sql, a, " NOT NULL", "CASCADE");
        sql.push(", ");
        reference(&mut sql, b, " NOT NULL", "CASCADE");
        sql.push(")");
        run(connection, sql.text())?;
    }
    let [both, second] = indexes::link_names(table);
    indexes::create(connection, table, &[&a.name, &b.name], true, &both)?;
    indexes::create(connection, table, &[&b.name], false, &second)
}

/// Drops the id column of a link table. SQLite drops no primary key, so the links move to a new table.
pub fn drop_link_id(connection: &Connection, table: &str, id: &str) -> Result<(), ConnectorError> {
    let mut columns = inspect::columns(connection, table)?;
    let before = columns.len();
    columns.retain(|column| column.name != id);
    if columns.len() == before {
        return Ok(());
    }
    let kept = inspect::indexes(connection, table)?;
    let names = || columns.iter().map(|column| column.name.as_str());
    let mut sql = Sql::sqlite();
    sql.push("CREATE TABLE ").name(IN_BETWEEN).push(" (");
    for (i, column) in columns.iter().enumerate() {
        sql.push(if i > 0 { ", " } else { "" });
        described(&mut sql, column);
    }
    sql.push(")");
    run(connection, sql.text())?;
    let mut sql = Sql::sqlite();
    sql.push("INSERT INTO ").name(IN_BETWEEN).push(" (").names(names()).push(") SELECT ").names(names());
    sql.push(" FROM ").name(table);
    run(connection, sql.text())?;
    remove(connection, table)?;
    let mut sql = Sql::sqlite();
    sql.push("ALTER TABLE ").name(IN_BETWEEN).push(" RENAME TO ").name(table);
    run(connection, sql.text())?;
    for index in kept.iter().filter(|index| index.columns.iter().all(|column| column != id)) {
        let of: Vec<&str> = index.columns.iter().map(String::as_str).collect();
        indexes::create(connection, table, &of, index.is_unique, &index.name)?;
    }
    Ok(())
}
