//! Tables: of models, scalar lists and links; sequences.

use super::{Failed, Tables, catalog, column, declared, refused};
use connector_interface::{ColumnSpec, ColumnType, ConnectorError, LinkColumn};
use datamodel::Sequence;

/// Makes a model's table with its id column.
pub async fn create(on: &Tables<'_>, table: &str, id: &ColumnSpec, sequence: Option<&Sequence>) -> Result<(), Failed> {
    if catalog::has_table(on, table).await? {
        return Ok(());
    }
    let mut sql = on.sql();
    sql.push("CREATE TABLE ").table_name(table).push(" (");
    column(&mut sql, id);
    sql.push(" PRIMARY KEY)");
    on.run(&sql).await?;
    match sequence {
        Some(sequence) => begin_sequence(on, table, &id.name, sequence, sequence.initial_value).await,
        None => Ok(()),
    }
}

/// Makes the sequence of an id column and takes ids from it from then on.
async fn begin_sequence(on: &Tables<'_>, table: &str, id: &str, sequence: &Sequence, first: i64) -> Result<(), Failed> {
    if !catalog::has_table(on, &sequence.name).await? {
        let mut sql = on.sql();
        sql.push("CREATE SEQUENCE ").table_name(&sequence.name).push(&format!(" MINVALUE {}", first.min(1)));
        on.run(sql.push(&format!(" START {first}"))).await?;
    }
    let mut name = on.sql();
    name.table_name(&sequence.name);
    let mut sql = on.sql();
    sql.push("ALTER TABLE ").table_name(table).push(" ALTER COLUMN ").name(id).push(" SET DEFAULT nextval('");
    // A name within a text: its quotes are doubled once more.
    sql.push(&name.text().replace('\'', "''")).push("')");
    on.run(&sql).await?;
    let mut sql = on.sql();
    sql.push("ALTER SEQUENCE ").table_name(&sequence.name).push(" OWNED BY ").table_name(table).push(".").name(id);
    on.run(&sql).await
}

/// Drops a table of any kind, with what references it.
pub async fn remove(on: &Tables<'_>, table: &str) -> Result<(), Failed> {
    let mut sql = on.sql();
    sql.push("DROP TABLE IF EXISTS ").table_name(table).push(" CASCADE");
    on.run(&sql).await
}

/// Renames a table; foreign keys and indexes follow by themselves.
pub async fn rename(on: &Tables<'_>, from: &str, to: &str) -> Result<(), Failed> {
    // Where it is not there it was renamed before, or never made: what follows says which.
    if from == to || !catalog::has_table(on, from).await? {
        return Ok(());
    }
    if catalog::has_table(on, to).await? {
        return Err(refused(format!("The table \"{to}\" exists already, so \"{from}\" cannot take its name.")));
    }
    let mut sql = on.sql();
    sql.push("ALTER TABLE ").table_name(from).push(" RENAME TO ").name(to);
    on.run(&sql).await
}

/// Another id column for a table without rows, on which nothing hangs any more.
pub async fn replace_id(
    on: &Tables<'_>,
    table: &str,
    from: &ColumnSpec,
    to: &ColumnSpec,
    sequence: Option<&Sequence>,
) -> Result<(), Failed> {
    let columns = catalog::columns(on, table).await?;
    if columns.is_empty() {
        return create(on, table, to, sequence).await;
    }
    let is_done =
        |c: &catalog::ColumnInfo| c.is_primary_key && c.name == to.name && c.declared == declared(to.column_type);
    if columns.iter().any(is_done) {
        return Ok(());
    }
    let mut sql = on.sql();
    sql.push("SELECT EXISTS (SELECT 1 FROM ").table_name(table).push(")");
    if on.transaction.query_one(sql.text(), &[]).await?.try_get(0)? {
        return Err(Failed::For(ConnectorError::Database(format!(
            "\"{table}\" has rows, so its id cannot be replaced"
        ))));
    }
    for old in columns.iter().filter(|column| column.name == from.name || column.name == to.name) {
        let mut sql = on.sql();
        sql.push("ALTER TABLE ").table_name(table).push(" DROP COLUMN ").name(&old.name).push(" CASCADE");
        on.run(&sql).await?;
    }
    let mut sql = on.sql();
    sql.push("ALTER TABLE ").table_name(table).push(" ADD COLUMN ");
    column(&mut sql, to);
    on.run(sql.push(" PRIMARY KEY")).await?;
    match sequence {
        Some(sequence) => begin_sequence(on, table, &to.name, sequence, sequence.initial_value).await,
        None => Ok(()),
    }
}

