//! Order and page of a list (`prisma1-server.md` §5.8).
//!
//! A cursor is a row's id. Rows lie after it when their sort keys do, compared key by key; the last key is the id, which
//! makes the order total. Nulls sort as the database sorts them, and the comparisons follow: before everything else on
//! SQLite, after everything else on Postgres. A cursor that is no row's id has no rows on either side.

use crate::{
    filter::condition,
    sql::{Alias, Dialect, Sql},
};
use connector_interface::{Link, Node, OrderKey, Page, Rows, Slot, answer::Level};

/// Whether the list is read from its end.
pub fn backwards(page: &Page) -> bool {
    page.last.is_some()
}

/// Whether the page is a part of the list by number of rows.
pub fn is_limited(page: &Page) -> bool {
    page.first.is_some() || page.last.is_some() || page.skip.is_some()
}

/// Appends `WHERE …`: which rows, and on which side of the cursors.
pub fn matching(sql: &mut Sql, alias: Alias, rows: &Rows) {
    sql.push(" WHERE ");
    condition(sql, alias, &rows.filter);
    cursors(sql, alias, rows);
}

/// The statement for the ids of a page and one more, from its end when the list is read from there.
pub fn ids(mut sql: Sql, rows: &Rows) -> Sql {
    let row = sql.alias();
    sql.push("SELECT ").column(row, &rows.node.id.name).push(" FROM ").table(&rows.node.table, row);
    matching(&mut sql, row, rows);
    order_by(&mut sql, row, &rows.order, backwards(&rows.page));
    limit(&mut sql, &rows.page, true);
    sql
}

/// The statement for the number of rows on a page.
pub fn count(mut sql: Sql, rows: &Rows) -> Sql {
    let limited = is_limited(&rows.page);
    let row = sql.alias();
    sql.push(if limited { "SELECT count(*) FROM (SELECT 1 FROM " } else { "SELECT count(*) FROM " });
    sql.table(&rows.node.table, row);
    matching(&mut sql, row, rows);
    limit(&mut sql, &rows.page, false);
    sql.push(if limited { ") AS page" } else { "" });
    sql
}

/// Columns of a level's table that something outside its own select names: cells, ids of what hangs on it, links of what
/// is joined to it, sort keys.
pub fn needed<'p>(level: &Level<'p>, table: usize, order: &'p [OrderKey]) -> Vec<&'p str> {
    let cells = level.cells.iter().filter(|cell| cell.table == table).map(|cell| cell.column.name.as_str());
    let links = level.tables.iter().filter_map(|joined| match joined.join {
        Some((parent, to_one)) if parent == table => Some(match &to_one.path.link {
            Link::ParentColumn(column) => column.as_str(),
            Link::ChildColumn(_) | Link::Table { .. } => to_one.path.parent_id.name.as_str(),
        }),
        _ => None,
    });
    let keys = order.iter().map(|key| key.column.name.as_str());
    let mut columns = Vec::new();
    for column in cells.chain(links).chain(keys) {
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    columns
}

/// Appends `ORDER BY …`.
pub fn order_by(sql: &mut Sql, alias: Alias, order: &[OrderKey], backwards: bool) {
    sql.push(" ORDER BY ");
    for (i, key) in order.iter().enumerate() {
        if i > 0 {
            sql.push(", ");
        }
        sql.column(alias, &key.column.name);
        if key.descending != backwards {
            sql.push(" DESC");
        }
    }
}

/// Appends `LIMIT … OFFSET …`. With `one_more` a row beyond the page is asked for, to see whether there is one.
pub fn limit(sql: &mut Sql, page: &Page, one_more: bool) {
    let is_sqlite = *sql.dialect() == Dialect::Sqlite;
    match (page.first.or(page.last), page.skip) {
        (Some(number), _) => {
            sql.push(" LIMIT ").row_number(number, one_more);
        }
        // SQLite has no OFFSET without LIMIT; a negative one is none.
        (None, Some(_)) if is_sqlite => {
            sql.push(" LIMIT -1");
        }
        (None, _) => {}
    }
    if let Some(skip) = page.skip {
        sql.push(" OFFSET ").slot(skip);
    }
}

/// Appends the conditions of `after` and `before`, each led by `AND`.
pub fn cursors(sql: &mut Sql, alias: Alias, rows: &Rows) {
    if let Some(id) = rows.page.after {
        cursor(sql, alias, rows, id, false);
    }
    if let Some(id) = rows.page.before {
        cursor(sql, alias, rows, id, true);
    }
}

fn cursor(sql: &mut Sql, alias: Alias, rows: &Rows, id: Slot, before: bool) {
    let Node { table, id: id_column, .. } = &rows.node;
    sql.push(" AND ");
    let compares_keys = rows.order.first().is_some_and(|key| key.column.name != id_column.name);
    if !compares_keys {
        // The id alone can be sought in its index; the row's existence is asked once.
        sql.column(alias, &id_column.name);
        let descending = rows.order.first().is_some_and(|key| key.descending);
        sql.push(if descending == before { " > " } else { " < " }).slot(id).push(" AND ");
    }
    let at = sql.alias();
    sql.push("EXISTS (SELECT 1 FROM ").table(table, at).push(" WHERE ");
    sql.column(at, &id_column.name).push(" = ").slot(id);
    if compares_keys {
        sql.push(" AND ");
        beyond(sql, alias, at, &rows.order, &id_column.name, before);
    }
    sql.push(")");
}

/// Appends that the row of `alias` lies beyond the row of `at`.
fn beyond(sql: &mut Sql, alias: Alias, at: Alias, order: &[OrderKey], id: &str, before: bool) {
    let Some((key, rest)) = order.split_first() else {
        sql.push("FALSE");
        return;
    };
    let name = &key.column.name;
    let greater = key.descending == before;
    sql.push("(").column(alias, name).push(if greater { " > " } else { " < " }).column(at, name);
    if name != id {
        let (nulls_are_smallest, same) = match sql.dialect() {
            Dialect::Sqlite => (true, " IS "),
            Dialect::Postgres { .. } => (false, " IS NOT DISTINCT FROM "),
        };
        let (null, not_null) = if greater == nulls_are_smallest { (at, alias) } else { (alias, at) };
        sql.push(" OR ").column(null, name).push(" IS NULL AND ").column(not_null, name).push(" IS NOT NULL");
        if !rest.is_empty() {
            sql.push(" OR ").column(alias, name).push(same).column(at, name).push(" AND ");
            beyond(sql, alias, at, rest, id, before);
        }
    }
    sql.push(")");
}
