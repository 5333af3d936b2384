//! Rows of running statements, as the writer pulls them.

use super::{
    ConnectionQuery, Execution, PageQuery,
    select::{LevelQuery, PARENT},
};
use crate::{
    sql::{Parameter, Sql},
    sqlite::{bind::bind, failure::failure},
};
use connector_interface::{
    CellType, ConnectorError, Slot, Value,
    answer::{Cell, ConnectionSource, PageFacts, Rows},
};
use rusqlite::{
    CachedStatement, Connection,
    fallible_streaming_iterator::FallibleStreamingIterator,
    types::{ToSqlOutput, ValueRef},
};

/// A connection and what is executed on it.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    pub connection: &'a Connection,
    pub execution: Execution<'a>,
}

/// A level's prepared statement, and those of what hangs on it, prepared when the first row needs them.
pub struct LevelStatement<'a> {
    query: &'a LevelQuery,
    statement: CachedStatement<'a>,
    below: Below<'a>,
}

/// Statements of what hangs on a level, where a row has needed them.
pub struct Below<'a> {
    lists: Vec<Option<CachedStatement<'a>>>,
    children: Vec<Option<LevelStatement<'a>>>,
}

impl<'a> LevelStatement<'a> {
    /// Prepares the statement and binds what does not depend on a parent row.
    pub fn open(run: Run<'a>, query: &'a LevelQuery, own: &[&Value]) -> Result<LevelStatement<'a>, ConnectorError> {
        let below = Below {
            lists: query.lists.iter().map(|_| None).collect(),
            children: query.children.iter().map(|_| None).collect(),
        };
        Ok(LevelStatement { query, statement: prepare(run, &query.sql, own)?, below })
    }

    /// Starts it.
    pub fn rows(&mut self, run: Run<'a>) -> LevelRows<'_, 'a> {
        LevelRows::Level { run, query: self.query, rows: self.statement.raw_query(), below: &mut self.below }
    }
}

fn prepare<'a>(run: Run<'a>, sql: &Sql, own: &[&Value]) -> Result<CachedStatement<'a>, ConnectorError> {
    let mut statement = run.connection.prepare_cached(sql.text()).map_err(failure)?;
    bind(&mut statement, sql.parameters(), run.execution.parameters, own).map_err(failure)?;
    Ok(statement)
}

/// Rows of a level, items of a scalar list, or items that were saved before their row was deleted.
pub enum LevelRows<'s, 'a> {
    Level { run: Run<'a>, query: &'a LevelQuery, rows: rusqlite::Rows<'s>, below: &'s mut Below<'a> },
    List(rusqlite::Rows<'s>),
    Saved { values: &'a [Value], next: usize },
}

impl LevelRows<'_, '_> {
    /// A cell of the current row as SQLite has it.
    pub fn raw(&self, cell: usize) -> ValueRef<'_> {
        match self {
            LevelRows::Level { rows, .. } | LevelRows::List(rows) => raw(rows, cell),
            LevelRows::Saved { .. } => ValueRef::Null,
        }
    }
}

impl<'a> Rows for LevelRows<'_, 'a> {
    type Inner<'i>
        = LevelRows<'i, 'a>
    where
        Self: 'i;

    fn next(&mut self) -> Result<bool, ConnectorError> {
        match self {
            LevelRows::Level { rows, .. } | LevelRows::List(rows) => {
                rows.advance().map_err(failure)?;
                Ok(rows.get().is_some())
            }
            LevelRows::Saved { values, next } => {
                *next += 1;
                Ok(*next <= values.len())
            }
        }
    }

    fn is_null(&self, cell: usize) -> bool {
        match self {
            LevelRows::Level { rows, .. } | LevelRows::List(rows) => matches!(raw(rows, cell), ValueRef::Null),
            LevelRows::Saved { .. } => self.cell(cell, CellType::Text) == Cell::Null,
        }
    }

    fn cell(&self, cell: usize, kind: CellType) -> Cell<'_> {
        match self {
            LevelRows::Level { rows, .. } | LevelRows::List(rows) => lend(raw(rows, cell), kind),
            LevelRows::Saved { values, next } => Cell::of(values.get(next.wrapping_sub(1))),
        }
    }

    fn list(&mut self, list: usize) -> Result<LevelRows<'_, 'a>, ConnectorError> {
        let LevelRows::Level { run, query, rows, below } = self else { return Ok(nothing()) };
        let hanging = &query.lists[list];
        if let Some(saved) = run.execution.saved.filter(|_| hanging.what.of_own_row && query.is_saved) {
            let values = saved.lists.iter().find(|(table, _)| *table == hanging.what.table);
            return Ok(LevelRows::Saved { values: values.map_or(&[], |(_, values)| values), next: 0 });
        }
        let statement = match &mut below.lists[list] {
            Some(statement) => statement,
            none => none.insert(prepare(*run, &hanging.what.sql, &[])?),
        };
        bind_parent(statement, &hanging.what.sql, raw(rows, hanging.parent_cell))?;
        Ok(LevelRows::List(statement.raw_query()))
    }

