//! Statements of a read plan: one for the root's rows, one for each scalar list and child list, which is stepped once
//! a parent (`answer-shapes.md`, shape B).
//!
//! To-one targets are joined into their level. A page by number of rows is cut in a sub-select before they are joined,
//! so that no row beyond the page is joined and sorted. A target that is found through its own column or a link table
//! is the one with the smallest id, so that surplus links never multiply rows.
//!
//! The tie-breaker of an order costs SQLite a sort even where an index has the first key in order. So a root list has a
//! second statement without it ([`untied`]), which serves until two rows share a key.

use crate::{
    filter::{Related, linked_to, push_related, related_aliases},
    page::{backwards, is_limited, limit, matching, needed, order_by},
    sql::{Alias, Sql},
};
use connector_interface::{
    Link, Node, OrderKey, RelationPath, Rows,
    answer::{Hanging, Level},
};

/// The own parameter with the id of the parent row.
pub const PARENT: u32 = 0;

/// The statement of one level, with those of what hangs on it.
#[derive(Debug)]
pub struct LevelQuery {
    /// The statement; its cells are the level's.
    pub sql: Sql,
    /// Its rows were deleted and so were their scalar lists.
    pub is_saved: bool,
    /// Scalar lists.
    pub lists: Vec<Hanging<ListQuery>>,
    /// Child lists.
    pub children: Vec<Hanging<LevelQuery>>,
}

/// The statement of a scalar list.
#[derive(Debug)]
pub struct ListQuery {
    /// One cell: the value.
    pub sql: Sql,
    /// The list's table.
    pub table: String,
    /// The list hangs on the level's own rows, not on a joined one.
    pub of_own_row: bool,
}

/// Which rows a statement reads.
#[derive(Clone, Copy)]
struct Source<'p> {
    rows: &'p Rows,
    /// Only those related to the row whose id is the parameter [`PARENT`].
    path: Option<&'p RelationPath>,
}

/// The rows of a root field.
pub fn root(rows: &Rows) -> LevelQuery {
    let level = Level::of(&rows.node);
    level_query(&level, select(&level, Source { rows, path: None }))
}

/// The rows of a root list in the order of their first key alone, which is the last cell, and one row more than its
/// page; `None` where that is no shorter way. The rows are the list's as long as no two of them share that key.
pub fn untied(rows: &Rows) -> Option<LevelQuery> {
    let Rows { order, page, .. } = rows;
    if order.len() < 2 || backwards(page) || page.skip.is_some() {
        return None;
    }
    let level = Level::of(&rows.node);
    let source = Source { rows, path: None };
    Some(level_query(&level, select_in_order(&level, source, &order[..1], true)))
}

/// A row that was saved before it was deleted, with the columns whose values are the statement's own parameters.
pub fn saved(node: &Node) -> (LevelQuery, Vec<String>) {
    let level = Level::of(node);
    let columns = needed(&level, 0, &[]);
    let mut sql = Sql::sqlite();
    let row = sql.alias();
    let aliases = select_cells(&mut sql, &level, row);
    sql.push(" FROM (SELECT ");
    for (number, column) in (0..).zip(&columns) {
        sql.push(if number > 0 { ", " } else { "" }).own(number).push(" AS ").name(column);
    }
    sql.push(") AS ").alias_name(row);
    join_targets(&mut sql, &level, &aliases);
    (
        LevelQuery { is_saved: true, ..level_query(&level, sql) },
        columns.iter().map(|column| (*column).to_owned()).collect(),
    )
}

fn level_query(level: &Level<'_>, sql: Sql) -> LevelQuery {
    let list = |cell: usize, table: &str| {
        let mut sql = Sql::sqlite();
        let item = sql.alias();
        sql.push("SELECT ").column(item, "value").push(" FROM ").table(table, item).push(" WHERE ");
        sql.column(item, "nodeId").push(" = ").own(PARENT).push(" ORDER BY ").column(item, "position");
        ListQuery { sql, table: table.to_owned(), of_own_row: level.cells[cell].table == 0 }
    };
    let lists = level.lists.iter().map(|hanging| Hanging {
        parent_cell: hanging.parent_cell,
        what: list(hanging.parent_cell, &hanging.what.table),
    });
    let children = level.children.iter().map(|hanging| {
        let (rows, path) = (&hanging.what.rows, Some(&hanging.what.path));
        let level = Level::of(&rows.node);
        let what = level_query(&level, select(&level, Source { rows, path }));
        Hanging { parent_cell: hanging.parent_cell, what }
    });
    LevelQuery { sql, is_saved: false, lists: lists.collect(), children: children.collect() }
}

