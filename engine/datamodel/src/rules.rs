//! What a datamodel may hold, and how what it may not is said.

/// What the connector allows beyond the common rules of SQL databases, and how large a datamodel may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Ids may be of type `UUID`.
    pub uuid_ids: bool,
    /// How much a datamodel may declare.
    pub limits: Limits,
}

/// How much a datamodel may declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Types.
    pub types: usize,
    /// Fields of one type.
    pub fields_per_type: usize,
    /// Fields of all types together.
    pub fields: usize,
    /// Enums.
    pub enums: usize,
}

impl Default for Rules {
    /// The rules of a cloud on an SQL database.
    fn default() -> Self {
        Rules { uuid_ids: true, limits: Limits::default() }
    }
}

impl Default for Limits {
    /// 100 types, 200 fields a type, 2,000 fields, 200 enums.
    fn default() -> Self {
        Limits { types: 100, fields_per_type: 200, fields: 2_000, enums: 200 }
    }
}

/// An error or a warning and its place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// The type or enum, or `Global`.
    pub type_name: String,
    /// The field, if it is about one.
    pub field: Option<String>,
    /// What a client is shown.
    pub description: String,
}

impl Diagnostic {
    pub(crate) fn global(description: impl Into<String>) -> Self {
        Diagnostic::on_type("Global", description)
    }

    pub(crate) fn on_type(type_name: &str, description: impl Into<String>) -> Self {
        Diagnostic { type_name: type_name.to_owned(), field: None, description: description.into() }
    }

    pub(crate) fn on_field(type_name: &str, field: &str, description: impl Into<String>) -> Self {
        let field = Some(field.to_owned());
        Diagnostic { type_name: type_name.to_owned(), field, description: description.into() }
    }
}
