//! Random pages of random rows against a plain reference: root lists, child lists, connections.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where something is wrong")]

mod support;

use connector_interface::*;
use connectors::sqlite::SqliteOptions;
use datamodel::ScalarType;
use proptest::prelude::*;
use std::cmp::Ordering;
use support::*;

/// Id and age of a user; few ages, so that there are ties and nulls.
type Person = (String, Option<i64>);

#[derive(Debug, Clone)]
struct Question {
    order: &'static [&'static str],
    first: Option<i64>,
    last: Option<i64>,
    skip: Option<i64>,
    after: Option<String>,
    before: Option<String>,
}

const ORDERS: &[&[&str]] = &[&["id"], &["-id"], &["age", "id"], &["-age", "id"]];

fn people() -> impl Strategy<Value = Vec<Person>> {
    let person = ("[a-h]{1,2}", proptest::option::weighted(0.7, 0..4i64));
    proptest::collection::btree_map(person.0, person.1, 0..12).prop_map(|people| people.into_iter().collect())
}

fn question() -> impl Strategy<Value = Question> {
    let number = || proptest::option::of(0..5i64);
    let cursor = || proptest::option::weighted(0.3, "[a-h]{1,2}");
    (0..ORDERS.len(), number(), number(), number(), cursor(), cursor()).prop_map(
        |(order, first, last, skip, after, before)| Question {
            order: ORDERS[order],
            first,
            // Both at once are refused before they get here.
            last: last.filter(|_| first.is_none()),
            skip,
            after,
            before,
        },
    )
}

fn compare(order: &[&str], a: &Person, b: &Person) -> Ordering {
    let by_key = order.iter().map(|key| {
        // `None` is smaller than everything, which is how SQLite sorts nulls.
        let ordering = if key.ends_with("age") { a.1.cmp(&b.1) } else { a.0.cmp(&b.0) };
        if key.starts_with('-') { ordering.reverse() } else { ordering }
    });
    by_key.fold(Ordering::Equal, Ordering::then)
}

/// Ids of the page, and whether there is a row before and after it within `first` or `last`.
fn expected(people: &[Person], question: &Question) -> (Vec<String>, bool, bool) {
    let mut rows = people.to_vec();
    rows.sort_by(|a, b| compare(question.order, a, b));
    for (cursor, wanted) in [(&question.after, Ordering::Greater), (&question.before, Ordering::Less)] {
        let Some(id) = cursor else { continue };
        let at = people.iter().find(|person| person.0 == *id);
        rows.retain(|row| at.is_some_and(|at| compare(question.order, row, at) == wanted));
    }
    if question.last.is_some() {
        rows.reverse();
    }
    let mut rows: Vec<String> = rows.into_iter().skip(usize(question.skip.unwrap_or(0))).map(|row| row.0).collect();
    let more = question.first.or(question.last).is_some_and(|limit| rows.len() > usize(limit));
    rows.truncate(question.first.or(question.last).map_or(usize::MAX, usize));
    if question.last.is_some() {
        rows.reverse();
    }
    (rows, more && question.last.is_some(), more && question.first.is_some())
}

fn usize(number: i64) -> usize {
    usize::try_from(number).unwrap()
}

fn rows(question: &Question, node: Node) -> (Rows, Vec<Value>) {
    let mut values = Vec::new();
    let mut slot = |value: Option<Value>| {
        values.push(value?);
        Some(Slot(u32::try_from(values.len() - 1).unwrap()))
    };
    let page = Page {
        first: slot(question.first.map(Value::Int)),
        last: slot(question.last.map(Value::Int)),
        skip: slot(question.skip.map(Value::Int)),
        after: slot(question.after.clone().map(Value::Text)),
        before: slot(question.before.clone().map(Value::Text)),
    };
    let order = question.order.iter().map(|key| by(key)).collect();
    (Rows { node, filter: Filter::All, order, page }, values)
}

fn connection(rows: Rows) -> ReadPlan {
    let info = [
        ("b", PageInfoValue::HasPreviousPage),
        ("a", PageInfoValue::HasNextPage),
        ("s", PageInfoValue::StartCursor),
        ("e", PageInfoValue::EndCursor),
    ];
    let values = [
        ConnectionValue::Edges(vec![EdgeOutput { key: "c".to_owned(), value: EdgeValue::Cursor }]),
        ConnectionValue::PageInfo(info.map(|(key, value)| (key.to_owned(), value)).to_vec()),
        ConnectionValue::Aggregate(vec![("n".to_owned(), AggregateValue::Count)]),
    ];
    let outputs = values.into_iter().zip(["edges", "info", "count"]).map(|(value, key)| ConnectionOutput {
        key: key.to_owned(),
        position: Position::default(),
        value,
    });
    ReadPlan::Connection(Connection { rows, outputs: outputs.collect() })
}

