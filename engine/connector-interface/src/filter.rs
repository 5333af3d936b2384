//! Conditions on rows, and the ways from a row to its related rows.

use crate::value::{Column, Slot};

/// A condition on the rows of one table. Comparisons follow SQL's three-valued logic (`prisma1-server.md` §5.7).
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// Every row.
    All,
    /// No row (`OR: []`, `_in: []`).
    Nothing,
    /// All of them hold.
    And(Vec<Filter>),
    /// At least one holds.
    Or(Vec<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// Column against a value that is not null.
    Compare {
        /// The column.
        column: Column,
        /// How.
        comparison: Comparison,
        /// With what.
        value: Slot,
    },
    /// Column against a list without nulls.
    In {
        /// The column.
        column: Column,
        /// Slot of a [`crate::Value::List`] of any length.
        values: Slot,
        /// `_not_in`.
        negated: bool,
    },
    /// `IS NULL` or `IS NOT NULL`.
    Null {
        /// The column.
        column: Column,
        /// `IS NOT NULL`.
        negated: bool,
    },
    /// A text match; the value is taken literally, `%` and `_` included.
    Text {
        /// The column.
        column: Column,
        /// Where in the text.
        position: TextMatch,
        /// What.
        value: Slot,
        /// `_not_…`.
        negated: bool,
    },
    /// A condition on related rows.
    Related {
        /// How to get there.
        path: RelationPath,
        /// How many of them must meet it.
        quantifier: Quantifier,
        /// The condition on them.
        filter: Box<Filter>,
    },
}

/// Comparison of a column with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Place of a text match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum TextMatch {
    Contains,
    StartsWith,
    EndsWith,
}

/// How many related rows must meet a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// At least one. Also for to-one fields.
    Some,
    /// No row fails it; holds where there is none. Exact, null links included.
    Every,
    /// No row meets it. With [`Filter::All`]: there is no related row.
    None,
}

/// From the row of a model to the related rows of another: table names and how they are joined.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RelationPath {
    /// Id column of the table one comes from.
    pub parent_id: Column,
    /// Table of the related rows.
    pub table: String,
    /// Its id column.
    pub id: Column,
    /// Where the link is stored.
    pub link: Link,
}

/// Where the link between two rows is stored, seen from the row one comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Link {
    /// In a column of the row one comes from: at most one related row.
    ParentColumn(String),
    /// In a column of the related row.
    ChildColumn(String),
    /// In a link table.
    Table {
        /// Its name.
        table: String,
        /// Column with the id of the row one comes from.
        parent_column: String,
        /// Column with the id of the related row.
        child_column: String,
    },
}
