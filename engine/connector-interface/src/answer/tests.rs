//! The byte writer against a plain reference that builds a tree: random plans over random rows full of nulls.

use super::{AnswerLimits, Cell, ConnectionShape, ConnectionSource, Level, ObjectShape, PageFacts, Rows, Writer};
use crate::{
    Answer, CellType, Children, Column, Connection, ConnectionOutput, ConnectionValue, ConnectorError, EdgeOutput,
    EdgeValue, Filter, Link, Node, Output, OutputValue, Page, PathSegment, Position, RelationPath, ScalarList, ToOne,
};
use serde_json::{Map, Value as Json, json};
use std::hash::{BuildHasher, Hasher, RandomState};

/// Random numbers from a seed (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn index(&mut self, end: usize) -> usize {
        usize::try_from(self.below(end as u64)).unwrap()
    }

    fn often(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// A row as a tree: parallel to its node.
struct DataRow {
    id: String,
    columns: Vec<Option<i64>>,
    to_one: Vec<Option<DataRow>>,
    lists: Vec<Vec<Option<i64>>>,
    children: Vec<Vec<DataRow>>,
}

fn random_node(random: &mut Random, depth: usize) -> Node {
    let id = Column { name: "id".to_owned(), cell: CellType::Text };
    let some = |random: &mut Random| if depth == 0 { 0 } else { random.index(3) };
    let path = || RelationPath {
        parent_id: id.clone(),
        table: "T".to_owned(),
        id: id.clone(),
        link: Link::ChildColumn("c".to_owned()),
    };
    let mut columns: Vec<Column> =
        (0..random.index(4)).map(|i| Column { name: format!("c{i}"), cell: CellType::Int }).collect();
    if random.often(40) {
        columns.insert(random.index(columns.len() + 1), id.clone());
    }
    let to_one = (0..some(random))
        .map(|_| ToOne { path: path(), node: random_node(random, depth - 1), required: random.often(30) })
        .collect::<Vec<_>>();
    let children = (0..some(random))
        .map(|_| Children { path: path(), rows: list_of(random_node(random, depth - 1)) })
        .collect::<Vec<_>>();
    let lists: Vec<ScalarList> =
        (0..random.index(2)).map(|_| ScalarList { table: "T_l".to_owned(), cell: CellType::Int }).collect();
    let mut node =
        Node { model: "M".to_owned(), table: "T".to_owned(), id, columns, to_one, lists, children, outputs: vec![] };
    node.outputs = random_outputs(random, &node);
    node
}

fn random_outputs(random: &mut Random, node: &Node) -> Vec<Output> {
    let mut values = vec![OutputValue::Typename("M".to_owned())];
    for (index, column) in node.columns.iter().enumerate() {
        values.push(OutputValue::Column { index, required: column.name == "id" || random.often(30) });
    }
    values.extend((0..node.to_one.len()).map(OutputValue::ToOne));
    values.extend((0..node.lists.len()).map(OutputValue::List));
    values.extend((0..node.children.len()).map(OutputValue::Children));
    // In any order, some of them left out or twice.
    (0..random.index(values.len() + 2))
        .map(|i| Output {
            key: format!("k{i}"),
            position: Position { line: 1, column: u32::try_from(i).unwrap() },
            value: values[random.index(values.len())].clone(),
        })
        .collect()
}

fn list_of(node: Node) -> crate::Rows {
    crate::Rows { node, filter: Filter::All, order: vec![], page: Page::default() }
}

fn random_row(random: &mut Random, node: &Node, left: &mut usize) -> DataRow {
    *left = left.saturating_sub(1);
    let rare_null = |random: &mut Random| (!random.often(12)).then(|| random.below(1000) as i64 - 500);
    let id = format!("id{}\"", random.below(100));
    let rows = |random: &mut Random, node: &Node, left: &mut usize| {
        (0..random.index(4).min(*left)).map(|_| random_row(random, node, left)).collect::<Vec<_>>()
    };
    DataRow {
        id,
        columns: node.columns.iter().map(|_| rare_null(random)).collect(),
        to_one: node.to_one.iter().map(|to| random.often(75).then(|| random_row(random, &to.node, left))).collect(),
        lists: node
            .lists
            .iter()
            .map(|_| {
                let item = |random: &mut Random| (!random.often(5)).then(|| random.below(9) as i64);
                (0..random.index(3)).map(|_| item(random)).collect()
            })
            .collect(),
        children: node.children.iter().map(|children| rows(random, &children.rows.node, left)).collect(),
    }
}

/// Rows in memory, flat as a connector has them.
enum Memory<'d> {
    Level { level: Level<'d>, rows: &'d [DataRow], next: usize },
    List { items: &'d [Option<i64>], next: usize },
}

impl<'d> Memory<'d> {
    fn of(node: &'d Node, rows: &'d [DataRow]) -> Memory<'d> {
        Memory::Level { level: Level::of(node), rows, next: 0 }
    }

    /// The row of one of the level's tables, found by walking its joins.
    fn row(level: &Level<'d>, rows: &'d [DataRow], next: usize, table: usize) -> Option<&'d DataRow> {
        let Some((parent, to_one)) = level.tables[table].join else { return rows.get(next - 1) };
        let index = level.tables[parent].node.to_one.iter().position(|other| std::ptr::eq(other, to_one)).unwrap();
        Memory::row(level, rows, next, parent)?.to_one[index].as_ref()
    }

    fn raw(&self, cell: usize) -> Cell<'d> {
        match self {
            Memory::List { items, next } => items[next - 1].map_or(Cell::Null, Cell::Int),
            Memory::Level { level, rows, next } => {
                let wanted = level.cells[cell];
                let Some(row) = Memory::row(level, rows, *next, wanted.table) else { return Cell::Null };
                if wanted.column.name == "id" {
                    return Cell::Text(&row.id);
                }
                let columns = &level.tables[wanted.table].node.columns;
                let index = columns.iter().position(|column| std::ptr::eq(column, wanted.column)).unwrap();
                row.columns[index].map_or(Cell::Null, Cell::Int)
            }
        }
    }
}

