//! Write plans from arguments as a client writes them, in JSON. What the planner refuses is not refused here, so that
//! the connector's own checks are reached.

use connector_interface::{
    Column, Comparison, CreateNode, DeleteMany, Filter, NestedAction, NestedWrite, Slot, Source, Unique, UpdateMany,
    UpdateNode, Value, WritePlan,
};
use datamodel::{Behaviour, Datamodel, Field, FieldId, FieldKind, ModelId, ScalarType};
use serde_json::Value as Json;

/// The plan of `createX`, `updateX`, `upsertX`, `deleteX`, `updateManyX`, `deleteManyX` or `reset`, and its parameters.
pub fn plan(datamodel: &Datamodel, mutation: &str, arguments: &Json) -> (WritePlan, Vec<Value>) {
    let mut planner = Planner { datamodel, parameters: Vec::new() };
    let model = |prefix: &str| mutation.strip_prefix(prefix).and_then(|name| datamodel.model_named(name));
    let (target, data) = (&arguments["where"], &arguments["data"]);
    let plan = if mutation == "reset" {
        WritePlan::Reset
    } else if let Some(model) = model("create") {
        WritePlan::Create(planner.create(model, data))
    } else if let Some(model) = model("updateMany") {
        WritePlan::UpdateMany(planner.update_many(model, arguments))
    } else if let Some(model) = model("deleteMany") {
        WritePlan::DeleteMany(DeleteMany { model, filter: planner.filter(model, target) })
    } else if let Some(model) = model("update") {
        WritePlan::Update { target: planner.unique(model, target), update: planner.update(model, data) }
    } else if let Some(model) = model("upsert") {
        WritePlan::Upsert {
            target: planner.unique(model, target),
            create: planner.create(model, &arguments["create"]),
            update: planner.update(model, &arguments["update"]),
        }
    } else if let Some(model) = model("delete") {
        WritePlan::Delete { target: planner.unique(model, target) }
    } else {
        panic!("no mutation {mutation}")
    };
    (plan, planner.parameters)
}

/// Kinds of nested operations, in the order in which they run.
const KINDS: [&str; 9] =
    ["create", "update", "upsert", "delete", "connect", "set", "disconnect", "updateMany", "deleteMany"];

struct Planner<'a> {
    datamodel: &'a Datamodel,
    parameters: Vec<Value>,
}

