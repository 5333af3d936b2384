//! What is refused whatever the data are. Of several errors the product tells the first that it finds.

use crate::{
    failures::Failure,
    inputs::{Data, Input, Operation, Selected},
    state::target,
};
use datamodel::{Datamodel, FieldId, ModelId};

/// All that is wrong with an operation.
pub fn refusals(datamodel: &Datamodel, operation: &Operation) -> Vec<Failure> {
    let mut refusals = Refusals { datamodel, all: Vec::new() };
    operation.roots.iter().for_each(|root| refusals.root(operation.is_mutation, root));
    refusals.all
}

struct Refusals<'a> {
    datamodel: &'a Datamodel,
    all: Vec<Failure>,
}

impl Refusals<'_> {
    fn refuse(&mut self, code: i64, text: String) {
        self.all.push(Failure { code, text });
    }

    fn root(&mut self, is_mutation: bool, root: &Selected) {
        let Some(model) = root_model(self.datamodel, root) else { return };
        let is_one = !is_mutation && root.name.len() == 1;
        let by_selector = is_one
            || ["update", "upsert", "delete"]
                .iter()
                .any(|verb| root.name.len() == verb.len() + 1 && root.name.starts_with(verb));
        match root.argument("where") {
            Some(selector) if by_selector => self.selector(model, selector),
            Some(filter) => self.filter(model, filter),
            None => {}
        }
        for (name, input) in &root.arguments {
            match name.as_str() {
                "create" => self.create(model, None, input),
                "data" if root.name.starts_with("create") => self.create(model, None, input),
                "data" | "update" => self.update(model, input),
                _ => {}
            }
        }
        self.page(root);
        let is_edges = |part: &&Selected| part.name == "edges";
        let nodes = root.below.iter().filter(is_edges).flat_map(|edges| &edges.below).flat_map(|node| &node.below);
        let plain = root.below.iter().filter(|part| self.datamodel.field_named(model, &part.name).is_some());
        let parts: Vec<&Selected> = nodes.chain(plain).collect();
        parts.into_iter().for_each(|part| self.selected(model, part));
    }

    fn selected(&mut self, model: ModelId, part: &Selected) {
        let Some(field) = self.datamodel.field_named(model, &part.name) else { return };
        if !self.datamodel.field(field).is_relation() {
            return;
        }
        let model = target(self.datamodel, field);
        self.page(part);
        if let Some(filter) = part.argument("where") {
            self.filter(model, filter);
        }
        part.below.iter().for_each(|below| self.selected(model, below));
    }

    fn page(&mut self, of: &Selected) {
        for (name, code) in [("first", 3026), ("last", 3027), ("skip", 3028)] {
            if let Some(Data::Int(..0)) = of.argument(name).map(|input| &input.data) {
                self.refuse(code, format!("The '{name}' argument must be non negative"));
            }
        }
        if of.argument("first").is_some() && of.argument("last").is_some() {
            let text = "Including a value for both first and last is not supported. See the spec for a discussion of why https://facebook.github.io/relay/graphql/connections.htm#sec-Pagination-algorithm";
            self.refuse(3014, text.to_owned());
        }
    }

    fn filter(&mut self, model: ModelId, filter: &Input) {
        for (key, value) in filter.fields() {
            if matches!(key, "AND" | "OR" | "NOT") {
                value.items().iter().for_each(|item| self.filter(model, item));
                continue;
            }
            let (name, operator) = key.split_once('_').unwrap_or((key, ""));
            let Some(field) = self.datamodel.field_named(model, name) else { continue };
            if !self.datamodel.field(field).is_relation() {
                continue;
            }
            if !operator.is_empty() && value.data == Data::Null {
                let text = format!("The field '{name}' is a toMany relation. This cannot be filtered by null.");
                self.refuse(3033, text);
            }
            self.filter(target(self.datamodel, field), value);
        }
    }

    fn selector(&mut self, model: ModelId, selector: &Input) {
        let name = self.datamodel.model(model).name.clone();
        match selector.fields().filter(|(_, input)| input.data != Data::Null).count() {
            0 => self.refuse(3040, format!("You provided an invalid argument for the where selector on {name}. Please provide exactly one unique field and value.")),
            1 => {}
            _ => self.refuse(3045, format!("You provided more than one field for the unique selector on {name}. If you want that behavior you can use the many query and combine fields with AND / OR.")),
        }
    }

    fn create(&mut self, model: ModelId, back: Option<FieldId>, data: &Input) {
        let name = self.datamodel.model(model).name.clone();
        for (field, declared) in self.datamodel.fields(model) {
            let given = data.get(&declared.name);
            let is_null = given.is_some_and(|given| given.data == Data::Null);
            if is_null && declared.is_required && declared.default.is_some() {
                let field = &declared.name;
                self.refuse(3036, format!("The input value null was not valid for field {field} of type {name}."));
            }
            if !declared.is_relation() || Some(field) == back {
                continue;
            }
            let given = data.get_value(&declared.name);
            if let Some(given) = given {
                self.nested(field, given);
            }
            let has = |kind: &str| given.is_some_and(|given| given.get_value(kind).is_some());
            if declared.is_required && !has("create") && !has("connect") {
                let field = &declared.name;
                let text = format!(
                    "The field '{field}' on type '{name}' is required. Performing this mutation would violate that constraint"
                );
                self.refuse(3032, text);
            }
        }
    }

    fn update(&mut self, model: ModelId, data: &Input) {
        for (field, declared) in self.datamodel.fields(model) {
            match data.get(&declared.name) {
                Some(given) if declared.is_relation() => self.nested(field, given),
                Some(given) if given.data == Data::Null && declared.is_required && !declared.is_list => {
                    let field = &declared.name;
                    let text = format!(
                        "You are trying to set a required field to null. If you are using GraphQL arguments, make sure that you specify a value for all arguments. Fieldname if known: {field}"
                    );
                    self.refuse(3020, text);
                }
                _ => {}
            }
        }
    }

    fn nested(&mut self, field: FieldId, given: &Input) {
        let model = target(self.datamodel, field);
        let back = self.datamodel.opposite(field);
        let is_list = self.datamodel.field(field).is_list;
        for (kind, items) in given.fields().filter(|(_, items)| items.data != Data::Null) {
            for item in items.items() {
                match kind {
                    "create" => self.create(model, back, item),
                    "connect" | "set" => self.selector(model, item),
                    "delete" | "disconnect" if is_list => self.selector(model, item),
                    "deleteMany" => self.filter(model, item),
                    "update" if !is_list => self.update(model, item),
                    _ => {
                        for (part, input) in item.fields() {
                            match part {
                                "where" if kind == "updateMany" => self.filter(model, input),
                                "where" => self.selector(model, input),
                                "create" => self.create(model, back, input),
                                _ => self.update(model, input),
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The model of a root field.
pub fn root_model(datamodel: &Datamodel, root: &Selected) -> Option<ModelId> {
    let name = root.name.as_str();
    let name = name.strip_suffix("Connection").unwrap_or(name);
    let name = ["createMany", "updateMany", "deleteMany", "create", "update", "upsert", "delete"]
        .iter()
        .find_map(|verb| name.strip_prefix(verb).filter(|rest| !rest.is_empty() && rest.len() <= 2))
        .unwrap_or(name);
    let name = name.strip_suffix('s').unwrap_or(name);
    datamodel.model_named(&name.to_uppercase())
}
