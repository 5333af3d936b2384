//! Storage of a service: exactly what Prisma 1 makes, in its own schema, all or nothing.

use crate::{
    layout,
    service::{Service, connect, first_deploy_of},
};
use connector_interface::{ColumnSpec, ColumnType, Connector as _, ConnectorError, Reached, SchemaChange};
use datamodel::ScalarType;

const EVERYTHING: &str = r#"
type User {
  id: ID! @id
  email: String! @unique
  n: Int
  f: Float!
  b: Boolean
  d: DateTime
  j: Json
  e: E
  tags: [String!]! @scalarList(strategy: RELATION)
  posts: [Post]
  groups: [Group]
}
type Post { id: UUID! @id, author: User @relation(link: INLINE) }
type Group @db(name: "group") { id: Int! @id(strategy: SEQUENCE) @sequence(name: "numbers", initialValue: 100, allocationSize: 1), users: [User] }
enum E { X Y }
"#;

/// §3 of the specification, and an index for the inline relation (design D5).
const EVERYTHING_STORED: &str = r#"
Post.author character varying(25)
Post.id uuid required
Post: FOREIGN KEY (author) REFERENCES "User"(id) ON DELETE SET NULL
Post: PRIMARY KEY (id)
Post: index (author)
User.b boolean
User.d timestamp(3) without time zone
User.e text
User.email text required
User.f numeric(65,30) required
User.id character varying(25) required
User.j text
User.n integer
User: PRIMARY KEY (id)
User: unique (email)
User_tags.nodeId character varying(25) required
User_tags.position integer required
User_tags.value text required
User_tags: FOREIGN KEY ("nodeId") REFERENCES "User"(id)
User_tags: PRIMARY KEY ("nodeId", "position")
_GroupToUser.A integer required
_GroupToUser.B character varying(25) required
_GroupToUser: FOREIGN KEY ("A") REFERENCES "group"(id) ON DELETE CASCADE
_GroupToUser: FOREIGN KEY ("B") REFERENCES "User"(id) ON DELETE CASCADE
_GroupToUser: index (B)
_GroupToUser: unique (A, B)
group.id integer required default nextval('numbers'::regclass)
group: PRIMARY KEY (id)
sequence numbers from 100
"#;

pub async fn is_what_prisma_1_makes(address: &str) {
    let service = Service::empty(address, "ada~shop$dev").await;
    let before = layout::elsewhere(&service.client, "ada~shop$dev").await;
    service.change(first_deploy_of(EVERYTHING)).await.unwrap();
    let mut expected: Vec<_> = EVERYTHING_STORED.trim().lines().collect();
    expected.sort_unstable();
    assert_eq!(layout::of(&service.client, "ada~shop$dev").await, expected);
    let indexes = ["Post_author_index", "_GroupToUser_AB_unique", "_GroupToUser_B", "ada~shop$dev.User.email._UNIQUE"];
    assert_eq!(layout::indexes(&service.client, "ada~shop$dev").await, indexes);
    assert_eq!(layout::elsewhere(&service.client, "ada~shop$dev").await, before);
    service.remove().await;
}

pub async fn hostile_names_stay_in_their_schema(address: &str) {
    let (long, same) = ("n".repeat(62), "s".repeat(62));
    let names = [
        r#"a"b"#,
        r#"public"."x"#,
        r#""; DROP SCHEMA public CASCADE; --"#,
        "it's",
        "'); DROP TABLE x; --",
        "select",
        "~@$",
        "\u{202e}right to left",
        "back\\slash",
        "new\nline",
        "$$",
        "?1 $1 {}",
        &long,
        &(same.clone() + "a"),
        &(same.clone() + "b"),
    ];
    for schema in ["ada~shop$dev", r#"a"; DROP SCHEMA public; --"#, &"w".repeat(63)] {
        let service = Service::empty(address, schema).await;
        let before = layout::elsewhere(&service.client, schema).await;
        let column = |name: &str| ColumnSpec {
            name: name.to_owned(),
            column_type: ColumnType::Scalar(ScalarType::String),
            required: true,
            unique: true,
        };
        let tables = || {
            let table = |table: &str| {
                let id = ColumnSpec { column_type: ColumnType::Scalar(ScalarType::Id), ..column("id") };
                let table = table.to_owned();
                let add =
                    |name: &&str| SchemaChange::AddColumn { table: table.clone(), column: column(name), fill: None };
                let columns: Vec<_> = names.iter().map(add).collect();
                [vec![SchemaChange::CreateTable { table, id, sequence: None }], columns].concat()
            };
            names.iter().flat_map(|name| table(name)).collect::<Vec<_>>()
        };
        service.change(tables()).await.unwrap_or_else(|error| panic!("{schema}: {error}"));
        let made = layout::of(&service.client, schema).await;
        for table in names {
            for name in names {
                for line in [format!("{table}.{name} text required"), format!("{table}: unique ({name})")] {
                    assert!(made.contains(&line), "{schema}: {line}\nis not in\n{made:#?}");
                }
            }
        }
        service.change(tables()).await.unwrap_or_else(|error| panic!("{schema}, once more: {error}"));
        assert_eq!(layout::of(&service.client, schema).await, made, "{schema}: the same changes again change nothing");
        assert_eq!(layout::elsewhere(&service.client, schema).await, before, "{schema}");
        service.remove().await;
    }
}

