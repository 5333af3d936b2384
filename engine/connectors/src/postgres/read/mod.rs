//! Reads: from a plan to a statement ([`Prepared::of`]), from its rows to bytes ([`Prepared::write`]).

mod rows;
mod run;
mod select;

use crate::{
    page,
    sql::{Dialect, Sql},
};
use connector_interface::{
    Answer, ConnectorError, Position, ReadPlan, SavedRow, Slot, Value,
    answer::{AnswerLimits, ConnectionShape, ConnectionSource, Mark, ObjectShape, PageFacts, Writer},
};
use parking_lot::Mutex;
use rows::PostgresRows;
use select::{Layout, LevelQuery};
use std::sync::{Arc, atomic::AtomicBool};
use tokio_postgres::Row;

pub use run::Failed;

/// What becomes of a read plan: statements, and the shapes that the writer walks.
#[derive(Debug)]
pub struct Prepared {
    query: Query,
    /// A bounded number of rows is read by a unique key: it may share a connection with others of its kind.
    pub is_short: bool,
}

#[derive(Debug)]
enum Query {
    One { level: Statement, object: ObjectShape, required: bool },
    Many { level: Statement, untied: Option<Untied>, object: ObjectShape },
    Connection { statement: Statement, facts: Facts, page: (Option<Slot>, Option<Slot>), shape: ConnectionShape },
    Node(Vec<(Statement, ObjectShape)>),
    Saved { level: Statement, columns: Vec<String>, object: ObjectShape },
}

/// The way to a list without its tie-breaker, for as long as no two rows share a sort key.
#[derive(Debug)]
struct Untied {
    statement: Statement,
    first: Option<Slot>,
    /// Two rows shared a key, so the tie-breaker is needed from then on.
    has_ties: AtomicBool,
}

/// What a connection's statement yields, of which its parts are made.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Facts {
    /// The rows of the page, and one more when `one_more`.
    Rows { one_more: bool, id: usize },
    /// The ids of the page and one more, from its end with `last`.
    Ids,
    /// The number of rows.
    Count,
}

/// A statement, what its parameters are and what its columns are.
#[derive(Debug)]
struct Statement {
    sql: Sql,
    layout: Layout,
    /// The numbers of rows of the last run, and the text with them.
    last: Mutex<Option<(Vec<i64>, Text)>>,
}

/// The text of a statement with its numbers of rows.
#[derive(Debug, Clone)]
struct Text {
    text: Arc<str>,
    /// Its numbers of rows are such as many requests have, so it is worth to be kept prepared.
    is_kept: bool,
}

/// Above this, pages differ too much for each size to be kept prepared.
const ROWS_OF_KEPT: i64 = 1_000;

/// What one execution has besides the plan.
#[derive(Debug, Clone, Copy)]
pub struct Execution<'a> {
    /// Values of the request.
    pub parameters: &'a [Value],
    /// The deleted row, for [`ReadPlan::Saved`].
    pub saved: Option<&'a SavedRow>,
    /// The root field's response key and position.
    pub root: (&'a str, Position),
    /// How large the answer may become.
    pub limits: AnswerLimits,
}

impl Statement {
    fn of(level: LevelQuery) -> Statement {
        Statement::with_layout(level.sql, level.layout)
    }

    fn with_layout(sql: Sql, layout: Layout) -> Statement {
        Statement { sql, layout, last: Mutex::default() }
    }

    /// The text for these values of the request.
    fn text(&self, slots: &[Value]) -> Text {
        let row_numbers = self.sql.row_numbers(slots);
        let mut last = self.last.lock();
        if let Some((of, text)) = last.as_ref()
            && *of == row_numbers
        {
            return text.clone();
        }
        let is_kept = row_numbers.iter().all(|number| *number <= ROWS_OF_KEPT);
        let text = Text { text: self.sql.text_with(&row_numbers).into(), is_kept };
        *last = Some((row_numbers, text.clone()));
        text
    }

    fn without_layout(sql: Sql) -> Statement {
        Statement::with_layout(sql, Layout { cells: 0, lists: Vec::new(), children: Vec::new() })
    }
}

impl Prepared {
    /// The statements of a plan for the service in that schema.
    pub fn of(schema: &str, plan: &ReadPlan) -> Prepared {
        let dialect = Dialect::Postgres { schema: schema.into() };
        let root = |rows| Statement::of(select::root(&dialect, rows, false));
        let query = match plan {
            ReadPlan::One { rows, required } => {
                Query::One { level: root(rows), object: ObjectShape::of(&rows.node), required: *required }
            }
            ReadPlan::Many(rows) => {
                let untied = select::untied(&dialect, rows).map(|level| Untied {
                    statement: Statement::of(level),
                    first: rows.page.first,
                    has_ties: AtomicBool::new(false),
                });
                Query::Many { level: root(rows), untied, object: ObjectShape::of(&rows.node) }
            }
            ReadPlan::Connection(connection) => {
                let (shape, rows) = (ConnectionShape::of(connection), &connection.rows);
                let one_more = shape.has_page_info();
                let (statement, facts) = if shape.has_edges() {
                    let (id, _) = connector_interface::answer::Level::of(&rows.node).id_cell();
                    let one_more = one_more && (rows.page.first.is_some() || rows.page.last.is_some());
                    (Statement::of(select::root(&dialect, rows, one_more)), Facts::Rows { one_more, id })
                } else if one_more {
                    (Statement::without_layout(page::ids(Sql::new(dialect.clone()), rows)), Facts::Ids)
                } else {
                    (Statement::without_layout(page::count(Sql::new(dialect.clone()), rows)), Facts::Count)
                };
                Query::Connection { statement, facts, page: (rows.page.first, rows.page.last), shape }
            }
            ReadPlan::Node(candidates) => {
                Query::Node(candidates.iter().map(|rows| (root(rows), ObjectShape::of(&rows.node))).collect())
            }
            ReadPlan::Saved(node) => {
                let (level, columns) = select::saved(&dialect, node);
                Query::Saved { level: Statement::of(level), columns, object: ObjectShape::of(node) }
            }
        };
        let is_short = match &query {
            Query::One { level, .. } | Query::Saved { level, .. } => level.layout.children.is_empty(),
            Query::Node(candidates) => candidates.iter().all(|(level, _)| level.layout.children.is_empty()),
            Query::Many { .. } | Query::Connection { .. } => false,
        };
        Prepared { query, is_short }
    }

