//! Rows, arrays of records and arrays of values, as the writer pulls them.
//!
//! An array of Postgres in binary: number of dimensions (0: empty), flags, type of the items, then for the one
//! dimension its length and first index, then each item with its length. A record: number of fields, then for each its
//! type, its length (-1: null) and its bytes.

use super::select::Layout;
use crate::postgres::cell::Raw;
use connector_interface::{
    CellType, ConnectorError, SavedRow, Value,
    answer::{Cell, Rows},
};
use std::slice;
use tokio_postgres::Row;

/// A list of rows, walked forward.
pub enum PostgresRows<'r> {
    /// Rows of the statement.
    Flat { rows: slice::Iter<'r, Row>, row: Option<&'r Row>, layout: &'r Layout, saved: Option<&'r SavedRow> },
    /// Records of an array.
    Records { items: Items<'r>, fields: Vec<Raw<'r>>, layout: &'r Layout },
    /// Values of an array.
    Values { items: Items<'r>, value: Raw<'r> },
    /// A scalar list that was saved before its row was deleted.
    Saved { values: &'r [Value], next: usize },
}

const NULL: Raw<'static> = Raw { oid: 0, bytes: None };

impl<'r> PostgresRows<'r> {
    /// The rows of a statement. `saved` is the deleted row that it stands for.
    pub fn flat(rows: &'r [Row], layout: &'r Layout, saved: Option<&'r SavedRow>) -> PostgresRows<'r> {
        PostgresRows::Flat { rows: rows.iter(), row: None, layout, saved }
    }

    /// A column of the current row.
    fn raw(&self, column: usize) -> Raw<'r> {
        match self {
            PostgresRows::Flat { row: Some(row), .. } => row.try_get(column).unwrap_or(NULL),
            PostgresRows::Records { fields, .. } => fields.get(column).copied().unwrap_or(NULL),
            PostgresRows::Values { value, .. } => *value,
            PostgresRows::Flat { row: None, .. } | PostgresRows::Saved { .. } => NULL,
        }
    }

    /// How many columns stand before the child lists and before the scalar lists.
    fn layout(&self) -> Option<&'r Layout> {
        match self {
            PostgresRows::Flat { layout, .. } | PostgresRows::Records { layout, .. } => Some(layout),
            PostgresRows::Values { .. } | PostgresRows::Saved { .. } => None,
        }
    }
}

impl<'r> Rows for PostgresRows<'r> {
    type Inner<'a>
        = PostgresRows<'r>
    where
        Self: 'a;

    fn next(&mut self) -> Result<bool, ConnectorError> {
        match self {
            PostgresRows::Flat { rows, row, .. } => {
                *row = rows.next();
                Ok(row.is_some())
            }
            PostgresRows::Records { items, fields, .. } => match items.next()? {
                Some(item) => {
                    record(item.bytes.ok_or_else(malformed)?, fields)?;
                    Ok(true)
                }
                None => Ok(false),
            },
            PostgresRows::Values { items, value } => match items.next()? {
                Some(item) => {
                    *value = item;
                    Ok(true)
                }
                None => Ok(false),
            },
            PostgresRows::Saved { values, next } => {
                *next += 1;
                Ok(*next <= values.len())
            }
        }
    }

    fn is_null(&self, cell: usize) -> bool {
        self.raw(cell).bytes.is_none()
    }

    fn cell(&self, cell: usize, kind: CellType) -> Cell<'_> {
        match self {
            PostgresRows::Saved { values, next } => Cell::of(values.get(next.wrapping_sub(1))),
            _ => self.raw(cell).cell(kind),
        }
    }

    fn list(&mut self, list: usize) -> Result<PostgresRows<'r>, ConnectorError> {
        let Some(layout) = self.layout() else { return Ok(nothing()) };
        if let (PostgresRows::Flat { saved: Some(saved), .. }, Some((table, true))) = (&self, layout.lists.get(list)) {
            let values = saved.lists.iter().find(|(of, _)| of == table);
            return Ok(PostgresRows::Saved { values: values.map_or(&[], |(_, values)| values), next: 0 });
        }
        Ok(PostgresRows::Values { items: Items::of(self.raw(layout.cells + list))?, value: NULL })
    }

    fn children(&mut self, children: usize) -> Result<PostgresRows<'r>, ConnectorError> {
        let Some(layout) = self.layout() else { return Ok(nothing()) };
        let items = Items::of(self.raw(layout.cells + layout.lists.len() + children))?;
        Ok(PostgresRows::Records { items, fields: Vec::new(), layout: &layout.children[children] })
    }
}

fn nothing<'r>() -> PostgresRows<'r> {
    PostgresRows::Saved { values: &[], next: 0 }
}

/// Items of an array.
pub struct Items<'r> {
    oid: u32,
    left: usize,
    bytes: &'r [u8],
}

impl<'r> Items<'r> {
    fn of(array: Raw<'r>) -> Result<Items<'r>, ConnectorError> {
        let Some(mut bytes) = array.bytes else { return Ok(Items { oid: 0, left: 0, bytes: &[] }) };
        let dimensions = number(&mut bytes)?;
        let (_flags, oid) = (number(&mut bytes)?, number(&mut bytes)?);
        let left = match dimensions {
            0 => 0,
            1 => {
                let length = number(&mut bytes)?;
                let _first_index = number(&mut bytes)?;
                usize::try_from(length).map_err(|_| malformed())?
            }
            _ => return Err(malformed()),
        };
        Ok(Items { oid: oid as u32, left, bytes })
    }

    fn next(&mut self) -> Result<Option<Raw<'r>>, ConnectorError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        Ok(Some(Raw { oid: self.oid, bytes: sized(&mut self.bytes)? }))
    }
}

/// Takes a record apart.
fn record<'r>(mut bytes: &'r [u8], fields: &mut Vec<Raw<'r>>) -> Result<(), ConnectorError> {
    fields.clear();
    let count = usize::try_from(number(&mut bytes)?).map_err(|_| malformed())?;
    // The server allows 1,664 of them.
    fields.reserve(count.min(1_664));
    for _ in 0..count {
        let oid = number(&mut bytes)? as u32;
        fields.push(Raw { oid, bytes: sized(&mut bytes)? });
    }
    Ok(())
}

/// The bytes behind a length; none for -1, which is null.
fn sized<'r>(bytes: &mut &'r [u8]) -> Result<Option<&'r [u8]>, ConnectorError> {
    match number(bytes)? {
        -1 => Ok(None),
        length => {
            let length = usize::try_from(length).map_err(|_| malformed())?;
            let (taken, rest) = bytes.split_at_checked(length).ok_or_else(malformed)?;
            *bytes = rest;
            Ok(Some(taken))
        }
    }
}

fn number(bytes: &mut &[u8]) -> Result<i32, ConnectorError> {
    let (number, rest) = bytes.split_first_chunk().ok_or_else(malformed)?;
    *bytes = rest;
    Ok(i32::from_be_bytes(*number))
}

fn malformed() -> ConnectorError {
    ConnectorError::Database("an array or a record that is not in the form that was agreed on".to_owned())
}

/// An id as text: the cursor of its row.
pub fn id_text(row: &Row, column: usize) -> Option<String> {
    let raw: Raw<'_> = row.try_get(column).ok()?;
    match raw.cell(CellType::Text) {
        Cell::Text(text) => Some(text.to_owned()),
        Cell::Uuid(uuid) => Some(uuid::Uuid::from_bytes(uuid).to_string()),
        _ => match raw.cell(CellType::Int) {
            Cell::Int(number) => Some(number.to_string()),
            _ => None,
        },
    }
}
