//! The elements of a bundle, as Prisma 1 wrote them.

use super::pages::{FIRST_KEY, LIST, SECOND_KEY, Table, starts_with_a, visible_field};
use connector_interface::ConnectorError;
use datamodel::{Datamodel, Relation, Side};
use serde::{
    Deserialize,
    de::{MapAccess, Visitor},
};
use serde_json::{Value, json, value::RawValue};
use std::fmt;

/// Characters of a bundle's elements, as the original counted them.
const BUNDLE_MAX: usize = 1_000_000;

/// Elements under way.
#[derive(Default)]
pub struct Bundle {
    elements: Vec<String>,
    /// Characters of the elements.
    size: usize,
}

/// Whether an element went into a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    Fits,
    /// It is too large for any bundle, so it went in alone.
    Alone,
    /// The bundle is full without it.
    Not,
}

impl Bundle {
    /// Adds an element, if it fits.
    pub fn add(&mut self, element: String) -> Fit {
        let size = self.size + element.encode_utf16().count();
        let is_over = size > BUNDLE_MAX;
        if is_over && !self.elements.is_empty() {
            return Fit::Not;
        }
        self.elements.push(element);
        self.size = size;
        if is_over { Fit::Alone } else { Fit::Fits }
    }

    /// The answer's body.
    pub fn answer(&self, cursor: &Value, is_full: bool) -> Vec<u8> {
        let (elements, size) = (self.elements.join(","), self.size);
        format!(r#"{{"out":{{"jsonElements":[{elements}],"size":{size}}},"cursor":{cursor},"isFull":{is_full}}}"#)
            .into()
    }
}

/// The keys of a row, and the element that is made of it, if it has something to show.
pub fn of(
    datamodel: &Datamodel,
    table: Table<'_>,
    row: &RawValue,
) -> Result<(Vec<Value>, Option<String>), ConnectorError> {
    let unreadable = |error: serde_json::Error| ConnectorError::Database(format!("a row cannot be read: {error}"));
    let Row(cells) = serde_json::from_str(row.get()).map_err(unreadable)?;
    let cell = |key: &str| cells.iter().find(|(name, _)| name == key).map_or("null", |(_, value)| value.get());
    let key = |key: &str| serde_json::from_str(cell(key)).map_err(unreadable);
    Ok(match table {
        Table::Nodes(_) => {
            let shown = cells.iter().filter(|(name, value)| name != FIRST_KEY && value.get() != "null");
            let shown: Vec<String> = shown.map(|(name, value)| format!("{}:{value}", json!(name))).collect();
            (vec![key(FIRST_KEY)?], Some(format!("{{{}}}", shown.join(","))))
        }
        Table::List(field) => {
            let (model, name) = (json!(datamodel.model(field.model).name), json!(datamodel.field(field).name));
            let (id, list) = (cell(FIRST_KEY), cell(LIST));
            let element = (list != "[]").then(|| format!(r#"{{"_typeName":{model},"id":{id},{name}:{list}}}"#));
            (vec![key(FIRST_KEY)?], element)
        }
        Table::Links(relation) => {
            let (first, second) = (cell(FIRST_KEY), cell(SECOND_KEY));
            let (a, b) = if starts_with_a(relation) { (first, second) } else { (second, first) };
            let (a, b) = (end(datamodel, relation, Side::A, a), end(datamodel, relation, Side::B, b));
            let mut keys = vec![key(FIRST_KEY)?];
            if table.keys() == 2 {
                keys.push(key(SECOND_KEY)?);
            }
            (keys, Some(format!("[{b},{a}]")))
        }
    })
}

/// One end of a link; the other one stands at its field.
fn end(datamodel: &Datamodel, relation: &Relation, side: Side, id: &str) -> String {
    let model = if side == Side::A { relation.model_a } else { relation.model_b };
    let name = json!(datamodel.model(model).name);
    match visible_field(datamodel, relation, side) {
        Some(field) => format!(r#"{{"_typeName":{name},"id":{id},"fieldName":{}}}"#, json!(field)),
        None => format!(r#"{{"_typeName":{name},"id":{id}}}"#),
    }
}

/// A row's cells in their order, with their text as the database's connector wrote it.
struct Row(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Row, D::Error> {
        struct Cells;
        impl<'de> Visitor<'de> for Cells {
            type Value = Row;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row, A::Error> {
                let mut cells = Vec::new();
                while let Some(cell) = map.next_entry()? {
                    cells.push(cell);
                }
                Ok(Row(cells))
            }
        }
        deserializer.deserialize_map(Cells)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_is_full_before_it_is_too_large_and_takes_a_giant_alone() {
        let element = |length: usize| "x".repeat(length);
        let mut bundle = Bundle::default();
        assert_eq!(bundle.add(element(BUNDLE_MAX - 1)), Fit::Fits);
        assert_eq!(bundle.add(element(1)), Fit::Fits);
        assert_eq!(bundle.add(element(1)), Fit::Not);
        assert_eq!((bundle.elements.len(), bundle.size), (2, BUNDLE_MAX));
        let mut alone = Bundle::default();
        assert_eq!(alone.add(element(BUNDLE_MAX + 1)), Fit::Alone);
        let mut short = Bundle::default();
        short.add("\"ä\"".to_owned());
        let answer = String::from_utf8(short.answer(&json!({ "table": 0 }), false)).unwrap();
        assert_eq!(answer, "{\"out\":{\"jsonElements\":[\"ä\"],\"size\":3},\"cursor\":{\"table\":0},\"isFull\":false}");
    }
}
