//! What the writer walks: a plan's outputs with their keys already written as JSON and their cells numbered.

use super::{json, level::Layout, level::Level};
use crate::{
    AggregateValue, CellType, Connection, ConnectionValue, EdgeValue, Node, Output, OutputValue, PageInfoValue,
    Position,
};

/// An object that one row becomes.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectShape {
    /// The cell with the row's id.
    pub(super) id: usize,
    pub(super) entries: Vec<Entry<Field>>,
}

/// An entry of an object.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry<T> {
    /// `{"key":` or `,"key":`, and the value as well when it is always the same.
    pub lead: Box<[u8]>,
    pub key: Box<str>,
    pub position: Position,
    pub value: T,
}

/// What stands in an entry of a row's object.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Field {
    Cell { cell: usize, kind: CellType, required: bool },
    List { list: usize, kind: CellType },
    ToOne { object: ObjectShape, required: bool },
    Children { children: usize, object: ObjectShape },
    Constant,
}

/// The object of a connection.
#[derive(Debug, Clone, PartialEq)]
pub struct ConnectionShape {
    pub(super) entries: Vec<Entry<Part>>,
}

/// What stands in an entry of a connection.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    Edges(Vec<Entry<Edge>>),
    PageInfo(Vec<Entry<Option<PageInfoValue>>>),
    /// Entries without a value are constants.
    Aggregate(Vec<Entry<Option<AggregateValue>>>),
    Constant,
}

/// What stands in an entry of an edge.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Edge {
    Node(ObjectShape),
    Cursor { cell: usize, kind: CellType },
    Constant,
}

impl ObjectShape {
    /// The object of a row of [`Level::of`] the node.
    pub fn of(node: &Node) -> ObjectShape {
        Level::of(node).object(&node.outputs)
    }

    pub(super) fn laid_out(node: &Node, layout: &Layout, outputs: &[Output]) -> ObjectShape {
        let entries = outputs.iter().enumerate().map(|(i, output)| {
            let (value, constant) = match &output.value {
                OutputValue::Column { index, required } => {
                    let kind = node.columns[*index].cell;
                    (Field::Cell { cell: layout.columns + index, kind, required: *required }, None)
                }
                OutputValue::List(index) => {
                    (Field::List { list: layout.lists + index, kind: node.lists[*index].cell }, None)
                }
                OutputValue::ToOne(index) => {
                    let to_one = &node.to_one[*index];
                    let object = ObjectShape::laid_out(&to_one.node, &layout.to_one[*index], &to_one.node.outputs);
                    (Field::ToOne { object, required: to_one.required }, None)
                }
                OutputValue::Children(index) => {
                    let object = ObjectShape::of(&node.children[*index].rows.node);
                    (Field::Children { children: layout.children + index, object }, None)
                }
                OutputValue::Typename(name) => (Field::Constant, Some(name.as_str())),
            };
            Entry {
                lead: lead(i, &output.key, constant),
                key: output.key.as_str().into(),
                position: output.position,
                value,
            }
        });
        ObjectShape { id: layout.id, entries: entries.collect() }
    }
}

impl ConnectionShape {
    /// The object of a connection.
    pub fn of(connection: &Connection) -> ConnectionShape {
        let level = Level::of(&connection.rows.node);
        let entries = connection.outputs.iter().enumerate().map(|(i, output)| {
            let (value, constant) = part(&level, &output.value);
            Entry { position: output.position, ..entry(i, &output.key, constant, value) }
        });
        ConnectionShape { entries: entries.collect() }
    }

    /// Whether `edges` are selected.
    pub fn has_edges(&self) -> bool {
        self.entries.iter().any(|entry| matches!(entry.value, Part::Edges(_)))
    }

    /// Whether anything of `pageInfo` is selected, for which the rows' ids must be known.
    pub fn has_page_info(&self) -> bool {
        self.entries.iter().any(|entry| match &entry.value {
            Part::PageInfo(entries) => entries.iter().any(|entry| entry.value.is_some()),
            _ => false,
        })
    }
}

/// A part of a connection, and its value when that is always the same.
fn part<'v>(level: &Level<'_>, value: &'v ConnectionValue) -> (Part, Option<&'v str>) {
    match value {
        ConnectionValue::Edges(outputs) => {
            let edges = outputs.iter().enumerate().map(|(i, output)| match &output.value {
                EdgeValue::Node(outputs) => entry(i, &output.key, None, Edge::Node(level.object(outputs))),
                EdgeValue::Cursor => {
                    let (cell, kind) = level.id_cell();
                    entry(i, &output.key, None, Edge::Cursor { cell, kind })
                }
                EdgeValue::Typename(name) => entry(i, &output.key, Some(name), Edge::Constant),
            });
            (Part::Edges(edges.collect()), None)
        }
        ConnectionValue::PageInfo(outputs) => {
            let infos = outputs.iter().enumerate().map(|(i, (key, value))| match value {
                PageInfoValue::Typename(name) => entry(i, key, Some(name), None),
                value => entry(i, key, None, Some(value.clone())),
            });
            (Part::PageInfo(infos.collect()), None)
        }
        ConnectionValue::Aggregate(outputs) => {
            let counts = outputs.iter().enumerate().map(|(i, (key, value))| match value {
                AggregateValue::Typename(name) => entry(i, key, Some(name), None),
                value => entry(i, key, None, Some(value.clone())),
            });
            (Part::Aggregate(counts.collect()), None)
        }
        ConnectionValue::Typename(name) => (Part::Constant, Some(name.as_str())),
    }
}

fn entry<T>(index: usize, key: &str, constant: Option<&str>, value: T) -> Entry<T> {
    Entry { lead: lead(index, key, constant), key: key.into(), position: Position::default(), value }
}

fn lead(index: usize, key: &str, constant: Option<&str>) -> Box<[u8]> {
    let mut bytes = vec![if index == 0 { b'{' } else { b',' }];
    json::string(&mut bytes, key);
    bytes.push(b':');
    if let Some(constant) = constant {
        json::string(&mut bytes, constant);
    }
    bytes.into()
}
