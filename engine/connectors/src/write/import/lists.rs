//! Lists of a chunk, a field after the other: items are appended to what is there.
//!
//! The original appends as often as a chunk is sent. Here an item's position tells which chunk brought it: positions go up
//! in steps of 1000, and the last three digits of those of imported items are the chunk's *mark* (0 elsewhere). A list whose
//! items with the mark of this chunk are those that the chunk brings has got them before.

use super::{
    super::{Failure, RowChange, Session, Write},
    Key, SLICE, present,
    store::{self, Row},
    texts,
};
use crate::sql::Parameter;
use connector_interface::{CellType, Column, ImportList, Refusals, Value, live_bytes};
use datamodel::{Datamodel, Field, FieldId};
use std::collections::HashMap;

const POSITION_STEP: i64 = 1000;
/// Items that are written together.
const ITEMS: usize = 5_000;

/// Appends lists.
pub(super) async fn store<S: Session>(
    write: &Write<'_, S>,
    lists: &[ImportList],
    fingerprint: u64,
    refusals: &mut Refusals,
) -> Result<(), Failure> {
    let mark = 1 + i64::try_from(fingerprint % 999).unwrap_or_default();
    for (model, _) in write.datamodel.models() {
        for (field, _) in write.datamodel.fields(model).filter(|(_, field)| field.is_scalar_list()) {
            let merged = merged(lists.iter().filter(|list| list.field == field));
            let table = Table::new(write.datamodel, field, mark);
            for slice in merged.chunks(SLICE) {
                table.append(write, slice, refusals).await?;
            }
        }
    }
    Ok(())
}

/// All that a chunk brings for one list.
struct Merged<'v> {
    id: &'v Value,
    parts: Vec<&'v ImportList>,
}

impl<'v> Merged<'v> {
    fn items(&self) -> impl Iterator<Item = &'v Value> {
        self.parts.iter().flat_map(|part| &part.items)
    }
}

fn merged<'v>(lists: impl Iterator<Item = &'v ImportList>) -> Vec<Merged<'v>> {
    let mut places = HashMap::new();
    let mut merged: Vec<Merged<'v>> = Vec::new();
    for list in lists {
        let place = *places.entry(Key::of(&list.id)).or_insert(merged.len());
        match merged.get_mut(place) {
            Some(known) => known.parts.push(list),
            None => merged.push(Merged { id: &list.id, parts: vec![list] }),
        }
    }
    merged
}

/// The table of a list.
struct Table<'a> {
    field_id: FieldId,
    field: &'a Field,
    name: String,
    mark: i64,
    ids: CellType,
    items: CellType,
    model_table: &'a str,
}

/// What is stored of one node's list.
struct Stored {
    /// The highest position.
    last: i64,
    /// How many items have this chunk's mark.
    marked: i64,
}