    fn children(&mut self, children: usize) -> Result<LevelRows<'_, 'a>, ConnectorError> {
        let LevelRows::Level { run, query, rows, below } = self else { return Ok(nothing()) };
        let hanging = &query.children[children];
        let level = match &mut below.children[children] {
            Some(level) => level,
            none => none.insert(LevelStatement::open(*run, &hanging.what, &[])?),
        };
        bind_parent(&mut level.statement, &hanging.what.sql, raw(rows, hanging.parent_cell))?;
        Ok(level.rows(*run))
    }
}

/// Nothing hangs on the item of a list.
fn nothing<'s, 'a>() -> LevelRows<'s, 'a> {
    LevelRows::Saved { values: &[], next: 0 }
}

fn bind_parent(statement: &mut CachedStatement<'_>, sql: &Sql, id: ValueRef<'_>) -> Result<(), ConnectorError> {
    let index = sql.parameters().iter().position(|parameter| *parameter == Parameter::Own(PARENT));
    let Some(index) = index else { return Ok(()) };
    statement.raw_bind_parameter(index + 1, ToSqlOutput::Borrowed(id)).map_err(failure)
}

/// A cell of the current row, which is null when there is no row or no such cell.
fn raw<'r>(rows: &'r rusqlite::Rows<'_>, cell: usize) -> ValueRef<'r> {
    rows.get().and_then(|row| row.get_ref(cell).ok()).unwrap_or(ValueRef::Null)
}

fn lend(cell: ValueRef<'_>, kind: CellType) -> Cell<'_> {
    match (kind, cell) {
        (_, ValueRef::Null) => Cell::Null,
        (CellType::Text, ValueRef::Text(bytes)) => std::str::from_utf8(bytes).map_or(Cell::Unreadable, Cell::Text),
        (CellType::Json, ValueRef::Text(bytes)) => std::str::from_utf8(bytes).map_or(Cell::Unreadable, Cell::Json),
        (CellType::Int, ValueRef::Integer(number)) => Cell::Int(number),
        (CellType::Boolean, ValueRef::Integer(number)) => Cell::Boolean(number != 0),
        (CellType::DateTime, ValueRef::Integer(number)) => Cell::DateTime(number),
        (CellType::Float, ValueRef::Integer(number)) => Cell::Int(number),
        (CellType::Float, ValueRef::Real(number)) => Cell::Float(number),
        _ => Cell::Unreadable,
    }
}

/// The parts of a connection, within one transaction.
pub struct ConnectionRows<'a> {
    run: Run<'a>,
    query: &'a ConnectionQuery,
    edges: Option<LevelStatement<'a>>,
}

impl<'a> ConnectionRows<'a> {
    /// Nothing has run yet.
    pub fn new(run: Run<'a>, query: &'a ConnectionQuery) -> ConnectionRows<'a> {
        ConnectionRows { run, query, edges: None }
    }

    fn number(&self, slot: Option<Slot>) -> Option<u64> {
        match self.run.execution.parameters.get(slot?.0 as usize) {
            Some(Value::Int(number)) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    fn facts(&self, sql: &Sql) -> Result<PageFacts, ConnectorError> {
        let (first, last) = (self.number(self.query.first), self.number(self.query.last));
        let size = first.or(last).unwrap_or(u64::MAX);
        let mut statement = prepare(self.run, sql, &[])?;
        let mut rows = statement.raw_query();
        let (mut count, mut more) = (0, false);
        let (mut nearest, mut farthest) = (String::new(), String::new());
        while let Some(row) = rows.next().map_err(failure)? {
            if count == size {
                more = true;
                break;
            }
            farthest.clear();
            match row.get_ref(0).map_err(failure)? {
                ValueRef::Integer(number) => farthest.push_str(&number.to_string()),
                ValueRef::Text(bytes) => farthest.push_str(&String::from_utf8_lossy(bytes)),
                _ => {}
            }
            if count == 0 {
                nearest.clone_from(&farthest);
            }
            count += 1;
        }
        let (start, end) = if last.is_some() { (farthest, nearest) } else { (nearest, farthest) };
        let known = |id| (count > 0).then_some(id);
        Ok(PageFacts {
            count,
            has_next: first.is_some() && more,
            has_previous: last.is_some() && more,
            start: known(start),
            end: known(end),
        })
    }
}

impl<'a> ConnectionSource for ConnectionRows<'a> {
    type Edges<'i>
        = LevelRows<'i, 'a>
    where
        Self: 'i;

    fn edges(&mut self) -> Result<LevelRows<'_, 'a>, ConnectorError> {
        let level = match &mut self.edges {
            Some(level) => level,
            none => none.insert(LevelStatement::open(self.run, &self.query.edges, &[])?),
        };
        Ok(level.rows(self.run))
    }

    fn page(&mut self) -> Result<PageFacts, ConnectorError> {
        match &self.query.page {
            PageQuery::Ids(sql) => self.facts(sql),
            PageQuery::Count(sql) => {
                let mut statement = prepare(self.run, sql, &[])?;
                let mut rows = statement.raw_query();
                let count: Option<i64> = match rows.next().map_err(failure)? {
                    Some(row) => row.get(0).map_err(failure)?,
                    None => None,
                };
                Ok(PageFacts { count: count.map_or(0, i64::unsigned_abs), ..PageFacts::default() })
            }
        }
    }
}
