//! What is exported, and how it is read: a page of a table at a time, in the order of its keys, from a place that stays
//! the same whatever is written meanwhile.

use super::order;
use connector_interface::{
    CellType, Column, Comparison, Filter, Node, OrderKey, Output, OutputValue, Page, Position, ReadPlan, Rows,
    ScalarList, Slot, Value,
};
use datamodel::{Datamodel, Field, FieldId, FieldKind, ModelId, Relation, RelationStorage, Side};

/// What one request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the request's")]
pub enum FileType {
    Nodes,
    Lists,
    Relations,
}

/// Something that is exported from its first row to its last.
#[derive(Debug, Clone, Copy)]
pub enum Table<'d> {
    /// The nodes of a model.
    Nodes(ModelId),
    /// The lists of a field.
    List(FieldId),
    /// The links of a relation.
    Links(&'d Relation),
}

/// Keys of the objects that a page's rows come as, besides the fields' own names: no field has them.
const TYPE_NAME: &str = "_typeName";
pub const FIRST_KEY: &str = "_key1";
pub const SECOND_KEY: &str = "_key2";
pub const LIST: &str = "_list";

const FIRST: Slot = Slot(0);
const SKIP: Slot = Slot(1);
const AFTER: Slot = Slot(2);
const AFTER_SECOND: Slot = Slot(3);

/// Everything of that type, in the original's order.
pub fn tables(datamodel: &Datamodel, file_type: FileType) -> Vec<Table<'_>> {
    let models = datamodel.models().map(|(model, _)| model);
    match file_type {
        FileType::Nodes => models.map(Table::Nodes).collect(),
        FileType::Lists => models
            .flat_map(|model| datamodel.fields(model))
            .filter(|(_, field)| field.is_scalar_list())
            .map(|(id, _)| Table::List(id))
            .collect(),
        FileType::Relations => {
            let order = order::of(datamodel.relations.iter().map(|relation| relation.name.as_str()));
            order.into_iter().filter_map(|position| datamodel.relations.get(position)).map(Table::Links).collect()
        }
    }
}

impl<'d> Table<'d> {
    /// The read of a page, with its parameters: `count` rows behind a key, or, without one, behind so many rows. `None`
    /// when the key cannot be one of this table.
    pub fn page(
        self,
        datamodel: &Datamodel,
        count: u64,
        skip: u64,
        after: &[serde_json::Value],
    ) -> Option<(ReadPlan, Vec<Value>)> {
        let (node, keys, filter) = self.rows(datamodel);
        let mut parameters = vec![int(count), int(skip)];
        let behind = match after {
            [] => None,
            after if after.len() == keys.len() => {
                for (key, value) in keys.iter().zip(after) {
                    parameters.push(key_value(key.cell, value)?);
                }
                Some(behind(&keys))
            }
            _ => return None,
        };
        let skip = behind.is_none().then_some(SKIP);
        let rows = Rows {
            node,
            filter: Filter::And(filter.into_iter().chain(behind).collect()),
            order: keys.into_iter().map(|column| OrderKey { column, descending: false }).collect(),
            page: Page { first: Some(FIRST), skip, ..Page::default() },
        };
        Some((ReadPlan::Many(rows), parameters))
    }

    /// How many keys order its rows.
    pub fn keys(self) -> usize {
        match self {
            Table::Links(Relation { storage: RelationStorage::Table { .. }, .. }) => 2,
            _ => 1,
        }
    }

