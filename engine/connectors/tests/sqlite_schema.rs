//! Schema changes of the SQLite connector: what is there before, what is asked for, what is there after.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where something is wrong")]

mod support;

use connector_interface::*;
use connectors::sqlite::SqliteOptions;
use datamodel::{ScalarType, Sequence};
use serde_json::Value as Json;
use support::*;

/// The statements that would make the tables and indexes, one a line, tables of SQLite itself aside.
async fn schema(service: &Service) -> String {
    let sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' ORDER BY name";
    let rows: Vec<Json> = serde_json::from_str(&service.raw(sql).await).unwrap();
    rows.iter().map(|row| row["sql"].as_str().unwrap().to_owned() + "\n").collect()
}

async fn change(service: &Service, changes: Vec<SchemaChange>) -> Result<(), ConnectorError> {
    service.connector.change_schema(&service.placement, service.next_revision(), changes).await.map(drop)
}

fn add(table: &str, column: ColumnSpec, fill: Option<Value>) -> SchemaChange {
    SchemaChange::AddColumn { table: table.to_owned(), column, fill }
}

fn alter(table: &str, from: ColumnSpec, to: ColumnSpec, fill: Option<Value>) -> SchemaChange {
    SchemaChange::AlterColumn { table: table.to_owned(), from, to, fill }
}

fn table(name: &str) -> SchemaChange {
    let id = spec("id", ScalarType::Id, true, true);
    SchemaChange::CreateTable { table: name.to_owned(), id, sequence: None }
}

fn counted(name: &str, initial_value: i64) -> SchemaChange {
    let id = spec("id", ScalarType::Int, true, true);
    SchemaChange::CreateTable { table: name.to_owned(), id, sequence: Some(sequence(initial_value)) }
}

fn sequence(initial_value: i64) -> Sequence {
    Sequence { name: "s".to_owned(), initial_value, allocation_size: 1 }
}

fn link(name: &str, table: &str) -> LinkColumn {
    LinkColumn { name: name.to_owned(), table: table.to_owned(), id: spec("id", ScalarType::Id, true, true) }
}

fn relation(table: &str, column: LinkColumn) -> SchemaChange {
    SchemaChange::AddRelationColumn { table: table.to_owned(), column }
}

fn links(name: &str, id_column: Option<&str>) -> SchemaChange {
    SchemaChange::CreateLinkTable {
        table: name.to_owned(),
        a: link("A", "T"),
        b: link("B", "U"),
        id_column: id_column.map(str::to_owned),
    }
}

fn rename(from: &str, to: &str) -> SchemaChange {
    SchemaChange::RenameTable { from: from.to_owned(), to: to.to_owned() }
}

struct Case {
    name: &'static str,
    before: Vec<SchemaChange>,
    rows: &'static [&'static str],
    changes: Vec<SchemaChange>,
    schema: &'static str,
    /// A question and its answer.
    rows_after: (&'static str, &'static str),
}

fn text(name: &str, required: bool, unique: bool) -> ColumnSpec {
    spec(name, ScalarType::String, required, unique)
}

const NONE: (&str, &str) = ("SELECT 1 WHERE 0", "[]");