impl<'d> Rows for Memory<'d> {
    type Inner<'a>
        = Memory<'d>
    where
        Self: 'a;

    fn next(&mut self) -> Result<bool, ConnectorError> {
        let (next, length) = match self {
            Memory::Level { rows, next, .. } => (next, rows.len()),
            Memory::List { items, next } => (next, items.len()),
        };
        *next += 1;
        Ok(*next <= length)
    }

    fn is_null(&self, cell: usize) -> bool {
        self.raw(cell) == Cell::Null
    }

    fn cell(&self, cell: usize, _: CellType) -> Cell<'_> {
        self.raw(cell)
    }

    fn list(&mut self, list: usize) -> Result<Memory<'d>, ConnectorError> {
        let Memory::Level { level, rows, next } = self else { panic!("a list within a list") };
        let hanging = level.lists[list];
        let table = level.cells[hanging.parent_cell].table;
        let index = level.tables[table].node.lists.iter().position(|other| std::ptr::eq(other, hanging.what)).unwrap();
        Ok(Memory::List { items: &Memory::row(level, rows, *next, table).unwrap().lists[index], next: 0 })
    }

    fn children(&mut self, children: usize) -> Result<Memory<'d>, ConnectorError> {
        let Memory::Level { level, rows, next } = self else { panic!("children within a list") };
        let hanging = level.children[children];
        let table = level.cells[hanging.parent_cell].table;
        let siblings = &level.tables[table].node.children;
        let index = siblings.iter().position(|other| std::ptr::eq(other, hanging.what)).unwrap();
        let rows = &Memory::row(level, rows, *next, table).unwrap().children[index];
        Ok(Memory::of(&hanging.what.rows.node, rows))
    }
}

/// The reference: a tree of values, `None` where null climbs, and the paths of errors.
struct Reference {
    path: Vec<Json>,
    errors: Vec<Json>,
}

impl Reference {
    fn at<T>(&mut self, step: Json, within: impl FnOnce(&mut Reference) -> T) -> T {
        self.path.push(step);
        let result = within(self);
        self.path.pop();
        result
    }

    fn required_null(&mut self) -> Option<Json> {
        self.errors.push(Json::Array(self.path.clone()));
        None
    }

    fn object(&mut self, node: &Node, outputs: &[Output], row: &DataRow) -> Option<Json> {
        let mut object = Map::new();
        for output in outputs {
            let value = self.at(json!(output.key), |this| this.value(node, &output.value, row))?;
            object.insert(output.key.clone(), value);
        }
        Some(Json::Object(object))
    }

    fn value(&mut self, node: &Node, value: &OutputValue, row: &DataRow) -> Option<Json> {
        match value {
            OutputValue::Typename(name) => Some(json!(name)),
            OutputValue::Column { index, required } => {
                match (node.columns[*index].name.as_str(), row.columns[*index]) {
                    ("id", _) => Some(json!(row.id)),
                    (_, Some(number)) => Some(json!(number)),
                    (_, None) if *required => self.required_null(),
                    (_, None) => Some(Json::Null),
                }
            }
            OutputValue::ToOne(index) => {
                let to_one = &node.to_one[*index];
                let written = match &row.to_one[*index] {
                    Some(row) => self.object(&to_one.node, &to_one.node.outputs, row),
                    None if to_one.required => self.required_null(),
                    None => Some(Json::Null),
                };
                if to_one.required { written } else { Some(written.unwrap_or(Json::Null)) }
            }
            OutputValue::List(index) => {
                let mut items = Vec::new();
                for (i, item) in row.lists[*index].iter().enumerate() {
                    items.push(match item {
                        Some(number) => json!(number),
                        None => self.at(json!(i), Reference::required_null)?,
                    });
                }
                Some(Json::Array(items))
            }
            OutputValue::Children(index) => {
                let node = &node.children[*index].rows.node;
                let mut items = Vec::new();
                for (i, row) in row.children[*index].iter().enumerate() {
                    match self.at(json!(i), |this| this.object(node, &node.outputs, row)) {
                        Some(item) => items.push(item),
                        None => return Some(Json::Null),
                    }
                }
                Some(Json::Array(items))
            }
        }
    }
}

