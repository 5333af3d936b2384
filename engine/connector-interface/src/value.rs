//! Values that travel beside a plan, and the kinds of cells that come back.

use datamodel::{Datamodel, FieldId, FieldKind, ScalarType};

/// Position of a value in the parameters of one execution of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slot(pub u32);

/// A checked and coerced value.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "one variant a kind of cell")]
pub enum Value {
    Null,
    Boolean(bool),
    Int(i64),
    Float(f64),
    /// String, ID, UUID and enum values.
    Text(String),
    /// Milliseconds since 1970, UTC.
    DateTime(i64),
    /// JSON text.
    Json(String),
    /// For `_in`, `_not_in` and scalar lists; never holds `Null` or another list.
    List(Vec<Value>),
}

/// How a cell is stored and written as JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "one variant a kind of cell")]
pub enum CellType {
    /// String, ID, UUID and enum values.
    Text,
    Int,
    Float,
    Boolean,
    DateTime,
    Json,
}

/// A column of a table: its name, quoted by the connector alone, and what its cells are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Column {
    /// Database name.
    pub name: String,
    /// Kind of its cells.
    pub cell: CellType,
}

impl CellType {
    /// The kind of cell of a scalar type.
    pub fn of(scalar: ScalarType) -> CellType {
        match scalar {
            ScalarType::String | ScalarType::Id | ScalarType::Uuid => CellType::Text,
            ScalarType::Int => CellType::Int,
            ScalarType::Float => CellType::Float,
            ScalarType::Boolean => CellType::Boolean,
            ScalarType::DateTime => CellType::DateTime,
            ScalarType::Json => CellType::Json,
        }
    }
}

impl Column {
    /// The column of a scalar or enum field (for a list field: the name of its values' kind, under the field's name).
    pub fn of(datamodel: &Datamodel, field: FieldId) -> Column {
        let field = datamodel.field(field);
        let cell = match field.kind {
            FieldKind::Scalar(scalar) => CellType::of(scalar),
            FieldKind::Enum(_) | FieldKind::Relation { .. } => CellType::Text,
        };
        Column { name: field.column().to_owned(), cell }
    }
}
