//! A root list in the order of its first key alone, for as long as no two rows share a key.
//!
//! Where an index has that key in order, SQLite then takes the rows as they come, and sorts nothing. Whether the
//! tie-breaker is needed shows while the rows are read, one row beyond the page included; then the list is read again
//! with it.

use super::{
    rows::{LevelRows, Run},
    select::{self, LevelQuery},
};
use connector_interface::{
    CellType, ConnectorError, Slot, Value,
    answer::{Cell, Rows},
};
use rusqlite::types::{Value as Stored, ValueRef};

/// The statement, and what ends the page.
#[derive(Debug)]
pub struct UntiedQuery {
    /// Rows with their key as one more cell, and one row more than the page has.
    pub level: LevelQuery,
    key: usize,
    first: Option<Slot>,
}

impl UntiedQuery {
    /// For a list whose order has a tie-breaker.
    pub fn of(rows: &connector_interface::Rows) -> Option<UntiedQuery> {
        let key = connector_interface::answer::Level::of(&rows.node).cells.len();
        Some(UntiedQuery { level: select::untied(rows)?, key, first: rows.page.first })
    }
}

/// The rows of the page; an error ends them when two share a key.
pub struct UntiedRows<'s, 'a> {
    rows: LevelRows<'s, 'a>,
    key: usize,
    left: i64,
    last_key: Option<Stored>,
    /// Two rows shared a key: what was written of them may be in the wrong order.
    pub met_a_tie: bool,
}

impl<'s, 'a> UntiedRows<'s, 'a> {
    /// Nothing has been read yet.
    pub fn new(query: &UntiedQuery, rows: LevelRows<'s, 'a>, run: Run<'_>) -> UntiedRows<'s, 'a> {
        let first = query.first.and_then(|slot| run.execution.parameters.get(slot.0 as usize));
        let left = if let Some(Value::Int(first)) = first { *first } else { i64::MAX };
        UntiedRows { rows, key: query.key, left, last_key: None, met_a_tie: false }
    }

    fn tie(&mut self) -> Result<bool, ConnectorError> {
        self.met_a_tie = true;
        Err(ConnectorError::Database("two rows share a sort key".to_owned()))
    }
}

impl<'a> Rows for &mut UntiedRows<'_, 'a> {
    type Inner<'i>
        = LevelRows<'i, 'a>
    where
        Self: 'i;

    fn next(&mut self) -> Result<bool, ConnectorError> {
        if !self.rows.next()? {
            return Ok(false);
        }
        let key = self.rows.raw(self.key);
        if self.last_key.as_ref().is_some_and(|last| ValueRef::from(last) == key) {
            return self.tie();
        }
        if self.left == 0 {
            return Ok(false);
        }
        self.left -= 1;
        // A key that is no UTF-8 is not kept as it is, so it takes the safe way.
        let Ok(key) = Stored::try_from(key) else { return self.tie() };
        self.last_key = Some(key);
        Ok(true)
    }

    fn is_null(&self, cell: usize) -> bool {
        self.rows.is_null(cell)
    }

    fn cell(&self, cell: usize, kind: CellType) -> Cell<'_> {
        self.rows.cell(cell, kind)
    }

    fn list(&mut self, list: usize) -> Result<LevelRows<'_, 'a>, ConnectorError> {
        self.rows.list(list)
    }

    fn children(&mut self, children: usize) -> Result<LevelRows<'_, 'a>, ConnectorError> {
        self.rows.children(children)
    }
}
