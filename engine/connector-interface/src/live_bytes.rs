//! What counts against a service's quota: one table of bytes, the same on every database (design D8), and the room that
//! writes draw from.
//!
//! | thing | bytes |
//! |---|---|
//! | a node | 24, and its values |
//! | `String`, `Json`, enum, `ID`, `UUID` as text | its UTF-8 bytes |
//! | `Int`, `Float`, `DateTime`, an id that is counted | 8 |
//! | `Boolean` | 1 |
//! | null | 0 |
//! | an item of a scalar list | 16, and its value |
//! | a link, in a column or in a table | 32 |

use crate::{CellType, ConnectorError, Value};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// Bytes of a node without its values.
pub const NODE: u64 = 24;
/// Bytes of an item of a scalar list without its value.
pub const LIST_ITEM: u64 = 16;
/// Bytes of a link.
pub const LINK: u64 = 32;
/// Bytes of a number or a time.
pub const NUMBER: u64 = 8;
/// Bytes of a Boolean.
pub const BOOLEAN: u64 = 1;

/// Bytes of a value; of a list: of its items.
pub fn of_value(value: &Value) -> u64 {
    match value {
        Value::Null => 0,
        Value::Boolean(_) => BOOLEAN,
        Value::Int(_) | Value::Float(_) | Value::DateTime(_) => NUMBER,
        Value::Text(text) | Value::Json(text) => text.len() as u64,
        Value::List(items) => items.iter().map(|item| LIST_ITEM + of_value(item)).sum(),
    }
}

/// Bytes of a cell that is not null, where they do not depend on what is in it.
pub fn of_cell(cell: CellType) -> Option<u64> {
    match cell {
        CellType::Text | CellType::Json => None,
        CellType::Int | CellType::Float | CellType::DateTime => Some(NUMBER),
        CellType::Boolean => Some(BOOLEAN),
    }
}

/// Bytes that a service's writes may still add before somebody has to ask for more.
#[derive(Debug, Default)]
pub struct Room {
    left: AtomicI64,
    /// Drawn by writes that have not ended: what they store may or may not be seen by others yet.
    under_way: AtomicI64,
}

impl Room {
    /// Bytes left.
    pub fn left(&self) -> u64 {
        u64::try_from(self.left.load(Ordering::Acquire)).unwrap_or(0)
    }

    /// Bytes that are left or drawn by writes that have not ended.
    pub fn outstanding(&self) -> u64 {
        self.left() + u64::try_from(self.under_way.load(Ordering::Acquire)).unwrap_or(0)
    }

    /// Adds bytes.
    pub fn add(&self, bytes: u64) {
        self.left.fetch_add(signed(bytes), Ordering::AcqRel);
    }

    /// Takes away all that is left, and returns it.
    pub fn empty(&self) -> u64 {
        u64::try_from(self.left.swap(0, Ordering::AcqRel)).unwrap_or(0)
    }

    fn draw(&self, bytes: u64) -> bool {
        let wanted = signed(bytes);
        self.under_way.fetch_add(wanted, Ordering::AcqRel);
        let enough = |left: i64| (left >= wanted).then(|| left - wanted);
        let drawn = self.left.fetch_update(Ordering::AcqRel, Ordering::Acquire, enough).is_ok();
        if !drawn {
            self.under_way.fetch_sub(wanted, Ordering::AcqRel);
        }
        drawn
    }
}

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// What one write draws: the most by which it can grow the service. Held until the write has ended.
#[derive(Debug, Default)]
pub struct Growth {
    /// None where nothing is counted.
    room: Option<Arc<Room>>,
    tight: bool,
    drawn: AtomicI64,
}

impl Growth {
    /// A write that may grow the service by any number of bytes.
    pub fn unbounded() -> Arc<Growth> {
        Arc::default()
    }

    /// A write that draws from this room. `tight`: it takes the trouble to find out what it replaces.
    pub fn within(room: Arc<Room>, tight: bool) -> Arc<Growth> {
        Arc::new(Growth { room: Some(room), tight, drawn: AtomicI64::new(0) })
    }

    /// Whether bytes are counted at all.
    pub fn is_counted(&self) -> bool {
        self.room.is_some()
    }

    /// Whether a write shall look at what it replaces, since the most that it can add is more than there is room for.
    pub fn is_tight(&self) -> bool {
        self.tight
    }

    /// Refuses a write that has come to so many bytes and still goes on, before it does more.
    pub fn ensure_room_for(&self, bytes: u64) -> Result<(), ConnectorError> {
        match &self.room {
            Some(room) if room.left() < bytes => Err(ConnectorError::Full { needed: bytes }),
            _ => Ok(()),
        }
    }

    /// Draws bytes, before the write is committed.
    pub fn draw(&self, bytes: u64) -> Result<(), ConnectorError> {
        let Some(room) = &self.room else { return Ok(()) };
        if !room.draw(bytes) {
            return Err(ConnectorError::Full { needed: bytes });
        }
        self.drawn.fetch_add(signed(bytes), Ordering::AcqRel);
        Ok(())
    }

    /// Gives back what was drawn: for certain nothing was stored.
    pub fn undo(&self) {
        let drawn = self.end();
        if let Some(room) = &self.room {
            room.left.fetch_add(drawn, Ordering::AcqRel);
        }
    }

    fn end(&self) -> i64 {
        let drawn = self.drawn.swap(0, Ordering::AcqRel);
        if let Some(room) = &self.room {
            room.under_way.fetch_sub(drawn, Ordering::AcqRel);
        }
        drawn
    }
}

impl Drop for Growth {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_never_overdrawn_and_knows_what_is_under_way() {
        let room = Arc::new(Room::default());
        room.add(100);
        let first = Growth::within(room.clone(), false);
        first.draw(60).unwrap();
        assert_eq!((room.left(), room.outstanding()), (40, 100));
        let second = Growth::within(room.clone(), false);
        assert!(matches!(second.draw(41), Err(ConnectorError::Full { needed: 41 })));
        assert!(second.ensure_room_for(40).is_ok() && second.ensure_room_for(41).is_err());
        second.draw(40).unwrap();
        second.undo();
        assert_eq!((room.left(), room.outstanding()), (40, 100));
        drop(first);
        assert_eq!((room.left(), room.outstanding()), (40, 40));
        assert_eq!((room.empty(), room.left()), (40, 0));
        Growth::unbounded().draw(u64::MAX).unwrap();
    }

    #[test]
    fn values_weigh_what_the_table_says() {
        let text = |text: &str| Value::Text(text.to_owned());
        for (value, bytes) in [
            (Value::Null, 0),
            (Value::Boolean(true), 1),
            (Value::Int(7), 8),
            (Value::Float(0.5), 8),
            (Value::DateTime(0), 8),
            (text("häuser"), 7),
            (Value::Json("{}".to_owned()), 2),
            (Value::List(vec![text("a"), Value::Int(1)]), 16 + 1 + 16 + 8),
        ] {
            assert_eq!(of_value(&value), bytes, "{value:?}");
        }
    }
}
