//! Indexes and their names.
//!
//! Names are derived from table and column, as in the original, and cut to 63 bytes with a hash. They share one space
//! with the names of tables, which strangers choose: a name that is taken gets a hash as well, and an index in the way
//! of a table is renamed.

use super::{
    inspect::{self, Index},
    run,
};
use crate::sql::Sql;
use connector_interface::ConnectorError;
use rusqlite::Connection;

/// Name of the unique index of a column.
pub fn unique_name(table: &str, column: &str) -> String {
    derived(&format!("{table}.{column}._UNIQUE"))
}

/// Name of the index of an inline relation's column.
pub fn relation_name(table: &str, column: &str) -> String {
    derived(&format!("{table}.{column}._INDEX"))
}

/// Names of the indexes of a link table: both columns, and column B.
pub fn link_names(table: &str) -> [String; 2] {
    [derived(&format!("{table}_AB_unique")), derived(&format!("{table}_B"))]
}

const NAME_BYTES_MAX: usize = 63;

fn derived(name: &str) -> String {
    if name.len() <= NAME_BYTES_MAX { name.to_owned() } else { hashed(name, name) }
}

/// The beginning of a name and a hash of what tells it from others.
fn hashed(name: &str, distinction: &str) -> String {
    let hash = format!("_{:016x}", fnv(distinction));
    let mut end = name.len().min(NAME_BYTES_MAX - hash.len());
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{hash}", &name[..end])
}

/// FNV-1a, which is short and gives the same names in every release.
fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Makes an index unless there is one like it.
pub fn create(
    connection: &Connection,
    table: &str,
    columns: &[&str],
    is_unique: bool,
    name: &str,
) -> Result<(), ConnectorError> {
    let same = |index: &Index| index.is_unique == is_unique && index.columns == columns;
    if inspect::indexes(connection, table)?.iter().any(same) {
        return Ok(());
    }
    let mut free = name.to_owned();
    let mut tries = 0;
    while inspect::index(connection, &free)?.is_some() || inspect::table(connection, &free)?.is_some() {
        tries += 1;
        free = hashed(name, &format!("{name} {tries}"));
    }
    let mut sql = Sql::sqlite();
    sql.push(if is_unique { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " }).name(&free);
    sql.push(" ON ").name(table).push(" (").names(columns.iter().copied()).push(")");
    run(connection, sql.text())
}

/// Drops an index.
pub fn remove(connection: &Connection, index: &Index) -> Result<(), ConnectorError> {
    let mut sql = Sql::sqlite();
    sql.push("DROP INDEX ").name(&index.name);
    run(connection, sql.text())
}

/// Drops the unique index of a column.
pub fn remove_unique(connection: &Connection, table: &str, column: &str) -> Result<(), ConnectorError> {
    let indexes = inspect::indexes(connection, table)?;
    let mut own = indexes.iter().filter(|index| index.is_unique && index.columns == [column]);
    own.try_for_each(|index| remove(connection, index))
}

/// Gives the indexes of a table the names that follow from the table's and the columns' names, after one of those has
/// changed.
pub fn rename(connection: &Connection, table: &str) -> Result<(), ConnectorError> {
    let all = inspect::indexes(connection, table)?;
    let is_link_table = all.iter().any(|index| index.is_unique && index.columns.len() == 2);
    for index in all {
        let [both, second] = link_names(table);
        let name = match (index.columns.as_slice(), index.is_unique) {
            ([column], true) => unique_name(table, column),
            ([_, _], true) => both,
            ([_], false) if is_link_table => second,
            ([column], false) => relation_name(table, column),
            _ => continue,
        };
        if index.name != name {
            remove(connection, &index)?;
            let columns: Vec<&str> = index.columns.iter().map(String::as_str).collect();
            create(connection, table, &columns, index.is_unique, &name)?;
        }
    }
    Ok(())
}

/// Makes way for a table whose name an index has.
pub fn make_way(connection: &Connection, name: &str) -> Result<(), ConnectorError> {
    let (Some(taken), Some(table)) = (inspect::index(connection, name)?, inspect::table_of_index(connection, name)?)
    else {
        return Ok(());
    };
    let Some(index) = inspect::indexes(connection, &table)?.into_iter().find(|index| index.name == taken) else {
        return Ok(());
    };
    remove(connection, &index)?;
    let columns: Vec<&str> = index.columns.iter().map(String::as_str).collect();
    create(connection, &table, &columns, index.is_unique, &hashed(&taken, &format!("{taken} ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_and_stay_apart() {
        assert_eq!(unique_name("User", "email"), "User.email._UNIQUE");
        let long = "ä".repeat(40);
        let (a, b) = (unique_name(&long, "a"), unique_name(&long, "b"));
        assert!(a.len() <= NAME_BYTES_MAX && b.len() <= NAME_BYTES_MAX);
        assert_ne!(a, b);
        assert_eq!(a, unique_name(&long, "a"));
    }
}
