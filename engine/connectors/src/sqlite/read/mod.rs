//! Reads: from a plan to statements ([`Prepared::of`]), from statements to bytes ([`Prepared::run`]).

mod rows;
mod select;
mod untied;

use super::failure::failure;
use crate::{page, sql::Sql};
use connector_interface::{
    Answer, ConnectorError, Position, ReadPlan, SavedRow, Slot, Value,
    answer::{AnswerLimits, ConnectionShape, Mark, ObjectShape, Writer},
};
use rows::{ConnectionRows, LevelStatement, Run};
use rusqlite::Connection;
use select::LevelQuery;
use std::sync::atomic::{AtomicBool, Ordering};
use untied::{UntiedQuery, UntiedRows};

/// What becomes of a read plan: statements, and the shapes that the writer walks.
#[derive(Debug)]
pub struct Prepared {
    query: Query,
    /// The last run needed more steps than a worker gives, so the next one begins on a thread for long reads.
    pub is_heavy: AtomicBool,
    /// Two rows of a list shared a sort key, so the tie-breaker is needed from then on.
    has_ties: AtomicBool,
}

#[derive(Debug)]
enum Query {
    One { level: LevelQuery, object: ObjectShape, required: bool },
    Many { level: LevelQuery, untied: Option<UntiedQuery>, object: ObjectShape },
    Connection { query: ConnectionQuery, shape: ConnectionShape },
    Node(Vec<(LevelQuery, ObjectShape)>),
    Saved { level: LevelQuery, columns: Vec<String>, object: ObjectShape },
}

/// Statements of a connection.
#[derive(Debug)]
struct ConnectionQuery {
    edges: LevelQuery,
    page: PageQuery,
    first: Option<Slot>,
    last: Option<Slot>,
}

/// The statement that tells what `pageInfo` and `aggregate` need.
#[derive(Debug)]
enum PageQuery {
    /// Ids of the page and one more.
    Ids(Sql),
    /// The number of rows.
    Count(Sql),
}

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

impl Prepared {
    /// The statements of a plan.
    pub fn of(plan: &ReadPlan) -> Prepared {
        let query = match plan {
            ReadPlan::One { rows, required } => {
                Query::One { level: select::root(rows), object: ObjectShape::of(&rows.node), required: *required }
            }
            ReadPlan::Many(rows) => Query::Many {
                level: select::root(rows),
                untied: UntiedQuery::of(rows),
                object: ObjectShape::of(&rows.node),
            },
            ReadPlan::Connection(connection) => {
                let shape = ConnectionShape::of(connection);
                let rows = &connection.rows;
                let page = match shape.has_page_info() {
                    true => PageQuery::Ids(page::ids(Sql::sqlite(), rows)),
                    false => PageQuery::Count(page::count(Sql::sqlite(), rows)),
                };
                let (first, last) = (rows.page.first, rows.page.last);
                Query::Connection { query: ConnectionQuery { edges: select::root(rows), page, first, last }, shape }
            }
            ReadPlan::Node(candidates) => {
                let candidate = |rows| (select::root(rows), ObjectShape::of(&rows.node));
                Query::Node(candidates.iter().map(candidate).collect())
            }
            ReadPlan::Saved(node) => {
                let (level, columns) = select::saved(node);
                Query::Saved { level, columns, object: ObjectShape::of(node) }
            }
        };
        Prepared { query, is_heavy: AtomicBool::new(false), has_ties: AtomicBool::new(false) }
    }

    /// Runs the statements and appends one JSON value. After an error the answer is as it was.
    pub fn run(
        &self,
        connection: &Connection,
        execution: Execution<'_>,
        answer: &mut Answer,
    ) -> Result<(), ConnectorError> {
        let mark = Mark::of(answer);
        let run = Run { connection, execution };
        if self.write_untied(run, answer)? {
            return Ok(());
        }
        let result = self.write(run, answer);
        if result.is_err() {
            mark.restore(answer);
        }
        result
    }

    /// Writes a list without asking for the tie-breaker; false, with the answer as it was, when that cannot be done.
    fn write_untied(&self, run: Run<'_>, answer: &mut Answer) -> Result<bool, ConnectorError> {
        let Query::Many { untied: Some(untied), object, .. } = &self.query else { return Ok(false) };
        if self.has_ties.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let mark = Mark::of(answer);
        let mut statement = LevelStatement::open(run, &untied.level, &[])?;
        let mut rows = UntiedRows::new(untied, statement.rows(run), run);
        let written = Writer::new(answer, run.execution.limits, run.execution.root).many(object, &mut rows);
        if rows.met_a_tie {
            self.has_ties.store(true, Ordering::Relaxed);
        }
        match written {
            Ok(()) => Ok(true),
            Err(error) => {
                mark.restore(answer);
                if rows.met_a_tie { Ok(false) } else { Err(error) }
            }
        }
    }

    fn write(&self, run: Run<'_>, answer: &mut Answer) -> Result<(), ConnectorError> {
        let mut writer = Writer::new(answer, run.execution.limits, run.execution.root);
        // A list holds its snapshot by its open statement; what is more than one list needs a transaction.
        let _snapshot = match &self.query {
            Query::Connection { .. } | Query::Saved { .. } => {
                Some(run.connection.unchecked_transaction().map_err(failure)?)
            }
            Query::One { .. } | Query::Many { .. } | Query::Node(_) => None,
        };
        match &self.query {
            Query::One { level, object, required } => {
                if !writer.one(object, LevelStatement::open(run, level, &[])?.rows(run))? {
                    writer.nothing(*required);
                }
            }
            Query::Many { level, object, .. } => {
                writer.many(object, LevelStatement::open(run, level, &[])?.rows(run))?
            }
            Query::Connection { query, shape } => writer.connection(shape, &mut ConnectionRows::new(run, query))?,
            Query::Node(candidates) => {
                for (level, object) in candidates {
                    if writer.one(object, LevelStatement::open(run, level, &[])?.rows(run))? {
                        return Ok(());
                    }
                }
                writer.nothing(false);
            }
            Query::Saved { level, columns, object } => {
                let row = run.execution.saved.map_or(&[][..], |saved| &saved.columns);
                let cell = |name: &String| row.iter().find(|(column, _)| column == name);
                let own: Vec<&Value> =
                    columns.iter().map(|name| cell(name).map_or(&Value::Null, |(_, value)| value)).collect();
                if !writer.one(object, LevelStatement::open(run, level, &own)?.rows(run))? {
                    writer.nothing(false);
                }
            }
        }
        Ok(())
    }
}
