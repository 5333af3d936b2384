//! The statement of a read plan (`answer-shapes.md`, shape EB).
//!
//! A level's own cells and those of the to-one targets joined to it come as flat columns, then its scalar lists, then its
//! child lists as arrays of records, each a level of its own. A page by number of rows is cut in a sub-select before
//! anything is joined or nested, so that nothing is done for rows beyond it; its order is repeated outside, which costs
//! nothing and without which a join may shuffle. Link tables are walked row by row with `LATERAL … LIMIT 1`: with a plain
//! join the planner hashes the whole target for each parent.

use crate::{
    filter::{Related, condition, linked_to, push_related, related_aliases},
    page::{backwards, cursors, is_limited, limit, matching, needed, order_by},
    sql::{Alias, Dialect, Sql},
};
use connector_interface::{
    Children, Link, Node, OrderKey, RelationPath, Rows,
    answer::{Level, LevelTable},
};

/// A statement with the layout of its rows.
#[derive(Debug)]
pub struct LevelQuery {
    /// The statement.
    pub sql: Sql,
    /// What its columns are.
    pub layout: Layout,
}

/// What the columns of a level are: cells, then scalar lists, then child lists.
#[derive(Debug)]
pub struct Layout {
    /// How many cells.
    pub cells: usize,
    /// Scalar lists: the table, and whether it hangs on the level's own rows rather than on joined ones.
    pub lists: Vec<(String, bool)>,
    /// Child lists.
    pub children: Vec<Layout>,
}

impl Layout {
    fn of(level: &Level<'_>) -> Layout {
        let list = |cell: usize, table: &str| (table.to_owned(), level.cells[cell].table == 0);
        Layout {
            cells: level.cells.len(),
            lists: level.lists.iter().map(|hanging| list(hanging.parent_cell, &hanging.what.table)).collect(),
            children: level.children.iter().map(|hanging| Layout::of(&Level::of(&hanging.what.rows.node))).collect(),
        }
    }
}

/// The rows of a root field; with `one_more` there is a row beyond its page.
pub fn root(dialect: &Dialect, rows: &Rows, one_more: bool) -> LevelQuery {
    let level = Level::of(&rows.node);
    let mut sql = Sql::new(dialect.clone());
    let source = Source { rows, parent: None };
    let ordered = Ordered { order: &rows.order, one_more, untied: false };
    select(&mut sql, &level, source, ordered, Columns::Flat);
    LevelQuery { sql, layout: Layout::of(&level) }
}

/// The rows of a root list in the order of their first key alone, which is the last column, and one row more than its
/// page; `None` where that is no shorter way. The rows are the list's as long as no two of them share that key: an index
/// then has them in order, and nothing is sorted for the tie-breaker.
pub fn untied(dialect: &Dialect, rows: &Rows) -> Option<LevelQuery> {
    let Rows { order, page, .. } = rows;
    if order.len() < 2 || backwards(page) || page.skip.is_some() {
        return None;
    }
    let level = Level::of(&rows.node);
    let mut sql = Sql::new(dialect.clone());
    let ordered = Ordered { order: &order[..1], one_more: true, untied: true };
    select(&mut sql, &level, Source { rows, parent: None }, ordered, Columns::Flat);
    Some(LevelQuery { sql, layout: Layout::of(&level) })
}

/// A row that was saved before it was deleted: its columns are the statement's own parameters. An empty select of the
/// table beside them gives them their types.
pub fn saved(dialect: &Dialect, node: &Node) -> (LevelQuery, Vec<String>) {
    let level = Level::of(node);
    let columns: Vec<String> = needed(&level, 0, &[]).into_iter().map(str::to_owned).collect();
    let mut sql = Sql::new(dialect.clone());
    let row = sql.alias();
    let aliases = table_aliases(&mut sql, &level, row);
    sql.push("SELECT ");
    columns_of(&mut sql, &level, &aliases, Columns::Flat);
    sql.push(" FROM (SELECT ").names(columns.iter().map(String::as_str)).push(" FROM ").table_name(&node.table);
    sql.push(" WHERE FALSE UNION ALL SELECT ");
    for (number, _) in (0..).zip(&columns) {
        sql.push(if number > 0 { ", " } else { "" }).own(number);
    }
    sql.push(") AS ").alias_name(row);
    join_targets(&mut sql, &level, &aliases);
    (LevelQuery { sql, layout: Layout::of(&level) }, columns)
}

/// Which rows a select reads.
#[derive(Clone, Copy)]
struct Source<'p> {
    rows: &'p Rows,
    /// Only those related to that row.
    parent: Option<(&'p RelationPath, Alias)>,
}

/// How a level's columns stand in its select.
#[derive(Clone, Copy, PartialEq)]
enum Columns {
    Flat,
    Record,
}

/// In which order rows come, and how many.
#[derive(Clone, Copy)]
struct Ordered<'p> {
    order: &'p [OrderKey],
    /// There is a row beyond the page.
    one_more: bool,
    /// The first key is one more column.
    untied: bool,
}