async fn ask(service: &Service, people: &[Person], question: &Question) {
    let (ids, before, after) = expected(people, question);
    let list: Vec<_> = ids.iter().map(|id| serde_json::json!({ "id": id })).collect();
    let context = format!("{question:?} of {people:?}");
    let read = async |plan: ReadPlan, values: &[Value]| -> serde_json::Value {
        let (text, errors) = service.read(&plan, values).await.unwrap_or_else(|error| panic!("{context}: {error}"));
        assert!(errors.is_empty());
        serde_json::from_str(&text).unwrap()
    };

    let (plain, values) = rows(question, node("User").columns(&["id"]));
    assert_eq!(read(ReadPlan::Many(plain.clone()), &values).await, serde_json::json!(list), "{context}");

    // With a target joined in, which must change neither rows nor order.
    let hub = path("Hub", Link::ParentColumn("hub".to_owned()));
    let joined = node("User").columns(&["id"]).to_one("hub", hub, node("Hub").columns(&["id"]), false);
    let with_hub: Vec<_> = ids.iter().map(|id| serde_json::json!({ "id": id, "hub": { "id": "h" } })).collect();
    let found = read(ReadPlan::Many(rows(question, joined.clone()).0), &values).await;
    assert_eq!(found, serde_json::json!(with_hub), "{context}");

    // As the children of the row that all are linked to.
    for link in [
        Link::ChildColumn("hub".to_owned()),
        Link::Table { table: "_L".to_owned(), parent_column: "A".to_owned(), child_column: "B".to_owned() },
    ] {
        let children = rows(question, joined.clone()).0;
        let hub = all(node("Hub").children("users", path("User", link), children));
        let found = read(ReadPlan::One { rows: hub, required: true }, &values).await;
        assert_eq!(found, serde_json::json!({ "users": with_hub }), "{context}");
    }

    let edges: Vec<_> = ids.iter().map(|id| serde_json::json!({ "c": id })).collect();
    let facts = serde_json::json!({
        "edges": edges,
        "info": { "b": before, "a": after, "s": ids.first(), "e": ids.last() },
        "count": { "n": ids.len() },
    });
    assert_eq!(read(connection(plain), &values).await, facts, "{context}");
}

/// Users that all are linked to one hub, through a column and through a link table.
fn hub_and_users() -> Vec<SchemaChange> {
    let id = spec("id", ScalarType::Id, true, true);
    let link = |name: &str, table: &str| LinkColumn { name: name.to_owned(), table: table.to_owned(), id: id.clone() };
    let table = |name: &str| SchemaChange::CreateTable { table: name.to_owned(), id: id.clone(), sequence: None };
    vec![
        table("Hub"),
        table("User"),
        SchemaChange::AddColumn {
            table: "User".to_owned(),
            column: spec("age", ScalarType::Int, false, false),
            fill: None,
        },
        SchemaChange::AddRelationColumn { table: "User".to_owned(), column: link("hub", "Hub") },
        SchemaChange::CreateLinkTable {
            table: "_L".to_owned(),
            a: link("A", "Hub"),
            b: link("B", "User"),
            id_column: None,
        },
    ]
}

#[test]
fn random_pages() {
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 60,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let strategy = (people(), proptest::collection::vec(question(), 12));
    let result = runner.run(&strategy, |(people, questions)| {
        block_on(async {
            let service = Service::empty(SqliteOptions::default()).await;
            service.connector.change_schema(&service.placement, 1, hub_and_users()).await.unwrap();
            service.raw("INSERT INTO Hub (id) VALUES ('h')").await;
            let (mut users, mut links) = (Vec::new(), Vec::new());
            for (id, age) in &people {
                let age = age.map_or("NULL".to_owned(), |age| age.to_string());
                users.push(format!("('{id}', {age}, 'h')"));
                links.push(format!("('h', '{id}')"));
            }
            if !people.is_empty() {
                service.raw(&format!("INSERT INTO User (id, age, hub) VALUES {}", users.join(", "))).await;
                service.raw(&format!("INSERT INTO _L (A, B) VALUES {}", links.join(", "))).await;
            }
            for question in &questions {
                ask(&service, &people, question).await;
            }
        });
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}
