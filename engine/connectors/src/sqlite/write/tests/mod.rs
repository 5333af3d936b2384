//! Layouts × operations. Cases are data: a datamodel, mutations as a client writes them, and what is stored after.

mod matrix;
mod plans;
mod script;
mod service;

use datamodel::{Datamodel, Limits, Rules, compile};

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
    let outcome = service.write("deleteLink", serde_json::json!({"where": {"id": "l1"}})).unwrap();
    assert_eq!(outcome.changes.len() as u64, LENGTH);
    assert_eq!(service.query("SELECT COUNT(*) FROM Link"), "0");
}
