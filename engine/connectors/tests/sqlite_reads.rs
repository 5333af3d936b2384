//! Reads of the SQLite connector: plans made by hand against the rows of a small service.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where something is wrong")]

mod support;

use connector_interface::*;
use connectors::sqlite::SqliteOptions;
use support::*;

/// Name, plan, parameters, bytes of the answer, and errors as `kind path line:column`.
type Case<'a> = (&'a str, ReadPlan, Vec<Value>, &'a str, &'a [&'a str]);

/// Runs each plan and compares bytes and errors.
fn check(cases: Vec<Case<'_>>) {
    block_on(async {
        let service = Service::with_rows(SqliteOptions::default()).await;
        for (name, plan, parameters, expected, errors) in cases {
            let (text, found) = service.read(&plan, &parameters).await.unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_eq!(text, expected, "{name}");
            let found: Vec<String> = found.iter().map(described).collect();
            assert_eq!(found, errors, "{name}");
            serde_json::from_str::<serde_json::Value>(&text).unwrap();
        }
    });
}

fn described(error: &FieldError) -> String {
    let path: Vec<String> = error
        .path
        .iter()
        .map(|segment| match segment {
            PathSegment::Key(key) => key.clone(),
            PathSegment::Index(index) => index.to_string(),
        })
        .collect();
    let kind = match error.kind {
        FieldErrorKind::NullInNonNull => "null",
        FieldErrorKind::NotJson => "not json",
        FieldErrorKind::Internal => "internal",
        FieldErrorKind::Service(_) => "service",
    };
    format!("{kind} {} {}:{}", path.join("."), error.position.line, error.position.column)
}

fn one(rows: Rows) -> ReadPlan {
    ReadPlan::One { rows, required: false }
}

#[test]
fn single_rows() {
    let every = || node("User").columns(&["id", "name", "age", "score", "active", "born", "extra"]);
    check(vec![
        (
            "every scalar",
            one(with_id(every())),
            vec![value("a")],
            r#"{"id":"a","name":"Ann","age":30,"score":1.5,"active":true,"born":"1970-01-01T00:00:00.000Z","extra":{"k":[1, null]}}"#,
            &[],
        ),
        (
            "escapes, zeros stripped, milliseconds",
            one(with_id(every())),
            vec![value("b")],
            r#"{"id":"b","name":"B\"o\\b","age":20,"score":10,"active":false,"born":"2000-02-29T00:00:00.001Z","extra":null}"#,
            &[],
        ),
        (
            "nulls",
            one(with_id(every())),
            vec![value("c")],
            r#"{"id":"c","name":null,"age":null,"score":null,"active":null,"born":null,"extra":null}"#,
            &[],
        ),
        ("no row", one(with_id(every())), vec![value("zzz")], "null", &[]),
        (
            "no row where one must be",
            ReadPlan::One { rows: with_id(every()), required: true },
            vec![value("zzz")],
            "null",
            &["null root 1:1"],
        ),
        (
            "keys are not columns, and an object may be without columns",
            one(with_id(node("User").typename("t\"\u{1}").list("l", "User_labels"))),
            vec![value("a")],
            "{\"t\\\"\\u0001\":\"User\",\"l\":[\"first\",\"second\"]}",
            &[],
        ),
        (
            "the first model that has the id",
            ReadPlan::Node(vec![
                with_id(node("Tag").columns(&["id"]).typename("m")),
                with_id(node("User").typename("m").columns(&["id"])),
                with_id(node("Post").columns(&["id"])),
            ]),
            vec![value("b")],
            r#"{"m":"User","id":"b"}"#,
            &[],
        ),
        ("no model has the id", ReadPlan::Node(vec![with_id(node("Tag"))]), vec![value("b")], "null", &[]),
    ]);
}

#[test]
fn relations() {
    let friend = |required| {
        let inner =
            node("User").columns(&["name"]).to_one("friend", friend_of_user(), node("User").columns(&["id"]), false);
        node("User").columns(&["id"]).to_one("friend", friend_of_user(), inner, required)
    };
    let tags = || all(node("Tag").columns(&["name!"]));
    let posts = || all(node("Post").columns(&["title"]).children("tags", tags_of_post(), tags()));
    let of_author = || {
        let author =
            node("User").columns(&["id"]).list("labels", "User_labels").children("posts", posts_of_user(), posts());
        node("Post").columns(&["id"]).to_one("author", author_of_post(), author, false)
    };
    let post_of_tag = || {
        let link = Link::Table { table: "_PostToTag".into(), parent_column: "B".into(), child_column: "A".into() };
        node("Tag").columns(&["id"]).to_one("post", path("Post", link), node("Post").columns(&["id"]), false)
    };
    let post_of_user =
        || node("User").columns(&["id"]).to_one("post", posts_of_user(), node("Post").columns(&["id", "title"]), false);
    let first_two = |node| Rows { page: Page { first: Some(Slot(0)), ..Page::default() }, ..all(node) };
    check(vec![
        (
            "to-one, twice",
            ReadPlan::Many(all(friend(false))),
            vec![],
            r#"[{"id":"a","friend":null},{"id":"b","friend":{"name":"Ann","friend":null}},{"id":"c","friend":{"name":"B\"o\\b","friend":{"id":"a"}}},{"id":"d","friend":{"name":"Ann","friend":null}}]"#,
            &[],
        ),
        (
            "a page is cut before targets are joined",
            ReadPlan::Many(first_two(friend(false))),
            vec![Value::Int(2)],
            r#"[{"id":"a","friend":null},{"id":"b","friend":{"name":"Ann","friend":null}}]"#,
            &[],
        ),
        (
            "children and their children",
            one(with_id(node("User").children("posts", posts_of_user(), posts()).columns(&["id"]))),
            vec![value("a")],
            r#"{"posts":[{"title":"one","tags":[{"name":"red"},{"name":"green"}]},{"title":"two","tags":[{"name":"red"}]},{"title":null,"tags":[]}],"id":"a"}"#,
            &[],
        ),
        (
            "lists and children of a joined row, absent and present",
            ReadPlan::Many(Rows { order: vec![by("-id")], ..first_two(of_author()) }),
            vec![Value::Int(2)],
            r#"[{"id":"p5","author":null},{"id":"p4","author":{"id":"b","labels":["only"],"posts":[{"title":"four","tags":[{"name":"blue"}]}]}}]"#,
            &[],
        ),
        (
            "surplus links of a to-one through a link table do not multiply rows",
            ReadPlan::Many(all(post_of_tag())),
            vec![],
            r#"[{"id":"t1","post":{"id":"p1"}},{"id":"t2","post":{"id":"p1"}},{"id":"t3","post":{"id":"p4"}}]"#,
            &[],
        ),
        (
            "nor do those of a to-one through its own column",
            ReadPlan::Many(all(post_of_user())),
            vec![],
            r#"[{"id":"a","post":{"id":"p1","title":"one"}},{"id":"b","post":{"id":"p4","title":"four"}},{"id":"c","post":null},{"id":"d","post":null}]"#,
            &[],
        ),
        (
            "nulls climb to the item of a root list",
            ReadPlan::Many(all(friend(true))),
            vec![],
            r#"[null,{"id":"b","friend":{"name":"Ann","friend":null}},{"id":"c","friend":{"name":"B\"o\\b","friend":{"id":"a"}}},{"id":"d","friend":{"name":"Ann","friend":null}}]"#,
            &["null root.0.friend 2:2"],
        ),
        (
            "and to a child list",
            ReadPlan::Many(all(node("User").children(
                "posts",
                posts_of_user(),
                all(node("Post").columns(&["title!"])),
            ))),
            vec![],
            r#"[{"posts":null},{"posts":[{"title":"four"}]},{"posts":[]},{"posts":[]}]"#,
            &["null root.0.posts.2.title 2:1"],
        ),
        (
            "and through a required target to an optional one",
            one(with_id(node("User").columns(&["id"]).to_one(
                "friend",
                friend_of_user(),
                node("User").to_one(
                    "friend",
                    friend_of_user(),
                    node("User").to_one("friend", friend_of_user(), node("User"), true),
                    true,
                ),
                false,
            ))),
            vec![value("c")],
            r#"{"id":"c","friend":null}"#,
            &["null root.friend.friend.friend 2:1"],
        ),
    ]);
}

#[test]
fn pages() {
    let ids = |order: &[&str], page: Page| {
        let order = order.iter().map(|name| by(name)).collect();
        ReadPlan::Many(Rows { order, page, ..all(node("User").columns(&["id"])) })
    };
    let slot = |at| Some(Slot(at));
    let first = Page { first: slot(0), ..Page::default() };
    let last = Page { last: slot(0), ..Page::default() };
    let after = Page { after: slot(1), ..Page::default() };
    let before = Page { before: slot(1), ..Page::default() };
    let cases: Vec<(&[&str], Page, i64, &str, &str)> = vec![
        (&["id"], Page::default(), 0, "", "abcd"),
        (&["-id"], Page::default(), 0, "", "dcba"),
        // Nulls sort as SQLite sorts them: first when ascending, last when descending.
        (&["age", "id"], Page::default(), 0, "", "cbda"),
        (&["-age", "id"], Page::default(), 0, "", "abdc"),
        (&["id"], first, 2, "", "ab"),
        (&["id"], first, 0, "", ""),
        (&["id"], last, 3, "", "bcd"),
        (&["age", "id"], last, 2, "", "da"),
        (&["-age", "id"], last, 2, "", "dc"),
        (&["id"], Page { skip: slot(0), ..Page::default() }, 3, "", "d"),
        (&["id"], Page { skip: slot(0), ..first }, 1, "", "b"),
        (&["id"], Page { skip: slot(0), ..last }, 1, "", "c"),
        (&["id"], after, 0, "b", "cd"),
        (&["-id"], after, 0, "b", "a"),
        (&["id"], before, 0, "b", "a"),
        (&["-id"], before, 0, "b", "dc"),
        (&["age", "id"], after, 0, "c", "bda"),
        (&["age", "id"], after, 0, "b", "da"),
        (&["age", "id"], before, 0, "b", "c"),
        (&["age", "id"], before, 0, "a", "cbd"),
        (&["-age", "id"], after, 0, "a", "bdc"),
        (&["-age", "id"], after, 0, "b", "dc"),
        (&["-age", "id"], after, 0, "d", "c"),
        (&["-age", "id"], after, 0, "c", ""),
        (&["-age", "id"], before, 0, "c", "abd"),
        (&["-age", "id"], before, 0, "b", "a"),
        (&["id"], after, 0, "zzz", ""),
        (&["id"], before, 0, "zzz", ""),
        (&["age", "id"], after, 0, "zzz", ""),
        (&["age", "id"], before, 0, "zzz", ""),
        (&["id"], Page { after: slot(1), before: slot(2), ..first }, 5, "a", "bc"),
        (&["age", "id"], Page { after: slot(1), ..last }, 1, "c", "a"),
    ];
    block_on(async {
        let service = Service::with_rows(SqliteOptions::default()).await;
        for (order, page, number, cursor, expected) in cases {
            let parameters = [Value::Int(number), value(cursor), value("d")];
            let (text, errors) = service.read(&ids(order, page), &parameters).await.unwrap();
            let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
            let found: String = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
            assert_eq!(found, expected, "{order:?} {page:?} {number} {cursor}");
            assert!(errors.is_empty());
        }
    });
}

#[test]
fn pages_of_children() {
    let tags = |page| Rows { page, order: vec![by("-name"), by("id")], ..all(node("Tag").columns(&["name"])) };
    let posts = |page| ReadPlan::Many(all(node("Post").columns(&["id"]).children("tags", tags_of_post(), tags(page))));
    check(vec![
        (
            "the first of each",
            posts(Page { first: Some(Slot(0)), ..Page::default() }),
            vec![Value::Int(1)],
            r#"[{"id":"p1","tags":[{"name":"red"}]},{"id":"p2","tags":[{"name":"red"}]},{"id":"p3","tags":[]},{"id":"p4","tags":[{"name":"blue"}]},{"id":"p5","tags":[]}]"#,
            &[],
        ),
        (
            "the last of each",
            posts(Page { last: Some(Slot(0)), ..Page::default() }),
            vec![Value::Int(1)],
            r#"[{"id":"p1","tags":[{"name":"green"}]},{"id":"p2","tags":[{"name":"red"}]},{"id":"p3","tags":[]},{"id":"p4","tags":[{"name":"blue"}]},{"id":"p5","tags":[]}]"#,
            &[],
        ),
        (
            "those after a cursor, which need not be one of them",
            posts(Page { after: Some(Slot(0)), ..Page::default() }),
            vec![value("t1")],
            r#"[{"id":"p1","tags":[{"name":"green"}]},{"id":"p2","tags":[]},{"id":"p3","tags":[]},{"id":"p4","tags":[{"name":"blue"}]},{"id":"p5","tags":[]}]"#,
            &[],
        ),
    ]);
}

fn connection(page: Page, parts: Vec<(&str, ConnectionValue)>) -> ReadPlan {
    let rows = Rows { page, ..all(Node { columns: vec![column("id"), column("name")], ..node("User") }) };
    let outputs = parts.into_iter().map(|(key, value)| ConnectionOutput {
        key: key.to_owned(),
        position: Position { line: 3, column: 3 },
        value,
    });
    ReadPlan::Connection(Connection { rows, outputs: outputs.collect() })
}

#[test]
fn connections() {
    let output = |key: &str, index, required| Output {
        key: key.to_owned(),
        position: Position { line: 4, column: 4 },
        value: OutputValue::Column { index, required },
    };
    let edges = |required| {
        let edge = |key: &str, value| EdgeOutput { key: key.to_owned(), value };
        let node = EdgeValue::Node(vec![output("n", 1, required), output("i", 0, true)]);
        let typename = EdgeValue::Typename("UserEdge".to_owned());
        ConnectionValue::Edges(vec![edge("cursor", EdgeValue::Cursor), edge("node", node), edge("t", typename)])
    };
    let info = || {
        let entries = [
            ("next", PageInfoValue::HasNextPage),
            ("previous", PageInfoValue::HasPreviousPage),
            ("start", PageInfoValue::StartCursor),
            ("end", PageInfoValue::EndCursor),
        ];
        ConnectionValue::PageInfo(entries.map(|(key, value)| (key.to_owned(), value)).to_vec())
    };
    let count = || {
        let typename = AggregateValue::Typename("AggregateUser".to_owned());
        ConnectionValue::Aggregate(vec![("c".to_owned(), AggregateValue::Count), ("t".to_owned(), typename)])
    };
    let first = Page { first: Some(Slot(0)), ..Page::default() };
    let last = Page { last: Some(Slot(0)), ..Page::default() };
    let facts = |page, number: i64, expected| {
        let plan = connection(page, vec![("p", info()), ("a", count())]);
        ("facts", plan, vec![Value::Int(number), value("b")], expected, &[][..])
    };
    check(vec![
        (
            "the order of the document, and a part twice",
            connection(
                first,
                vec![("p", info()), ("e", edges(false)), ("a", count()), ("f", ConnectionValue::Edges(vec![]))],
            ),
            vec![Value::Int(2)],
            r#"{"p":{"next":true,"previous":false,"start":"a","end":"b"},"e":[{"cursor":"a","node":{"n":"Ann","i":"a"},"t":"UserEdge"},{"cursor":"b","node":{"n":"B\"o\\b","i":"b"},"t":"UserEdge"}],"a":{"c":2,"t":"AggregateUser"},"f":[{},{}]}"#,
            &[],
        ),
        (
            "an error in a node costs its edge",
            connection(last, vec![("e", edges(true)), ("t", ConnectionValue::Typename("UserConnection".into()))]),
            vec![Value::Int(2)],
            r#"{"e":[null,{"cursor":"d","node":{"n":"Dan","i":"d"},"t":"UserEdge"}],"t":"UserConnection"}"#,
            &["null root.e.0.node.n 4:4"],
        ),
        facts(
            Page::default(),
            0,
            r#"{"p":{"next":false,"previous":false,"start":"a","end":"d"},"a":{"c":4,"t":"AggregateUser"}}"#,
        ),
        facts(
            first,
            4,
            r#"{"p":{"next":false,"previous":false,"start":"a","end":"d"},"a":{"c":4,"t":"AggregateUser"}}"#,
        ),
        facts(
            first,
            0,
            r#"{"p":{"next":true,"previous":false,"start":null,"end":null},"a":{"c":0,"t":"AggregateUser"}}"#,
        ),
        facts(last, 3, r#"{"p":{"next":false,"previous":true,"start":"b","end":"d"},"a":{"c":3,"t":"AggregateUser"}}"#),
        facts(
            last,
            4,
            r#"{"p":{"next":false,"previous":false,"start":"a","end":"d"},"a":{"c":4,"t":"AggregateUser"}}"#,
        ),
        facts(
            Page { after: Some(Slot(1)), ..first },
            1,
            r#"{"p":{"next":true,"previous":false,"start":"c","end":"c"},"a":{"c":1,"t":"AggregateUser"}}"#,
        ),
        (
            "a count alone",
            connection(Page::default(), vec![("a", count())]),
            vec![],
            r#"{"a":{"c":4,"t":"AggregateUser"}}"#,
            &[],
        ),
        (
            "of a page",
            connection(first, vec![("a", count())]),
            vec![Value::Int(3)],
            r#"{"a":{"c":3,"t":"AggregateUser"}}"#,
            &[],
        ),
        (
            "after a cursor and some",
            connection(Page { after: Some(Slot(0)), skip: Some(Slot(1)), ..Page::default() }, vec![("a", count())]),
            vec![value("a"), Value::Int(1)],
            r#"{"a":{"c":2,"t":"AggregateUser"}}"#,
            &[],
        ),
    ]);
}

#[test]
fn saved_rows() {
    let plan = ReadPlan::Saved(
        node("User")
            .columns(&["id", "name", "active", "born"])
            .list("labels", "User_labels")
            .to_one("friend", friend_of_user(), node("User").columns(&["name"]).list("labels", "User_labels"), false)
            .children("posts", posts_of_user(), all(node("Post").columns(&["id"]))),
    );
    let saved = SavedRow {
        columns: vec![
            ("id".to_owned(), value("gone")),
            ("name".to_owned(), value("It\"s")),
            ("active".to_owned(), Value::Boolean(true)),
            ("friend".to_owned(), value("a")),
        ],
        lists: vec![("User_labels".to_owned(), vec![value("x"), value("y")])],
    };
    block_on(async {
        let service = Service::with_rows(SqliteOptions::default()).await;
        let (text, errors) = service.read_saved(&plan, &[], Some(&saved)).await.unwrap();
        let expected = r#"{"id":"gone","name":"It\"s","active":true,"born":null,"labels":["x","y"],"friend":{"name":"Ann","labels":["first","second"]},"posts":[]}"#;
        assert_eq!((text.as_str(), errors.len()), (expected, 0));
    });
}

#[test]
fn cells_that_raw_statements_spoiled() {
    block_on(async {
        let service = Service::with_rows(SqliteOptions::default()).await;
        service.raw(r#"UPDATE "User" SET "name" = x'ff', "age" = 'old', "score" = 9e999, "born" = 'never' WHERE "id" = 'a'"#).await;
        let plan = |columns: &[&str]| one(with_id(node("User").columns(&["id"]).columns(columns)));
        let (text, errors) = service.read(&plan(&["name", "age", "score", "born"]), &[value("a")]).await.unwrap();
        assert_eq!(text, r#"{"id":"a","name":null,"age":null,"score":null,"born":null}"#);
        let errors: Vec<String> = errors.iter().map(described).collect();
        assert_eq!(
            errors,
            ["internal root.name 2:2", "internal root.age 2:3", "internal root.score 2:4", "internal root.born 2:5"]
        );
        let (text, errors) = service.read(&plan(&["name!"]), &[value("a")]).await.unwrap();
        assert_eq!((text.as_str(), errors.len()), ("null", 1));
    });
}

#[test]
fn answers_have_limits() {
    let text_of = |error: ConnectorError| match error {
        ConnectorError::Service(error) => {
            assert_eq!(error.code(), 6012);
            error.to_string()
        }
        other => panic!("{other}"),
    };
    block_on(async {
        let mut options = SqliteOptions::default();
        options.answer.rows_max = 4;
        let service = Service::with_rows(options.clone()).await;
        let users = || all(node("User").columns(&["id"]));
        assert!(service.read(&ReadPlan::Many(users()), &[]).await.is_ok());
        let posts = ReadPlan::Many(all(node("User").children("posts", posts_of_user(), all(node("Post")))));
        assert!(text_of(service.read(&posts, &[]).await.unwrap_err()).contains("more than 4 rows"));
        options.answer.rows_max = 1000;
        options.answer.bytes_max = 30;
        let service = Service::with_rows(options).await;
        assert!(text_of(service.read(&ReadPlan::Many(users()), &[]).await.unwrap_err()).contains("more than 30 bytes"));
    });
}
