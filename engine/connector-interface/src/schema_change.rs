//! Changes to a service's tables, and questions about its data before they are made: plain data that the
//! migration planner writes and a connector carries out. Table and column names are database names.

use crate::value::Column;
use datamodel::{ScalarType, Sequence};

/// One change to the tables of a service.
#[derive(Debug, Clone, PartialEq)]
pub enum SchemaChange {
    /// A model's table with its id column only.
    CreateTable {
        /// The table.
        table: String,
        /// Its id column.
        id: ColumnSpec,
        /// For `Int` ids.
        sequence: Option<Sequence>,
    },
    /// Drops a table, of whatever kind. Nothing happens when it is not there.
    DropTable {
        /// The table.
        table: String,
    },
    /// Renames a table. Nothing happens when the names are equal.
    RenameTable {
        /// Old name.
        from: String,
        /// New name.
        to: String,
    },
    /// Adds a column; existing rows get `fill`.
    AddColumn {
        /// The table.
        table: String,
        /// The column.
        column: ColumnSpec,
        /// Value for existing rows when the column is required.
        fill: Option<crate::Value>,
    },
    /// Drops a column, its unique index included.
    DropColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// Changes a column of the same type: name, nullability, uniqueness.
    AlterColumn {
        /// The table.
        table: String,
        /// As it is.
        from: ColumnSpec,
        /// As it shall be.
        to: ColumnSpec,
        /// Value for nulls when the column becomes required.
        fill: Option<crate::Value>,
    },
    /// Another id column: drops the primary key `from` and adds `to` as primary key. Lists and relations of the model
    /// are gone by then, and the table has no rows (the planner has asked); rows that are there after all are an error.
    ReplaceId {
        /// The table.
        table: String,
        /// The id column that goes, its sequence included.
        from: ColumnSpec,
        /// The id column that comes.
        to: ColumnSpec,
        /// For `Int` ids: sequence of the new column.
        sequence: Option<Sequence>,
    },
    /// Gives an `Int` id column another sequence or takes it away; rows keep their ids. Both given: the sequence is
    /// renamed and goes on counting. Only `to` given: it is made, and starts above the highest id.
    ChangeSequence {
        /// The table.
        table: String,
        /// The id column.
        id: ColumnSpec,
        /// As it is.
        from: Option<Sequence>,
        /// As it shall be.
        to: Option<Sequence>,
    },
    /// The table of a scalar list: `nodeId`, `position`, `value`.
    CreateListTable {
        /// The list's table.
        table: String,
        /// The model's table.
        model_table: String,
        /// The model's id column.
        model_id: ColumnSpec,
        /// Type of the values.
        value: ColumnType,
    },
    /// A link table.
    CreateLinkTable {
        /// The link table.
        table: String,
        /// Column, referenced table and its id column, side A.
        a: LinkColumn,
        /// The same for side B.
        b: LinkColumn,
        /// Id column, primary key.
        id_column: Option<String>,
    },
    /// Drops the id column, the primary key, of a link table.
    DropLinkId {
        /// The link table.
        table: String,
        /// Its id column.
        column: String,
    },
    /// Renames columns of a link table, one after the other.
    RenameLinkColumns {
        /// The link table.
        table: String,
        /// Old and new names.
        renames: Vec<(String, String)>,
    },
    /// The nullable column of an inline relation, with a foreign key (`ON DELETE SET NULL`) and an index.
    AddRelationColumn {
        /// The table that gets the column.
        table: String,
        /// The column and what it references.
        column: LinkColumn,
    },
    /// Drops the column of an inline relation, foreign key and index included.
    DropRelationColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// Renames the column of an inline relation.
    RenameRelationColumn {
        /// The table.
        table: String,
        /// Old name.
        from: String,
        /// New name.
        to: String,
    },
}

/// A column to make.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnSpec {
    /// Name.
    pub name: String,
    /// Type.
    pub column_type: ColumnType,
    /// `NOT NULL`.
    pub required: bool,
    /// Has a unique index (ids: is the primary key).
    pub unique: bool,
}

/// Storage type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// A scalar.
    Scalar(ScalarType),
    /// An enum value, stored as text.
    Enum,
}

/// A column that references the id of a model's table.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkColumn {
    /// Name.
    pub name: String,
    /// Referenced table.
    pub table: String,
    /// Referenced id column, whose type the column takes.
    pub id: ColumnSpec,
}

/// A yes-or-no question about existing rows, asked before a deploy.
#[derive(Debug, Clone, PartialEq)]
pub enum DataCheck {
    /// Has the table at least one row?
    AnyRow {
        /// The table (a model's or a link table).
        table: String,
    },
    /// Has the table more than one row?
    SeveralRows {
        /// The table.
        table: String,
    },
    /// Is the column null in some row?
    AnyNull {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// Is the column not null in some row? (An inline relation has links.)
    AnyValue {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// Does some value occur twice, nulls aside?
    AnyDuplicate {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// Is some row of a model without a link through this relation?
    AnyUnlinked {
        /// Id column of the model.
        id: Column,
        /// Table of the model.
        table: String,
        /// Column of the link table that holds the model's ids.
        link_table: String,
        /// That column.
        link_column: String,
    },
    /// Does the text occur in the column?
    ValueUsed {
        /// The table.
        table: String,
        /// The column (`value` in a list table).
        column: String,
        /// The value.
        value: String,
    },
}
