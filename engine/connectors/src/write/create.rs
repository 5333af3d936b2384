//! Creating nodes.

use super::{
    Failure, Session, Write, connect,
    links::{self, Links},
    lists,
    nested::{self, Parent},
    required::{self, Enclosing},
};
use connector_interface::{ChangeKind, Column, ConnectorError, CreateNode, ServiceError, Value, live_bytes};
use datamodel::{FieldId, FieldKind, ScalarType};

/// Longest id of type `ID`, in UTF-16 units as the original counts them: its column is that wide.
const ID_LENGTH_MAX: usize = 25;

/// Creates a node with all that is nested in it, and returns its id.
pub(super) async fn create<S: Session>(write: &mut Write<'_, S>, node: &CreateNode) -> Result<Value, Failure> {
    let id = insert(write, node, None).await?;
    complete(write, node, &id).await?;
    Ok(id)
}

/// Creates a node that is connected to the parent.
pub(super) async fn create_related<S: Session>(
    write: &mut Write<'_, S>,
    parent: Parent<'_>,
    enclosing: Enclosing,
    node: &CreateNode,
) -> Result<(), Failure> {
    let links = links::of(write.datamodel, parent.field)?;
    let ends = required::ends(write.datamodel, parent.field);
    connect::ensure_parent(write, links, parent, required::before_create(ends, enclosing)).await?;
    if required::replaced_by_create(ends, enclosing).of_parent {
        links.remove_all(write, parent.id).await?;
    }
    let id = insert_linked(write, links, parent.id, node).await?;
    complete(write, node, &id).await
}

/// Where the child's row holds the link, it is part of the insert.
async fn insert_linked<S: Session>(
    write: &Write<'_, S>,
    links: Links<'_>,
    parent: &Value,
    node: &CreateNode,
) -> Result<Value, Failure> {
    match links.column_of_child() {
        Some(column) => insert(write, node, Some((column, parent))).await,
        None => {
            let id = insert(write, node, None).await?;
            links.add(write, parent, &id).await?;
            Ok(id)
        }
    }
}

/// What follows the row: lists, and the nested operations.
async fn complete<S: Session>(write: &mut Write<'_, S>, node: &CreateNode, id: &Value) -> Result<(), Failure> {
    lists::insert(write, node.model, id, &node.lists).await?;
    write.changed(node.model, id, ChangeKind::Created, true);
    // Nested operations nest: a future of each level cannot hold that of the next.
    Box::pin(nested::run(write, id, Enclosing::Create, &node.nested)).await
}

async fn insert<S: Session>(
    write: &Write<'_, S>,
    node: &CreateNode,
    link: Option<(&str, &Value)>,
) -> Result<Value, Failure> {
    let id_field = write.datamodel.id_field(node.model);
    let mut values = Vec::with_capacity(node.values.len() + 1);
    let mut id = None;
    for (field, source) in &node.values {
        let value = write.value(*source)?;
        if *field == id_field {
            ensure_id_fits(write, id_field, &value)?;
            id = Some(value.clone()).filter(|id| *id != Value::Null);
        }
        values.push((write.datamodel.field(*field).column(), value));
    }
    if let Some((column, parent)) = link {
        values.push((column, parent.clone()));
    }
    // A null id is one that the database counts.
    let id_column = Column::of(write.datamodel, id_field);
    values.retain(|(column, value)| *column != id_column.name || *value != Value::Null);
    let mut sql = write.sql();
    sql.push("INSERT INTO ").table_name(write.datamodel.model(node.model).table());
    if values.is_empty() {
        sql.push(" DEFAULT VALUES");
    } else {
        sql.push(" (").names(values.iter().map(|(column, _)| *column)).push(") VALUES (");
        for (number, _) in (0..).zip(&values) {
            sql.push(if number > 0 { ", " } else { "" }).own(number);
        }
        sql.push(")");
    }
    let own: Vec<&Value> = values.iter().map(|(_, value)| value).collect();
    write.grow(bytes(&values, link.is_some(), id.is_none()))?;
    if let Some(id) = id {
        write.execute(node.model, &sql, &own).await?;
        return Ok(id);
    }
    sql.push(" RETURNING ").name(&id_column.name);
    let counted = write.column(node.model, &sql, &own, id_column.cell).await?.into_iter().next();
    counted.ok_or_else(|| ConnectorError::Database("an insert without a row".to_owned()).into())
}

/// What the row counts.
fn bytes(values: &[(&str, Value)], is_linked: bool, is_counted: bool) -> u64 {
    // The link is the last of the values, and counts as a link instead.
    let own = &values[..values.len() - usize::from(is_linked)];
    let values: u64 = own.iter().map(|(_, value)| live_bytes::of_value(value)).sum();
    let link = if is_linked { live_bytes::LINK } else { 0 };
    let id = if is_counted { live_bytes::NUMBER } else { 0 };
    live_bytes::NODE + values + link + id
}

fn ensure_id_fits<S: Session>(write: &Write<'_, S>, id_field: FieldId, value: &Value) -> Result<(), Failure> {
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
