//! Jobs that are queued together, good ones and bad ones among them.

use super::*;
use crate::sqlite::handles::{Role, path};
use std::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

struct Fixture {
    _folder: tempfile::TempDir,
    writers: Arc<Writers>,
    placement: Placement,
}

fn fixture(options: SqliteOptions) -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let placement = Placement { storage: "0".repeat(32) };
    let path = path(folder.path(), &placement).unwrap();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER PRIMARY KEY);
             CREATE TABLE u (n INTEGER REFERENCES t DEFERRABLE INITIALLY DEFERRED);",
        )
        .unwrap();
    let options = Arc::new(options);
    let pool = Pool::new(folder.path().to_owned(), Role::Writer, options.clone());
    Fixture { _folder: folder, writers: Arc::new(Writers::new(pool, options)), placement }
}

impl Fixture {
    /// Holds the writer until the sender is dropped, so that what follows is queued together.
    fn hold(&self) -> (mpsc::Sender<()>, impl Future<Output = Result<(), ConnectorError>>) {
        let (sender, receiver) = mpsc::channel();
        let (writers, placement) = (self.writers.clone(), self.placement.clone());
        let job = async move {
            writers
                .alone(&placement, move |_| {
                    let _ = receiver.recv();
                    Ok(())
                })
                .await
        };
        (sender, job)
    }

    async fn insert(&self, number: i64) -> Result<(), ConnectorError> {
        self.run("INSERT INTO t VALUES (?1)", number).await
    }

    async fn run(&self, sql: &'static str, number: i64) -> Result<(), ConnectorError> {
        self.writers
            .write(&self.placement, move |connection| {
                connection.execute(sql, [number]).map_err(failure)?;
                Ok(())
            })
            .await
    }

    async fn numbers(&self) -> Vec<i64> {
        let read = |connection: &Connection| -> Result<Vec<i64>, ConnectorError> {
            let mut statement = connection.prepare("SELECT n FROM t ORDER BY n").map_err(failure)?;
            let rows = statement.query_map([], |row| row.get(0)).map_err(failure)?;
            rows.collect::<Result<_, _>>().map_err(failure)
        };
        self.writers.write(&self.placement, read).await.unwrap()
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[test]
fn one_bad_job_fails_alone() {
    type Job = fn(&Connection) -> Result<(), ConnectorError>;
    let bad: [(&str, Job); 5] = [
        ("refused", |connection| {
            connection.execute("INSERT INTO t VALUES (7)", []).map_err(failure)?;
            Err(ConnectorError::Database("no".to_owned()))
        }),
        ("panics", |connection| {
            connection.execute("INSERT INTO t VALUES (7)", []).map_err(failure)?;
            panic!("on purpose")
        }),
        ("breaks the transaction", |connection| {
            connection.execute_batch("INSERT INTO t VALUES (7); ROLLBACK").map_err(failure)?;
            Err(ConnectorError::Database("no".to_owned()))
        }),
        ("is refused at the commit", |connection| {
            connection.execute_batch("INSERT INTO t VALUES (7); INSERT INTO u VALUES (99)").map_err(failure)
        }),
        ("never ends", |connection| {
            connection
                .execute_batch(
                    "INSERT INTO t WITH RECURSIVE c(x) AS (SELECT 7 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c",
                )
                .map_err(failure)
        }),
    ];
    for (name, job) in bad {
        block_on(async {
            let fixture = fixture(SqliteOptions { time_limit: Duration::from_millis(300), ..SqliteOptions::default() });
            let (held, hold) = fixture.hold();
            let (_, first, failed, second, ()) = futures::join!(
                hold,
                fixture.insert(1),
                fixture.writers.write(&fixture.placement, job),
                fixture.insert(2),
                async { drop(held) },
            );
            assert!(first.is_ok() && second.is_ok(), "{name}");
            let error = failed.expect_err(name);
            assert_eq!(matches!(error, ConnectorError::TimedOut { .. }), name == "never ends", "{name}: {error}");
            assert_eq!(fixture.numbers().await, [1, 2], "{name}");
        });
    }
}

#[test]
fn jobs_run_in_the_order_in_which_they_came() {
    block_on(async {
        let fixture = fixture(SqliteOptions { batch_max: 3, ..SqliteOptions::default() });
        let order = Arc::new(Mutex::new(Vec::new()));
        let (held, hold) = fixture.hold();
        let jobs = (0..20).map(|number| {
            let order = order.clone();
            fixture.writers.write(&fixture.placement, move |_| {
                order.lock().push(number);
                Ok(())
            })
        });
        let (_, results, ()) = futures::join!(hold, futures::future::join_all(jobs), async { drop(held) });
        assert!(results.iter().all(Result::is_ok));
        assert_eq!(*order.lock(), (0..20).collect::<Vec<_>>());
    });
}

#[test]
fn who_has_gone_before_the_turn_is_not_served() {
    block_on(async {
        let fixture = fixture(SqliteOptions::default());
        let ran = Arc::new(AtomicUsize::new(0));
        let (held, hold) = fixture.hold();
        let count = ran.clone();
        let mut hold = Box::pin(hold);
        assert!(futures::poll!(&mut hold).is_pending());
        {
            let gone = fixture.writers.write(&fixture.placement, move |_| {
                count.fetch_add(1, Ordering::Relaxed);
                Ok(())
            });
            let mut gone = Box::pin(gone);
            assert!(futures::poll!(&mut gone).is_pending());
        }
        drop(held);
        hold.await.unwrap();
        fixture.insert(1).await.unwrap();
        assert_eq!(ran.load(Ordering::Relaxed), 0);
    });
}

#[test]
fn the_line_has_an_end() {
    block_on(async {
        let fixture = fixture(SqliteOptions { queued_writes_max: 2, ..SqliteOptions::default() });
        let (held, hold) = fixture.hold();
        let mut hold = Box::pin(hold);
        assert!(futures::poll!(&mut hold).is_pending());
        let mut waiting: Vec<_> = (1..4).map(|number| Box::pin(fixture.insert(number))).collect();
        let mut refused = 0;
        for job in &mut waiting {
            if let std::task::Poll::Ready(result) = futures::poll!(job) {
                assert!(matches!(result, Err(ConnectorError::Unavailable(_))));
                refused += 1;
            }
        }
        // The job that holds the writer may or may not have been taken from the line yet.
        assert!((1..=2).contains(&refused), "{refused}");
        drop(held);
        hold.await.unwrap();
    });
}
