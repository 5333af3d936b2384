//! The writer: walks a shape, pulls cells, appends JSON.
//!
//! A value that is null where none may be is an error; it climbs to the nearest position that may be null, where the
//! bytes are cut back and `null` is written. Positions that may be null: cells and to-one targets that are not
//! required, child lists, items of root lists, edges, and the root itself, which the caller judges.

use super::{
    AnswerLimits, Cell, ConnectionSource, PageFacts, Rows, json,
    shape::{ConnectionShape, Edge, Entry, Field, ObjectShape, Part},
};
use crate::{Answer, ConnectorError, FieldError, FieldErrorKind, PageInfoValue, PathSegment, Position, ServiceError};
use serde::de::IgnoredAny;

/// Writes the value of one root field.
pub struct Writer<'a> {
    answer: &'a mut Answer,
    limits: AnswerLimits,
    root: Position,
    path: Vec<Step<'a>>,
}

/// A step on the way from the root to where the writer is.
#[derive(Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

/// Whether a value was written; if not, an error stands in the answer and null climbs.
type Written = Result<bool, ConnectorError>;

/// What an error of the answer takes at least, in bytes of JSON: its texts, code, place and request id.
const ERROR_BYTES: usize = 256;

impl<'a> Writer<'a> {
    /// A writer at the end of an answer. `root` is the root field's response key and position.
    pub fn new(answer: &'a mut Answer, limits: AnswerLimits, root: (&'a str, Position)) -> Writer<'a> {
        Writer { answer, limits, root: root.1, path: vec![Step::Key(root.0)] }
    }

    /// Writes the object of the first row. False when there is no row: then nothing has been written.
    pub fn one<R: Rows>(&mut self, object: &'a ObjectShape, mut rows: R) -> Result<bool, ConnectorError> {
        if !rows.next()? {
            return Ok(false);
        }
        let mark = self.answer.bytes.len();
        self.count_row()?;
        if !self.object(object, &mut rows)? {
            self.null_at(mark);
        }
        self.check_bytes()?;
        Ok(true)
    }

    /// Writes the `null` of a root field without a row; `required` makes it an error.
    pub fn nothing(&mut self, required: bool) {
        if required {
            self.error(self.root, None, FieldErrorKind::NullInNonNull);
        }
        self.answer.bytes.extend_from_slice(b"null");
    }

    /// Writes the list of a root field.
    pub fn many<R: Rows>(&mut self, object: &'a ObjectShape, mut rows: R) -> Result<(), ConnectorError> {
        self.nullable_items(&mut rows, |writer, rows| writer.object(object, rows))
    }

    /// Writes a connection.
    pub fn connection<S: ConnectionSource>(
        &mut self,
        shape: &'a ConnectionShape,
        source: &mut S,
    ) -> Result<(), ConnectorError> {
        let mut facts: Option<PageFacts> = None;
        for entry in &shape.entries {
            self.answer.bytes.extend_from_slice(&entry.lead);
            match &entry.value {
                Part::Edges(edge) => {
                    self.path.push(Step::Key(&entry.key));
                    let mut rows = source.edges()?;
                    self.nullable_items(&mut rows, |writer, rows| writer.edge(entry.position, edge, rows))?;
                    self.path.pop();
                }
                Part::PageInfo(entries) => self.page_info(entries, known(&mut facts, source)?),
                Part::Aggregate(entries) => {
                    let count = known(&mut facts, source)?.count;
                    for entry in entries {
                        self.answer.bytes.extend_from_slice(&entry.lead);
                        if entry.value.is_some() {
                            json::integer(&mut self.answer.bytes, i64::try_from(count).unwrap_or(i64::MAX));
                        }
                    }
                    self.end_object(entries);
                }
                Part::Constant => {}
            }
        }
        self.end_object(&shape.entries);
        self.check_bytes()
    }

    fn page_info(&mut self, entries: &[Entry<Option<PageInfoValue>>], facts: &PageFacts) {
        let bytes = &mut self.answer.bytes;
        let cursor = |bytes: &mut Vec<u8>, cursor: Option<&str>| match cursor {
            Some(cursor) => json::string(bytes, cursor),
            None => bytes.extend_from_slice(b"null"),
        };
        for entry in entries {
            bytes.extend_from_slice(&entry.lead);
            match &entry.value {
                Some(PageInfoValue::HasNextPage) => boolean(bytes, facts.has_next),
                Some(PageInfoValue::HasPreviousPage) => boolean(bytes, facts.has_previous),
                Some(PageInfoValue::StartCursor) => cursor(bytes, facts.start.as_deref()),
                Some(PageInfoValue::EndCursor) => cursor(bytes, facts.end.as_deref()),
                Some(PageInfoValue::Typename(_)) | None => {}
            }
        }
        self.end_object(entries);
    }

    fn edge<R: Rows>(&mut self, position: Position, edge: &'a [Entry<Edge>], rows: &mut R) -> Written {
        for entry in edge {
            self.answer.bytes.extend_from_slice(&entry.lead);
            match &entry.value {
                Edge::Node(object) => {
                    self.path.push(Step::Key(&entry.key));
                    let written = self.object(object, rows)?;
                    self.path.pop();
                    if !written {
                        return Ok(false);
                    }
                }
                Edge::Cursor { cell, kind } => match rows.cell(*cell, *kind) {
                    Cell::Text(text) => json::string(&mut self.answer.bytes, text),
                    Cell::Uuid(uuid) => json::uuid(&mut self.answer.bytes, uuid),
                    Cell::Int(number) => {
                        self.answer.bytes.push(b'"');
                        json::integer(&mut self.answer.bytes, number);
                        self.answer.bytes.push(b'"');
                    }
                    _ => {
                        self.error(position, Some(&entry.key), FieldErrorKind::Internal);
                        return Ok(false);
                    }
                },
                Edge::Constant => {}
            }
        }
        self.end_object(edge);
        Ok(true)
    }

    /// A list whose items may be null: an error in one of them costs that item only.
    fn nullable_items<R: Rows>(
        &mut self,
        rows: &mut R,
        item: impl Fn(&mut Writer<'a>, &mut R) -> Written,
    ) -> Result<(), ConnectorError> {
        self.answer.bytes.push(b'[');
        let mut index = 0;
        while rows.next()? {
            self.begin_item(index)?;
            let mark = self.answer.bytes.len();
            if !item(self, rows)? {
                self.null_at(mark);
            }
            self.path.pop();
            index += 1;
        }
        self.answer.bytes.push(b']');
        self.check_bytes()
    }

    /// A list whose items may not be null: an error in one of them costs the list.
    fn items<R: Rows>(&mut self, rows: &mut R, item: impl Fn(&mut Writer<'a>, &mut R) -> Written) -> Written {
        self.answer.bytes.push(b'[');
        let mut index = 0;
        while rows.next()? {
            self.begin_item(index)?;
            let written = item(self, rows)?;
            self.path.pop();
            if !written {
                return Ok(false);
            }
            index += 1;
        }
        self.answer.bytes.push(b']');
        Ok(true)
    }

    fn begin_item(&mut self, index: usize) -> Result<(), ConnectorError> {
        self.count_row()?;
        self.check_bytes()?;
        if index > 0 {
            self.answer.bytes.push(b',');
        }
        self.path.push(Step::Index(index));
        Ok(())
    }

    fn object<R: Rows>(&mut self, object: &'a ObjectShape, rows: &mut R) -> Written {
        for entry in &object.entries {
            self.answer.bytes.extend_from_slice(&entry.lead);
            let mark = self.answer.bytes.len();
            let (written, required) = match &entry.value {
                Field::Cell { cell, kind, required } => {
                    (self.cell(entry, rows.cell(*cell, *kind), *required), *required)
                }
                Field::ToOne { object, required } => {
                    if rows.is_null(object.id) {
                        (self.null(entry, *required), *required)
                    } else {
                        self.path.push(Step::Key(&entry.key));
                        let written = self.object(object, rows)?;
                        self.path.pop();
                        (written, *required)
                    }
                }
                Field::Children { children, object } => {
                    self.path.push(Step::Key(&entry.key));
                    let mut inner = rows.children(*children)?;
                    let written = self.items(&mut inner, |writer, rows| writer.object(object, rows))?;
                    self.path.pop();
                    (written, false)
                }
                Field::List { list, kind } => {
                    self.path.push(Step::Key(&entry.key));
                    let mut inner = rows.list(*list)?;
                    let written = self.items(&mut inner, |writer, rows| Ok(writer.item(entry, rows.cell(0, *kind))))?;
                    self.path.pop();
                    (written, true)
                }
                Field::Constant => continue,
            };
            if !written {
                if required {
                    return Ok(false);
                }
                self.null_at(mark);
            }
        }
        self.end_object(&object.entries);
        Ok(true)
    }

    /// A cell of an object.
    fn cell(&mut self, entry: &Entry<Field>, cell: Cell<'_>, required: bool) -> bool {
        if cell == Cell::Null {
            return self.null(entry, required);
        }
        let written = scalar(&mut self.answer.bytes, cell);
        if !written {
            self.error(entry.position, Some(&entry.key), unwritten(cell));
        }
        written
    }

    /// An item of a scalar list, whose path ends with its index already.
    fn item(&mut self, entry: &Entry<Field>, cell: Cell<'_>) -> bool {
        let written = scalar(&mut self.answer.bytes, cell);
        if !written {
            self.error(entry.position, None, unwritten(cell));
        }
        written
    }

    fn null(&mut self, entry: &Entry<Field>, required: bool) -> bool {
        if required {
            self.error(entry.position, Some(&entry.key), FieldErrorKind::NullInNonNull);
        } else {
            self.answer.bytes.extend_from_slice(b"null");
        }
        !required
    }

    fn end_object<T>(&mut self, entries: &[Entry<T>]) {
        if entries.is_empty() {
            self.answer.bytes.push(b'{');
        }
        self.answer.bytes.push(b'}');
    }

    fn null_at(&mut self, mark: usize) {
        self.answer.bytes.truncate(mark);
        self.answer.bytes.extend_from_slice(b"null");
    }

    fn error(&mut self, position: Position, key: Option<&str>, kind: FieldErrorKind) {
        let steps = self.path.iter().copied().chain(key.map(Step::Key));
        let path = steps
            .map(|step| match step {
                Step::Key(key) => PathSegment::Key(key.to_owned()),
                Step::Index(index) => PathSegment::Index(index),
            })
            .collect();
        self.answer.errors.push(FieldError { path, position, kind });
    }

    fn count_row(&mut self) -> Result<(), ConnectorError> {
        self.answer.rows += 1;
        if self.answer.rows <= self.limits.rows_max {
            return Ok(());
        }
        Err(too_much(format!("more than {} rows", self.limits.rows_max)))
    }

    /// Called once a row, so that an answer exceeds its limit by one row at most before it is given up.
    fn check_bytes(&self) -> Result<(), ConnectorError> {
        let errors = self.answer.errors.len().saturating_mul(ERROR_BYTES);
        if self.answer.bytes.len().saturating_add(errors) <= self.limits.bytes_max {
            return Ok(());
        }
        Err(too_much(format!("more than {} bytes", self.limits.bytes_max)))
    }
}

/// The facts of a page, asked for when they are first needed.
fn known<'f, S: ConnectionSource>(
    facts: &'f mut Option<PageFacts>,
    source: &mut S,
) -> Result<&'f PageFacts, ConnectorError> {
    if facts.is_none() {
        *facts = Some(source.page()?);
    }
    Ok(facts.get_or_insert_default())
}