impl<'a> Table<'a> {
    fn new(datamodel: &'a Datamodel, field_id: FieldId, mark: i64) -> Table<'a> {
        let (model, field) = (datamodel.model(field_id.model), datamodel.field(field_id));
        let ids = Column::of(datamodel, datamodel.id_field(field_id.model)).cell;
        let items = Column::of(datamodel, field_id).cell;
        Table { field_id, field, name: model.list_table(field), mark, ids, items, model_table: model.table() }
    }

    async fn append<S: Session>(
        &self,
        write: &Write<'_, S>,
        slice: &[Merged<'_>],
        refusals: &mut Refusals,
    ) -> Result<(), Failure> {
        let ids: Vec<&Value> = slice.iter().map(|list| list.id).collect();
        let nodes = present(write, self.field_id.model, &ids).await?;
        let stored = self.stored(write, &ids).await?;
        let marked = self.marked(write, slice, &stored).await?;
        let mut accepted = Vec::new();
        for list in slice {
            let Some(id) = Key::of(list.id) else { continue };
            if marked.get(&id).is_some_and(|marked| marked.iter().eq(list.items())) {
                continue;
            }
            let first = self.first_position(stored.get(&id));
            match self.unfit(list, nodes.contains(&id), first) {
                Some(cause) => self.refuse(list, &cause, refusals),
                None => accepted.push((list, first)),
            }
        }
        self.write(write, &accepted, refusals).await
    }

    /// Where the items of this chunk begin.
    fn first_position(&self, stored: Option<&Stored>) -> i64 {
        let last = stored.map_or(0, |stored| stored.last);
        last - last.rem_euclid(POSITION_STEP) + POSITION_STEP + self.mark
    }

    /// Why a list cannot be appended.
    fn unfit(&self, list: &Merged<'_>, has_node: bool, first: i64) -> Option<String> {
        if !has_node {
            return Some(texts::missing(&self.name, "nodeId", list.id, self.model_table));
        }
        let count = i64::try_from(list.items().count()).unwrap_or(i64::MAX);
        if count.saturating_mul(POSITION_STEP).saturating_add(first) > i64::from(i32::MAX) {
            return Some("integer out of range".to_owned());
        }
        list.items().find_map(|item| texts::too_long(self.field, item))
    }

    fn refuse(&self, list: &Merged<'_>, cause: &str, refusals: &mut Refusals) {
        for part in &list.parts {
            for item in &part.items {
                refusals.add(part.element, || texts::item(&self.name, list.id, item, cause));
            }
        }
    }

    async fn write<S: Session>(
        &self,
        write: &Write<'_, S>,
        accepted: &[(&Merged<'_>, i64)],
        refusals: &mut Refusals,
    ) -> Result<(), Failure> {
        let columns = ["nodeId", "position", "value"];
        let change = RowChange::Insert { table: &self.name, columns: &columns, unless_there: false };
        let mut items = accepted.iter().flat_map(|&(list, first)| {
            let items = list.parts.iter().flat_map(|part| part.items.iter().map(|item| (part.element, item)));
            let positions = (0..).map(move |number: i64| Value::Int(first + number * POSITION_STEP));
            items.zip(positions).map(move |((element, item), position)| (element, list.id, position, item))
        });
        loop {
            let batch: Vec<_> = items.by_ref().take(ITEMS).collect();
            if batch.is_empty() {
                return Ok(());
            }
            let rows = batch.iter().map(|(_, id, position, item)| Row {
                values: vec![*id, position, *item],
                bytes: live_bytes::LIST_ITEM + live_bytes::of_value(item),
            });
            for (number, cause) in store::store(write, &change, rows.collect()).await? {
                if let Some((element, id, _, item)) = batch.get(number) {
                    refusals.add(*element, || texts::item(&self.name, id, item, &cause));
                }
            }
        }
    }

    /// What is stored for each of these nodes that has items.
    async fn stored<S: Session>(&self, write: &Write<'_, S>, ids: &[&Value]) -> Result<HashMap<Key, Stored>, Failure> {
        let mut sql = write.sql();
        sql.push("SELECT \"nodeId\", max(\"position\"), count(CASE WHEN \"position\" % 1000 = ").own(1);
        sql.push(" THEN 1 END) FROM ").table_name(&self.name).push(" WHERE \"nodeId\"").among(Parameter::Own(0));
        sql.push(" GROUP BY \"nodeId\"");
        let ids = Value::List(ids.iter().map(|id| (*id).clone()).collect());
        let own = [&ids, &Value::Int(self.mark)];
        let rows = write.rows(self.field_id.model, &sql, &own, &[self.ids, CellType::Int, CellType::Int]).await?;
        let read = |row: Vec<Value>| match row.as_slice() {
            [id, Value::Int(last), Value::Int(marked)] => Some((Key::of(id)?, Stored { last: *last, marked: *marked })),
            _ => None,
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// The items with this chunk's mark, of those lists that have as many of them as the chunk brings.
    async fn marked<S: Session>(
        &self,
        write: &Write<'_, S>,
        slice: &[Merged<'_>],
        stored: &HashMap<Key, Stored>,
    ) -> Result<HashMap<Key, Vec<Value>>, Failure> {
        let has_as_many = |list: &&Merged<'_>| {
            let marked = Key::of(list.id).and_then(|id| stored.get(&id)).map_or(0, |stored| stored.marked);
            marked > 0 && usize::try_from(marked) == Ok(list.items().count())
        };
        let ids: Vec<Value> = slice.iter().filter(has_as_many).map(|list| list.id.clone()).collect();
        let mut marked: HashMap<Key, Vec<Value>> = HashMap::new();
        if ids.is_empty() {
            return Ok(marked);
        }
        let mut sql = write.sql();
        sql.push("SELECT \"nodeId\", \"value\" FROM ").table_name(&self.name);
        sql.push(" WHERE \"nodeId\"").among(Parameter::Own(0)).push(" AND \"position\" % 1000 = ").own(1);
        sql.push(" ORDER BY \"position\"");
        let own = [&Value::List(ids), &Value::Int(self.mark)];
        for row in write.rows(self.field_id.model, &sql, &own, &[self.ids, self.items]).await? {
            let mut cells = row.into_iter();
            if let (Some(id), Some(item)) = (cells.next().as_ref().and_then(Key::of), cells.next()) {
                marked.entry(id).or_default().push(item);
            }
        }
        Ok(marked)
    }
}
