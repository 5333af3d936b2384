//! Scalar lists: rows `nodeId`, `position`, `value` in a table a list, with positions 1000, 2000, …

use super::{
    Write, errors,
    statement::{self, quote},
};
use connector_interface::{Column, ConnectorError, Slot, Value};
use datamodel::{Field, FieldId, ModelId};

const POSITION_STEP: i64 = 1000;

/// Stores the lists of a node that has none yet.
pub(super) fn insert(
    write: &Write,
    model: ModelId,
    node: &Value,
    lists: &[(FieldId, Slot)],
) -> Result<(), ConnectorError> {
    for (field, slot) in lists {
        let Value::List(values) = write.parameter(*slot)? else { continue };
        let sql = format!(
            "INSERT INTO {} (\"nodeId\", \"position\", \"value\") VALUES (?1, ?2, ?3)",
            quote(&table(write, model, write.datamodel.field(*field)))
        );
        for (value, position) in values.iter().zip(1..) {
            let position = Value::Int(position * POSITION_STEP);
            statement::execute(write, &sql, [node, &position, value])
                .map_err(|error| errors::refused(write.datamodel, model, error))?;
        }
    }
    Ok(())
}

/// Replaces lists of a node. Null leaves a list as it is.
pub(super) fn replace(
    write: &Write,
    model: ModelId,
    node: &Value,
    lists: &[(FieldId, Slot)],
) -> Result<(), ConnectorError> {
    for (field, slot) in lists {
        if let Value::List(_) = write.parameter(*slot)? {
            remove_one(write, model, write.datamodel.field(*field), node)?;
        }
    }
    insert(write, model, node, lists)
}

/// Removes all lists of a node.
pub(super) fn remove(write: &Write, model: ModelId, node: &Value) -> Result<(), ConnectorError> {
    for field in fields(write, model) {
        remove_one(write, model, write.datamodel.field(field), node)?;
    }
    Ok(())
}

/// All lists of a node, by their tables.
pub(super) fn saved(write: &Write, model: ModelId, node: &Value) -> Result<Vec<(String, Vec<Value>)>, ConnectorError> {
    let read = |field: FieldId| {
        let table = table(write, model, write.datamodel.field(field));
        let sql = format!("SELECT \"value\" FROM {} WHERE \"nodeId\" = ?1 ORDER BY \"position\"", quote(&table));
        let values = statement::all(write, &sql, [node], Column::of(write.datamodel, field).cell)?;
        Ok((table, values))
    };
    fields(write, model).map(read).collect()
}

fn remove_one(write: &Write, model: ModelId, field: &Field, node: &Value) -> Result<(), ConnectorError> {
    let sql = format!("DELETE FROM {} WHERE \"nodeId\" = ?1", quote(&table(write, model, field)));
    statement::execute(write, &sql, [node]).map_err(|error| errors::refused(write.datamodel, model, error))
}

fn fields(write: &Write, model: ModelId) -> impl Iterator<Item = FieldId> {
    write.datamodel.fields(model).filter(|(_, field)| field.is_scalar_list()).map(|(id, _)| id)
}

fn table(write: &Write, model: ModelId, field: &Field) -> String {
    write.datamodel.model(model).list_table(field)
}
