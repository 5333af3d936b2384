//! Answers as bytes: one JSON writer for every connector (design D3, D25).
//!
//! What happens, in order. A connector prepares a plan: [`Level::of`] numbers the cells, joined tables, scalar lists
//! and child lists of each level, from which it makes statements; [`ObjectShape::of`] and [`ConnectionShape::of`] turn the
//! plan's outputs into what the writer walks, with the same numbers. For a request the connector runs the statements and hands a [`Rows`] to
//! a [`Writer`], which pulls raw cells and appends JSON to the [`Answer`]: no tree of values, no second
//! pass. An error cuts the bytes back to the nearest position that may be null.

mod json;
mod level;
mod shape;
#[cfg(test)]
mod tests;
mod writer;

pub use json::date_time;
pub use level::{Hanging, Level, LevelCell, LevelTable};
pub use shape::{ConnectionShape, ObjectShape};
pub use writer::Writer;

use crate::{Answer, CellType, ConnectorError, Value};

/// A list of rows of one level, walked forward, with whatever hangs on the current row.
///
/// A scalar list is a list of rows with one cell. Before the first call of [`next`](Rows::next) there is no current row.
pub trait Rows {
    /// A list that hangs on the current row.
    type Inner<'a>: Rows
    where
        Self: 'a;

    /// Goes to the next row; false when there is none.
    fn next(&mut self) -> Result<bool, ConnectorError>;

    /// Whether a cell of the current row is null.
    fn is_null(&self, cell: usize) -> bool;

    /// A cell of the current row: [`Level::cells`].
    fn cell(&self, cell: usize, kind: CellType) -> Cell<'_>;

    /// A scalar list of the current row: [`Level::lists`].
    fn list(&mut self, list: usize) -> Result<Self::Inner<'_>, ConnectorError>;

    /// A child list of the current row: [`Level::children`].
    fn children(&mut self, children: usize) -> Result<Self::Inner<'_>, ConnectorError>;
}

/// Where a connection's parts come from. All of them must see the same data.
pub trait ConnectionSource {
    /// The rows of `edges`.
    type Edges<'a>: Rows
    where
        Self: 'a;

    /// The rows of the page, from the start, each time it is asked.
    fn edges(&mut self) -> Result<Self::Edges<'_>, ConnectorError>;

    /// What `pageInfo` and `aggregate` say; asked once at most.
    fn page(&mut self) -> Result<PageFacts, ConnectorError>;
}

/// What `pageInfo` and `aggregate` say about a page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PageFacts {
    /// Rows on the page.
    pub count: u64,
    /// There are rows after it; only known with `first`.
    pub has_next: bool,
    /// There are rows before it; only known with `last`.
    pub has_previous: bool,
    /// Id of the first row, as text.
    pub start: Option<String>,
    /// Id of the last row, as text.
    pub end: Option<String>,
}

/// A cell as the database lends it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs, reason = "one variant a kind of cell")]
pub enum Cell<'a> {
    Null,
    Boolean(bool),
    Int(i64),
    Float(f64),
    Text(&'a str),
    /// The 16 bytes of a UUID, written in lower case.
    Uuid([u8; 16]),
    /// Milliseconds since 1970, UTC.
    DateTime(i64),
    /// JSON text, checked when it was stored.
    Json(&'a str),
    /// Something that does not belong into the column; raw statements can put it there.
    Unreadable,
}

impl<'a> Cell<'a> {
    /// The cell of a value; nothing and a list are none.
    pub fn of(value: Option<&'a Value>) -> Cell<'a> {
        match value {
            None | Some(Value::Null) => Cell::Null,
            Some(Value::Boolean(flag)) => Cell::Boolean(*flag),
            Some(Value::Int(number)) => Cell::Int(*number),
            Some(Value::Float(number)) => Cell::Float(*number),
            Some(Value::Text(text)) => Cell::Text(text),
            Some(Value::DateTime(milliseconds)) => Cell::DateTime(*milliseconds),
            Some(Value::Json(text)) => Cell::Json(text),
            Some(Value::List(_)) => Cell::Unreadable,
        }
    }
}

/// How large an answer may become, over all root fields of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerLimits {
    /// Bytes of the response, errors included.
    pub bytes_max: usize,
    /// Rows and items of scalar lists.
    pub rows_max: usize,
}

impl Default for AnswerLimits {
    fn default() -> AnswerLimits {
        AnswerLimits { bytes_max: 16 * 1024 * 1024, rows_max: 50_000 }
    }
}

/// A place in an answer to which it can be cut back.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    bytes: usize,
    errors: usize,
    rows: usize,
}

impl Mark {
    /// The end of the answer as it is now.
    pub fn of(answer: &Answer) -> Mark {
        Mark { bytes: answer.bytes.len(), errors: answer.errors.len(), rows: answer.rows }
    }

    /// Takes back whatever was appended since.
    pub fn restore(self, answer: &mut Answer) {
        answer.bytes.truncate(self.bytes);
        answer.errors.truncate(self.errors);
        answer.rows = self.rows;
    }
}