/// Another sequence for the ids of a table, or none.
pub async fn change_sequence(
    on: &Tables<'_>,
    table: &str,
    id: &ColumnSpec,
    from: Option<&Sequence>,
    to: Option<&Sequence>,
) -> Result<(), Failed> {
    match (from, to) {
        (Some(from), Some(to)) => {
            let is_there = catalog::has_table(on, &from.name).await?;
            if from.name == to.name || !is_there || catalog::has_table(on, &to.name).await? {
                return Ok(());
            }
            let mut sql = on.sql();
            sql.push("ALTER SEQUENCE ").table_name(&from.name).push(" RENAME TO ").name(&to.name);
            on.run(&sql).await
        }
        (None, Some(to)) => {
            let mut sql = on.sql();
            sql.push("SELECT max(").name(&id.name).push(")::int8 FROM ").table_name(table);
            let highest: Option<i64> = on.transaction.query_one(sql.text(), &[]).await?.try_get(0)?;
            let first = highest.map_or(to.initial_value, |highest| to.initial_value.max(highest.saturating_add(1)));
            begin_sequence(on, table, &id.name, to, first).await
        }
        (Some(from), None) => {
            let mut sql = on.sql();
            sql.push("ALTER TABLE ").table_name(table).push(" ALTER COLUMN ").name(&id.name).push(" DROP DEFAULT");
            on.run(&sql).await?;
            let mut sql = on.sql();
            sql.push("DROP SEQUENCE IF EXISTS ").table_name(&from.name);
            on.run(&sql).await
        }
        (None, None) => Ok(()),
    }
}

/// Makes the table of a scalar list.
pub async fn create_list(
    on: &Tables<'_>,
    table: &str,
    (model_table, model_id): (&str, &ColumnSpec),
    value: ColumnType,
) -> Result<(), Failed> {
    if catalog::has_table(on, table).await? {
        return Ok(());
    }
    let mut sql = on.sql();
    sql.push("CREATE TABLE ").table_name(table).push(" (\"nodeId\" ").push(declared(model_id.column_type));
    sql.push(" NOT NULL REFERENCES ").table_name(model_table).push(" (").name(&model_id.name);
    sql.push("), \"position\" integer NOT NULL, \"value\" ").push(declared(value));
    on.run(sql.push(" NOT NULL, PRIMARY KEY (\"nodeId\", \"position\"))")).await
}

/// Makes a link table.
pub async fn create_link(
    on: &Tables<'_>,
    table: &str,
    a: &LinkColumn,
    b: &LinkColumn,
    id_column: Option<&str>,
) -> Result<(), Failed> {
    if !catalog::has_table(on, table).await? {
        let mut sql = on.sql();
        sql.push("CREATE TABLE ").table_name(table).push(" (");
        if let Some(id) = id_column {
            sql.name(id).push(" character(25) PRIMARY KEY, ");
        }
        for (i, link) in [a, b].into_iter().enumerate() {
            sql.push(if i > 0 { ", " } else { "" }).name(&link.name).push(" ").push(declared(link.id.column_type));
            sql.push(" NOT NULL REFERENCES ").table_name(&link.table).push(" (").name(&link.id.name);
            sql.push(") ON DELETE CASCADE");
        }
        on.run(sql.push(")")).await?;
    }
    catalog::ensure_index(on, table, &[&a.name, &b.name], true, &format!("{table}_AB_unique")).await?;
    catalog::ensure_index(on, table, &[&b.name], false, &format!("{table}_B")).await
}
