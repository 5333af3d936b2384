//! A small service for the tests of the SQLite connector: its tables, rows, and plans made by hand.

#![allow(dead_code, reason = "each test file uses some of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where something is wrong")]

use connector_interface::*;
use connectors::sqlite::{SqliteConnector, SqliteOptions};
use datamodel::ScalarType;
use std::{cell::Cell, future::Future, path::PathBuf};
use tempfile::TempDir;

/// What statements may call the service's tables by.
pub const SCHEMA: &str = "ada~shop_dev";

/// A service in a folder of its own.
pub struct Service {
    pub connector: SqliteConnector,
    pub placement: Placement,
    pub folder: TempDir,
    revision: Cell<i64>,
}

pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

pub fn placement(digit: char) -> Placement {
    Placement { storage: digit.to_string().repeat(32) }
}

impl Service {
    /// Empty storage.
    pub async fn empty(options: SqliteOptions) -> Service {
        let folder = tempfile::tempdir().unwrap();
        let connector = SqliteConnector::open(folder.path(), options);
        let placement = placement('a');
        connector.create(&placement).await.unwrap();
        Service { connector, placement, folder, revision: Cell::new(0) }
    }

    /// With tables, without rows.
    pub async fn with_tables(options: SqliteOptions) -> Service {
        let service = Service::empty(options).await;
        service.connector.change_schema(&service.placement, service.next_revision(), tables()).await.unwrap();
        service
    }

    /// With tables and rows.
    pub async fn with_rows(options: SqliteOptions) -> Service {
        let service = Service::with_tables(options).await;
        for statement in ROWS.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
            service.raw(statement).await;
        }
        service
    }

    /// The revision of the next schema change.
    pub fn next_revision(&self) -> i64 {
        self.revision.set(self.revision.get() + 1);
        self.revision.get()
    }

    /// The same storage with other settings.
    pub fn open_again(&mut self, options: SqliteOptions) {
        self.connector = SqliteConnector::open(self.folder.path(), options);
    }

    pub fn path(&self) -> PathBuf {
        let name = &self.placement.storage;
        self.folder.path().join("services").join(&name[..2]).join(format!("{name}.sqlite"))
    }

    pub async fn raw(&self, statement: &str) -> String {
        let done = self.connector.execute_raw(&self.placement, SCHEMA.to_owned(), statement.to_owned()).await;
        done.unwrap_or_else(|error| panic!("{statement}: {error}"))
    }

    /// The answer's text and errors.
    pub async fn read(
        &self,
        plan: &ReadPlan,
        parameters: &[Value],
    ) -> Result<(String, Vec<FieldError>), ConnectorError> {
        self.read_saved(plan, parameters, None).await
    }

    pub async fn read_saved(
        &self,
        plan: &ReadPlan,
        parameters: &[Value],
        saved: Option<&SavedRow>,
    ) -> Result<(String, Vec<FieldError>), ConnectorError> {
        let prepared = self.connector.prepare(&self.placement, plan);
        let mut answer = Answer { bytes: b"before".to_vec(), ..Answer::default() };
        let root = ("root", Position { line: 1, column: 1 });
        let result = self.connector.read(&self.placement, &prepared, parameters, saved, root, &mut answer).await;
        let text = String::from_utf8(answer.bytes).unwrap();
        let text = text.strip_prefix("before").unwrap().to_owned();
        if result.is_err() {
            assert_eq!(text, "", "a failed read appends nothing");
        }
        result.map(|()| (text, answer.errors))
    }
}

/// Users with friends (a column), posts of users (a column), tags of posts (a link table), labels (a scalar list).
pub fn tables() -> Vec<SchemaChange> {
    let id = spec("id", ScalarType::Id, true, true);
    let column = |table: &str, name: &str, scalar, required| SchemaChange::AddColumn {
        table: table.to_owned(),
        column: spec(name, scalar, required, false),
        fill: None,
    };
    let table = |table: &str| SchemaChange::CreateTable { table: table.to_owned(), id: id.clone(), sequence: None };
    let link = |name: &str, table: &str| LinkColumn { name: name.to_owned(), table: table.to_owned(), id: id.clone() };
    let relation = |table: &str, column| SchemaChange::AddRelationColumn { table: table.to_owned(), column };
    vec![
        table("User"),
        column("User", "name", ScalarType::String, false),
        column("User", "age", ScalarType::Int, false),
        column("User", "score", ScalarType::Float, false),
        column("User", "active", ScalarType::Boolean, false),
        column("User", "born", ScalarType::DateTime, false),
        column("User", "extra", ScalarType::Json, false),
        table("Post"),
        column("Post", "title", ScalarType::String, false),
        table("Tag"),
        column("Tag", "name", ScalarType::String, true),
        relation("User", link("friend", "User")),
        relation("Post", link("author", "User")),
        SchemaChange::CreateLinkTable {
            table: "_PostToTag".to_owned(),
            a: link("A", "Post"),
            b: link("B", "Tag"),
            id_column: None,
        },
        SchemaChange::CreateListTable {
            table: "User_labels".to_owned(),
            model_table: "User".to_owned(),
            model_id: id,
            value: ColumnType::Scalar(ScalarType::String),
        },
    ]
}

