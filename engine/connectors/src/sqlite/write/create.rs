//! Creating nodes.

use super::{
    Write, connect, errors,
    links::{self, Links},
    lists,
    nested::{self, Parent},
    required::{self, Enclosing},
    statement::{self, quote},
};
use connector_interface::{ChangeKind, ConnectorError, CreateNode, ServiceError, Value};
use datamodel::{FieldId, FieldKind, ScalarType};

/// Longest id of type `ID`, in UTF-16 units as the original counts them: its column is that wide.
const ID_LENGTH_MAX: usize = 25;

/// Creates a node with all that is nested in it, and returns its id.
pub(super) fn create(write: &mut Write, node: &CreateNode) -> Result<Value, ConnectorError> {
    let id = insert(write, node, None)?;
    complete(write, node, &id)?;
    Ok(id)
}

/// Creates a node that is connected to the parent.
pub(super) fn create_related(
    write: &mut Write,
    parent: Parent,
    enclosing: Enclosing,
    node: &CreateNode,
) -> Result<(), ConnectorError> {
    let links = links::of(write.datamodel, parent.field)?;
    let ends = required::ends(write.datamodel, parent.field);
    connect::ensure_parent(write, links, parent, required::before_create(ends, enclosing))?;
    if required::replaced_by_create(ends, enclosing).of_parent {
        links.remove_all(write, parent.id)?;
    }
    let id = insert_linked(write, links, parent.id, node)?;
    complete(write, node, &id)
}

/// Where the child's row holds the link, it is part of the insert.
fn insert_linked(write: &Write, links: Links, parent: &Value, node: &CreateNode) -> Result<Value, ConnectorError> {
    match links.column_of_child() {
        Some(column) => insert(write, node, Some((column, parent))),
        None => {
            let id = insert(write, node, None)?;
            links.add(write, parent, &id)?;
            Ok(id)
        }
    }
}

/// What follows the row: lists, and the nested operations.
fn complete(write: &mut Write, node: &CreateNode, id: &Value) -> Result<(), ConnectorError> {
    lists::insert(write, node.model, id, &node.lists)?;
    write.changed(node.model, id, ChangeKind::Created, true);
    nested::run(write, id, Enclosing::Create, &node.nested)
}

fn insert(write: &Write, node: &CreateNode, link: Option<(&str, &Value)>) -> Result<Value, ConnectorError> {
    let id_field = write.datamodel.id_field(node.model);
    let mut columns = Vec::with_capacity(node.values.len() + 1);
    let mut values = Vec::with_capacity(node.values.len() + 1);
    let mut id = None;
    for (field, source) in &node.values {
        let value = write.value(*source)?;
        if *field == id_field {
            ensure_id_fits(write, id_field, &value)?;
            id = Some(value.clone());
        }
        columns.push(quote(write.datamodel.field(*field).column()));
        values.push(value);
    }
    if let Some((column, parent)) = link {
        columns.push(quote(column));
        values.push(parent.clone());
    }
    let table = quote(write.datamodel.model(node.model).table());
    let sql = if columns.is_empty() {
        format!("INSERT INTO {table} DEFAULT VALUES")
    } else {
        format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), statement::places(columns.len()))
    };
    statement::execute(write, &sql, &values).map_err(|error| errors::refused(write.datamodel, node.model, error))?;
    Ok(match id {
        None | Some(Value::Null) => Value::Int(write.connection.last_insert_rowid()),
        Some(id) => id,
    })
}

fn ensure_id_fits(write: &Write, id_field: FieldId, value: &Value) -> Result<(), ConnectorError> {
    let field = write.datamodel.field(id_field);
    match value {
        Value::Text(id)
            if field.kind == FieldKind::Scalar(ScalarType::Id) && id.encode_utf16().count() > ID_LENGTH_MAX =>
        {
            Err(ServiceError::ValueTooLong { field: field.name.clone() }.into())
        }
        _ => Ok(()),
    }
}
