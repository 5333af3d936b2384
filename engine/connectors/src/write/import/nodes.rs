//! Nodes of a chunk, a model after the other.

use super::{
    super::{Failure, RowChange, Session, Write},
    Key, Keys, SLICE, bytes_of, matching, present,
    store::{self, Row},
    texts,
};
use crate::sql::{Dialect, Parameter, Sql};
use connector_interface::{CellType, Column, ImportNode, Refusals, Value, live_bytes};
use datamodel::{Behaviour, Field, FieldId, ModelId};
use std::collections::{HashMap, HashSet};

/// Stored nodes that are read at once, to be compared with those of the chunk.
const COMPARED: usize = 50;

static NULL: Value = Value::Null;

/// Stores nodes.
pub(super) async fn store<S: Session>(
    write: &Write<'_, S>,
    nodes: &[ImportNode],
    refusals: &mut Refusals,
) -> Result<(), Failure> {
    for (model, _) in write.datamodel.models() {
        let of_model: Vec<&ImportNode> = nodes.iter().filter(|node| node.model == model).collect();
        if of_model.is_empty() {
            continue;
        }
        let table = Table::new(write, model);
        let mut taken = HashMap::new();
        for slice in of_model.chunks(SLICE) {
            table.store(write, slice, &mut taken, refusals).await?;
        }
        table.count_on(write).await?;
    }
    Ok(())
}

/// Values that nodes of this chunk have in unique fields, each with its node.
type Taken<'v> = HashMap<(FieldId, Key), &'v ImportNode>;

/// A model's table.
struct Table<'a> {
    model: ModelId,
    name: &'a str,
    id: FieldId,
    /// The fields that have a column.
    fields: Vec<(FieldId, &'a Field)>,
    columns: Vec<Column>,
    now: Value,
}

