//! Files, raw statements, budgets: what surrounds reads and writes on SQLite.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where something is wrong")]

mod support;

use connector_interface::*;
use connectors::sqlite::SqliteOptions;
use std::time::Duration;
use support::*;

#[test]
fn storage_comes_and_goes() {
    block_on(async {
        let service = Service::with_rows(SqliteOptions::default()).await;
        let plan = ReadPlan::Many(all(node("Tag").columns(&["id"])));
        let tags = r#"[{"id":"t1"},{"id":"t2"},{"id":"t3"}]"#;
        service.connector.create(&service.placement).await.unwrap();
        assert_eq!(service.read(&plan, &[]).await.unwrap().0, tags, "making it again harms nothing");
        service.connector.close().await;
        assert_eq!(service.read(&plan, &[]).await.unwrap().0, tags, "closed files are opened again");
        for _ in 0..2 {
            service.connector.remove(&service.placement).await.unwrap();
            let left: Vec<_> = std::fs::read_dir(service.path().parent().unwrap()).unwrap().collect();
            assert_eq!(left.len(), 0, "{left:?}");
            assert!(matches!(service.read(&plan, &[]).await, Err(ConnectorError::Unavailable(_))));
        }
        service.connector.create(&service.placement).await.unwrap();
        assert!(matches!(service.read(&plan, &[]).await, Err(ConnectorError::Database(_))), "it is empty");
        assert!(service.connector.create(&Placement { storage: "../escape".to_owned() }).await.is_err());
    });
}

