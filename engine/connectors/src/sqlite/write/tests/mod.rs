//! Layouts × operations. Cases are data: a datamodel, mutations as a client writes them, and what is stored after.

mod matrix;
mod plans;
mod script;
mod service;
mod storages;

use connector_interface::Value;
use datamodel::{Datamodel, Limits, Rules, compile};
use serde_json::json;

fn compiled(text: &str) -> Datamodel {
    let limits = Limits { types: 100, fields_per_type: 100, fields: 1000, enums: 100 };
    let compiled = compile(text, None, &Rules { uuid_ids: true, limits }, &mut || "stable".to_owned());
    compiled.unwrap_or_else(|error| panic!("{error:?}\n{text}")).datamodel
}

macro_rules! cases {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            script::check(include_str!(concat!("cases/", stringify!($name), ".txt")));
        }
    )*};
}

cases!(cascade create errors lists many no_back_relation self_relations);

#[test]
fn changes_say_what_was_set_and_what_is_announced() {
    let service = service::Service::of(compiled(
        r#"type A {
            id: ID! @id
            name: String
            tags: [String] @scalarList(strategy: RELATION)
            bs: [B] @relation(onDelete: CASCADE)
        }
        type B {
            id: ID! @id
            n: Int
            a: A
        }"#,
    ));
    let bs = json!({"create": [{"id": "b1"}, {"id": "b2"}, {"id": "b3"}, {"id": "b4"}]});
    service.write("createA", json!({"data": {"id": "a", "bs": bs}})).unwrap();
    let nested = json!({
        "create": {"id": "b5"}, "update": {"where": {"id": "b1"}, "data": {"n": 1}}, "delete": {"id": "b2"},
        "disconnect": {"id": "b3"}, "updateMany": {"where": {"n": 1}, "data": {"n": 2}}, "deleteMany": {"n": 2},
    });
    let update = json!({"where": {"id": "a"}, "data": {"name": "x", "tags": {"set": []}, "bs": nested}});
    let cases = [
        ("updateA", update, "a name,tags! b5! b1 n! b2 b1 n b1"),
        ("updateA", json!({"where": {"id": "a"}, "data": {}}), "a!"),
        ("updateManyB", json!({"where": {"id": "b3"}, "data": {"n": 3}}), "b3 n"),
        ("deleteManyB", json!({"where": {"id": "b3"}}), "b3"),
        ("deleteA", json!({"where": {"id": "a"}}), "b4 b5 a!"),
    ];
    for (mutation, arguments, expected) in cases {
        let outcome = service.write(mutation, arguments).unwrap();
        let changes = outcome.changes.iter().map(|change| {
            let Value::Text(id) = &change.id else { panic!("{:?}", change.id) };
            let fields: Vec<&str> =
                change.fields.iter().map(|field| service.datamodel.field(*field).name.as_str()).collect();
            let shown = format!("{id} {}", fields.join(","));
            format!("{}{}", shown.trim_end(), if change.announced { "!" } else { "" })
        });
        assert_eq!(changes.collect::<Vec<_>>().join(" "), expected, "{mutation}");
    }
}

/// The stack must not grow with the data.
#[test]
fn a_long_chain_cascades() {
    let service = service::Service::of(compiled(
        r#"type Link {
            id: ID! @id
            next: Link @relation(name: "Chain", link: INLINE, onDelete: CASCADE)
            previous: Link @relation(name: "Chain")
        }"#,
    ));
    const LENGTH: u64 = 20_000;
    let rows = format!(
        "INSERT INTO Link WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {LENGTH})
         SELECT 'l' || n, 'l' || (n + 1) FROM n; UPDATE Link SET next = NULL WHERE id = 'l{LENGTH}'"
    );
    service.connection.execute_batch(&format!("BEGIN; PRAGMA defer_foreign_keys = ON; {rows}; COMMIT")).unwrap();
    let outcome = service.write("deleteLink", json!({"where": {"id": "l1"}})).unwrap();
    assert_eq!(outcome.changes.len() as u64, LENGTH);
    assert_eq!(service.query("SELECT COUNT(*) FROM Link"), "0");
}
