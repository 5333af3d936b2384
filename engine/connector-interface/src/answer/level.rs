//! Numbers for what a level needs from the database.
//!
//! A level is a list of rows together with the to-one targets that are joined into it, and theirs. Its cells lie in one
//! flat row: for each table its id (unless that is among the columns), then its columns, then the tables joined to it.
//! Scalar lists and child lists of all its tables are numbered in the same walk.

use super::shape::ObjectShape;
use crate::{CellType, Children, Column, Node, Output, ScalarList, ToOne};

/// What one level needs, numbered.
#[derive(Debug, Clone, PartialEq)]
pub struct Level<'p> {
    /// The rows' own table, then the joined ones; a table stands after the one it is joined to.
    pub tables: Vec<LevelTable<'p>>,
    /// The cells of a row.
    pub cells: Vec<LevelCell<'p>>,
    /// Scalar lists.
    pub lists: Vec<Hanging<&'p ScalarList>>,
    /// Child lists.
    pub children: Vec<Hanging<&'p Children>>,
    layout: Layout,
}

/// A table of a level.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelTable<'p> {
    /// What is taken from it.
    pub node: &'p Node,
    /// The table it is joined to, by its position, and how.
    pub join: Option<(usize, &'p ToOne)>,
}

/// A cell of a level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevelCell<'p> {
    /// Its table, by position.
    pub table: usize,
    /// Its column.
    pub column: &'p Column,
}

/// Something that hangs on a table of the level by that table's id.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hanging<T> {
    /// The cell with the id.
    pub parent_cell: usize,
    /// What hangs there.
    pub what: T,
}

/// Where the parts of a node lie in its level.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Layout {
    pub id: usize,
    pub columns: usize,
    pub lists: usize,
    pub children: usize,
    pub to_one: Vec<Layout>,
}

impl<'p> Level<'p> {
    /// The level whose rows a node describes.
    pub fn of(node: &'p Node) -> Level<'p> {
        let mut level = Level {
            tables: Vec::new(),
            cells: Vec::new(),
            lists: Vec::new(),
            children: Vec::new(),
            layout: Layout::default(),
        };
        level.layout = level.add(node, None);
        level
    }

    fn add(&mut self, node: &'p Node, join: Option<(usize, &'p ToOne)>) -> Layout {
        let table = self.tables.len();
        self.tables.push(LevelTable { node, join });
        let selected = node.columns.iter().position(|column| column.name == node.id.name);
        if selected.is_none() {
            self.cells.push(LevelCell { table, column: &node.id });
        }
        let columns = self.cells.len();
        self.cells.extend(node.columns.iter().map(|column| LevelCell { table, column }));
        let id = match selected {
            Some(position) => columns + position,
            None => columns - 1,
        };
        let (lists, children) = (self.lists.len(), self.children.len());
        self.lists.extend(node.lists.iter().map(|what| Hanging { parent_cell: id, what }));
        self.children.extend(node.children.iter().map(|what| Hanging { parent_cell: id, what }));
        let to_one = node.to_one.iter().map(|to_one| self.add(&to_one.node, Some((table, to_one)))).collect();
        Layout { id, columns, lists, children, to_one }
    }

    /// The cell with the id of the level's own rows, and its kind.
    pub fn id_cell(&self) -> (usize, CellType) {
        (self.layout.id, self.tables[0].node.id.cell)
    }

    /// What the writer makes of a row of this level.
    pub fn object(&self, outputs: &[Output]) -> ObjectShape {
        ObjectShape::laid_out(self.tables[0].node, &self.layout, outputs)
    }
}
