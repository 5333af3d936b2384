//! Reads: one plan a root field, a tree of levels that a single writer walks while it pulls cells (design D3, D25).
//!
//! A [`Node`] is what is taken from one row: its own cells, to-one targets joined into it, scalar lists, to-many
//! children. [`Rows`] is a list of nodes: which rows, in which order, which page. Response names and aliases stand in
//! [`Output`] only and never enter the SQL.

use crate::{
    filter::{Filter, RelationPath},
    value::{CellType, Column, Slot},
};

/// The plan of one root field of a query, and of the answer of a mutation.
#[derive(Debug, Clone, PartialEq)]
pub enum ReadPlan {
    /// `user(where:)`, and what create, update and upsert return: at most one row; none is `null`.
    One {
        /// Which row ([`Rows::page`] is not used).
        rows: Rows,
        /// The field's type is `X!`: no row is an error.
        required: bool,
    },
    /// `users(…)`: a list.
    Many(Rows),
    /// `usersConnection(…)`.
    Connection(Connection),
    /// `node(id:)`: the first of these that has a row; none is `null`.
    Node(Vec<Rows>),
    /// `deleteUser`: the row's cells were saved before it was deleted; relations are resolved after.
    Saved(Node),
}

/// A list of rows of one table.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// What is taken from each row.
    pub node: Node,
    /// Which rows.
    pub filter: Filter,
    /// Sort keys, the tie-breaker included; never empty.
    pub order: Vec<OrderKey>,
    /// Which part of them.
    pub page: Page,
}

/// What is taken from one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The API name of its model.
    pub model: String,
    /// Its table.
    pub table: String,
    /// Its id column.
    pub id: Column,
    /// Own columns that outputs need, each once. Does not repeat the id unless it is selected.
    pub columns: Vec<Column>,
    /// To-one targets.
    pub to_one: Vec<ToOne>,
    /// Scalar lists.
    pub lists: Vec<ScalarList>,
    /// To-many children.
    pub children: Vec<Children>,
    /// The object to write, in order.
    pub outputs: Vec<Output>,
}

/// A to-one relation.
#[derive(Debug, Clone, PartialEq)]
pub struct ToOne {
    /// How to get there.
    pub path: RelationPath,
    /// What is taken from the target.
    pub node: Node,
    /// The field's type is `X!`.
    pub required: bool,
}

/// A to-many relation.
#[derive(Debug, Clone, PartialEq)]
pub struct Children {
    /// How to get there.
    pub path: RelationPath,
    /// What is taken from them.
    pub rows: Rows,
}

/// A scalar list: rows `nodeId`, `position`, `value` in a table of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct ScalarList {
    /// The list's table.
    pub table: String,
    /// Kind of its values.
    pub cell: CellType,
}

/// One entry of an answer's object.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Name in the answer: alias or field name.
    pub key: String,
    /// Where the field stands in the document, for errors.
    pub position: Position,
    /// What stands there.
    pub value: OutputValue,
}

/// A place in a document, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "line and column")]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// What an entry holds; indexes point into the [`Node`] it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub enum OutputValue {
    /// A cell of [`Node::columns`].
    Column {
        /// Which.
        index: usize,
        /// The field's type is `T!`: null is an error that climbs (D25).
        required: bool,
    },
    /// [`Node::lists`]: always a list.
    List(usize),
    /// [`Node::to_one`].
    ToOne(usize),
    /// [`Node::children`]: always a list.
    Children(usize),
    /// `__typename`.
    Typename(String),
}

/// A sort key.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderKey {
    /// The column.
    pub column: Column,
    /// Descending; nulls sort as the database sorts them.
    pub descending: bool,
}

/// Which part of a sorted list. With `last` the list is walked from its end and turned round again.
/// Slots hold [`crate::Value::Int`], not negative; cursors hold an id.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[allow(missing_docs, reason = "the names are the arguments'")]
pub struct Page {
    pub first: Option<Slot>,
    pub last: Option<Slot>,
    pub skip: Option<Slot>,
    pub after: Option<Slot>,
    pub before: Option<Slot>,
}

/// `usersConnection`.
#[derive(Debug, Clone, PartialEq)]
pub struct Connection {
    /// The rows. When only `aggregate` is selected no row is fetched, they are counted.
    pub rows: Rows,
    /// The object to write, in order.
    pub outputs: Vec<ConnectionOutput>,
}

/// One entry of a connection's object.
#[derive(Debug, Clone, PartialEq)]
pub struct ConnectionOutput {
    /// Name in the answer.
    pub key: String,
    /// Where it stands in the document.
    pub position: Position,
    /// What stands there.
    pub value: ConnectionValue,
}

/// What an entry of a connection holds.
#[derive(Debug, Clone, PartialEq)]
pub enum ConnectionValue {
    /// `edges`: an object each. Every `edges` field has rows of its own, since aliases may select differently.
    Edges(Vec<EdgeOutput>),
    /// `pageInfo`: key and what.
    PageInfo(Vec<(String, PageInfoValue)>),
    /// `aggregate`: the count of the requested page under each key.
    Aggregate(Vec<(String, AggregateValue)>),
    /// `__typename`.
    Typename(String),
}

/// One entry of an edge.
#[derive(Debug, Clone, PartialEq)]
pub struct EdgeOutput {
    /// Name in the answer.
    pub key: String,
    /// What stands there.
    pub value: EdgeValue,
}

/// What an entry of an edge holds.
#[derive(Debug, Clone, PartialEq)]
pub enum EdgeValue {
    /// `node`: these outputs of the connection's node.
    Node(Vec<Output>),
    /// `cursor`: the id as text.
    Cursor,
    /// `__typename`.
    Typename(String),
}

/// Entries of `pageInfo`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the fields'")]
pub enum PageInfoValue {
    HasNextPage,
    HasPreviousPage,
    StartCursor,
    EndCursor,
    Typename(String),
}

/// Entries of `aggregate`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the fields'")]
pub enum AggregateValue {
    Count,
    Typename(String),
}