pub async fn all_changes_or_none(address: &str) {
    let service = Service::empty(address, "ada~shop$dev").await;
    let previous = "type A { id: ID! @id, c: String }";
    service.change(first_deploy_of(previous)).await.unwrap();
    service
        .client
        .batch_execute(r#"INSERT INTO "ada~shop$dev"."A" VALUES ('1', 'x'), ('2', 'x'), ('3', NULL)"#)
        .await
        .unwrap();
    let before = layout::of(&service.client, "ada~shop$dev").await;
    for refused in ["c: String @unique", "c: String, x: A @relation(link: INLINE), y: String! @unique"] {
        let changes = first_deploy_of(&format!("type New {{ id: ID! @id }} type A {{ id: ID! @id, {refused} }}"));
        let result = service.change(changes).await;
        assert!(matches!(result, Err(ConnectorError::Database(_))), "{refused}: {result:?}");
        assert!(!format!("{result:?}").contains("(x)"), "no values in errors: {result:?}");
        assert_eq!(layout::of(&service.client, "ada~shop$dev").await, before, "{refused}");
    }
    // What was reached is not made again; what failed was not reached.
    let new = first_deploy_of("type New { id: ID! @id }");
    service.connector.change_schema(&service.placement, 1, new.clone()).await.unwrap();
    assert_eq!(layout::of(&service.client, "ada~shop$dev").await, before);
    // What was given up is not reached any more, and what was reached is not given up.
    assert_eq!(service.connector.give_up(&service.placement, 1).await.unwrap(), Reached::Changed);
    for _ in 0..2 {
        assert_eq!(service.connector.give_up(&service.placement, 2).await.unwrap(), Reached::GivenUp);
        let late = service.connector.change_schema(&service.placement, 2, new.clone()).await.unwrap();
        assert_eq!(late, Reached::GivenUp);
    }
    assert_eq!(layout::of(&service.client, "ada~shop$dev").await, before);
    assert_eq!(service.connector.change_schema(&service.placement, 3, new).await.unwrap(), Reached::Changed);
    assert_ne!(layout::of(&service.client, "ada~shop$dev").await, before);
    service.remove().await;
}

pub async fn a_migration_waits_for_locks_but_not_for_ever(address: &str) {
    let service = Service::empty(address, "ada~shop$dev").await;
    service.change(first_deploy_of("type A { id: ID! @id }")).await.unwrap();
    let before = layout::of(&service.client, "ada~shop$dev").await;
    let mut other = connect(address).await;
    let lock = other.transaction().await.unwrap();
    lock.batch_execute(r#"INSERT INTO "ada~shop$dev"."A" VALUES ('1')"#).await.unwrap();
    let changes = || first_deploy_of("type B { id: ID! @id } type A { id: ID! @id, c: String }");
    let result = service.change(changes()).await;
    assert!(matches!(result, Err(ConnectorError::Unavailable(_))), "{result:?}");
    assert_eq!(layout::of(&service.client, "ada~shop$dev").await, before);
    lock.commit().await.unwrap();
    service.change(changes()).await.unwrap();
    service.remove().await;
}
