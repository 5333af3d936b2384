//! Random queries: filters of every operator at any depth, pages, connections, nested lists.

use crate::{
    inputs::{Data, Input, Kind, Operation, Selected},
    random::Random,
    state::target,
};
use datamodel::{FieldId, FieldKind, ModelId, ScalarType};

/// How deep selections nest.
const DEPTH_MAX: usize = 3;

fn leaf(name: &str) -> Selected {
    Selected::leaf(name)
}

impl Random<'_> {
    pub fn query(&mut self) -> Operation {
        let roots = if self.is(10) { 2 } else { 1 };
        let roots = (0..roots).map(|number| Selected { key: format!("r{number}"), ..self.root() });
        Operation { is_mutation: false, roots: roots.collect() }
    }

    fn root(&mut self) -> Selected {
        let model = ModelId(self.numbers.below(self.datamodel.models.len()) as u32);
        let name = self.datamodel.model(model).name.to_lowercase();
        let of = |name: String, arguments, below| Selected { arguments, below, ..leaf(&name) };
        match self.numbers.below(10) {
            0..5 => of(format!("{name}s"), self.list_arguments(model), self.selection(model, 0)),
            5..7 => of(name, vec![("where".to_owned(), self.selector(model, true))], self.selection(model, 0)),
            7 => {
                let id = Input::new(self.id_text(model), "ID!", Kind::Cursor(model));
                of("node".to_owned(), vec![("id".to_owned(), id)], vec![leaf("id")])
            }
            _ => of(format!("{name}sConnection"), self.list_arguments(model), self.connection(model)),
        }
    }

    fn connection(&mut self, model: ModelId) -> Vec<Selected> {
        let mut parts = Vec::new();
        if self.is(70) {
            let node = Selected { below: self.selection(model, 1), ..leaf("node") };
            parts.push(Selected { below: vec![node, leaf("cursor")], ..leaf("edges") });
        }
        if self.is(60) {
            let below = ["hasNextPage", "hasPreviousPage", "startCursor", "endCursor"].map(leaf).to_vec();
            parts.push(Selected { below, ..leaf("pageInfo") });
        }
        if parts.is_empty() || self.is(50) {
            parts.push(Selected { below: vec![leaf("count")], ..leaf("aggregate") });
        }
        parts
    }

    /// Fields of a node.
    pub fn selection(&mut self, model: ModelId, depth: usize) -> Vec<Selected> {
        let mut selection = vec![leaf(&self.datamodel.field(self.datamodel.id_field(model)).name)];
        for (id, field) in self.fields(model) {
            if field.is_scalar() {
                if !field.is_id() && self.is(35) {
                    selection.push(leaf(&field.name));
                }
            } else if depth < DEPTH_MAX && self.is(50 / (depth + 1)) {
                for alias in 0..if field.is_list && self.is(20) { 2 } else { 1 } {
                    let target = target(self.datamodel, id);
                    let arguments = if field.is_list { self.list_arguments(target) } else { Vec::new() };
                    let key = if alias == 0 { field.name.clone() } else { format!("{}{alias}", field.name) };
                    let below = self.selection(target, depth + 1);
                    selection.push(Selected { key, arguments, below, ..leaf(&field.name) });
                }
            }
        }
        selection
    }

    fn list_arguments(&mut self, model: ModelId) -> Vec<(String, Input)> {
        let name = self.datamodel.model(model).name.clone();
        let mut arguments = Vec::new();
        let mut add = |random: &mut Self, percent: usize, argument: &str, place: &str, kind: Kind| {
            if random.is(percent) {
                let data = random.value(kind).expect("a kind with values");
                arguments.push((argument.to_owned(), Input::new(data, place, kind)));
            }
        };
        add(self, 40, "orderBy", &format!("{name}OrderByInput"), Kind::Order(model));
        let (first, last) = if self.is(1) {
            (100, 100)
        } else if self.is(50) {
            (40, 0)
        } else {
            (0, 40)
        };
        add(self, first, "first", "Int", Kind::Number);
        add(self, last, "last", "Int", Kind::Number);
        add(self, 20, "skip", "Int", Kind::Number);
        add(self, 15, "after", "String", Kind::Cursor(model));
        add(self, 15, "before", "String", Kind::Cursor(model));
        if self.is(35) {
            arguments.push(("where".to_owned(), self.filter(model, 0, false)));
        }
        arguments
    }

    /// A `XWhereUniqueInput`, with one field but for a few. `at_root`: its place is known to be an argument.
    pub fn selector(&mut self, model: ModelId, at_root: bool) -> Input {
        let mut unique = self.fields(model);
        unique.retain(|(_, field)| field.is_unique);
        let count = if self.is(1) { self.numbers.below(2) * 2 } else { 1 };
        let first = self.numbers.below(unique.len());
        unique.rotate_left(first);
        let fields = unique.into_iter().take(count).map(|(field, declared)| {
            let kind = Kind::Unique(field);
            let data = self.value(kind).expect("a value");
            (declared.name, Input::new(data, format!("{}!", self.type_name(field)), kind))
        });
        let fields = Data::Object(fields.collect());
        let name = &self.datamodel.model(model).name;
        Input::new(fields, if at_root { format!("{name}WhereUniqueInput!") } else { String::new() }, Kind::Fixed)
    }

    /// A `XWhereInput`, or one without relations.
    pub fn filter(&mut self, model: ModelId, depth: usize, only_scalars: bool) -> Input {
        let kind = if only_scalars { "ScalarWhereInput" } else { "WhereInput" };
        let place = format!("{}{kind}", self.datamodel.model(model).name);
        let mut entries: Vec<(String, Input)> = Vec::new();
        for _ in 0..[1, 1, 2, 3, 0][self.numbers.below(5)] {
            let (key, input) = if depth < DEPTH_MAX && self.is(15) {
                let key = self.one_of(&["AND", "OR", "NOT"]).to_owned();
                let items = (0..self.numbers.below(3)).map(|_| {
                    let item = self.filter(model, depth + 1, only_scalars);
                    Input { place: format!("{place}!"), ..item }
                });
                (key, Input::new(Data::List(items.collect()), format!("[{place}!]"), Kind::Fixed))
            } else {
                self.filter_entry(model, depth, only_scalars)
            };
            if entries.iter().all(|(known, _)| *known != key) {
                entries.push((key, input));
            }
        }
        Input::new(Data::Object(entries), place, Kind::Fixed)
    }

    fn filter_entry(&mut self, model: ModelId, depth: usize, only_scalars: bool) -> (String, Input) {
        loop {
            let fields = self.fields(model);
            let (id, field) = &fields[self.numbers.below(fields.len())];
            if field.is_relation() && !only_scalars && depth < DEPTH_MAX {
                return self.relation_filter(*id, depth);
            }
            if field.has_column() && field.kind != FieldKind::Scalar(ScalarType::Json) {
                return self.scalar_filter(*id);
            }
        }
    }

    fn relation_filter(&mut self, field: FieldId, depth: usize) -> (String, Input) {
        let declared = self.datamodel.field(field).clone();
        let filter = self.filter(target(self.datamodel, field), depth + 1, false);
        let is_null = self.is(if declared.is_list { 1 } else { 15 });
        let filter = if is_null { Input { data: Data::Null, ..filter } } else { filter };
        let suffix = if declared.is_list { self.one_of(&["_every", "_some", "_none"]) } else { "" };
        (format!("{}{suffix}", declared.name), filter)
    }

    fn scalar_filter(&mut self, field: FieldId) -> (String, Input) {
        const EQUAL: &[&str] = &["", "_not"];
        const IN: &[&str] = &["_in", "_not_in"];
        const ORDER: &[&str] = &["_lt", "_lte", "_gt", "_gte"];
        const TEXT: &[&str] =
            &["_contains", "_not_contains", "_starts_with", "_not_starts_with", "_ends_with", "_not_ends_with"];
        let declared = self.datamodel.field(field).clone();
        let groups: &[&[&str]] = match declared.kind {
            FieldKind::Scalar(ScalarType::String | ScalarType::Id) => &[EQUAL, IN, ORDER, TEXT, TEXT],
            FieldKind::Scalar(ScalarType::Int | ScalarType::Float | ScalarType::DateTime) => &[EQUAL, IN, ORDER],
            FieldKind::Scalar(ScalarType::Uuid) | FieldKind::Enum(_) => &[EQUAL, IN],
            _ => &[EQUAL],
        };
        let group = groups[self.numbers.below(groups.len())];
        let operator = self.one_of(group);
        let name = self.type_name(field);
        let (place, kind) = match operator {
            "_in" | "_not_in" => (format!("[{name}!]"), Kind::Scalars(field)),
            _ if declared.is_unique && self.is(70) => (name, Kind::Unique(field)),
            _ => (name, Kind::Scalar(field)),
        };
        let data = if self.is(8) { Data::Null } else { self.value(kind).expect("a value") };
        (format!("{}{operator}", declared.name), Input::new(data, place, kind))
    }
}