impl<'a> Table<'a> {
    fn new<S: Session>(write: &Write<'a, S>, model: ModelId) -> Table<'a> {
        let datamodel = write.datamodel;
        let fields: Vec<_> = datamodel.fields(model).filter(|(_, field)| field.has_column()).collect();
        let columns = fields.iter().map(|(id, _)| Column::of(datamodel, *id)).collect();
        let (name, id) = (datamodel.model(model).table(), datamodel.id_field(model));
        Table { model, name, id, fields, columns, now: Value::DateTime(write.context.now_ms) }
    }

    async fn store<'v, S: Session>(
        &'v self,
        write: &Write<'_, S>,
        slice: &[&'v ImportNode],
        taken: &mut Taken<'v>,
        refusals: &mut Refusals,
    ) -> Result<(), Failure> {
        let ids: Vec<&Value> = slice.iter().map(|node| self.id_of(node)).collect();
        let known = present(write, self.model, &ids).await?;
        let stored = self.stored(write, slice, &known).await?;
        let others = self.others(write, slice).await?;
        let (mut rows, mut accepted) = (Vec::new(), Vec::new());
        for node in slice {
            let mut refuse = |cause: String| {
                refusals.add(node.element, || texts::node(self.name, self.id_of(node), &cause));
            };
            if let Some(cause) = self.unfit(node) {
                refuse(cause);
                continue;
            }
            let Some(id) = Key::of(self.id_of(node)) else { continue };
            let first = taken.get(&(self.id, id.clone()));
            if stored.get(&node.element).copied().or(first.map(|first| first.values == node.values)) == Some(true) {
                continue;
            }
            if known.contains(&id) || first.is_some() {
                refuse(texts::duplicate(self.column_of(self.id), self.id_of(node)));
                continue;
            }
            let uniques: Vec<_> = self.uniques(node).filter_map(|(f, v)| Some((f, v, Key::of(v)?))).collect();
            let is_taken = |(field, _, key): &&(FieldId, &Value, Key)| {
                others.contains(&(*field, key.clone())) || taken.contains_key(&(*field, key.clone()))
            };
            if let Some((field, value, _)) = uniques.iter().find(is_taken) {
                refuse(texts::duplicate(self.column_of(*field), value));
                continue;
            }
            taken.insert((self.id, id), node);
            taken.extend(uniques.into_iter().map(|(field, _, key)| ((field, key), *node)));
            let values = self.row(node);
            let times = values.iter().filter(|value| std::ptr::eq(**value, &raw const self.now)).count() as u64;
            rows.push(Row { values, bytes: bytes_of(node) + times * live_bytes::NUMBER });
            accepted.push(node);
        }
        let columns: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let change = RowChange::Insert { table: self.name, columns: &columns, unless_there: false };
        for (number, cause) in store::store(write, &change, rows).await? {
            if let Some(node) = accepted.get(number) {
                refusals.add(node.element, || texts::node(self.name, self.id_of(node), &cause));
            }
        }
        Ok(())
    }

    fn id_of<'v>(&self, node: &'v ImportNode) -> &'v Value {
        node.values.iter().find(|(field, _)| *field == self.id).map_or(&NULL, |(_, value)| value)
    }

    fn column_of(&self, field: FieldId) -> &str {
        self.fields.iter().find(|(id, _)| *id == field).map_or("", |(_, field)| field.column())
    }

    /// Values in unique fields other than the id.
    fn uniques<'v>(&self, node: &'v ImportNode) -> impl Iterator<Item = (FieldId, &'v Value)> {
        let is_unique = |field: FieldId| {
            field != self.id && self.fields.iter().any(|(id, unique)| *id == field && unique.is_unique)
        };
        node.values.iter().filter(move |(field, _)| is_unique(*field)).map(|(field, value)| (*field, value))
    }

    /// The node's row, a value a column. Values and fields come in the same order.
    fn row<'v>(&'v self, node: &'v ImportNode) -> Vec<&'v Value> {
        let mut values = node.values.iter().peekable();
        let of = |(id, field): &(FieldId, &Field)| {
            let given = values.next_if(|(of, _)| of == id).map(|(_, value)| value);
            match given {
                None | Some(Value::Null) if is_managed(field) => &self.now,
                None => &NULL,
                Some(value) => value,
            }
        };
        self.fields.iter().map(of).collect()
    }

    /// Why no row can be made of a node.
    fn unfit(&self, node: &ImportNode) -> Option<String> {
        self.fields.iter().zip(self.row(node)).find_map(|((_, field), value)| match value {
            Value::Null if field.is_required => Some(texts::null(field.column())),
            value => texts::too_long(field, value),
        })
    }

    /// Which elements are stored exactly so, and which otherwise, of those whose ids are there.
    async fn stored<S: Session>(
        &self,
        write: &Write<'_, S>,
        slice: &[&ImportNode],
        known: &Keys,
    ) -> Result<HashMap<usize, bool>, Failure> {
        let is_known = |node: &&&ImportNode| Key::of(self.id_of(node)).is_some_and(|id| known.contains(&id));
        let met: Vec<&&ImportNode> = slice.iter().filter(is_known).collect();
        let mut same = HashMap::new();
        let cells: Vec<CellType> = self.columns.iter().map(|column| column.cell).collect();
        let id_place = self.fields.iter().position(|(id, _)| *id == self.id).unwrap_or_default();
        for part in met.chunks(COMPARED) {
            let mut sql = write.sql();
            sql.push("SELECT ").names(self.columns.iter().map(|column| column.name.as_str()));
            sql.push(" FROM ").table_name(self.name).push(" WHERE ").name(self.column_of(self.id));
            sql.among(Parameter::Own(0));
            let ids = Value::List(part.iter().map(|node| self.id_of(node).clone()).collect());
            let rows = write.rows(self.model, &sql, &[&ids], &cells).await?;
            let rows: HashMap<_, _> = rows.into_iter().map(|row| (row.get(id_place).and_then(Key::of), row)).collect();
            for node in part {
                let row = rows.get(&Key::of(self.id_of(node)));
                same.insert(node.element, row.is_some_and(|row| self.is_same(node, row)));
            }
        }
        Ok(same)
    }

    /// Whether a stored row is what the import of the node would have made.
    fn is_same(&self, node: &ImportNode, stored: &[Value]) -> bool {
        let given = self.row(node);
        // A time of the import that was sent before is another one now.
        let is_same =
            |(given, stored): (&&Value, &Value)| std::ptr::eq(*given, &raw const self.now) || equal(given, stored);
        given.len() == stored.len() && given.iter().zip(stored).all(is_same)
    }

    /// Values in unique fields that nodes outside of the chunk have.
    async fn others<S: Session>(
        &self,
        write: &Write<'_, S>,
        slice: &[&ImportNode],
    ) -> Result<HashSet<(FieldId, Key)>, Failure> {
        let mut others = HashSet::new();
        for ((id, field), column) in self.fields.iter().zip(&self.columns) {
            if !field.is_unique || *id == self.id {
                continue;
            }
            let given =
                |node: &&'_ ImportNode| self.uniques(node).find(|(of, _)| of == id).map(|(_, value)| value.clone());
            let values: Vec<Value> = slice.iter().filter_map(given).filter(|value| *value != NULL).collect();
            if values.is_empty() {
                continue;
            }
            let found = matching(write, self.model, self.name, column, values.iter()).await?;
            others.extend(found.iter().filter_map(|value| Some((*id, Key::of(value)?))));
        }
        Ok(others)
    }

    /// Lets the database count ids from the highest on. SQLite does so by itself.
    async fn count_on<S: Session>(&self, write: &Write<'_, S>) -> Result<(), Failure> {
        let is_int = self.fields.iter().any(|(id, _)| *id == self.id)
            && Column::of(write.datamodel, self.id).cell == CellType::Int;
        let Dialect::Postgres { .. } = write.session.dialect() else { return Ok(()) };
        if !is_int {
            return Ok(());
        }
        let mut name = Sql::new(write.session.dialect().clone());
        name.table_name(self.name);
        let mut sql = write.sql();
        sql.push("SELECT setval(s.name, s.highest) FROM (SELECT pg_get_serial_sequence(").own(0).push(", ").own(1);
        sql.push(")::regclass AS name, (SELECT max(")
            .name(self.column_of(self.id))
            .push(") FROM ")
            .table_name(self.name);
        sql.push(")::int8 AS highest) AS s JOIN pg_catalog.pg_sequence AS q ON q.seqrelid = s.name ");
        sql.push("WHERE s.highest > coalesce(pg_sequence_last_value(s.name), q.seqstart - 1)");
        let (table, column) = (Value::Text(name.text().to_owned()), Value::Text(self.column_of(self.id).to_owned()));
        write.rows(self.model, &sql, &[&table, &column], &[]).await.map(drop)
    }
}

fn is_managed(field: &Field) -> bool {
    matches!(field.behaviour, Some(Behaviour::CreatedAt | Behaviour::UpdatedAt))
}

/// Whether a value is what came back of it: Postgres keeps 30 digits behind the point, and may keep JSON in its own way.
fn equal(given: &Value, stored: &Value) -> bool {
    match (given, stored) {
        (Value::Float(given), Value::Float(stored)) => {
            given == stored || format!("{given:.30}") == format!("{stored:.30}")
        }
        (Value::Json(given), Value::Json(stored)) => {
            let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
            given == stored || read(given).is_some_and(|given| read(stored) == Some(given))
        }
        (given, stored) => given == stored,
    }
}
