//! Stores a chunk of an import (`prisma1-server.md` §9.1): all that can be stored of it, or, on `Err`, nothing.
//!
//! What an element lacks or meets is looked up before it is written, many elements a question, so that each refusal has
//! its element and its reason and the rest goes into the tables many rows a statement. What is there already, exactly as
//! the chunk has it, counts as stored: a chunk may be sent again when nobody knows whether it came through.
//!
//! Nothing is announced: the original fires no events for imports.

mod keys;
mod links;
mod lists;
mod nodes;
mod store;
mod texts;

use super::{Failure, Session, Write};
use crate::sql::Parameter;
use connector_interface::{Column, ImportChunk, ImportContent, Refusals, Value, live_bytes};
use datamodel::ModelId;
use keys::{Key, Keys};

/// Elements that are looked up and written together.
const SLICE: usize = 500;

/// Stores what can be stored, and says what could not.
pub(super) async fn import<S: Session>(write: &Write<'_, S>, chunk: &ImportChunk) -> Result<Refusals, Failure> {
    if !write.context.growth.is_tight() {
        write.context.growth.ensure_room_for(most(&chunk.content))?;
    }
    let mut refusals = Refusals::default();
    match &chunk.content {
        ImportContent::Nodes(nodes) => nodes::store(write, nodes, &mut refusals).await?,
        ImportContent::Lists(lists) => lists::store(write, lists, chunk.fingerprint, &mut refusals).await?,
        ImportContent::Links(links) => links::store(write, links, &mut refusals).await?,
    }
    write.context.faults.at("I2")?;
    Ok(refusals)
}

/// The most that a chunk can add, in bytes.
fn most(content: &ImportContent) -> u64 {
    match content {
        // The two managed times may be missing.
        ImportContent::Nodes(nodes) => nodes.iter().map(|node| bytes_of(node) + 2 * live_bytes::NUMBER).sum(),
        ImportContent::Lists(lists) => lists
            .iter()
            .flat_map(|list| &list.items)
            .map(|item| live_bytes::LIST_ITEM + live_bytes::of_value(item))
            .sum(),
        ImportContent::Links(links) => links.len() as u64 * live_bytes::LINK,
    }
}

fn bytes_of(node: &connector_interface::ImportNode) -> u64 {
    live_bytes::NODE + node.values.iter().map(|(_, value)| live_bytes::of_value(value)).sum::<u64>()
}

/// Those of these ids that nodes of a model have.
async fn present<S: Session>(write: &Write<'_, S>, model: ModelId, ids: &[&Value]) -> Result<Keys, Failure> {
    let column = Column::of(write.datamodel, write.datamodel.id_field(model));
    let ids = ids.iter().copied();
    Ok(matching(write, model, write.datamodel.model(model).table(), &column, ids)
        .await?
        .iter()
        .filter_map(Key::of)
        .collect())
}

/// Those of these values that stand in a column of a table.
async fn matching<'v, S: Session>(
    write: &Write<'_, S>,
    model: ModelId,
    table: &str,
    column: &Column,
    values: impl Iterator<Item = &'v Value>,
) -> Result<Vec<Value>, Failure> {
    let mut sql = write.sql();
    sql.push("SELECT ").name(&column.name).push(" FROM ").table_name(table).push(" WHERE ").name(&column.name);
    sql.among(Parameter::Own(0));
    write.column(model, &sql, &[&Value::List(values.cloned().collect())], column.cell).await
}