impl Planner<'_> {
    fn slot(&mut self, value: Value) -> Slot {
        self.parameters.push(value);
        Slot(self.parameters.len() as u32 - 1)
    }

    fn create(&mut self, model: ModelId, data: &Json) -> CreateNode {
        let mut values = Vec::new();
        for (id, field) in self.datamodel.fields(model).filter(|(_, field)| field.has_column()) {
            let given = data.get(&field.name).map(|json| value(field, json));
            let source = match (given, &field.behaviour) {
                (Some(value), _) => Source::Slot(self.slot(value)),
                (None, Some(Behaviour::Id { .. })) => match field.kind {
                    FieldKind::Scalar(ScalarType::Int) => continue,
                    FieldKind::Scalar(ScalarType::Uuid) => Source::Uuid,
                    _ => Source::Cuid,
                },
                (None, Some(Behaviour::CreatedAt | Behaviour::UpdatedAt)) => Source::Now,
                (None, _) => Source::Null,
            };
            values.push((id, source));
        }
        CreateNode { model, values, lists: self.lists(model, data), nested: self.nested(model, data) }
    }

    fn update(&mut self, model: ModelId, data: &Json) -> UpdateNode {
        let (values, lists) = (self.values(model, data), self.lists(model, data));
        UpdateNode { model, values, lists, nested: self.nested(model, data) }
    }

    fn update_many(&mut self, model: ModelId, arguments: &Json) -> UpdateMany {
        let data = &arguments["data"];
        let (values, lists) = (self.values(model, data), self.lists(model, data));
        UpdateMany { model, filter: self.filter(model, &arguments["where"]), values, lists }
    }

    fn values(&mut self, model: ModelId, data: &Json) -> Vec<(FieldId, Source)> {
        let fields = self.datamodel.fields(model).filter(|(_, field)| field.has_column());
        fields
            .filter_map(|(id, field)| {
                let json = data.get(&field.name)?;
                Some((id, Source::Slot(self.slot(value(field, json)))))
            })
            .collect()
    }

    fn lists(&mut self, model: ModelId, data: &Json) -> Vec<(FieldId, Slot)> {
        let fields = self.datamodel.fields(model).filter(|(_, field)| field.is_scalar_list());
        fields
            .filter_map(|(id, field)| {
                let json = data.get(&field.name)?.get("set")?;
                Some((id, self.slot(value(field, json))))
            })
            .collect()
    }

    fn nested(&mut self, model: ModelId, data: &Json) -> Vec<NestedWrite> {
        let mut nested = Vec::new();
        for kind in KINDS {
            for (id, field) in self.datamodel.fields(model) {
                let (FieldKind::Relation { target, .. }, Some(arguments)) = (field.kind, data[&field.name].get(kind))
                else {
                    continue;
                };
                let mut push = |action| nested.push(NestedWrite { field: id, action });
                match arguments {
                    Json::Array(targets) if kind == "set" => {
                        push(NestedAction::Set(targets.iter().map(|json| self.unique(target, json)).collect()));
                    }
                    Json::Array(items) => items.iter().for_each(|item| push(self.action(target, kind, item, true))),
                    item => push(self.action(target, kind, item, field.is_list)),
                }
            }
        }
        nested
    }

    fn action(&mut self, model: ModelId, kind: &str, item: &Json, by_where: bool) -> NestedAction {
        match kind {
            "create" => NestedAction::Create(self.create(model, item)),
            "update" if by_where => {
                NestedAction::Update(Some(self.unique(model, &item["where"])), self.update(model, &item["data"]))
            }
            "update" => NestedAction::Update(None, self.update(model, item)),
            "upsert" => {
                let target = by_where.then(|| self.unique(model, &item["where"]));
                NestedAction::Upsert(target, self.create(model, &item["create"]), self.update(model, &item["update"]))
            }
            "delete" => NestedAction::Delete(by_where.then(|| self.unique(model, item))),
            "connect" => NestedAction::Connect(self.unique(model, item)),
            "disconnect" => NestedAction::Disconnect(by_where.then(|| self.unique(model, item))),
            "updateMany" => NestedAction::UpdateMany(self.update_many(model, item)),
            "deleteMany" => NestedAction::DeleteMany(DeleteMany { model, filter: self.filter(model, item) }),
            _ => panic!("no nested {kind}"),
        }
    }

    fn unique(&mut self, model: ModelId, json: &Json) -> Unique {
        let (name, json) = json.as_object().and_then(|entries| entries.iter().next()).expect("a selector");
        let field = self.datamodel.field_named(model, name).expect("a field");
        Unique { field, value: self.slot(value(self.datamodel.field(field), json)) }
    }

    /// Equality only.
    fn filter(&mut self, model: ModelId, json: &Json) -> Filter {
        let entries = json.as_object().into_iter().flatten();
        let compare = |(name, json): (&String, &Json)| {
            let field = self.datamodel.field_named(model, name).expect("a field");
            let value = self.slot(value(self.datamodel.field(field), json));
            Filter::Compare { column: Column::of(self.datamodel, field), comparison: Comparison::Equal, value }
        };
        Filter::And(entries.map(compare).collect())
    }
}

fn value(field: &Field, json: &Json) -> Value {
    let text = |json: &Json| json.as_str().expect("a text").to_owned();
    match (json, field.kind) {
        (Json::Null, _) => Value::Null,
        (Json::Array(items), _) => Value::List(items.iter().map(|item| value(field, item)).collect()),
        (_, FieldKind::Scalar(ScalarType::Int)) => Value::Int(json.as_i64().expect("a number")),
        (_, FieldKind::Scalar(ScalarType::Float)) => Value::Float(json.as_f64().expect("a number")),
        (_, FieldKind::Scalar(ScalarType::Boolean)) => Value::Boolean(json.as_bool().expect("a Boolean")),
        (_, FieldKind::Scalar(ScalarType::DateTime)) => Value::DateTime(json.as_i64().expect("milliseconds")),
        (_, FieldKind::Scalar(ScalarType::Json)) => Value::Json(text(json)),
        _ => Value::Text(text(json)),
    }
}
