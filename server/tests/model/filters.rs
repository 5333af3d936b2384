//! Which rows a filter matches, in SQL's logic of three values: `None` is neither true nor false.

use crate::{
    inputs::{Data, Input},
    state::{State, cell, target},
    values::{Cell, Id},
};
use datamodel::{Datamodel, FieldId, ModelId};
use std::cmp::Ordering;

/// Whether a row matches. `where` may be missing.
pub fn matches(datamodel: &Datamodel, state: &State, model: ModelId, id: &Id, filter: Option<&Input>) -> bool {
    filter.is_none_or(|filter| Filters { datamodel, state }.all(model, id, filter) == Some(true))
}

struct Filters<'a> {
    datamodel: &'a Datamodel,
    state: &'a State,
}

impl Filters<'_> {
    /// All entries of an object of filters.
    fn all(&self, model: ModelId, id: &Id, filter: &Input) -> Option<bool> {
        let entries = filter.fields().map(|(key, value)| match (key, &value.data) {
            ("AND" | "OR" | "NOT", Data::Null) => Some(true),
            ("AND", _) => and(value.items().iter().map(|item| self.all(model, id, item))),
            ("OR", _) => or(value.items().iter().map(|item| self.all(model, id, item))),
            ("NOT", _) => and(value.items().iter().map(|item| self.all(model, id, item).map(|is| !is))),
            _ => self.field(model, id, key, value),
        });
        and(entries.collect::<Vec<_>>().into_iter())
    }

    fn field(&self, model: ModelId, id: &Id, key: &str, value: &Input) -> Option<bool> {
        let (name, operator) = key.split_once('_').unwrap_or((key, ""));
        let field = self.datamodel.field_named(model, name).expect("a field that can be filtered");
        if self.datamodel.field(field).is_relation() {
            return self.related(field, id, operator, value);
        }
        let held = &self.state.table(model)[id][field.index as usize];
        let given = cell(self.datamodel, field, value);
        let is_null = *held == Cell::Null;
        match (operator, &given) {
            ("" | "in", Cell::Null) => return Some(is_null),
            ("not" | "not_in", Cell::Null) => return Some(!is_null),
            ("in", Cell::List(items)) if items.is_empty() => return Some(false),
            ("not_in", Cell::List(items)) if items.is_empty() => return Some(true),
            (_, Cell::Null) => return None,
            _ if is_null => return None,
            _ => {}
        }
        let order = || held.order(&given);
        let is_in = || given_items(&given).iter().any(|item| held.order(item) == Ordering::Equal);
        let text = |test: fn(&str, &str) -> bool| match (held, &given) {
            (Cell::Text(held), Cell::Text(given)) => test(held, given),
            _ => panic!("{key} on {held:?}"),
        };
        Some(match operator {
            "" => order() == Ordering::Equal,
            "not" => order() != Ordering::Equal,
            "lt" => order() == Ordering::Less,
            "lte" => order() != Ordering::Greater,
            "gt" => order() == Ordering::Greater,
            "gte" => order() != Ordering::Less,
            "in" => is_in(),
            "not_in" => !is_in(),
            "contains" => text(|held, given| held.contains(given)),
            "not_contains" => text(|held, given| !held.contains(given)),
            "starts_with" => text(|held, given| held.starts_with(given)),
            "not_starts_with" => text(|held, given| !held.starts_with(given)),
            "ends_with" => text(|held, given| held.ends_with(given)),
            "not_ends_with" => text(|held, given| !held.ends_with(given)),
            _ => panic!("the filter {key}"),
        })
    }

    /// Whether related nodes exist is true or false, never unknown.
    fn related(&self, field: FieldId, id: &Id, operator: &str, value: &Input) -> Option<bool> {
        let model = target(self.datamodel, field);
        let related = self.state.related(self.datamodel, field, id);
        if value.data == Data::Null {
            return Some(related.is_empty());
        }
        let mut of_each = related.iter().map(|child| self.all(model, child, value));
        Some(match operator {
            "" | "some" => of_each.any(|is| is == Some(true)),
            "none" => !of_each.any(|is| is == Some(true)),
            "every" => !of_each.any(|is| is == Some(false)),
            _ => panic!("the filter _{operator}"),
        })
    }
}

fn given_items(given: &Cell) -> &[Cell] {
    match given {
        Cell::List(items) => items,
        single => std::slice::from_ref(single),
    }
}

fn and(all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let all: Vec<_> = all.collect();
    if all.contains(&Some(false)) {
        return Some(false);
    }
    if all.contains(&None) { None } else { Some(true) }
}

fn or(any: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let any: Vec<_> = any.collect();
    if any.contains(&Some(true)) {
        return Some(true);
    }
    if any.contains(&None) { None } else { Some(false) }
}
