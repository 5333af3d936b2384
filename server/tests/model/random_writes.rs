//! Random mutations: creates, updates, upserts and deletes of one or many, with nested operations in every place.

use crate::{
    inputs::{Data, Input, Kind, Operation, Selected},
    random::Random,
    state::target,
};
use datamodel::{Behaviour, Field, FieldId, FieldKind, ModelId, ScalarType};

/// How deep mutations nest.
const DEPTH_MAX: usize = 3;

impl Random<'_> {
    pub fn mutation(&mut self) -> Operation {
        let model = ModelId(self.numbers.below(self.datamodel.models.len()) as u32);
        let name = self.datamodel.model(model).name.clone();
        let typed = |input: Input, kind: &str| Input { place: format!("{name}{kind}!"), ..input };
        let create = |random: &mut Self| typed(random.create_data(model, None, 0), "CreateInput");
        let update = |random: &mut Self| typed(random.update_data(model, None, 0), "UpdateInput");
        let (verb, arguments) = match self.numbers.below(20) {
            0..8 => ("create", vec![("data", create(self))]),
            8..14 => ("update", vec![("where", self.selector(model, true)), ("data", update(self))]),
            14..16 => {
                let selector = self.selector(model, true);
                ("upsert", vec![("where", selector), ("create", create(self)), ("update", update(self))])
            }
            16..18 => ("delete", vec![("where", self.selector(model, true))]),
            18 => {
                let data = typed(self.scalars(model, false), "UpdateManyMutationInput");
                ("updateMany", vec![("where", self.filter(model, 1, false)), ("data", data)])
            }
            _ => ("deleteMany", vec![("where", self.filter(model, 1, false))]),
        };
        let is_many = verb.ends_with("Many");
        let key = format!("{verb}{name}{}", if is_many { "s" } else { "" });
        let below = if is_many { vec![Selected::leaf("count")] } else { self.selection(model, 1) };
        let arguments = arguments.into_iter().map(|(name, input)| (name.to_owned(), input)).collect();
        Operation { is_mutation: true, roots: vec![Selected { arguments, below, ..Selected::leaf(&key) }] }
    }

    /// Own scalars and lists, of a new node or of an update.
    fn scalars(&mut self, model: ModelId, is_new: bool) -> Input {
        let mut data = Vec::new();
        for (id, field) in self.fields(model) {
            let is_managed = matches!(field.behaviour, Some(Behaviour::CreatedAt | Behaviour::UpdatedAt));
            let is_set_by_hand = !field.is_id() || (is_new && field.kind != FieldKind::Scalar(ScalarType::Int));
            if field.is_relation() || is_managed || !is_set_by_hand {
                continue;
            }
            let type_name = self.type_name(id);
            if field.is_list {
                if self.is(25) {
                    let kind = Kind::Scalars(id);
                    let items = if self.is(10) { Data::Null } else { self.value(kind).expect("items") };
                    let set = Input::new(items, format!("[{type_name}!]"), kind);
                    data.push((field.name, Input::object(vec![("set".to_owned(), set)])));
                }
                continue;
            }
            let is_needed = is_new && field.is_required && field.default.is_none() && !field.is_id();
            let percent = match is_new {
                true => 50,
                false if field.is_unique => 12,
                false => 25,
            };
            if is_needed || self.is(percent) {
                let kind = Kind::Scalar(id);
                let is_null = !is_needed && self.is(if field.is_required && !field.is_id() { 2 } else { 8 });
                let value = if is_null { Data::Null } else { self.value(kind).expect("a value") };
                data.push((
                    field.name,
                    Input::new(value, if is_needed { format!("{type_name}!") } else { type_name }, kind),
                ));
            }
        }
        Input::object(data)
    }

    /// `back`: the field that leads back to the node around it.
    fn create_data(&mut self, model: ModelId, back: Option<FieldId>, depth: usize) -> Input {
        let own = self.scalars(model, true);
        self.with_relations(model, own, true, back, depth)
    }

    fn update_data(&mut self, model: ModelId, back: Option<FieldId>, depth: usize) -> Input {
        let own = self.scalars(model, false);
        self.with_relations(model, own, false, back, depth)
    }

    fn with_relations(
        &mut self,
        model: ModelId,
        own: Input,
        is_new: bool,
        back: Option<FieldId>,
        depth: usize,
    ) -> Input {
        let Data::Object(mut data) = own.data else { panic!("data that is no object") };
        for (id, field) in self.fields(model) {
            if !field.is_relation() || Some(id) == back {
                continue;
            }
            let is_needed = is_new && field.is_required;
            let percent = [55, 30, 15, 0][depth.min(DEPTH_MAX)];
            if is_needed || self.is(percent) {
                data.push((field.name.clone(), self.nested(id, &field, is_new, depth + 1)));
            }
        }
        Input::object(data)
    }

    fn nested(&mut self, id: FieldId, field: &Field, is_new: bool, depth: usize) -> Input {
        const KINDS: [&str; 9] =
            ["create", "connect", "update", "upsert", "delete", "disconnect", "set", "updateMany", "deleteMany"];
        let offered = match field.is_list {
            _ if is_new => 2,
            true => KINDS.len(),
            false if field.is_required => 4,
            false => 6,
        };
        let mut operations: Vec<(String, Input)> = Vec::new();
        // A new node's to-one field that is given two nodes has no answer that all layouts agree on.
        let wanted = if self.is(20) && (field.is_list || !is_new) { 2 } else { 1 };
        let wanted = if self.is(1) && !field.is_list { 0 } else { wanted };
        for _ in 0..wanted {
            let first = if depth > DEPTH_MAX && is_new { 1 } else { 0 };
            let kind = KINDS[first + self.numbers.below(offered - first)];
            if operations.iter().all(|(known, _)| known != kind) {
                let count = if !field.is_list { 1 } else { [1, 1, 2, 0][self.numbers.below(4)] };
                let mut items: Vec<Input> = (0..count).map(|_| self.item(kind, id, field.is_list, depth)).collect();
                let is_single = !field.is_list || (items.len() == 1 && self.is(10));
                let input = match is_single {
                    // A variable of an item's type may not stand in the place of the list.
                    true if field.is_list => Input { place: String::new(), ..items.remove(0) },
                    true => items.remove(0),
                    false => Input::fixed(Data::List(items)),
                };
                operations.push((kind.to_owned(), input));
            }
        }
        Input::object(operations)
    }

    fn item(&mut self, kind: &str, field: FieldId, is_list: bool, depth: usize) -> Input {
        let (model, back) = (target(self.datamodel, field), self.datamodel.opposite(field));
        let name = self.datamodel.model(model).name.clone();
        let back = back.filter(|back| !self.datamodel.field(*back).is_hidden);
        let object = |fields: Vec<(&str, Input)>| {
            Input::object(fields.into_iter().map(|(name, input)| (name.to_owned(), input)).collect())
        };
        match kind {
            "create" => self.create_data(model, back, depth),
            "connect" | "set" => self.selector(model, false),
            "delete" | "disconnect" if is_list => self.selector(model, false),
            "delete" | "disconnect" => Input::new(Data::Bool(!self.is(10)), "Boolean", Kind::Fixed),
            "updateMany" => {
                let filter = self.filter(model, 2, true);
                let filter = Input { place: format!("{name}ScalarWhereInput!"), ..filter };
                let data = self.scalars(model, false);
                let data = Input { place: format!("{name}UpdateManyDataInput!"), ..data };
                object(vec![("where", filter), ("data", data)])
            }
            "deleteMany" => {
                let filter = self.filter(model, 2, true);
                Input { place: format!("{name}ScalarWhereInput!"), ..filter }
            }
            _ => {
                let mut parts = Vec::new();
                if is_list {
                    parts.push(("where", self.selector(model, false)));
                }
                if kind == "upsert" {
                    parts.push(("create", self.create_data(model, back, depth)));
                }
                let update = self.update_data(model, back, depth);
                match (kind, is_list) {
                    ("update", false) => return update,
                    ("update", true) => parts.push(("data", update)),
                    _ => parts.push(("update", update)),
                }
                object(parts)
            }
        }
    }
}