    /// Appends one JSON value made of the rows of [`Prepared::fetch`]. After an error the answer is as it was.
    pub fn write(
        &self,
        fetched: &[Vec<Row>],
        execution: Execution<'_>,
        answer: &mut Answer,
    ) -> Result<(), ConnectorError> {
        let mark = Mark::of(answer);
        let result = self.write_value(fetched, execution, answer);
        if result.is_err() {
            mark.restore(answer);
        }
        result
    }

    fn write_value(
        &self,
        fetched: &[Vec<Row>],
        execution: Execution<'_>,
        answer: &mut Answer,
    ) -> Result<(), ConnectorError> {
        let mut writer = Writer::new(answer, execution.limits, execution.root);
        let first = fetched.first().map_or(&[][..], Vec::as_slice);
        match &self.query {
            Query::One { level, object, required } => {
                if !writer.one(object, PostgresRows::flat(first, &level.layout, None))? {
                    writer.nothing(*required);
                }
            }
            Query::Many { level, object, .. } => writer.many(object, PostgresRows::flat(first, &level.layout, None))?,
            Query::Connection { statement, facts, page, shape } => {
                let size = |slot: Option<Slot>| match execution.parameters.get(slot?.0 as usize) {
                    Some(Value::Int(number)) => usize::try_from(*number).ok(),
                    _ => None,
                };
                let (first_rows, last_rows) = (size(page.0), size(page.1));
                let mut source = Page { rows: first, layout: &statement.layout, facts: *facts, first_rows, last_rows };
                writer.connection(shape, &mut source)?;
            }
            Query::Node(candidates) => {
                for ((level, object), rows) in candidates.iter().zip(fetched) {
                    if writer.one(object, PostgresRows::flat(rows, &level.layout, None))? {
                        return Ok(());
                    }
                }
                writer.nothing(false);
            }
            Query::Saved { level, object, .. } => {
                if !writer.one(object, PostgresRows::flat(first, &level.layout, execution.saved))? {
                    writer.nothing(false);
                }
            }
        }
        Ok(())
    }
}

/// The rows of a connection, of which all its parts are made.
struct Page<'r> {
    rows: &'r [Row],
    layout: &'r Layout,
    facts: Facts,
    first_rows: Option<usize>,
    last_rows: Option<usize>,
}

impl<'r> Page<'r> {
    /// The rows without the one beyond the page, which is the first one with `last`; and whether there was one.
    fn on_page(&self) -> (&'r [Row], bool) {
        let size = self.first_rows.or(self.last_rows).unwrap_or(usize::MAX);
        if self.rows.len() <= size {
            return (self.rows, false);
        }
        let from_end = self.last_rows.is_some() && self.facts != Facts::Ids;
        (if from_end { &self.rows[self.rows.len() - size..] } else { &self.rows[..size] }, true)
    }
}

impl<'r> ConnectionSource for Page<'r> {
    type Edges<'a>
        = PostgresRows<'r>
    where
        Self: 'a;

    fn edges(&mut self) -> Result<PostgresRows<'r>, ConnectorError> {
        Ok(PostgresRows::flat(self.on_page().0, self.layout, None))
    }

    fn page(&mut self) -> Result<PageFacts, ConnectorError> {
        let id = match self.facts {
            Facts::Rows { id, .. } => id,
            Facts::Ids => 0,
            Facts::Count => {
                let count = self.rows.first().and_then(|row| row.try_get::<_, i64>(0).ok()).unwrap_or(0);
                return Ok(PageFacts { count: count.unsigned_abs(), ..PageFacts::default() });
            }
        };
        let (rows, more) = self.on_page();
        let cursor = |row: Option<&Row>| row.and_then(|row| rows::id_text(row, id));
        let (mut start, mut end) = (cursor(rows.first()), cursor(rows.last()));
        if self.facts == Facts::Ids && self.last_rows.is_some() {
            std::mem::swap(&mut start, &mut end);
        }
        Ok(PageFacts {
            count: rows.len() as u64,
            has_next: self.first_rows.is_some() && more,
            has_previous: self.last_rows.is_some() && more,
            start,
            end,
        })
    }
}
