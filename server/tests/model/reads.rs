//! Answers: lists with order and pages, connections, single nodes, and what a missing required node does to them.

use crate::{
    filters::matches,
    inputs::{Data, Input, Selected},
    state::{Row, State, is_in_own_row, target},
    values::{Cell, Id},
};
use datamodel::{Datamodel, Field, FieldId, FieldKind, ModelId, ScalarType};
use serde_json::{Map, Value as Json, json};
use std::{cmp::Ordering, collections::BTreeMap};

/// Text of a missing required node.
pub const NULL: &str = "Cannot return null for non-nullable type";

pub struct Reads<'a> {
    pub datamodel: &'a Datamodel,
    pub state: &'a State,
    /// Where nulls stand in ascending order.
    pub nulls_first: bool,
    /// Whether something required was missing.
    pub met_null: bool,
}

/// A row, and the links that it held itself when it was deleted.
pub struct Saved {
    pub row: Row,
    pub links: BTreeMap<FieldId, Id>,
}

struct Page {
    ids: Vec<Id>,
    has_next: bool,
    has_previous: bool,
}

impl Reads<'_> {
    /// A root field of a query.
    pub fn query(&mut self, root: &Selected) -> Json {
        if root.name == "node" {
            return self.by_node_id(root);
        }
        let model = |suffix: &str| {
            let name = root.name.strip_suffix(suffix)?;
            self.datamodel.model_named(&name.to_uppercase())
        };
        if let Some(model) = model("sConnection") {
            self.connection(model, root)
        } else if let Some(model) = model("s") {
            let ids = self.page(model, self.all(model), root).ids;
            ids.iter().map(|id| self.node(model, id, &root.below).unwrap_or_default()).collect()
        } else {
            let model = model("").expect("a root field of a model");
            let id = root.argument("where").and_then(|selector| find(self.datamodel, self.state, model, selector));
            id.and_then(|id| self.node(model, &id, &root.below)).unwrap_or_default()
        }
    }

    fn all(&self, model: ModelId) -> Vec<Id> {
        self.state.table(model).keys().cloned().collect()
    }

    /// The first model that implements `Node` and has the id.
    fn by_node_id(&mut self, root: &Selected) -> Json {
        let Some(Data::Text(id)) = root.argument("id").map(|id| &id.data) else { return Json::Null };
        let id = Id::Text(id.clone());
        let is_node = |model: &ModelId| {
            let field = self.datamodel.field(self.datamodel.id_field(*model));
            field.name == "id" && field.kind == FieldKind::Scalar(ScalarType::Id)
        };
        let models: Vec<ModelId> = self.datamodel.models().map(|(model, _)| model).filter(is_node).collect();
        let found = models.into_iter().find(|model| self.state.table(*model).contains_key(&id));
        found.map_or(Json::Null, |_| {
            json!(root.below.iter().map(|s| (s.key.clone(), json!(id.text()))).collect::<Map<_, _>>())
        })
    }

    fn connection(&mut self, model: ModelId, root: &Selected) -> Json {
        let page = self.page(model, self.all(model), root);
        let cursor = |id: Option<&Id>| json!(id.map(Id::text));
        let mut answer = Map::new();
        for part in &root.below {
            let value = match part.name.as_str() {
                "aggregate" => json!({ "count": page.ids.len() }),
                "pageInfo" => {
                    let value = |name: &str| match name {
                        "hasNextPage" => json!(page.has_next),
                        "hasPreviousPage" => json!(page.has_previous),
                        "startCursor" => cursor(page.ids.first()),
                        _ => cursor(page.ids.last()),
                    };
                    part.below.iter().map(|part| (part.key.clone(), value(&part.name))).collect()
                }
                _ => page.ids.iter().map(|id| self.edge(model, id, part)).collect(),
            };
            answer.insert(part.key.clone(), value);
        }
        Json::Object(answer)
    }

    fn edge(&mut self, model: ModelId, id: &Id, part: &Selected) -> Json {
        let mut edge = Map::new();
        for selected in &part.below {
            let value = match selected.name.as_str() {
                "cursor" => json!(id.text()),
                _ => match self.node(model, id, &selected.below) {
                    Some(node) => node,
                    None => return Json::Null,
                },
            };
            edge.insert(selected.key.clone(), value);
        }
        Json::Object(edge)
    }

    /// A node; none when something required in it is missing.
    pub fn node(&mut self, model: ModelId, id: &Id, selected: &[Selected]) -> Option<Json> {
        let state = self.state;
        self.object(model, &state.table(model)[id], selected, |field| state_related(self.datamodel, state, field, id))
    }

    /// A node that was deleted: what hung on it is gone, what its own row held is found if it is still there.
    pub fn deleted(&mut self, model: ModelId, saved: &Saved, selected: &[Selected]) -> Option<Json> {
        let (datamodel, state) = (self.datamodel, self.state);
        self.object(model, &saved.row, selected, |field| {
            let link = saved.links.get(&field).into_iter();
            link.filter(|id| state.table(target(datamodel, field)).contains_key(id)).cloned().collect()
        })
    }

    fn object(
        &mut self,
        model: ModelId,
        row: &Row,
        selected: &[Selected],
        related: impl Fn(FieldId) -> Vec<Id>,
    ) -> Option<Json> {
        let mut object = Some(Map::new());
        for part in selected {
            let field = self.datamodel.field_named(model, &part.name).expect("a field of the model");
            let declared = self.datamodel.field(field);
            let value = if declared.is_relation() {
                self.relation(field, declared, related(field), part)
            } else {
                Some(row[field.index as usize].json())
            };
            match (value, &mut object) {
                (Some(value), Some(object)) => drop(object.insert(part.key.clone(), value)),
                _ => object = None,
            }
        }
        object.map(Json::Object)
    }

    /// Related nodes; none when that cannot be null.
    fn relation(&mut self, field: FieldId, declared: &Field, related: Vec<Id>, part: &Selected) -> Option<Json> {
        let model = target(self.datamodel, field);
        if declared.is_list {
            let ids = self.page(model, related, part).ids;
            let nodes: Vec<_> = ids.iter().map(|id| self.node(model, id, &part.below)).collect();
            let nodes: Option<Vec<Json>> = nodes.into_iter().collect();
            return Some(nodes.map_or(Json::Null, Json::Array));
        }
        let node = match related.first() {
            Some(id) => self.node(model, id, &part.below),
            None => {
                self.met_null |= declared.is_required;
                None
            }
        };
        if declared.is_required { node } else { Some(node.unwrap_or_default()) }
    }

    fn page(&self, model: ModelId, ids: Vec<Id>, of: &Selected) -> Page {
        let filter = of.argument("where");
        let mut ids: Vec<Id> =
            ids.into_iter().filter(|id| matches(self.datamodel, self.state, model, id, filter)).collect();
        let order = |one: &Id, other: &Id| self.order(model, of.argument("orderBy"), one, other);
        ids.sort_by(order);
        for (name, wanted) in [("after", Ordering::Greater), ("before", Ordering::Less)] {
            if let Some(cursor) = of.argument(name) {
                let cursor = self.cursor(model, cursor);
                ids.retain(|id| cursor.as_ref().is_some_and(|cursor| order(id, cursor) == wanted));
            }
        }
        let number = |name: &str| match of.argument(name).map(|input| &input.data) {
            Some(Data::Int(number)) => usize::try_from(*number).ok(),
            _ => None,
        };
        let skip = number("skip").unwrap_or(0).min(ids.len());
        if let Some(last) = number("last") {
            ids.truncate(ids.len() - skip);
            let has_previous = ids.len() > last;
            ids.drain(..ids.len().saturating_sub(last));
            return Page { ids, has_next: false, has_previous };
        }
        ids.drain(..skip);
        let first = number("first").unwrap_or(usize::MAX);
        let has_next = ids.len() > first;
        ids.truncate(first);
        Page { ids, has_next, has_previous: false }
    }

    fn cursor(&self, model: ModelId, cursor: &Input) -> Option<Id> {
        let Data::Text(text) = &cursor.data else { return None };
        self.state.table(model).keys().find(|id| id.text() == *text).cloned()
    }

    /// By the field that is asked for, then by id, ascending.
    fn order(&self, model: ModelId, by: Option<&Input>, one: &Id, other: &Id) -> Ordering {
        let Some(Data::Name(name)) = by.map(|input| &input.data) else { return one.cmp(other) };
        let (name, direction) = name.rsplit_once('_').expect("a field and a direction");
        let field = self.datamodel.field_named(model, name).expect("a field to order by");
        let held = |id: &Id| self.state.table(model)[id][field.index as usize].clone();
        let ascending = match (held(one), held(other)) {
            (Cell::Null, Cell::Null) => Ordering::Equal,
            (Cell::Null, _) if self.nulls_first => Ordering::Less,
            (Cell::Null, _) => Ordering::Greater,
            (_, Cell::Null) if self.nulls_first => Ordering::Greater,
            (_, Cell::Null) => Ordering::Less,
            (one, other) => one.order(&other),
        };
        let ordered = if direction == "ASC" { ascending } else { ascending.reverse() };
        ordered.then_with(|| one.cmp(other))
    }
}

fn state_related(datamodel: &Datamodel, state: &State, field: FieldId, id: &Id) -> Vec<Id> {
    state.related(datamodel, field, id)
}

/// The node that a selector names.
pub fn find(datamodel: &Datamodel, state: &State, model: ModelId, selector: &Input) -> Option<Id> {
    let (field, value) = selected(datamodel, model, selector)?;
    state.find(field, &value)
}

/// Field and value of a selector.
pub fn selected(datamodel: &Datamodel, model: ModelId, selector: &Input) -> Option<(FieldId, Cell)> {
    let (name, input) = selector.fields().find(|(_, input)| input.data != Data::Null)?;
    let field = datamodel.field_named(model, name).expect("a unique field");
    Some((field, crate::state::cell(datamodel, field, input)))
}

impl Saved {
    /// A row as it is now.
    pub fn of(datamodel: &Datamodel, state: &State, model: ModelId, id: &Id) -> Saved {
        let own = datamodel
            .fields(model)
            .filter(|(field, declared)| declared.is_relation() && is_in_own_row(datamodel, *field));
        let links = own.filter_map(|(field, _)| Some((field, state.related(datamodel, field, id).into_iter().next()?)));
        Saved { row: state.table(model)[id].clone(), links: links.collect() }
    }
}