fn select(level: &Level<'_>, source: Source<'_>) -> Sql {
    select_in_order(level, source, &source.rows.order, false)
}

/// The rows in that order; with `untied`, the first key is one more cell, and there is one more row.
fn select_in_order(level: &Level<'_>, source: Source<'_>, order: &[OrderKey], untied: bool) -> Sql {
    let mut sql = Sql::sqlite();
    let page = &source.rows.page;
    let row = source.aliases(&mut sql);
    let key = order.first().filter(|_| untied).map(|key| key.column.name.as_str());
    let has_targets = level.tables.len() > 1;
    let cuts_first = backwards(page) || has_targets && is_limited(page);
    if !cuts_first {
        let aliases = select_cells(&mut sql, level, row.row);
        push_key(&mut sql, row.row, key);
        source.from(&mut sql, row);
        join_targets(&mut sql, level, &aliases);
        source.conditions(&mut sql, row);
        order_by(&mut sql, row.row, order, false);
        limit(&mut sql, page, untied);
        return sql;
    }
    let on_page = sql.alias();
    let aliases = select_cells(&mut sql, level, on_page);
    push_key(&mut sql, on_page, key);
    sql.push(" FROM (SELECT ");
    for (i, column) in needed(level, 0, order).into_iter().enumerate() {
        sql.push(if i > 0 { ", " } else { "" }).column(row.row, column);
    }
    source.from(&mut sql, row);
    source.conditions(&mut sql, row);
    order_by(&mut sql, row.row, order, backwards(page));
    limit(&mut sql, page, untied);
    sql.push(") AS ").alias_name(on_page);
    join_targets(&mut sql, level, &aliases);
    order_by(&mut sql, on_page, order, false);
    sql
}

impl Source<'_> {
    fn aliases(self, sql: &mut Sql) -> Related {
        match self.path {
            Some(path) => related_aliases(sql, path),
            None => Related { row: sql.alias(), link: None },
        }
    }

    fn from(self, sql: &mut Sql, row: Related) {
        sql.push(" FROM ");
        match self.path {
            Some(path) => push_related(sql, path, row),
            None => {
                sql.table(&self.rows.node.table, row.row);
            }
        }
    }

    fn conditions(self, sql: &mut Sql, row: Related) {
        matching(sql, row.row, self.rows);
        if let Some(path) = self.path {
            sql.push(" AND ");
            // A list is never linked through a column of its parent, so what stands there is the parent's id.
            linked_to(sql, path, row, |sql, _| {
                sql.own(PARENT);
            });
        }
    }
}

/// Appends `SELECT` and the level's cells; hands out the aliases of its tables, of which the first is known.
fn select_cells(sql: &mut Sql, level: &Level<'_>, row: Alias) -> Vec<Alias> {
    let mut aliases = vec![row];
    aliases.extend(level.tables.iter().skip(1).map(|_| sql.alias()));
    sql.push("SELECT ");
    for (i, cell) in level.cells.iter().enumerate() {
        sql.push(if i > 0 { ", " } else { "" }).column(aliases[cell.table], &cell.column.name);
    }
    aliases
}

fn push_key(sql: &mut Sql, row: Alias, key: Option<&str>) {
    if let Some(key) = key {
        sql.push(", ").column(row, key);
    }
}

fn join_targets(sql: &mut Sql, level: &Level<'_>, aliases: &[Alias]) {
    for (table, &target) in level.tables.iter().zip(aliases) {
        let Some((parent, to_one)) = table.join else { continue };
        let (path, parent) = (&to_one.path, aliases[parent]);
        sql.push(" LEFT JOIN ").table(&path.table, target).push(" ON ").column(target, &path.id.name).push(" = ");
        match &path.link {
            Link::ParentColumn(column) => {
                sql.column(parent, column);
            }
            Link::ChildColumn(column) => smallest(sql, &path.table, &path.id.name, column, (parent, path)),
            Link::Table { table, parent_column, child_column } => {
                smallest(sql, table, child_column, parent_column, (parent, path));
            }
        }
    }
}

/// Appends the smallest value of `wanted` among the rows whose `linked` is the parent's id.
fn smallest(sql: &mut Sql, table: &str, wanted: &str, linked: &str, (parent, path): (Alias, &RelationPath)) {
    let row = sql.alias();
    sql.push("(SELECT min(").column(row, wanted).push(") FROM ").table(table, row).push(" WHERE ");
    sql.column(row, linked).push(" = ").column(parent, &path.parent_id.name).push(")");
}