fn cases() -> Vec<Case> {
    let t = |required, unique| vec![table("T"), add("T", text("c", required, unique), None)];
    vec![
        Case {
            name: "every type",
            before: vec![],
            rows: &[],
            changes: vec![
                table("T"),
                add("T", spec("i", ScalarType::Int, false, true), None),
                add("T", spec("f", ScalarType::Float, false, false), None),
                add("T", spec("b", ScalarType::Boolean, true, false), None),
                add("T", spec("d", ScalarType::DateTime, false, false), None),
                add("T", ColumnSpec { column_type: ColumnType::Enum, ..text("e", false, false) }, None),
            ],
            schema: r#"CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY, "i" INTEGER, "f" REAL, "b" BOOLEAN NOT NULL, "d" INTEGER, "e" TEXT)
CREATE UNIQUE INDEX "T.i._UNIQUE" ON "T" ("i")
"#,
            rows_after: NONE,
        },
        Case {
            name: "the same changes again change nothing",
            before: [t(true, true), vec![table("U"), links("_L", None), relation("T", link("u", "U"))]].concat(),
            rows: &["INSERT INTO T (id, c) VALUES ('1', 'x')"],
            changes: [t(true, true), vec![table("U"), links("_L", None), relation("T", link("u", "U"))]].concat(),
            schema: r#"CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY, "c" TEXT NOT NULL, "u" TEXT REFERENCES "U" ("id") ON DELETE SET NULL)
CREATE UNIQUE INDEX "T.c._UNIQUE" ON "T" ("c")
CREATE INDEX "T.u._INDEX" ON "T" ("u")
CREATE TABLE "U" ("id" TEXT NOT NULL PRIMARY KEY)
CREATE TABLE "_L" ("A" TEXT NOT NULL REFERENCES "T" ("id") ON DELETE CASCADE, "B" TEXT NOT NULL REFERENCES "U" ("id") ON DELETE CASCADE)
CREATE UNIQUE INDEX "_L_AB_unique" ON "_L" ("A", "B")
CREATE INDEX "_L_B" ON "_L" ("B")
"#,
            rows_after: ("SELECT * FROM T", r#"[{"id":"1","c":"x","u":null}]"#),
        },
        Case {
            name: "a required column is filled",
            before: vec![table("T")],
            rows: &["INSERT INTO T (id) VALUES ('1')"],
            changes: vec![add("T", text("c", true, false), Some(value("it's")))],
            schema: r#"CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY, "c" TEXT NOT NULL)
"#,
            rows_after: ("SELECT c FROM T", r#"[{"c":"it's"}]"#),
        },
        Case {
            name: "a column becomes required, unique and gets a new name",
            before: t(false, false),
            rows: &["INSERT INTO T (id, c) VALUES ('1', 'x'), ('2', NULL)"],
            changes: vec![alter("T", text("c", false, false), text("d", true, true), Some(value("filled")))],
            schema: r#"CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY, "d" TEXT NOT NULL)
CREATE UNIQUE INDEX "T.d._UNIQUE" ON "T" ("d")
"#,
            rows_after: ("SELECT d FROM T ORDER BY id", r#"[{"d":"x"},{"d":"filled"}]"#),
        },
        Case {
            name: "and loses all of that again",
            before: t(true, true),
            rows: &["INSERT INTO T (id, c) VALUES ('1', 'x')"],
            changes: vec![alter("T", text("c", true, true), text("C", false, false), None)],
            schema: r#"CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY, "C" TEXT)
"#,
            rows_after: ("SELECT * FROM T", r#"[{"id":"1","C":"x"}]"#),
        },
        Case {
            name: "a column that exists with another type is made anew",
            before: t(false, true),
            rows: &["INSERT INTO T (id, c) VALUES ('1', 'x')"],
            changes: vec![add("T", spec("c", ScalarType::Int, false, false), None)],
            schema: r#"CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY, "c" INTEGER)
"#,
            rows_after: ("SELECT c FROM T", r#"[{"c":null}]"#),
        },
        Case {
            name: "columns and relation columns are dropped with their indexes",
            before: [t(true, true), vec![table("U"), relation("T", link("u", "U"))]].concat(),
            rows: &["INSERT INTO U (id) VALUES ('9')", "INSERT INTO T (id, c, u) VALUES ('1', 'x', '9')"],
            changes: vec![
                SchemaChange::DropColumn { table: "T".to_owned(), column: "c".to_owned() },
                SchemaChange::DropRelationColumn { table: "T".to_owned(), column: "u".to_owned() },
                SchemaChange::DropColumn { table: "T".to_owned(), column: "nothing".to_owned() },
                SchemaChange::DropTable { table: "U".to_owned() },
                SchemaChange::DropTable { table: "Nothing".to_owned() },
            ],
            schema: r#"CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY)
"#,
            rows_after: ("SELECT * FROM T", r#"[{"id":"1"}]"#),
        },
        Case {
            name: "a renamed table takes its indexes along and frees their names",
            before: [t(false, true), vec![table("U"), links("_L", None), relation("T", link("u", "U"))]].concat(),
            rows: &[
                "INSERT INTO U (id) VALUES ('9')",
                "INSERT INTO T (id, c, u) VALUES ('1', 'x', '9')",
                "INSERT INTO _L VALUES ('1', '9')",
            ],
            changes: [vec![rename("T", "V"), rename("_L", "_M"), rename("U", "u")], t(false, true)].concat(),
            schema: r#"CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY, "c" TEXT)
CREATE UNIQUE INDEX "T.c._UNIQUE" ON "T" ("c")
CREATE TABLE "V" ("id" TEXT NOT NULL PRIMARY KEY, "c" TEXT, "u" TEXT REFERENCES "u" ("id") ON DELETE SET NULL)
CREATE UNIQUE INDEX "V.c._UNIQUE" ON "V" ("c")
CREATE INDEX "V.u._INDEX" ON "V" ("u")
CREATE TABLE "_M" ("A" TEXT NOT NULL REFERENCES "V" ("id") ON DELETE CASCADE, "B" TEXT NOT NULL REFERENCES "u" ("id") ON DELETE CASCADE)
CREATE UNIQUE INDEX "_M_AB_unique" ON "_M" ("A", "B")
CREATE INDEX "_M_B" ON "_M" ("B")
CREATE TABLE "u" ("id" TEXT NOT NULL PRIMARY KEY)
"#,
            rows_after: ("SELECT V.id, V.c, _M.B FROM V JOIN _M ON A = V.id", r#"[{"id":"1","c":"x","B":"9"}]"#),
        },
        Case {
            name: "relation columns are renamed and retargeted",
            before: [t(false, false), vec![table("U"), relation("T", link("u", "U")), relation("T", link("w", "U"))]]
                .concat(),
            rows: &["INSERT INTO U (id) VALUES ('9')", "INSERT INTO T (id, u, w) VALUES ('1', '9', '9')"],
            changes: vec![
                SchemaChange::RenameRelationColumn { table: "T".into(), from: "u".into(), to: "v".into() },
                relation("T", link("w", "T")),
            ],
            schema: r#"CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY, "c" TEXT, "v" TEXT REFERENCES "U" ("id") ON DELETE SET NULL, "w" TEXT REFERENCES "T" ("id") ON DELETE SET NULL)
CREATE INDEX "T.v._INDEX" ON "T" ("v")
CREATE INDEX "T.w._INDEX" ON "T" ("w")
CREATE TABLE "U" ("id" TEXT NOT NULL PRIMARY KEY)
"#,
            rows_after: ("SELECT * FROM T", r#"[{"id":"1","c":null,"v":"9","w":null}]"#),
        },
        Case {
            name: "link tables: columns renamed, id dropped, links kept",
            before: vec![table("T"), table("U"), links("_L", Some("id"))],
            rows: &[
                "INSERT INTO T VALUES ('1')",
                "INSERT INTO U VALUES ('9')",
                "INSERT INTO _L VALUES ('x', '1', '9')",
            ],
            changes: vec![
                SchemaChange::RenameLinkColumns {
                    table: "_L".into(),
                    renames: vec![("A".into(), "one".into()), ("B".into(), "other".into())],
                },
                SchemaChange::DropLinkId { table: "_L".into(), column: "id".into() },
                SchemaChange::DropLinkId { table: "_L".into(), column: "id".into() },
            ],
            schema: r#"CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY)
CREATE TABLE "U" ("id" TEXT NOT NULL PRIMARY KEY)
CREATE TABLE "_L" ("one" TEXT NOT NULL REFERENCES "T" ("id") ON DELETE CASCADE, "other" TEXT NOT NULL REFERENCES "U" ("id") ON DELETE CASCADE)
CREATE UNIQUE INDEX "_L_AB_unique" ON "_L" ("one", "other")
CREATE INDEX "_L_B" ON "_L" ("other")
"#,
            rows_after: ("SELECT * FROM _L", r#"[{"one":"1","other":"9"}]"#),
        },
        Case {
            name: "an id is replaced, other columns stay",
            before: [t(true, true), vec![table("U"), relation("T", link("u", "U"))]].concat(),
            rows: &[],
            changes: vec![SchemaChange::ReplaceId {
                table: "T".into(),
                from: spec("id", ScalarType::Id, true, true),
                to: spec("number", ScalarType::Int, true, true),
                sequence: Some(sequence(7)),
            }],
            schema: r#"CREATE TABLE "T" ("number" INTEGER PRIMARY KEY AUTOINCREMENT, "c" TEXT NOT NULL, "u" TEXT REFERENCES "U" ("id") ON DELETE SET NULL)
CREATE UNIQUE INDEX "T.c._UNIQUE" ON "T" ("c")
CREATE INDEX "T.u._INDEX" ON "T" ("u")
CREATE TABLE "U" ("id" TEXT NOT NULL PRIMARY KEY)
"#,
            rows_after: ("INSERT INTO T (c) VALUES ('x') RETURNING number", r#"[{"number":7}]"#),
        },
        Case {
            name: "ids count from their first value and never twice",
            before: vec![counted("T", 100)],
            rows: &["INSERT INTO T VALUES (NULL)", "DELETE FROM T"],
            changes: vec![counted("T", 100)],
            schema: r#"CREATE TABLE "T" ("id" INTEGER PRIMARY KEY AUTOINCREMENT)
"#,
            rows_after: ("INSERT INTO T VALUES (NULL) RETURNING id", r#"[{"id":101}]"#),
        },
        Case {
            name: "a new sequence starts above the highest id",
            before: vec![counted("T", 1)],
            rows: &["INSERT INTO T VALUES (50)"],
            changes: vec![SchemaChange::ChangeSequence {
                table: "T".into(),
                id: spec("id", ScalarType::Int, true, true),
                from: None,
                to: Some(sequence(10)),
            }],
            schema: r#"CREATE TABLE "T" ("id" INTEGER PRIMARY KEY AUTOINCREMENT)
"#,
            rows_after: ("INSERT INTO T VALUES (NULL) RETURNING id", r#"[{"id":51}]"#),
        },
        Case {
            name: "a scalar list",
            before: vec![counted("T", 1)],
            rows: &[],
            changes: vec![SchemaChange::CreateListTable {
                table: "T_tags".into(),
                model_table: "T".into(),
                model_id: spec("id", ScalarType::Int, true, true),
                value: ColumnType::Scalar(ScalarType::Boolean),
            }],
            schema: r#"CREATE TABLE "T" ("id" INTEGER PRIMARY KEY AUTOINCREMENT)
CREATE TABLE "T_tags" ("nodeId" INTEGER NOT NULL REFERENCES "T" ("id") ON DELETE CASCADE, "position" INTEGER NOT NULL, "value" BOOLEAN NOT NULL, PRIMARY KEY ("nodeId", "position")) WITHOUT ROWID
"#,
            rows_after: NONE,
        },
        Case {
            name: "a stranger's names",
            before: vec![],
            rows: &[],
            changes: vec![table("a\"; DROP TABLE x; --"), add("a\"; DROP TABLE x; --", text("'\"", true, true), None)],
            schema: "CREATE TABLE \"a\"\"; DROP TABLE x; --\" (\"id\" TEXT NOT NULL PRIMARY KEY, \"'\"\"\" TEXT NOT NULL)\nCREATE UNIQUE INDEX \"a\"\"; DROP TABLE x; --.'\"\"._UNIQUE\" ON \"a\"\"; DROP TABLE x; --\" (\"'\"\"\")\n",
            rows_after: NONE,
        },
        Case {
            name: "a table takes the name of an index, an index that of a table",
            before: vec![table("T"), table("U"), table("_L_B"), links("_L", None)],
            rows: &[],
            changes: vec![table("_L_AB_unique")],
            schema: r#"CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY)
CREATE TABLE "U" ("id" TEXT NOT NULL PRIMARY KEY)
CREATE TABLE "_L" ("A" TEXT NOT NULL REFERENCES "T" ("id") ON DELETE CASCADE, "B" TEXT NOT NULL REFERENCES "U" ("id") ON DELETE CASCADE)
CREATE TABLE "_L_AB_unique" ("id" TEXT NOT NULL PRIMARY KEY)
CREATE UNIQUE INDEX "_L_AB_unique_HASH" ON "_L" ("A", "B")
CREATE TABLE "_L_B" ("id" TEXT NOT NULL PRIMARY KEY)
CREATE INDEX "_L_B_HASH" ON "_L" ("B")
"#,
            rows_after: NONE,
        },
    ]
}

/// Hashes in names of indexes are replaced, once it is clear that they are hashes.
fn without_hashes(schema: &str) -> String {
    let mut parts = schema.split("_L_").map(str::to_owned).collect::<Vec<_>>();
    for part in &mut parts {
        let Some((name, rest)) = part.split_once('"') else { continue };
        if let Some((head, hash)) = name.rsplit_once('_')
            && hash.len() == 16
            && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            *part = format!("{head}_HASH\"{rest}");
        }
    }
    parts.join("_L_")
}

#[test]
fn changes() {
    block_on(async {
        for case in cases() {
            let name = case.name;
            let service = Service::empty(SqliteOptions::default()).await;
            change(&service, case.before).await.unwrap_or_else(|error| panic!("{name}: {error}"));
            for row in case.rows {
                service.raw(row).await;
            }
            change(&service, case.changes).await.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(without_hashes(&schema(&service).await), case.schema, "{name}");
            let (question, answer) = case.rows_after;
            assert_eq!(service.raw(question).await, answer, "{name}");
        }
    });
}

#[test]
fn all_changes_or_none() {
    block_on(async {
        let service = Service::empty(SqliteOptions::default()).await;
        change(&service, vec![table("T"), add("T", text("c", false, false), None)]).await.unwrap();
        service.raw("INSERT INTO T (id, c) VALUES ('1', NULL), ('2', 'x'), ('3', 'x')").await;
        let before = schema(&service).await;
        let (optional, required) = (text("c", false, false), text("c", true, false));
        let refused: Vec<(&str, SchemaChange)> = vec![
            ("nulls in a required column", alter("T", optional.clone(), required, None)),
            ("duplicates in a unique column", alter("T", optional, text("c", false, true), None)),
            (
                "rows under a replaced id",
                SchemaChange::ReplaceId {
                    table: "T".into(),
                    from: spec("id", ScalarType::Id, true, true),
                    to: spec("n", ScalarType::Int, true, true),
                    sequence: None,
                },
            ),
            ("a reserved name", table("sqlite_x")),
            ("a NUL", table("a\0b")),
            ("a table that differs in case only", table("t")),
            ("a column that differs in case only", add("T", text("C", false, false), None)),
            ("a name that is taken", rename("T", "New")),
        ];
        for (name, last) in refused {
            let result = change(&service, vec![table("New"), last]).await;
            assert!(result.is_err(), "{name}");
            assert_eq!(schema(&service).await, before, "{name}");
        }
        // Foreign keys are enforced again afterwards.
        change(&service, vec![relation("T", link("t", "T"))]).await.unwrap();
        let statement = "INSERT INTO T (id, t) VALUES ('4', 'nobody')".to_owned();
        assert!(service.connector.execute_raw(&service.placement, SCHEMA.to_owned(), statement).await.is_err());
    });
}

#[test]
fn a_revision_is_reached_once() {
    block_on(async {
        let service = Service::empty(SqliteOptions::default()).await;
        let change = |revision, changes| service.connector.change_schema(&service.placement, revision, changes);
        let rename = |from: &str, to: &str| SchemaChange::RenameTable { from: from.to_owned(), to: to.to_owned() };
        change(1, vec![table("A"), table("B")]).await.unwrap();
        // What must not be made twice: two tables change places.
        let swap =
            || vec![rename("A", "x"), rename("B", "A"), rename("x", "B"), add("A", text("was_b", false, false), None)];
        for _ in 0..3 {
            change(2, swap()).await.unwrap();
            service.raw("SELECT was_b FROM A").await;
            change(1, vec![table("Late")]).await.unwrap();
        }
        // What fails does not reach its revision.
        assert!(change(3, vec![table("C"), rename("A", "B")]).await.is_err());
        change(3, vec![table("C")]).await.unwrap();
        let tables =
            "SELECT group_concat(name) AS n FROM (SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1)";
        assert_eq!(service.raw(tables).await, r#"[{"n":"A,B,C"}]"#);
        // What was given up is not reached any more, and what was reached is not given up.
        assert_eq!(service.connector.give_up(&service.placement, 3).await.unwrap(), Reached::Changed);
        for _ in 0..2 {
            assert_eq!(service.connector.give_up(&service.placement, 4).await.unwrap(), Reached::GivenUp);
            assert_eq!(change(4, vec![table("D")]).await.unwrap(), Reached::GivenUp);
        }
        assert_eq!(service.raw(tables).await, r#"[{"n":"A,B,C"}]"#);
        assert_eq!(change(5, vec![table("D")]).await.unwrap(), Reached::Changed);
        assert_eq!(service.raw(tables).await, r#"[{"n":"A,B,C,D"}]"#);
    });
}

#[test]
fn names_of_full_length() {
    block_on(async {
        let service = Service::empty(SqliteOptions::default()).await;
        let long = |last: char| "n".repeat(62) + &last.to_string();
        let columns = ['a', 'b'].map(|last| add(&long('t'), text(&long(last), true, true), None));
        change(&service, [vec![table(&long('t'))], columns.to_vec()].concat()).await.unwrap();
        let sql = "SELECT count(*) AS n, max(length(CAST(name AS BLOB))) AS l FROM sqlite_schema WHERE sql LIKE '%UNIQUE INDEX%'";
        assert_eq!(service.raw(sql).await, r#"[{"n":2,"l":63}]"#);
    });
}

#[test]
fn questions_about_rows() {
    let s = str::to_owned;
    let unlinked = |link_table: &str| DataCheck::AnyUnlinked {
        id: id(),
        table: s("Post"),
        link_table: s(link_table),
        link_column: s("A"),
    };
    let cases = vec![
        (DataCheck::AnyRow { table: s("User") }, true),
        (DataCheck::AnyRow { table: s("Nothing") }, false),
        (DataCheck::SeveralRows { table: s("User") }, true),
        (DataCheck::SeveralRows { table: s("Nothing") }, false),
        (DataCheck::AnyNull { table: s("User"), column: s("name") }, true),
        (DataCheck::AnyNull { table: s("Tag"), column: s("name") }, false),
        (DataCheck::AnyNull { table: s("Tag"), column: s("nothing") }, false),
        (DataCheck::AnyValue { table: s("Post"), column: s("author") }, true),
        (DataCheck::AnyValue { table: s("Nothing"), column: s("author") }, false),
        (DataCheck::AnyDuplicate { table: s("User"), column: s("age") }, true),
        (DataCheck::AnyDuplicate { table: s("User"), column: s("name") }, false),
        (DataCheck::AnyDuplicate { table: s("Post"), column: s("title") }, false),
        (unlinked("_PostToTag"), true),
        (unlinked("Nothing"), true),
        (DataCheck::ValueUsed { table: s("Tag"), column: s("name"), value: s("red") }, true),
        (DataCheck::ValueUsed { table: s("Tag"), column: s("name"), value: s("r' OR 1") }, false),
        (DataCheck::ValueUsed { table: s("User_labels"), column: s("value"), value: s("only") }, true),
    ];
    block_on(async {
        let service = Service::with_rows(SqliteOptions::default()).await;
        let (checks, expected): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
        assert_eq!(service.connector.check_data(&service.placement, checks).await.unwrap(), expected);
        service.raw("DELETE FROM Post WHERE id IN ('p3', 'p5')").await;
        assert_eq!(
            service.connector.check_data(&service.placement, vec![unlinked("_PostToTag")]).await.unwrap(),
            [false]
        );
    });
}