#[test]
fn many_services_share_few_files() {
    block_on(async {
        let options = SqliteOptions { idle_readers_max: 2, idle_writers_max: 2, ..SqliteOptions::default() };
        let mut service = Service::empty(options).await;
        for round in 0..3 {
            for digit in "0123456789".chars() {
                service.placement = placement(digit);
                if round == 0 {
                    service.connector.create(&service.placement).await.unwrap();
                    service.connector.change_schema(&service.placement, 1, tables()).await.unwrap();
                }
                service.raw(&format!("INSERT INTO Tag (id, name) VALUES ('{digit}{round}', 'x')")).await;
                let plan = ReadPlan::One { rows: with_id(node("Tag").columns(&["id"])), required: true };
                let (text, _) = service.read(&plan, &[value(&format!("{digit}{round}"))]).await.unwrap();
                assert_eq!(text, format!(r#"{{"id":"{digit}{round}"}}"#));
            }
        }
        assert_eq!(service.raw("SELECT count(*) AS n FROM Tag").await, r#"[{"n":3}]"#);
    });
}

/// A list whose reading takes some 100,000 steps.
async fn with_many_tags(options: SqliteOptions) -> (Service, ReadPlan) {
    let service = Service::with_tables(options).await;
    let sql = "INSERT INTO Tag (id, name) \
               WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 10000) SELECT 't' || x, 'n' FROM c";
    assert_eq!(service.raw(sql).await, "10000");
    (service, ReadPlan::Many(all(node("Tag").columns(&["name"]))))
}

#[test]
fn a_read_over_its_steps_begins_again_elsewhere() {
    block_on(async {
        let expected = format!("[{}]", vec![r#"{"name":"n"}"#; 10_000].join(","));
        for inline_steps_thousands in [0, 20, 1_000_000] {
            let options = SqliteOptions { inline_steps_thousands, ..SqliteOptions::default() };
            let (service, plan) = with_many_tags(options).await;
            for _ in 0..3 {
                assert_eq!(service.read(&plan, &[]).await.unwrap().0, expected, "{inline_steps_thousands}");
            }
        }
    });
}

#[test]
fn time_is_limited() {
    block_on(async {
        let options = SqliteOptions { inline_steps_thousands: 1, ..SqliteOptions::default() };
        let (mut service, plan) = with_many_tags(options).await;
        service.open_again(SqliteOptions {
            inline_steps_thousands: 1,
            time_limit: Duration::ZERO,
            ..SqliteOptions::default()
        });
        assert!(matches!(service.read(&plan, &[]).await, Err(ConnectorError::TimedOut { limit_ms: 0 })));
        let endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";
        let raw = service.connector.execute_raw(&service.placement, SCHEMA.to_owned(), endless.to_owned()).await;
        assert!(matches!(raw, Err(ConnectorError::TimedOut { .. })), "{raw:?}");
        // Small things still have time.
        let one = ReadPlan::One { rows: with_id(node("Tag").columns(&["id"])), required: true };
        assert_eq!(service.read(&one, &[value("t7")]).await.unwrap().0, r#"{"id":"t7"}"#);
    });
}

#[test]
fn raw_statements() {
    let cases = [
        ("SELECT 1", Ok(r#"[{"1":1}]"#)),
        ("Select 1;", Ok(r#"[{"1":1}]"#)),
        (
            r#"SELECT id, name, age, score, active AS "a", extra FROM "User" WHERE id IN ('a', 'c') ORDER BY id"#,
            Ok(
                r#"[{"id":"a","name":"Ann","age":30,"score":1.5,"a":true,"extra":"{\"k\":[1, null]}"},{"id":"c","name":null,"age":null,"score":null,"a":null,"extra":null}]"#,
            ),
        ),
        ("SELECT 10.0 AS a, 9e999 AS b, x'00ff' AS c, 'ä' AS a", Ok(r#"[{"a":"ä","b":null,"c":"00ff"}]"#)),
        ("SELECT 1 WHERE 0", Ok("[]")),
        ("INSERT INTO Tag (id, name) VALUES ('x', 'x'), ('y', 'y')", Ok("2")),
        ("UPDATE Tag SET name = 'z' WHERE id = 'nobody'", Ok("0")),
        ("CREATE TABLE more (n INTEGER)", Ok("0")),
        ("INSERT INTO more VALUES (1) RETURNING n", Ok(r#"[{"n":1}]"#)),
        ("DROP TABLE more", Ok("0")),
        ("", Err((21, "SQLITE_MISUSE"))),
        ("-- nothing", Err((21, "SQLITE_MISUSE"))),
        ("SELECT * FROM ", Err((1, "incomplete input"))),
        ("SELECT * FROM nowhere", Err((1, "no such table: nowhere"))),
        (
            "INSERT INTO Tag (id, name) VALUES ('t1', 'again')",
            Err((19, "Abort due to constraint violation (UNIQUE constraint failed: Tag.id)")),
        ),
        ("INSERT INTO Post (id, author) VALUES ('q', 'nobody')", Err((19, "FOREIGN KEY constraint failed"))),
        ("SELECT 1; SELECT 2", Err((1, "one statement"))),
        ("ATTACH DATABASE '/tmp/other.sqlite' AS other", Err((23, "not authorized"))),
        ("DETACH DATABASE main", Err((23, "not authorized"))),
        ("PRAGMA journal_mode = DELETE", Err((23, "not authorized"))),
        ("SELECT * FROM pragma_database_list", Err((23, "not authorized"))),
        ("BEGIN", Err((23, "not authorized"))),
        ("COMMIT", Err((23, "not authorized"))),
        ("ROLLBACK", Err((23, "not authorized"))),
        ("SAVEPOINT s", Err((23, "not authorized"))),
        ("VACUUM", Err((1, "cannot VACUUM"))),
        ("VACUUM INTO '/tmp/other.sqlite'", Err((1, "cannot VACUUM"))),
        ("CREATE TEMP TABLE t (n)", Err((23, "not authorized"))),
        ("CREATE VIRTUAL TABLE v USING fts5(a)", Err((23, "not authorized"))),
        ("SELECT load_extension('x')", Err((1, "not authorized"))),
        ("UPDATE sqlite_schema SET sql = 'x'", Err((1, "may not be modified"))),
        ("SELECT zeroblob(1000000000)", Err((18, "too big"))),
        ("SELECT count(*) AS n FROM Tag", Ok(r#"[{"n":5}]"#)),
        // The service's own name for its tables.
        (r#"SELECT count(*) AS n FROM "ada~shop_dev"."Tag""#, Ok(r#"[{"n":5}]"#)),
        (r#"INSERT INTO "ada~shop_dev"."Tag" (id, name) VALUES ('z', 'z')"#, Ok("1")),
        (r#"CREATE TABLE "ada~shop_dev".more (n INTEGER)"#, Ok("0")),
        (r#"UPDATE more SET n = 1 WHERE n IN (SELECT id FROM "ada~shop_dev"."Tag")"#, Ok("0")),
        (r#"DROP TABLE "ada~shop_dev".more"#, Ok("0")),
        (r#"INSERT INTO "ada~shop_dev".Post (id, author) VALUES ('q', 'nobody')"#, Err((19, "FOREIGN KEY"))),
        (r#"CREATE TABLE lost AS SELECT * FROM "ada~shop_dev"."Tag""#, Err((23, "not authorized"))),
        (r#"DETACH DATABASE "ada~shop_dev""#, Err((23, "not authorized"))),
        (r#"ATTACH DATABASE '/tmp/other.sqlite' AS "ada~shop_dev 2""#, Err((23, "not authorized"))),
        (r#"PRAGMA "ada~shop_dev".journal_mode = DELETE"#, Err((23, "not authorized"))),
        (r#"VACUUM "ada~shop_dev" INTO '/tmp/other.sqlite'"#, Err((1, "cannot VACUUM"))),
        (r#"SELECT * FROM "ada~shop_dev".nowhere"#, Err((1, "no such table"))),
        ("SELECT count(*) AS n FROM Tag", Ok(r#"[{"n":6}]"#)),
    ];
    block_on(async {
        let service = Service::with_rows(SqliteOptions::default()).await;
        for (statement, expected) in cases {
            let result =
                service.connector.execute_raw(&service.placement, SCHEMA.to_owned(), statement.to_owned()).await;
            match (result, expected) {
                (Ok(text), Ok(expected)) => assert_eq!(text, expected, "{statement}"),
                (Err(ConnectorError::Service(error)), Err((code, text))) => {
                    assert_eq!(error.code(), code, "{statement}: {error}");
                    assert!(error.to_string().contains(text), "{statement}: {error}");
                }
                (result, _) => panic!("{statement}: {result:?}"),
            }
        }
    });
}

#[test]
fn raw_answers_have_limits() {
    block_on(async {
        let mut options = SqliteOptions::default();
        options.answer.rows_max = 3;
        let service = Service::with_rows(options).await;
        assert!(
            service
                .connector
                .execute_raw(&service.placement, SCHEMA.to_owned(), "SELECT id FROM Tag".to_owned())
                .await
                .is_ok()
        );
        let result = service
            .connector
            .execute_raw(&service.placement, SCHEMA.to_owned(), "SELECT id FROM Post".to_owned())
            .await;
        assert!(matches!(result, Err(ConnectorError::Service(ServiceError::TooMuch { .. }))), "{result:?}");
    });
}
