//! A change that is made for many rows of values: as a statement for one of them, and as a statement for all.

use crate::sql::{Dialect, Sql, quoted};

/// What happens to a row.
#[derive(Debug, Clone, Copy)]
pub enum RowChange<'a> {
    /// It is new.
    Insert {
        /// Its table.
        table: &'a str,
        /// What its values belong to.
        columns: &'a [&'a str],
        /// Whether one that is there already is left as it is.
        unless_there: bool,
    },
    /// The row with the first value in `key` gets the second one in `column`.
    Update {
        /// Its table.
        table: &'a str,
        /// What tells the rows apart.
        key: &'a str,
        /// What changes.
        column: &'a str,
    },
}

const UNLESS_THERE: &str = " ON CONFLICT DO NOTHING";

impl RowChange<'_> {
    /// The statement for one row: its values are own parameters.
    pub fn for_one(&self, dialect: &Dialect) -> Sql {
        let mut sql = Sql::new(dialect.clone());
        match self {
            RowChange::Insert { table, columns, unless_there } => {
                sql.push("INSERT INTO ").table_name(table).push(" (").names(columns.iter().copied()).push(") VALUES (");
                for (number, _) in (0..).zip(*columns) {
                    sql.push(if number > 0 { ", " } else { "" }).own(number);
                }
                sql.push(")").push(if *unless_there { UNLESS_THERE } else { "" });
            }
            RowChange::Update { table, key, column } => {
                sql.push("UPDATE ").table_name(table).push(" SET ").name(column).push(" = ").own(1);
                sql.push(" WHERE ").name(key).push(" = ").own(0);
            }
        }
        sql
    }

    /// The statement for all rows, on Postgres: each own parameter is an array with the values of a column. `types` are
    /// those of the columns, with their schemas.
    pub fn for_many<'t>(&self, dialect: &Dialect, types: impl Iterator<Item = (&'t str, &'t str)>) -> Sql {
        let mut sql = Sql::new(dialect.clone());
        let rows = |sql: &mut Sql| {
            sql.push("unnest(");
            for (number, (schema, name)) in (0..).zip(types) {
                sql.push(if number > 0 { ", " } else { "" }).own(number);
                sql.push(&format!("::{}.{}[]", quoted(schema), quoted(name)));
            }
            sql.push(")");
        };
        match self {
            RowChange::Insert { table, columns, unless_there } => {
                sql.push("INSERT INTO ").table_name(table).push(" (").names(columns.iter().copied());
                sql.push(") SELECT * FROM ");
                rows(&mut sql);
                sql.push(if *unless_there { UNLESS_THERE } else { "" });
            }
            RowChange::Update { table, key, column } => {
                let row = sql.alias();
                sql.push("UPDATE ").table(table, row).push(" SET ").name(column).push(" = given.value FROM ");
                rows(&mut sql);
                sql.push(" AS given (key, value) WHERE ").column(row, key).push(" = given.key");
            }
        }
        sql
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_and_many_rows_change_the_same() {
        let postgres = Dialect::Postgres { schema: "shop$dev".into() };
        let types = || [("pg_catalog", "varchar"), ("pg_catalog", "int4")].into_iter();
        let insert = RowChange::Insert { table: "User", columns: &["id", "a\"ge"], unless_there: true };
        assert_eq!(
            insert.for_one(&Dialect::Sqlite).text(),
            r#"INSERT INTO "User" ("id", "a""ge") VALUES (?1, ?2) ON CONFLICT DO NOTHING"#
        );
        assert_eq!(
            insert.for_many(&postgres, types()).text(),
            r#"INSERT INTO "shop$dev"."User" ("id", "a""ge") SELECT * FROM unnest($1::"pg_catalog"."varchar"[], $2::"pg_catalog"."int4"[]) ON CONFLICT DO NOTHING"#
        );
        let update = RowChange::Update { table: "User", key: "id", column: "boss" };
        assert_eq!(update.for_one(&Dialect::Sqlite).text(), r#"UPDATE "User" SET "boss" = ?1 WHERE "id" = ?2"#);
        assert_eq!(
            update.for_many(&postgres, types()).text(),
            r#"UPDATE "shop$dev"."User" AS t0 SET "boss" = given.value FROM unnest($1::"pg_catalog"."varchar"[], $2::"pg_catalog"."int4"[]) AS given (key, value) WHERE t0."id" = given.key"#
        );
    }
}
