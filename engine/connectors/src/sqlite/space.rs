//! The space of deleted rows: given back to the file system when it is much, a little at a time, while nobody waits for
//! the service's writer.

use super::failure::failure;
use connector_interface::ConnectorError;
use rusqlite::Connection;

/// Free pages that a file may keep, 4 KiB each: the next rows go there.
const FREE_PAGES_MAX: i64 = 1024;
/// A file keeps as many free pages as a quarter of its pages, too.
const FREE_PART: i64 = 4;
/// Pages that are given back in one go, which takes some milliseconds.
const AT_ONCE: i64 = 512;

/// What a new file is told before its first table: only then can it shrink later.
pub const CAN_SHRINK: &str = "PRAGMA auto_vacuum = INCREMENTAL";

/// Gives some pages back if there are many, and at last the room of the log; whether there may be more to give.
pub fn give_back(connection: &Connection) -> Result<bool, ConnectorError> {
    let number = |sql: &str| {
        let mut statement = connection.prepare_cached(sql).map_err(failure)?;
        statement.query_row([], |row| row.get::<_, i64>(0)).map_err(failure)
    };
    let free = number(FREE)?;
    let are_many = |free: i64| {
        if free <= FREE_PAGES_MAX {
            return Ok(false);
        }
        number("PRAGMA page_count").map(|pages| free * FREE_PART > pages)
    };
    if !are_many(free)? {
        return Ok(false);
    }
    run(connection, &format!("PRAGMA incremental_vacuum({AT_ONCE})"))?;
    let left = number(FREE)?;
    if left < free && are_many(left)? {
        return Ok(true);
    }
    // A file that was made before files could shrink has as many free pages as before.
    if left < free {
        run(connection, "PRAGMA wal_checkpoint(TRUNCATE)")?;
    }
    Ok(false)
}

const FREE: &str = "PRAGMA freelist_count";

fn run(connection: &Connection, sql: &str) -> Result<(), ConnectorError> {
    let mut statement = connection.prepare(sql).map_err(failure)?;
    let mut rows = statement.raw_query();
    while rows.next().map_err(failure)?.is_some() {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_shrinks_after_its_rows_were_deleted_and_an_old_one_stays() {
        for (can_shrink, shrinks) in [(CAN_SHRINK, true), ("PRAGMA auto_vacuum = NONE", false)] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("f.sqlite");
            let connection = Connection::open(&path).unwrap();
            connection.execute_batch(&format!("{can_shrink}; PRAGMA journal_mode = WAL; CREATE TABLE t (x)")).unwrap();
            assert!(!give_back(&connection).unwrap());
            let insert = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
                          INSERT INTO t SELECT randomblob(4000) FROM n";
            connection.execute_batch(insert).unwrap();
            connection.execute_batch("DELETE FROM t").unwrap();
            connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
            let mut rounds = 0;
            while give_back(&connection).unwrap() {
                rounds += 1;
            }
            let bytes = std::fs::metadata(&path).unwrap().len();
            assert_eq!(bytes < 6_000_000, shrinks, "{bytes}");
            assert_eq!(rounds > 5, shrinks, "{rounds}");
        }
    }
}
