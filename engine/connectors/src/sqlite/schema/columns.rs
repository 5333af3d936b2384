//! Columns: of scalars, and of inline relations.

use super::{
    declared, indexes,
    inspect::{self, ColumnInfo},
    refused, run,
    tables::reference,
};
use crate::{
    sql::Sql,
    sqlite::{bind::Bound, failure::failure},
};
use connector_interface::{ColumnSpec, ConnectorError, LinkColumn, Value};
use rusqlite::Connection;

/// Adds a column; one that is there already is adapted.
pub fn add(
    connection: &Connection,
    table: &str,
    column: &ColumnSpec,
    fill: Option<&Value>,
) -> Result<(), ConnectorError> {
    match found(connection, table, &column.name)? {
        Some(there) if is_like(&there, column) => return adapt(connection, table, &there, column, fill),
        Some(_) => remove(connection, table, &column.name)?,
        None => {}
    }
    let mut sql = Sql::sqlite();
    sql.push("ALTER TABLE ").name(table).push(" ADD COLUMN ").name(&column.name);
    sql.push(" ").push(declared(column.column_type));
    run(connection, sql.text())?;
    match found(connection, table, &column.name)? {
        Some(there) => adapt(connection, table, &there, column, fill),
        None => Ok(()),
    }
}

/// A column, whose name may not differ from the wanted one in case only, nor be one that SQLite keeps for itself.
fn found(connection: &Connection, table: &str, name: &str) -> Result<Option<ColumnInfo>, ConnectorError> {
    not_of_sqlite(table, name)?;
    match inspect::column(connection, table, name)? {
        Some(column) if column.name != name => Err(refused(format!(
            "The names \"{}\" and \"{name}\" in \"{table}\" differ in case only, which SQLite does not tell apart. Choose another name, for example with @db.",
            column.name
        ))),
        column => Ok(column),
    }
}

/// SQLite adds no column by these names, and renames none to them.
fn not_of_sqlite(table: &str, name: &str) -> Result<(), ConnectorError> {
    let is_own = ["rowid", "_rowid_", "oid"].iter().any(|own| own.eq_ignore_ascii_case(name));
    let text = || {
        format!(
            "SQLite keeps the name \"{name}\" in \"{table}\" for itself. Choose another name, for example with @db."
        )
    };
    if is_own { Err(refused(text())) } else { Ok(()) }
}

fn is_like(there: &ColumnInfo, column: &ColumnSpec) -> bool {
    there.declared.eq_ignore_ascii_case(declared(column.column_type)) && there.references.is_none()
}

/// Gives a column of the right type the wanted nullability and uniqueness.
fn adapt(
    connection: &Connection,
    table: &str,
    there: &ColumnInfo,
    column: &ColumnSpec,
    fill: Option<&Value>,
) -> Result<(), ConnectorError> {
    if there.is_primary_key {
        return Ok(());
    }
    if !column.unique {
        // Before rows are filled: they all get one value.
        indexes::remove_unique(connection, table, &column.name)?;
    }
    if column.required && !there.required {
        if let Some(value) = fill {
            let mut sql = Sql::sqlite();
            sql.push("UPDATE ").name(table).push(" SET ").name(&column.name).push(" = ?1 WHERE ");
            sql.name(&column.name).push(" IS NULL");
            connection.execute(sql.text(), [Bound(value)]).map_err(failure)?;
        }
        alter_column(connection, table, &column.name, "SET NOT NULL")?;
    } else if !column.required && there.required {
        alter_column(connection, table, &column.name, "DROP NOT NULL")?;
    }
    if column.unique {
        let name = indexes::unique_name(table, &column.name);
        indexes::create(connection, table, &[&column.name], true, &name)?;
    }
    Ok(())
}

fn alter_column(connection: &Connection, table: &str, column: &str, what: &str) -> Result<(), ConnectorError> {
    let mut sql = Sql::sqlite();
    sql.push("ALTER TABLE ").name(table).push(" ALTER COLUMN ").name(column).push(" ").push(what);
    run(connection, sql.text())
}

/// Drops a column with its indexes.
pub fn remove(connection: &Connection, table: &str, column: &str) -> Result<(), ConnectorError> {
    let is_there = inspect::columns(connection, table)?.iter().any(|there| there.name == column);
    if !is_there {
        return Ok(());
    }
    let all = inspect::indexes(connection, table)?;
    let mut own = all.iter().filter(|index| index.columns.iter().any(|name| name == column));
    own.try_for_each(|index| indexes::remove(connection, index))?;
    let mut sql = Sql::sqlite();
    sql.push("ALTER TABLE ").name(table).push(" DROP COLUMN ").name(column);
    run(connection, sql.text())
}

/// Changes name, nullability and uniqueness of a column; makes it when it is missing.
pub fn alter(
    connection: &Connection,
    table: &str,
    from: &ColumnSpec,
    to: &ColumnSpec,
    fill: Option<&Value>,
) -> Result<(), ConnectorError> {
    rename(connection, table, &from.name, &to.name)?;
    add(connection, table, to, fill)
}

/// Renames a column; foreign keys follow by themselves, names of indexes do not.
pub fn rename(connection: &Connection, table: &str, from: &str, to: &str) -> Result<(), ConnectorError> {
    if from == to {
        return Ok(());
    }
    not_of_sqlite(table, to)?;
    let columns = inspect::columns(connection, table)?;
    if !columns.iter().any(|column| column.name == from) {
        // Renamed before, or never made: what follows says which.
        return Ok(());
    }
    let rename = |from: &str, to: &str| {
        let mut sql = Sql::sqlite();
        sql.push("ALTER TABLE ").name(table).push(" RENAME COLUMN ").name(from).push(" TO ").name(to);
        run(connection, sql.text())
    };
    if from.eq_ignore_ascii_case(to) {
        rename(from, IN_BETWEEN)?;
        rename(IN_BETWEEN, to)?;
    } else {
        rename(from, to)?;
    }
    indexes::rename(connection, table)
}

/// A name that no datamodel can have.
const IN_BETWEEN: &str = "in between";

/// Adds the column of an inline relation: nullable, with a foreign key and an index.
pub fn add_relation(connection: &Connection, table: &str, column: &LinkColumn) -> Result<(), ConnectorError> {
    if let Some(there) = found(connection, table, &column.name)? {
        let same_type = there.declared.eq_ignore_ascii_case(declared(column.id.column_type));
        let same_target = there.references.as_ref().is_some_and(|(target, ..)| *target == column.table);
        if same_type && same_target {
            return index(connection, table, column);
        }
        remove(connection, table, &column.name)?;
    }
    let mut sql = Sql::sqlite();
    sql.push("ALTER TABLE ").name(table).push(" ADD COLUMN ");
    reference(&mut sql, column, "", "SET NULL");
    run(connection, sql.text())?;
    index(connection, table, column)
}

fn index(connection: &Connection, table: &str, column: &LinkColumn) -> Result<(), ConnectorError> {
    let name = indexes::relation_name(table, &column.name);
    indexes::create(connection, table, &[&column.name], false, &name)
}
