//! What owners may rely on, on every database: SQLite, and a real Postgres server.

#![expect(clippy::unwrap_used, reason = "all of this is tests")]
#![expect(clippy::disallowed_methods, reason = "what waits for another process waits by the real clock")]

#[path = "../../server/tests/support/postgres.rs"]
mod postgres;

use control_store::{Migration, Place, Schema, Store, StoreError, current_change, next_change, params};
use postgres::{Postgres, USER};
use region_config::clock::ManualClock;
use std::{future::Future, io::Write as _, thread};

const FIRST: Migration = {
    let sql = "CREATE TABLE change_number (value BIGINT NOT NULL); INSERT INTO change_number VALUES (0);";
    Migration { name: "V1__first", sqlite: sql, postgres: sql }
};
const THINGS: Migration = Migration {
    name: "V2__things",
    sqlite: "CREATE TABLE thing (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, bytes BLOB, number INTEGER);",
    postgres: "CREATE TABLE thing (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name TEXT, bytes BYTEA, number BIGINT);",
};
/// A schema name that breaks out of everything that is not quoted.
const HOSTILE: &str = r#"a "b\c' -c x=1; --"#;

/// The places to test, and what they need to live.
struct Places {
    server: Option<Postgres>,
    folder: tempfile::TempDir,
}

impl Places {
    fn new() -> Places {
        let server = Postgres::start().map_err(|why| {
            let _ = std::io::stdout().write_all(format!("left out: control stores on Postgres: {why}\n").as_bytes());
        });
        Places { server: server.ok(), folder: tempfile::tempdir().unwrap() }
    }

    fn all(&self, name: &str) -> Vec<Place> {
        let file = Place::File(self.folder.path().join("control").join(format!("{name}.sqlite")));
        [Some(file), self.server.as_ref().map(|server| schema(server, name))].into_iter().flatten().collect()
    }
}

fn schema(server: &Postgres, name: &str) -> Place {
    let url = format!("postgresql://{USER}@127.0.0.1:{}/postgres?sslmode=disable", server.port);
    Place::Schema(Box::new(Schema { server: url.parse().unwrap(), encryption: None, name: name.to_owned() }))
}

fn open(place: &Place, migrations: &[Migration]) -> Result<Store, StoreError> {
    Store::open(place, migrations, &ManualClock::at(1_000))
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Runs a statement, or more of them, in a transaction.
fn run<T: Send + 'static>(
    store: &Store,
    work: impl FnOnce(&control_store::Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    wait(store.transaction(work))
}

#[test]
fn it_migrates_keeps_a_copy_and_refuses_a_newer_schema() {
    let places = Places::new();
    for place in places.all("refract_test") {
        let store = open(&place, &[FIRST]).unwrap();
        assert_eq!(run(&store, next_change).unwrap(), 1);
        drop(store);

        let store = open(&place, &[FIRST, THINGS]).unwrap();
        assert_eq!(run(&store, current_change).unwrap(), 1, "{place}");
        if let Place::Schema(_) = place {
            let kept = "SELECT value FROM refract_test_before_2_1.change_number";
            let kept: i64 = run(&store, move |t| t.query_row(kept, params![], |row| row.get(0))).unwrap();
            assert_eq!(kept, 1);
        } else {
            assert!(places.folder.path().join("control/refract_test.before-2.1.sqlite").exists());
        }
        drop(store);

        let error = open(&place, &[FIRST]).err().unwrap();
        assert!(matches!(error, StoreError::Newer { found: 2, known: 1, .. }), "{error}");
        let broken = Migration { name: "V3__broken", sqlite: "no SQL", postgres: "no SQL" };
        let error = open(&place, &[FIRST, THINGS, broken]).err().unwrap();
        assert!(matches!(error, StoreError::Migrate { .. }), "{error}");
        assert!(open(&place, &[FIRST, THINGS]).is_ok(), "a failed step changes nothing");
    }
}

#[test]
fn values_come_back_as_they_went() {
    let places = Places::new();
    for place in places.all(HOSTILE) {
        let store = open(&place, &[FIRST, THINGS]).unwrap();
        let cases = [
            (Some("it's ?1 $1 \"; DROP TABLE thing --"), Some(vec![0_u8, 255]), Some(i64::MIN)),
            (Some("ä\u{202e}🦀\\"), Some(Vec::new()), Some(i64::MAX)),
            (None, None, None),
        ];
        for (index, (name, bytes, number)) in cases.into_iter().enumerate() {
            let (bytes_in, sql) =
                (bytes.clone(), "INSERT INTO thing (name, bytes, number) VALUES (?3, ?1, ?2) RETURNING id");
            let id: i64 =
                run(&store, move |t| t.query_row(sql, params![bytes_in, number, name], |row| row.get(0))).unwrap();
            assert_eq!(id, index as i64 + 1);
            let back = run(&store, move |t| {
                let sql =
                    "SELECT name, bytes, number, name IS NULL, count(*) FROM thing WHERE id = ?1 GROUP BY 1, 2, 3";
                t.query_row(sql, params![id], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
                })
            });
            assert_eq!(back.unwrap(), (name.map(str::to_owned), bytes, number, name.is_none(), 1_i64), "{place}");
        }
        let missing =
            run(&store, |t| t.query_optional("SELECT 1 FROM thing WHERE id = ?1", params![9_i64], |_| Ok(())));
        assert_eq!(missing.unwrap(), None);
        assert!(run(&store, |t| t.execute("UPDATE thing SET nothing = 1", params![])).is_err());
    }
}

