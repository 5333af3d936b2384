//! SQL text under construction: quoted names, numbered parameters, numbered aliases.
//!
//! Names come from strangers and enter the text through [`Sql::name`] alone, which doubles the quote character. A NUL
//! would end the text for SQLite inside the open quotes, which is a syntax error, and the driver of Postgres refuses it,
//! so it is refused by itself. Values never enter the text.

use connector_interface::{Slot, TextMatch, Value};
use std::{fmt::Write, sync::Arc};

/// The language of a statement, where the databases differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite: parameters are `?1`; a file holds one service, so tables have no schema.
    Sqlite,
    /// Postgres: parameters are `$1`; every table is named with the schema of its service (design D4).
    Postgres {
        /// The schema.
        schema: Arc<str>,
    },
}

/// Where the value of a parameter comes from when the statement runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    /// A value of the request.
    Slot(Slot),
    /// A value that the connector supplies, by its number.
    Own(u32),
    /// A pattern for `LIKE` that finds a text value of the request at this place, literally.
    Pattern(Slot, TextMatch),
}

/// A number of rows that stands in the text itself: the planner of Postgres takes an unknown one for a tenth of the
/// table and plans for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct RowNumber {
    /// Where in the text.
    at: usize,
    slot: Slot,
    one_more: bool,
}

/// A name for a table within a statement: `t0`, `t1`, … in the order in which they were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alias(u32);

/// SQL text with the sources of its parameters, in the order of their numbers, which count from 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Sql {
    dialect: Dialect,
    text: String,
    parameters: Vec<Parameter>,
    row_numbers: Vec<RowNumber>,
    aliases: u32,
}

impl Sql {
    /// Nothing yet.
    pub fn new(dialect: Dialect) -> Sql {
        Sql { dialect, text: String::new(), parameters: Vec::new(), row_numbers: Vec::new(), aliases: 0 }
    }

    /// Nothing yet, for SQLite.
    pub fn sqlite() -> Sql {
        Sql::new(Dialect::Sqlite)
    }

    /// Its language.
    pub fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// The text so far, without numbers of rows that stand in it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What each parameter is bound to, in order.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The numbers of the values that the connector supplies, in the order of the parameters.
    pub fn own_numbers(&self) -> impl Iterator<Item = u32> {
        self.parameters.iter().filter_map(|parameter| match parameter {
            Parameter::Own(number) => Some(*number),
            Parameter::Slot(_) | Parameter::Pattern(..) => None,
        })
    }

    /// An alias that this statement has not used.
    pub fn alias(&mut self) -> Alias {
        self.aliases += 1;
        Alias(self.aliases - 1)
    }

    /// Appends SQL of our own. Never a name or a value from outside.
    pub fn push(&mut self, text: &str) -> &mut Sql {
        self.text.push_str(text);
        self
    }

    /// Appends a quoted name.
    pub fn name(&mut self, name: &str) -> &mut Sql {
        push_quoted(&mut self.text, name);
        self
    }

    /// Appends the quoted name of a table, with its schema where there is one.
    pub fn table_name(&mut self, name: &str) -> &mut Sql {
        if let Dialect::Postgres { schema } = &self.dialect {
            push_quoted(&mut self.text, schema);
            self.text.push('.');
        }
        self.name(name)
    }

    /// Appends a number of rows of the request, or one more.
    pub fn row_number(&mut self, slot: Slot, one_more: bool) -> &mut Sql {
        match self.dialect {
            Dialect::Sqlite => self.slot(slot).push(if one_more { " + 1" } else { "" }),
            Dialect::Postgres { .. } => {
                self.row_numbers.push(RowNumber { at: self.text.len(), slot, one_more });
                self
            }
        }
    }

    /// The numbers of rows that stand in the text, in their order.
    pub fn row_numbers(&self, slots: &[Value]) -> Vec<i64> {
        let number = |number: &RowNumber| match slots.get(number.slot.0 as usize) {
            Some(Value::Int(rows)) => (*rows).max(0).saturating_add(i64::from(number.one_more)),
            _ => 0,
        };
        self.row_numbers.iter().map(number).collect()
    }

    /// The text with these numbers of rows.
    pub fn text_with(&self, row_numbers: &[i64]) -> String {
        let mut text = String::with_capacity(self.text.len() + 4 * row_numbers.len());
        let mut copied = 0;
        for (place, number) in self.row_numbers.iter().zip(row_numbers) {
            text.push_str(&self.text[copied..place.at]);
            // Writing to a string cannot fail.
            let _ = write!(text, "{number}");
            copied = place.at;
        }
        text.push_str(&self.text[copied..]);
        text
    }