fn select(sql: &mut Sql, level: &Level<'_>, source: Source<'_>, ordered: Ordered<'_>, columns: Columns) {
    let page = &source.rows.page;
    let Ordered { order, one_more, untied } = ordered;
    let key = order.first().filter(|_| untied).map(|key| key.column.name.as_str());
    let nests = level.tables.len() > 1 || !level.lists.is_empty() || !level.children.is_empty();
    let cuts_first = backwards(page) || nests && is_limited(page);
    let row = sql.alias();
    let outer = if cuts_first { sql.alias() } else { row };
    let aliases = table_aliases(sql, level, outer);
    sql.push("SELECT ");
    columns_of(sql, level, &aliases, columns);
    if let Some(key) = key {
        sql.push(", ").column(outer, key);
    }
    if !cuts_first {
        let link = source.from(sql, row, level);
        join_targets(sql, level, &aliases);
        source.conditions(sql, row, link);
        order_by(sql, row, order, false);
        limit(sql, page, one_more);
        return;
    }
    sql.push(" FROM (SELECT ");
    for (i, column) in needed(level, 0, order).into_iter().enumerate() {
        sql.push(if i > 0 { ", " } else { "" }).column(row, column);
    }
    let link = source.from(sql, row, level);
    source.conditions(sql, row, link);
    order_by(sql, row, order, backwards(page));
    limit(sql, page, one_more);
    sql.push(") AS ").alias_name(outer);
    join_targets(sql, level, &aliases);
    order_by(sql, outer, order, false);
}

impl Source<'_> {
    /// Appends `FROM …`. Through a link table the rows are found one by one, with their conditions asked there; then the
    /// link table's alias comes back.
    fn from(self, sql: &mut Sql, row: Alias, level: &Level<'_>) -> Option<Alias> {
        sql.push(" FROM ");
        let Some((RelationPath { table, id, link: Link::Table { table: link_table, child_column, .. }, .. }, _)) =
            self.parent
        else {
            sql.table(&self.rows.node.table, row);
            return None;
        };
        let (link, target) = (sql.alias(), sql.alias());
        sql.table(link_table, link).push(" CROSS JOIN LATERAL (SELECT ");
        for (i, column) in needed(level, 0, &self.rows.order).into_iter().enumerate() {
            sql.push(if i > 0 { ", " } else { "" }).column(target, column);
        }
        sql.push(" FROM ").table(table, target).push(" WHERE ").column(target, &id.name).push(" = ");
        sql.column(link, child_column).push(" AND ");
        condition(sql, target, &self.rows.filter);
        cursors(sql, target, self.rows);
        sql.push(" LIMIT 1) AS ").alias_name(row);
        Some(link)
    }

    /// Appends `WHERE …`.
    fn conditions(self, sql: &mut Sql, row: Alias, link: Option<Alias>) {
        match link {
            Some(_) => sql.push(" WHERE "),
            None => {
                matching(sql, row, self.rows);
                sql.push(if self.parent.is_some() { " AND " } else { "" })
            }
        };
        if let Some((path, parent)) = self.parent {
            linked_to(sql, path, Related { row, link }, |sql, column| {
                sql.column(parent, column);
            });
        }
    }
}

fn table_aliases(sql: &mut Sql, level: &Level<'_>, row: Alias) -> Vec<Alias> {
    let mut aliases = vec![row];
    aliases.extend(level.tables.iter().skip(1).map(|_| sql.alias()));
    aliases
}

/// Appends a level's columns: its cells, its scalar lists, its child lists.
fn columns_of(sql: &mut Sql, level: &Level<'_>, aliases: &[Alias], columns: Columns) {
    if columns == Columns::Record {
        sql.push("ROW(");
    }
    let mut comma = "";
    for cell in &level.cells {
        sql.push(comma).column(aliases[cell.table], &cell.column.name);
        comma = ", ";
    }
    for list in &level.lists {
        let parent = level.cells[list.parent_cell];
        let item = sql.push(comma).alias();
        sql.push("ARRAY(SELECT ").column(item, "value").push(" FROM ").table(&list.what.table, item).push(" WHERE ");
        sql.column(item, "nodeId").push(" = ").column(aliases[parent.table], &parent.column.name);
        sql.push(" ORDER BY ").column(item, "position").push(")");
        comma = ", ";
    }
    for children in &level.children {
        let Children { path, rows } = children.what;
        let parent = aliases[level.cells[children.parent_cell].table];
        sql.push(comma).push("ARRAY(");
        let ordered = Ordered { order: &rows.order, one_more: false, untied: false };
        select(sql, &Level::of(&rows.node), Source { rows, parent: Some((path, parent)) }, ordered, Columns::Record);
        sql.push(")");
        comma = ", ";
    }
    if columns == Columns::Record {
        sql.push(")");
    }
}

/// Appends the to-one targets. One that is not found by its own id is the one with the smallest id, so that surplus links
/// never multiply rows.
fn join_targets(sql: &mut Sql, level: &Level<'_>, aliases: &[Alias]) {
    for (index, (LevelTable { join, .. }, &target)) in level.tables.iter().zip(aliases).enumerate() {
        let Some((parent, to_one)) = join else { continue };
        let (path, parent) = (&to_one.path, aliases[*parent]);
        if let Link::ParentColumn(column) = &path.link {
            sql.push(" LEFT JOIN ").table(&path.table, target).push(" ON ").column(target, &path.id.name).push(" = ");
            sql.column(parent, column);
            continue;
        }
        let related = related_aliases(sql, path);
        sql.push(" LEFT JOIN LATERAL (SELECT ");
        for (i, column) in needed(level, index, &[]).into_iter().enumerate() {
            sql.push(if i > 0 { ", " } else { "" }).column(related.row, column);
        }
        push_related(sql.push(" FROM "), path, related);
        linked_to(sql.push(" WHERE "), path, related, |sql, column| {
            sql.column(parent, column);
        });
        sql.push(" ORDER BY ")
            .column(related.row, &path.id.name)
            .push(" LIMIT 1) AS ")
            .alias_name(target)
            .push(" ON TRUE");
    }
}