fn too_much(what: String) -> ConnectorError {
    let message = format!("The answer has {what}, which is the limit. Ask for less at once, for example with `first`.");
    ConnectorError::Service(ServiceError::TooMuch { message })
}

/// Why a cell cannot be written.
fn unwritten(cell: Cell<'_>) -> FieldErrorKind {
    match cell {
        Cell::Null => FieldErrorKind::NullInNonNull,
        Cell::Json(_) => FieldErrorKind::NotJson,
        _ => FieldErrorKind::Internal,
    }
}

/// Appends a scalar that is not null; false when it cannot be written.
fn scalar(bytes: &mut Vec<u8>, cell: Cell<'_>) -> bool {
    match cell {
        Cell::Text(text) => json::string(bytes, text),
        Cell::Uuid(uuid) => json::uuid(bytes, uuid),
        Cell::Int(number) => json::integer(bytes, number),
        Cell::Boolean(flag) => boolean(bytes, flag),
        Cell::DateTime(milliseconds) => json::date_time(bytes, milliseconds),
        // What is no JSON would spoil the whole answer.
        Cell::Json(text) if serde_json::from_str::<IgnoredAny>(text).is_err() => return false,
        Cell::Json(text) => bytes.extend_from_slice(text.as_bytes()),
        Cell::Float(number) => return json::float(bytes, number),
        Cell::Null | Cell::Unreadable => return false,
    }
    true
}

fn boolean(bytes: &mut Vec<u8>, flag: bool) {
    bytes.extend_from_slice(if flag { b"true" } else { b"false" });
}