fn paths(answer: &Answer) -> Vec<Json> {
    let step = |segment: &PathSegment| match segment {
        PathSegment::Key(key) => json!(key),
        PathSegment::Index(index) => json!(index),
    };
    answer.errors.iter().map(|error| error.path.iter().map(step).collect()).collect()
}

/// Edges over rows in memory.
struct Edges<'d>(&'d Node, &'d [DataRow]);

impl<'d> ConnectionSource for Edges<'d> {
    type Edges<'a>
        = Memory<'d>
    where
        Self: 'a;

    fn edges(&mut self) -> Result<Memory<'d>, ConnectorError> {
        Ok(Memory::of(self.0, self.1))
    }

    fn page(&mut self) -> Result<PageFacts, ConnectorError> {
        Ok(PageFacts::default())
    }
}

#[test]
fn bytes_are_what_a_tree_would_be() {
    let fresh = RandomState::new().build_hasher().finish();
    let mut climbed = 0;
    for seed in (1..400).chain([fresh]) {
        println!("seed {seed}");
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9) | 1);
        let node = random_node(&mut random, 3);
        let rows: Vec<DataRow> = (0..4).map(|_| random_row(&mut random, &node, &mut 200)).collect();
        let mut reference = Reference { path: vec![json!("root")], errors: vec![] };

        // A list: an item in which null climbs to the top is null.
        let items: Vec<Json> = (0..)
            .zip(&rows)
            .map(|(i, row)| reference.at(json!(i), |this| this.object(&node, &node.outputs, row)).unwrap_or(Json::Null))
            .collect();
        let mut answer = Answer::default();
        let object = ObjectShape::of(&node);
        let mut writer = Writer::new(&mut answer, AnswerLimits::default(), ("root", Position::default()));
        writer.many(&object, Memory::of(&node, &rows)).unwrap();
        assert_eq!(String::from_utf8(answer.bytes.clone()).unwrap(), Json::Array(items).to_string());
        assert_eq!(paths(&answer), reference.errors);
        climbed += answer.errors.len();

        // A connection with two selections of the same rows.
        let outputs = [random_outputs(&mut random, &node), random_outputs(&mut random, &node)];
        let mut expected = Map::new();
        let mut reference = Reference { path: vec![json!("root")], errors: vec![] };
        for (key, outputs) in ["e", "f"].iter().zip(&outputs) {
            let edges: Vec<Json> = (0..)
                .zip(&rows)
                .map(|(i, row)| {
                    reference.path.extend([json!(key), json!(i), json!("n")]);
                    let written = reference.object(&node, outputs, row);
                    reference.path.truncate(1);
                    written.map_or(Json::Null, |node| json!({ "c": row.id, "n": node }))
                })
                .collect();
            expected.insert((*key).to_owned(), Json::Array(edges));
        }
        let edge = |outputs: &Vec<Output>| {
            ConnectionValue::Edges(vec![
                EdgeOutput { key: "c".to_owned(), value: EdgeValue::Cursor },
                EdgeOutput { key: "n".to_owned(), value: EdgeValue::Node(outputs.clone()) },
            ])
        };
        let part = |key: &str, value| ConnectionOutput { key: key.to_owned(), position: Position::default(), value };
        let connection = &Connection {
            rows: list_of(node),
            outputs: vec![part("e", edge(&outputs[0])), part("f", edge(&outputs[1]))],
        };
        let mut answer = Answer::default();
        let shape = ConnectionShape::of(connection);
        let mut writer = Writer::new(&mut answer, AnswerLimits::default(), ("root", Position::default()));
        writer.connection(&shape, &mut Edges(&connection.rows.node, &rows)).unwrap();
        assert_eq!(String::from_utf8(answer.bytes.clone()).unwrap(), Json::Object(expected).to_string());
        assert_eq!(paths(&answer), reference.errors);
    }
    assert!(climbed > 100, "the rows have too few nulls to test anything: {climbed}");
}