    /// What is taken from a row, the columns that order the rows, and which rows.
    fn rows(self, datamodel: &Datamodel) -> (Node, Vec<Column>, Option<Filter>) {
        match self {
            Table::Nodes(model) => {
                let mut node = bare(datamodel, model);
                node.outputs.push(output(TYPE_NAME, OutputValue::Typename(node.model.clone())));
                let id = node.id.clone();
                // Of a model with an id of another name, a field may be called so.
                let is_other = |field: &Field| field.has_column() && field.name == "id" && !field.is_id();
                if !datamodel.model(model).fields.iter().any(is_other) {
                    take(&mut node, "id", id.clone());
                }
                for (field_id, field) in datamodel.fields(model) {
                    if field.has_column() && (field.name != "id" || is_other(field)) {
                        take(&mut node, &field.name, Column::of(datamodel, field_id));
                    }
                }
                take(&mut node, FIRST_KEY, id.clone());
                (node, vec![id], None)
            }
            Table::List(field_id) => {
                let mut node = bare(datamodel, field_id.model);
                let field = datamodel.field(field_id);
                let table = datamodel.model(field_id.model).list_table(field);
                node.lists.push(ScalarList { table, cell: Column::of(datamodel, field_id).cell });
                let id = node.id.clone();
                take(&mut node, FIRST_KEY, id.clone());
                node.outputs.push(output(LIST, OutputValue::List(0)));
                (node, vec![id], None)
            }
            Table::Links(relation) => match &relation.storage {
                RelationStorage::Inline { side, column } => {
                    let (owner, other) = match side {
                        Side::A => (relation.model_a, relation.model_b),
                        Side::B => (relation.model_b, relation.model_a),
                    };
                    let mut node = bare(datamodel, owner);
                    let id = node.id.clone();
                    let link = Column { name: column.clone(), cell: id_cell(datamodel, other) };
                    take(&mut node, FIRST_KEY, id.clone());
                    take(&mut node, SECOND_KEY, link.clone());
                    (node, vec![id], Some(Filter::Null { column: link, negated: true }))
                }
                RelationStorage::Table { table, column_a, column_b, .. } => {
                    let a = Column { name: column_a.clone(), cell: id_cell(datamodel, relation.model_a) };
                    let b = Column { name: column_b.clone(), cell: id_cell(datamodel, relation.model_b) };
                    let mut node = empty(relation.name.clone(), table.clone(), a.clone());
                    take(&mut node, FIRST_KEY, a.clone());
                    take(&mut node, SECOND_KEY, b.clone());
                    (node, vec![a, b], None)
                }
            },
        }
    }
}

/// Whether a link's first key is the id of side A.
pub fn starts_with_a(relation: &Relation) -> bool {
    !matches!(relation.storage, RelationStorage::Inline { side: Side::B, .. })
}

/// The visible field of a relation on a side's model.
pub fn visible_field<'d>(datamodel: &'d Datamodel, relation: &Relation, side: Side) -> Option<&'d str> {
    let model = if side == Side::A { relation.model_a } else { relation.model_b };
    let is_it = |kind: FieldKind| match kind {
        FieldKind::Relation { relation: of, side: at, .. } => {
            at == side && datamodel.relation(of).name == relation.name
        }
        _ => false,
    };
    let mut fields = datamodel.fields(model).map(|(_, field)| field);
    fields.find(|field| !field.is_hidden && is_it(field.kind)).map(|field| field.name.as_str())
}

fn bare(datamodel: &Datamodel, model: ModelId) -> Node {
    let id = Column::of(datamodel, datamodel.id_field(model));
    empty(datamodel.model(model).name.clone(), datamodel.model(model).table().to_owned(), id)
}

fn empty(model: String, table: String, id: Column) -> Node {
    let (columns, to_one, lists) = (Vec::new(), Vec::new(), Vec::new());
    Node { model, table, id, columns, to_one, lists, children: Vec::new(), outputs: Vec::new() }
}

/// Adds a column under a key.
fn take(node: &mut Node, key: &str, column: Column) {
    let known = node.columns.iter().position(|known| *known == column);
    let index = known.unwrap_or_else(|| {
        node.columns.push(column);
        node.columns.len() - 1
    });
    node.outputs.push(output(key, OutputValue::Column { index, required: false }));
}

fn output(key: &str, value: OutputValue) -> Output {
    Output { key: key.to_owned(), position: Position::default(), value }
}

/// The rows that come after the keys in the parameters.
fn behind(keys: &[Column]) -> Filter {
    let compare = |column: &Column, comparison, value| Filter::Compare { column: column.clone(), comparison, value };
    match keys {
        [first, second] => Filter::Or(vec![
            compare(first, Comparison::Greater, AFTER),
            Filter::And(vec![
                compare(first, Comparison::Equal, AFTER),
                compare(second, Comparison::Greater, AFTER_SECOND),
            ]),
        ]),
        keys => Filter::And(keys.iter().map(|key| compare(key, Comparison::Greater, AFTER)).collect()),
    }
}

fn id_cell(datamodel: &Datamodel, model: ModelId) -> CellType {
    Column::of(datamodel, datamodel.id_field(model)).cell
}

fn key_value(cell: CellType, json: &serde_json::Value) -> Option<Value> {
    match cell {
        // The columns are as wide as the API's `Int`.
        CellType::Int => json.as_i64().filter(|number| i32::try_from(*number).is_ok()).map(Value::Int),
        _ => json.as_str().map(|text| Value::Text(text.to_owned())),
    }
}

fn int(number: u64) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}