#[test]
fn transactions_of_all_processes_run_one_after_the_other() {
    const THREADS: i64 = 4;
    const TIMES: i64 = 25;
    let places = Places::new();
    for place in places.all("refract_test") {
        // Opened at the same time, too: one of them migrates.
        let add = || {
            let store = open(&place, &[FIRST]).unwrap();
            for _ in 0..TIMES {
                let added = run(&store, |t| {
                    let value = current_change(t)?;
                    t.execute("UPDATE change_number SET value = ?1", params![value + 1])
                });
                added.unwrap();
            }
        };
        thread::scope(|scope| (0..THREADS).for_each(|_| drop(scope.spawn(add))));
        assert_eq!(run(&open(&place, &[FIRST]).unwrap(), current_change).unwrap(), THREADS * TIMES, "{place}");
    }
}

#[test]
fn what_fails_leaves_nothing_behind_and_keeps_nobody_waiting() {
    let places = Places::new();
    for place in places.all("refract_test") {
        let (one, other) = (open(&place, &[FIRST]).unwrap(), open(&place, &[FIRST]).unwrap());
        let undone: Result<(), StoreError> = run(&one, |t| {
            next_change(t)?;
            Err(StoreError::Cancelled)
        });
        assert!(undone.is_err());
        assert_eq!(run(&other, current_change).unwrap(), 0, "{place}");
        let panicked: Result<(), StoreError> = run(&one, |t| {
            next_change(t)?;
            panic!("as a bug would");
        });
        assert!(matches!(panicked, Err(StoreError::Cancelled)));
        assert_eq!(run(&other, next_change).unwrap(), 1, "{place}");
        assert_eq!(run(&one, next_change).unwrap(), 2, "{place}");
    }
}

#[test]
fn a_database_that_was_away_is_used_again() {
    let mut places = Places::new();
    let Some(mut server) = places.server.take() else { return };
    let store = open(&schema(&server, "refract_test"), &[FIRST]).unwrap();
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'refract' AND pid <> pg_backend_pid()";
    let other = open(&schema(&server, "refract_other"), &[FIRST]).unwrap();
    let ended: i64 = run(&other, move |t| t.query_row(end, params![], |row| row.get(0))).unwrap();
    assert!(ended >= 1);
    assert_eq!(run(&store, next_change).unwrap(), 1, "a closed connection is opened again");

    server.stop();
    for _ in 0..2 {
        let error = run(&store, next_change).unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    }
    let error = open(&schema(&server, "refract_test"), &[FIRST]).err().unwrap();
    assert!(matches!(error, StoreError::Open { .. }), "{error}");
    server.start_again();
    assert_eq!(run(&store, next_change).unwrap(), 2);
}

#[test]
fn tables_of_somebody_else_are_left_alone() {
    let places = Places::new();
    let Some(server) = &places.server else { return };
    let store = open(&schema(server, "refract_test"), &[FIRST]).unwrap();
    for sql in ["CREATE SCHEMA empty", "CREATE SCHEMA theirs", "CREATE TABLE theirs.service (id BIGINT)"] {
        run(&store, move |t| t.execute(sql, params![])).unwrap();
    }
    assert!(open(&schema(server, "empty"), &[FIRST]).is_ok());
    let error = open(&schema(server, "theirs"), &[FIRST]).err().unwrap().to_string();
    assert_eq!(
        error,
        "cannot bring the schema 'theirs' of the Postgres database 'postgres' to the current schema: it holds tables that are not Refract's; choose another database"
    );
}
