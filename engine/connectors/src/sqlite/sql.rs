//! SQL text under construction: quoted names, numbered parameters, numbered aliases.
//!
//! Names come from strangers and enter the text through [`Sql::name`] alone, which doubles the quote character. A NUL
//! would end the text for SQLite inside the open quotes, which is a syntax error, so it is refused by itself. Values
//! never enter the text.

use connector_interface::Slot;
use std::fmt::Write;

/// Where the value of a parameter comes from when the statement runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    /// A value of the request.
    Slot(Slot),
    /// A value that the connector supplies, by its number.
    Own(u32),
}

/// A name for a table within a statement: `t0`, `t1`, … in the order in which they were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alias(u32);

/// SQL text with the sources of its parameters: the first one is `?1`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sql {
    text: String,
    parameters: Vec<Parameter>,
    aliases: u32,
}

impl Sql {
    /// Nothing yet.
    pub fn new() -> Sql {
        Sql::default()
    }

    /// The text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What each parameter is bound to, in order.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
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
        self.text.push('"');
        for (i, part) in name.split('"').enumerate() {
            if i > 0 {
                self.text.push_str("\"\"");
            }
            self.text.push_str(part);
        }
        self.text.push('"');
        self
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
        self.name(name).push(" AS ").alias_name(alias)
    }

    /// Appends a parameter. The same source keeps its number within a statement.
    pub fn parameter(&mut self, parameter: Parameter) -> &mut Sql {
        let known = self.parameters.iter().position(|p| *p == parameter);
        let index = known.unwrap_or_else(|| {
            self.parameters.push(parameter);
            self.parameters.len() - 1
        });
        let _ = write!(self.text, "?{}", index + 1);
        self
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
    let mut sql = Sql::new();
    sql.name(name);
    sql.text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_names() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        for name in ["plain", "with space", "\"", "a\"b", "\"\"; DROP TABLE x; --", "'", "`", "[x]", "ä", "select"] {
            let mut sql = Sql::new();
            let alias = sql.alias();
            sql.push("SELECT ").column(alias, name).push(" FROM (SELECT 7 AS ").name(name).push(") AS ");
            sql.alias_name(alias);
            let cell: i64 = connection.query_row(sql.text(), [], |row| row.get(0)).unwrap();
            assert_eq!(cell, 7, "{name}");
        }
        for name in ["a\0b", "\0", "a\0\" FROM sqlite_master; --"] {
            let mut sql = Sql::new();
            sql.push("SELECT * FROM (SELECT 7 AS ").name(name).push(")");
            assert!(connection.prepare(sql.text()).is_err(), "{name:?}");
        }
    }

    #[test]
    fn one_source_is_one_parameter() {
        let mut sql = Sql::new();
        sql.own(0).push(",").slot(Slot(4)).push(",").slot(Slot(2)).push(",").slot(Slot(4)).push(",").own(0);
        assert_eq!(sql.text(), "?1,?2,?3,?2,?1");
        assert_eq!(sql.parameters(), [Parameter::Own(0), Parameter::Slot(Slot(4)), Parameter::Slot(Slot(2))]);
    }
}