const ROWS: &str = r#"
    INSERT INTO "User" ("id", "name", "age", "score", "active", "born", "extra", "friend") VALUES
        ('a', 'Ann', 30, 1.5, 1, 0, '{"k":[1, null]}', NULL),
        ('b', 'B"o\b', 20, 10.0, 0, 951782400001, NULL, 'a'),
        ('c', NULL, NULL, NULL, NULL, NULL, NULL, 'b'),
        ('d', 'Dan', 20, -0.25, 1, -1, '[]', 'a');
    INSERT INTO "Post" ("id", "title", "author") VALUES
        ('p1', 'one', 'a'), ('p2', 'two', 'a'), ('p3', NULL, 'a'), ('p4', 'four', 'b'), ('p5', 'five', NULL);
    INSERT INTO "Tag" ("id", "name") VALUES ('t1', 'red'), ('t2', 'green'), ('t3', 'blue');
    INSERT INTO "_PostToTag" ("A", "B") VALUES ('p1', 't2'), ('p1', 't1'), ('p2', 't1'), ('p4', 't3');
    INSERT INTO "User_labels" ("nodeId", "position", "value") VALUES
        ('a', 2000, 'second'), ('a', 1000, 'first'), ('b', 1000, 'only')
"#;

pub fn spec(name: &str, scalar: ScalarType, required: bool, unique: bool) -> ColumnSpec {
    ColumnSpec { name: name.to_owned(), column_type: ColumnType::Scalar(scalar), required, unique }
}

pub fn text(name: &str) -> Column {
    Column { name: name.to_owned(), cell: CellType::Text }
}

pub fn id() -> Column {
    text("id")
}

/// A column of the tables above.
pub fn column(name: &str) -> Column {
    let cell = match name {
        "age" => CellType::Int,
        "score" => CellType::Float,
        "active" => CellType::Boolean,
        "born" => CellType::DateTime,
        "extra" => CellType::Json,
        _ => CellType::Text,
    };
    Column { name: name.to_owned(), cell }
}

pub fn path(table: &str, link: Link) -> RelationPath {
    RelationPath { parent_id: id(), table: table.to_owned(), id: id(), link }
}

pub fn tags_of_post() -> RelationPath {
    let (parent_column, child_column) = ("A".to_owned(), "B".to_owned());
    path("Tag", Link::Table { table: "_PostToTag".to_owned(), parent_column, child_column })
}

pub fn posts_of_user() -> RelationPath {
    path("Post", Link::ChildColumn("author".to_owned()))
}

pub fn author_of_post() -> RelationPath {
    path("User", Link::ParentColumn("author".to_owned()))
}

pub fn friend_of_user() -> RelationPath {
    path("User", Link::ParentColumn("friend".to_owned()))
}

/// A node without outputs.
pub fn node(table: &str) -> Node {
    Node {
        model: table.to_owned(),
        table: table.to_owned(),
        id: id(),
        columns: vec![],
        to_one: vec![],
        lists: vec![],
        children: vec![],
        outputs: vec![],
    }
}

/// Adds outputs to a node, one after the other.
pub trait Selecting {
    /// Columns that may be null; those whose names end with `!` may not.
    fn columns(self, names: &[&str]) -> Self;
    fn to_one(self, key: &str, path: RelationPath, node: Node, required: bool) -> Self;
    fn children(self, key: &str, path: RelationPath, rows: Rows) -> Self;
    fn list(self, key: &str, table: &str) -> Self;
    fn typename(self, key: &str) -> Self;
}

impl Selecting for Node {
    fn columns(mut self, names: &[&str]) -> Node {
        for name in names {
            let (key, required) = match name.strip_suffix('!') {
                Some(name) => (name, true),
                None => (*name, false),
            };
            let index = self.columns.len();
            self.columns.push(column(key));
            push(&mut self, key, OutputValue::Column { index, required });
        }
        self
    }

    fn to_one(mut self, key: &str, path: RelationPath, node: Node, required: bool) -> Node {
        let index = self.to_one.len();
        self.to_one.push(ToOne { path, node, required });
        push(&mut self, key, OutputValue::ToOne(index));
        self
    }

    fn children(mut self, key: &str, path: RelationPath, rows: Rows) -> Node {
        let index = self.children.len();
        self.children.push(Children { path, rows });
        push(&mut self, key, OutputValue::Children(index));
        self
    }

    fn list(mut self, key: &str, table: &str) -> Node {
        let index = self.lists.len();
        self.lists.push(ScalarList { table: table.to_owned(), cell: CellType::Text });
        push(&mut self, key, OutputValue::List(index));
        self
    }

    fn typename(mut self, key: &str) -> Node {
        let model = self.model.clone();
        push(&mut self, key, OutputValue::Typename(model));
        self
    }
}

fn push(node: &mut Node, key: &str, value: OutputValue) {
    let column = u32::try_from(node.outputs.len()).unwrap() + 1;
    node.outputs.push(Output { key: key.to_owned(), position: Position { line: 2, column }, value });
}

/// Every row, by id.
pub fn all(node: Node) -> Rows {
    Rows { node, filter: Filter::All, order: vec![by("id")], page: Page::default() }
}

/// The row whose id is in slot 0.
pub fn with_id(node: Node) -> Rows {
    Rows { filter: equals("id"), ..all(node) }
}

/// Sort key; a name that begins with `-` descends.
pub fn by(name: &str) -> OrderKey {
    match name.strip_prefix('-') {
        Some(name) => OrderKey { column: column(name), descending: true },
        None => OrderKey { column: column(name), descending: false },
    }
}

/// Column equals slot 0.
pub fn equals(name: &str) -> Filter {
    Filter::Compare { column: column(name), comparison: Comparison::Equal, value: Slot(0) }
}

pub fn value(text: &str) -> Value {
    Value::Text(text.to_owned())
}
