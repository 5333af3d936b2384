//! What an operation answers, what it leaves, and what it changes, by the model.

use crate::{
    failures::Failure,
    inputs::{Operation, Selected},
    reads::{NULL, Reads},
    refusals::{refusals, root_model},
    state::State,
    values::Id,
    writes::{Made, Writes},
};
use connector_interface::{Change, ChangeKind, Value};
use datamodel::{Datamodel, FieldKind, ModelId};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, VecDeque};

pub struct Expected {
    pub data: Json,
    /// One of each group is told.
    pub errors: Vec<Vec<Failure>>,
    pub state: State,
    pub made: Vec<Made>,
}

pub struct Model<'a> {
    pub datamodel: &'a Datamodel,
    pub nulls_first: bool,
    pub now: i64,
}

impl Model<'_> {
    /// Ids that nobody chose are taken from the changes that were told.
    pub fn expect(&self, operation: &Operation, state: &State, told: &[Change]) -> Expected {
        let mut expected = Expected { data: Json::Null, errors: Vec::new(), state: state.clone(), made: Vec::new() };
        let mut data = Map::new();
        for root in &operation.selected().roots {
            let alone = Operation { is_mutation: operation.is_mutation, roots: vec![root.clone()] };
            let refused = refusals(self.datamodel, &alone);
            let value = if refused.is_empty() {
                self.root(operation.is_mutation, root, &mut expected, told)
            } else {
                expected.errors.push(refused);
                Json::Null
            };
            if value.is_null() && is_required(root) {
                return expected;
            }
            data.insert(root.key.clone(), value);
        }
        expected.data = Json::Object(data);
        expected
    }

    fn root(&self, is_mutation: bool, root: &Selected, expected: &mut Expected, told: &[Change]) -> Json {
        if !is_mutation {
            let mut reads = self.reads(&expected.state);
            let value = reads.query(root);
            let met_null = reads.met_null;
            expected.null(met_null);
            return value;
        }
        let model = root_model(self.datamodel, root).expect("a mutation of a model");
        let (state, now) = (expected.state.clone(), self.now);
        let mut writes = Writes { datamodel: self.datamodel, state, now, fresh: fresh(told), made: Vec::new() };
        let argument = |name: &str| root.argument(name);
        let given = |name: &str| argument(name).expect("a required argument");
        let is = |verb: &str| root.name.strip_prefix(verb).is_some_and(|rest| rest.len() <= 2);
        let written = if is("create") {
            writes.create(model, given("data")).map(Written::Node)
        } else if is("updateMany") {
            writes.update_many(model, argument("where"), given("data")).map(Written::Count)
        } else if is("deleteMany") {
            writes.delete_many(model, argument("where")).map(Written::Count)
        } else if is("update") {
            writes.update(model, given("where"), given("data")).map(Written::Node)
        } else if is("upsert") {
            writes.upsert(model, given("where"), given("create"), given("update")).map(Written::Node)
        } else {
            writes.delete(model, given("where")).map(Written::Saved)
        };
        match written {
            Err(failure) => {
                expected.errors.push(vec![failure]);
                Json::Null
            }
            Ok(written) => {
                (expected.state, expected.made) = (writes.state, writes.made);
                let mut reads = self.reads(&expected.state);
                let value = match written {
                    Written::Node(id) if expected.state.table(model).contains_key(&id) => {
                        reads.node(model, &id, &root.below).unwrap_or_default()
                    }
                    // What is nested in it took it along.
                    Written::Node(_) => {
                        reads.met_null = is_required(root);
                        Json::Null
                    }
                    Written::Saved(saved) => reads.deleted(model, &saved, &root.below).unwrap_or_default(),
                    Written::Count(count) => json!({ "count": count }),
                };
                let met_null = reads.met_null;
                expected.null(met_null);
                value
            }
        }
    }

    fn reads<'s>(&'s self, state: &'s State) -> Reads<'s> {
        Reads { datamodel: self.datamodel, state, nulls_first: self.nulls_first, met_null: false }
    }

    fn id_name(&self, model: ModelId) -> &str {
        &self.datamodel.field(self.datamodel.id_field(model)).name
    }

    /// Queries for all rows and links.
    pub fn everything(&self) -> Operation {
        let leaf = Selected::leaf;
        let mut roots = Vec::new();
        for (id, model) in self.datamodel.models() {
            let name = format!("{}s", model.name.to_lowercase());
            let scalars = model.fields.iter().filter(|field| field.is_scalar() && !field.is_hidden);
            let below = scalars.map(|field| leaf(&field.name)).collect();
            roots.push(Selected { below, ..leaf(&name) });
            // One list a relation: a required node that is missing takes its row with it.
            for field in model.fields.iter().filter(|field| field.is_relation() && !field.is_hidden) {
                let FieldKind::Relation { target, .. } = field.kind else { continue };
                let linked = Selected { below: vec![leaf(self.id_name(target))], ..leaf(&field.name) };
                let below = vec![leaf(self.id_name(id)), linked];
                roots.push(Selected { key: format!("{name}_{}", field.name), below, ..leaf(&name) });
            }
        }
        Operation { is_mutation: false, roots }
    }
}

enum Written {
    Node(Id),
    Saved(crate::reads::Saved),
    Count(usize),
}

impl Expected {
    fn null(&mut self, met: bool) {
        if met {
            self.errors.push(vec![Failure { code: 0, text: NULL.to_owned() }]);
        }
    }
}

/// Root fields that are never null.
fn is_required(root: &Selected) -> bool {
    let name = root.name.as_str();
    let is_list = name.len() == 2 || name.ends_with("Connection");
    is_list || name.starts_with("create") || name.starts_with("upsert") || name.contains("Many")
}

pub fn id(value: &Value) -> Id {
    match value {
        Value::Int(number) => Id::Number(*number),
        Value::Text(text) => Id::Text(text.clone()),
        other => panic!("{other:?} is no id"),
    }
}

fn fresh(told: &[Change]) -> BTreeMap<ModelId, VecDeque<Id>> {
    let mut fresh: BTreeMap<ModelId, VecDeque<Id>> = BTreeMap::new();
    for change in told.iter().filter(|change| change.kind == ChangeKind::Created) {
        fresh.entry(change.model).or_default().push_back(id(&change.id));
    }
    fresh
}
