//! Scalar lists: rows `nodeId`, `position`, `value` in a table a list, with positions 1000, 2000, …

use super::{Failure, Session, Write};
use crate::sql::Parameter;
use connector_interface::{Column, Slot, Value, live_bytes};
use datamodel::{Field, FieldId, ModelId};

const POSITION_STEP: i64 = 1000;

/// Stores the lists of a new node.
pub(super) async fn insert<S: Session>(
    write: &Write<'_, S>,
    model: ModelId,
    node: &Value,
    lists: &[(FieldId, Slot)],
) -> Result<(), Failure> {
    for (_, slot) in lists {
        write.grow(live_bytes::of_value(write.parameter(*slot)?))?;
    }
    store(write, model, std::slice::from_ref(node), lists).await
}

async fn store<S: Session>(
    write: &Write<'_, S>,
    model: ModelId,
    nodes: &[Value],
    lists: &[(FieldId, Slot)],
) -> Result<(), Failure> {
    for (field, slot) in lists {
        let Value::List(values) = write.parameter(*slot)? else { continue };
        let mut sql = write.sql();
        sql.push("INSERT INTO ").table_name(&table(write, model, write.datamodel.field(*field)));
        sql.push(" (\"nodeId\", \"position\", \"value\") VALUES (")
            .own(0)
            .push(", ")
            .own(1)
            .push(", ")
            .own(2)
            .push(")");
        let positions: Vec<Value> = (1..).take(values.len()).map(|place| Value::Int(place * POSITION_STEP)).collect();
        let items = || values.iter().zip(&positions);
        let each: Vec<_> =
            nodes.iter().flat_map(|node| items().map(move |(value, position)| vec![node, position, value])).collect();
        write.execute_each(model, &sql, &each).await?;
    }
    Ok(())
}

/// Replaces lists of nodes. Null leaves a list as it is.
pub(super) async fn replace<S: Session>(
    write: &Write<'_, S>,
    model: ModelId,
    nodes: &[Value],
    lists: &[(FieldId, Slot)],
) -> Result<(), Failure> {
    for (field, slot) in lists {
        let list = write.parameter(*slot)?;
        if let Value::List(_) = list {
            let bytes = live_bytes::of_value(list).saturating_mul(nodes.len() as u64);
            let table = table(write, model, write.datamodel.field(*field));
            write.grow_by_lists(model, nodes, (&table, Column::of(write.datamodel, *field).cell), bytes).await?;
            remove_one(write, model, write.datamodel.field(*field), nodes).await?;
        }
    }
    store(write, model, nodes, lists).await
}

/// Removes all lists of nodes.
pub(super) async fn remove<S: Session>(write: &Write<'_, S>, model: ModelId, nodes: &[Value]) -> Result<(), Failure> {
    for field in fields(write, model) {
        remove_one(write, model, write.datamodel.field(field), nodes).await?;
    }
    Ok(())
}

/// All lists of a node, by their tables.
pub(super) async fn saved<S: Session>(
    write: &Write<'_, S>,
    model: ModelId,
    node: &Value,
) -> Result<Vec<(String, Vec<Value>)>, Failure> {
    let mut saved = Vec::new();
    for field in fields(write, model) {
        let table = table(write, model, write.datamodel.field(field));
        let mut sql = write.sql();
        sql.push("SELECT \"value\" FROM ").table_name(&table).push(" WHERE \"nodeId\" = ").own(0);
        sql.push(" ORDER BY \"position\"");
        let values = write.column(model, &sql, &[node], Column::of(write.datamodel, field).cell).await?;
        saved.push((table, values));
    }
    Ok(saved)
}

async fn remove_one<S: Session>(
    write: &Write<'_, S>,
    model: ModelId,
    field: &Field,
    nodes: &[Value],
) -> Result<(), Failure> {
    let mut sql = write.sql();
    sql.push("DELETE FROM ").table_name(&table(write, model, field)).push(" WHERE \"nodeId\"").among(Parameter::Own(0));
    write.execute(model, &sql, &[&Value::List(nodes.to_vec())]).await
}

fn fields<S: Session>(write: &Write<'_, S>, model: ModelId) -> impl Iterator<Item = FieldId> {
    write.datamodel.fields(model).filter(|(_, field)| field.is_scalar_list()).map(|(id, _)| id)
}

fn table<S: Session>(write: &Write<'_, S>, model: ModelId, field: &Field) -> String {
    write.datamodel.model(model).list_table(field)
}