    /// Appends several quoted names, with commas between them.
    pub fn names<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) -> &mut Sql {
        for (i, name) in names.into_iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            self.name(name);
        }
        self
    }

    /// Appends an alias.
    pub fn alias_name(&mut self, alias: Alias) -> &mut Sql {
        // Writing to a string cannot fail.
        let _ = write!(self.text, "t{}", alias.0);
        self
    }

    /// Appends a column of an aliased table.
    pub fn column(&mut self, alias: Alias, name: &str) -> &mut Sql {
        self.alias_name(alias).push(".").name(name)
    }

    /// Appends a table with its alias: `"Post" AS t0`.
    pub fn table(&mut self, name: &str, alias: Alias) -> &mut Sql {
        self.table_name(name).push(" AS ").alias_name(alias)
    }

    /// Appends a parameter. The same source keeps its number within a statement.
    pub fn parameter(&mut self, parameter: Parameter) -> &mut Sql {
        let known = self.parameters.iter().position(|p| *p == parameter);
        let index = known.unwrap_or_else(|| {
            self.parameters.push(parameter);
            self.parameters.len() - 1
        });
        let sign = match self.dialect {
            Dialect::Sqlite => '?',
            Dialect::Postgres { .. } => '$',
        };
        let _ = write!(self.text, "{sign}{}", index + 1);
        self
    }

    /// Appends the condition that what stands before is among the values of a list.
    pub fn among(&mut self, list: Parameter) -> &mut Sql {
        match self.dialect {
            Dialect::Sqlite => self.push(" IN (SELECT value FROM rarray(").parameter(list).push("))"),
            Dialect::Postgres { .. } => self.push(" = ANY (").parameter(list).push(")"),
        }
    }

    /// Appends a parameter with a value of the request.
    pub fn slot(&mut self, slot: Slot) -> &mut Sql {
        self.parameter(Parameter::Slot(slot))
    }

    /// Appends a parameter with a value that the connector supplies.
    pub fn own(&mut self, number: u32) -> &mut Sql {
        self.parameter(Parameter::Own(number))
    }
}

/// A quoted name on its own, for statements that are put together with `format!`.
pub fn quoted(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 2);
    push_quoted(&mut text, name);
    text
}

fn push_quoted(text: &mut String, name: &str) {
    text.push('"');
    for (i, part) in name.split('"').enumerate() {
        if i > 0 {
            text.push_str("\"\"");
        }
        text.push_str(part);
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_names() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        for name in ["plain", "with space", "\"", "a\"b", "\"\"; DROP TABLE x; --", "'", "`", "[x]", "ä", "select"] {
            let mut sql = Sql::sqlite();
            let alias = sql.alias();
            sql.push("SELECT ").column(alias, name).push(" FROM (SELECT 7 AS ").name(name).push(") AS ");
            sql.alias_name(alias);
            let cell: i64 = connection.query_row(sql.text(), [], |row| row.get(0)).unwrap();
            assert_eq!(cell, 7, "{name}");
        }
        for name in ["a\0b", "\0", "a\0\" FROM sqlite_master; --"] {
            let mut sql = Sql::sqlite();
            sql.push("SELECT * FROM (SELECT 7 AS ").name(name).push(")");
            assert!(connection.prepare(sql.text()).is_err(), "{name:?}");
        }
    }

    #[test]
    fn one_source_is_one_parameter() {
        let mut sql = Sql::sqlite();
        sql.own(0).push(",").slot(Slot(4)).push(",").slot(Slot(2)).push(",").slot(Slot(4)).push(",").own(0);
        assert_eq!(sql.text(), "?1,?2,?3,?2,?1");
        assert_eq!(sql.parameters(), [Parameter::Own(0), Parameter::Slot(Slot(4)), Parameter::Slot(Slot(2))]);
    }

    #[test]
    fn numbers_of_rows_stand_in_the_text() {
        let mut sql = Sql::new(Dialect::Postgres { schema: "s".into() });
        sql.push("LIMIT ")
            .row_number(Slot(1), false)
            .push(") LIMIT ")
            .row_number(Slot(0), true)
            .push(" OFFSET ")
            .slot(Slot(2));
        let numbers = sql.row_numbers(&[Value::Int(7), Value::Int(20), Value::Int(3)]);
        assert_eq!(sql.text_with(&numbers), "LIMIT 20) LIMIT 8 OFFSET $1");
        assert_eq!(sql.text_with(&sql.row_numbers(&[Value::Int(-1)])), "LIMIT 0) LIMIT 1 OFFSET $1");
        let mut sql = Sql::sqlite();
        assert_eq!(sql.push("LIMIT ").row_number(Slot(1), true).text(), "LIMIT ?1 + 1");
    }

    #[test]
    fn postgres_names_the_schema_and_counts_with_dollars() {
        let mut sql = Sql::new(Dialect::Postgres { schema: "shop\"$dev".into() });
        let alias = sql.alias();
        sql.push("SELECT ").own(0).push(" FROM ").table("User", alias);
        assert_eq!(sql.text(), r#"SELECT $1 FROM "shop""$dev"."User" AS t0"#);
    }
}
