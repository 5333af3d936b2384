//! What clients read about elements that were not stored: the original's sentences, with causes in Postgres's words on
//! every database, as the original quoted them.

use super::super::errors::text_of;
use connector_interface::Value;
use datamodel::{Datamodel, Field, FieldId, FieldKind, ScalarType};

/// Longest value of type `ID`, in UTF-16 units as the original counts them: its columns are that wide.
const ID_LENGTH_MAX: usize = 25;

/// About a node.
pub(super) fn node(table: &str, id: &Value, cause: &str) -> String {
    format!("Failure inserting {table} with Id: {}. Cause: {cause}", text_of(id))
}

/// About an item of a list.
pub(super) fn item(list: &str, id: &Value, item: &Value, cause: &str) -> String {
    let (id, item) = (text_of(id), text_of(item));
    format!("Failure inserting into listTable {list} for the id {id} for value {item}. Cause: {cause}")
}

/// About a link.
pub(super) fn link(table: &str, a: &str, b: &str, cause: &str) -> String {
    format!("Failure inserting into relationtable {table} with ids {a} and {b}. Cause: {cause}")
}

/// An id as the original's programming language shows it.
pub(super) fn id_of_language(datamodel: &Datamodel, id: FieldId, value: &Value) -> String {
    let class = match datamodel.field(id).kind {
        FieldKind::Scalar(ScalarType::Int) => "IntGCValue",
        FieldKind::Scalar(ScalarType::Uuid) => "UuidGCValue",
        _ => "StringIdGCValue",
    };
    format!("{class}({})", text_of(value))
}

pub(super) fn duplicate(column: &str, value: &Value) -> String {
    let value = text_of(value);
    format!("duplicate key value violates unique constraint\n  Detail: Key ({column})=({value}) already exists.")
}

pub(super) fn null(column: &str) -> String {
    format!("null value in column \"{column}\" violates not-null constraint")
}

/// That a link or a list belongs to a node that is not there.
pub(super) fn missing(table: &str, column: &str, id: &Value, target: &str) -> String {
    let id = text_of(id);
    format!(
        "insert or update on table \"{table}\" violates foreign key constraint\n  Detail: Key ({column})=({id}) is not present in table \"{target}\"."
    )
}

/// That a field would hold two nodes.
pub(super) fn taken(model: &str, id: &Value, field: &str) -> String {
    format!("the field {field} of the {model} with id {} holds another node already", text_of(id))
}

/// A value that does not fit into its column.
pub(super) fn too_long(field: &Field, value: &Value) -> Option<String> {
    let Value::Text(text) = value else { return None };
    let is_id = field.kind == FieldKind::Scalar(ScalarType::Id);
    let is_over = is_id && text.len() > ID_LENGTH_MAX && text.encode_utf16().count() > ID_LENGTH_MAX;
    is_over.then(|| format!("value too long for type character varying({ID_LENGTH_MAX})"))
}
