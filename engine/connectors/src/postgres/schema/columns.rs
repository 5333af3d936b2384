//! Columns: of scalars, and of inline relations.

use super::{Failed, Tables, catalog, column as spelled, declared};
use catalog::ColumnInfo;
use connector_interface::{ColumnSpec, LinkColumn, Value};

/// Adds a column; one that is there already is adapted.
pub async fn add(on: &Tables<'_>, table: &str, column: &ColumnSpec, fill: Option<&Value>) -> Result<(), Failed> {
    match catalog::column(on, table, &column.name).await? {
        Some(there) if there.declared == declared(column.column_type) && there.references.is_none() => {
            return adapt(on, table, &there, column, fill).await;
        }
        Some(_) => remove(on, table, &column.name).await?,
        None => {}
    }
    let mut sql = on.sql();
    sql.push("ALTER TABLE ").table_name(table).push(" ADD COLUMN ");
    spelled(&mut sql, column);
    on.run(&sql).await?;
    match catalog::column(on, table, &column.name).await? {
        Some(there) => adapt(on, table, &there, column, fill).await,
        None => Ok(()),
    }
}

/// Gives a column of the right type the wanted nullability and uniqueness.
async fn adapt(
    on: &Tables<'_>,
    table: &str,
    there: &ColumnInfo,
    column: &ColumnSpec,
    fill: Option<&Value>,
) -> Result<(), Failed> {
    if there.is_primary_key {
        return Ok(());
    }
    if !column.unique {
        // Before rows are filled: they all get one value.
        remove_unique(on, table, &column.name).await?;
    }
    if column.required && !there.required {
        if let Some(value) = fill {
            let mut sql = on.sql();
            sql.push("UPDATE ").table_name(table).push(" SET ").name(&column.name).push(" = ").own(0);
            sql.push(" WHERE ").name(&column.name).push(" IS NULL");
            on.run_with(&sql, value).await?;
        }
        alter_column(on, table, &column.name, "SET NOT NULL").await?;
    } else if !column.required && there.required {
        alter_column(on, table, &column.name, "DROP NOT NULL").await?;
    }
    if column.unique {
        let name = format!("{}.{table}.{}._UNIQUE", on.schema, column.name);
        catalog::ensure_index(on, table, &[&column.name], true, &name).await?;
    }
    Ok(())
}

async fn alter_column(on: &Tables<'_>, table: &str, column: &str, what: &str) -> Result<(), Failed> {
    let mut sql = on.sql();
    sql.push("ALTER TABLE ").table_name(table).push(" ALTER COLUMN ").name(column).push(" ").push(what);
    on.run(&sql).await
}

async fn remove_unique(on: &Tables<'_>, table: &str, column: &str) -> Result<(), Failed> {
    for index in catalog::indexes(on, table).await? {
        if index.is_unique && index.columns == [column] {
            let mut sql = on.sql();
            sql.push("DROP INDEX IF EXISTS ").table_name(&index.name);
            on.run(&sql).await?;
        }
    }
    Ok(())
}

/// Drops a column with its indexes.
pub async fn remove(on: &Tables<'_>, table: &str, column: &str) -> Result<(), Failed> {
    let mut sql = on.sql();
    sql.push("ALTER TABLE IF EXISTS ").table_name(table).push(" DROP COLUMN IF EXISTS ").name(column).push(" CASCADE");
    on.run(&sql).await
}

/// Changes name, nullability and uniqueness of a column; makes it when it is missing.
pub async fn alter(
    on: &Tables<'_>,
    table: &str,
    from: &ColumnSpec,
    to: &ColumnSpec,
    fill: Option<&Value>,
) -> Result<(), Failed> {
    rename(on, table, &from.name, &to.name).await?;
    add(on, table, to, fill).await
}

/// Renames a column; foreign keys and indexes follow by themselves.
pub async fn rename(on: &Tables<'_>, table: &str, from: &str, to: &str) -> Result<(), Failed> {
    // Where it is not there it was renamed before, or never made: what follows says which.
    if from == to || catalog::column(on, table, from).await?.is_none() {
        return Ok(());
    }
    let mut sql = on.sql();
    sql.push("ALTER TABLE ").table_name(table).push(" RENAME COLUMN ").name(from).push(" TO ").name(to);
    on.run(&sql).await
}

/// Adds the column of an inline relation: nullable, with a foreign key, and an index, which Prisma 1 had not and without
/// which children are found by a scan (design D5).
pub async fn add_relation(on: &Tables<'_>, table: &str, column: &LinkColumn) -> Result<(), Failed> {
    let is_like = |there: &ColumnInfo| {
        there.declared == declared(column.id.column_type) && there.references.as_ref() == Some(&column.table)
    };
    let is_there = match catalog::column(on, table, &column.name).await? {
        Some(there) if is_like(&there) => true,
        Some(_) => {
            remove(on, table, &column.name).await?;
            false
        }
        None => false,
    };
    if !is_there {
        let mut sql = on.sql();
        sql.push("ALTER TABLE ").table_name(table).push(" ADD COLUMN ").name(&column.name).push(" ");
        sql.push(declared(column.id.column_type)).push(" REFERENCES ").table_name(&column.table).push(" (");
        on.run(sql.name(&column.id.name).push(") ON DELETE SET NULL")).await?;
    }
    catalog::ensure_index(on, table, &[&column.name], false, &format!("{table}_{}_index", column.name)).await
}
