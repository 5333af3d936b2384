//! The values of one request for a plan made before: every slot checked and coerced.
//!
//! That the shape of the variables is the plan's says that everything but their leaves is valid, since it was when the
//! plan was made. Leaves are judged when their slots are coerced; only where some have no slot (they stand in a part
//! that is not planned) the variables are checked as a whole, and where one is refused, for the text.

use crate::{
    api::Api,
    operation::{Demand, OperationPlan, Parameters, RequestError, SlotSource, VariableSlot, VariableStep},
    plan::{internal_error, unmet_demand},
    shape::is_steering,
    syntax::VariableDefinition,
    variables_check::check_variables,
};
use connector_interface::{ServiceError, Value};
use datamodel::{Datamodel, ScalarType};
use serde_json::{Map, Value as Json};
use std::collections::HashSet;

/// Ids of type `Int` are 32 bits wide and start where their sequence does; no node has this one.
const NO_INT_ID: i64 = i32::MIN as i64;
/// No random UUID is this one.
const NO_UUID: &str = "00000000-0000-0000-0000-000000000000";

impl OperationPlan {
    /// The values of a request whose variables have the shape that the plan was made for.
    pub fn parameters(&self, api: &Api, variables: &Map<String, Json>) -> Result<Parameters, Vec<RequestError>> {
        if !self.slots_check_all {
            check_variables(api, &self.variables, variables)?;
        }
        let mut reading = Reading { datamodel: api.datamodel(), variables, failed: Vec::new() };
        let values = self.slots.iter().map(|source| reading.value(source)).collect::<Result<Vec<_>, _>>();
        let values = values.or_else(|error| check_variables(api, &self.variables, variables).and(Err(vec![error])))?;
        Ok(Parameters { values, failed: reading.failed })
    }
}

struct Reading<'a> {
    datamodel: &'a Datamodel,
    variables: &'a Map<String, Json>,
    failed: Vec<(usize, ServiceError)>,
}

impl Reading<'_> {
    fn value(&mut self, source: &SlotSource) -> Result<Value, RequestError> {
        match source {
            SlotSource::Constant(value) => Ok(value.clone()),
            SlotSource::Late => Ok(Value::Null),
            SlotSource::List(items) => {
                let items = items.iter().map(|item| self.value(item)).collect::<Result<Vec<_>, _>>()?;
                Ok(Value::List(items.into_iter().filter(|item| *item != Value::Null).collect()))
            }
            SlotSource::Variable(slot) => self.variable(slot),
        }
    }

    fn variable(&mut self, slot: &VariableSlot) -> Result<Value, RequestError> {
        let json = self.variables.get(&slot.variable).and_then(|value| down(value, &slot.path));
        let json = json.ok_or_else(|| internal_error("the variables have another shape than the plan"))?;
        let value = slot.kind.coerce_json(self.datamodel, json).map_err(|error| internal_error(&error.to_string()))?;
        if let Some(error) = unmet_demand(&slot.demand, &value)
            && self.failed.iter().all(|(root, _)| *root != slot.root)
        {
            self.failed.push((slot.root, error));
        }
        Ok(with_meaning(&slot.demand, value))
    }
}

/// Whether every leaf among the variables has a slot or steers planning by its value.
pub(crate) fn have_slots(declared: &[VariableDefinition], variables: &Map<String, Json>, slots: &[SlotSource]) -> bool {
    let mut places = HashSet::new();
    slots.iter().for_each(|source| places_of(source, &mut places));
    declared.iter().all(|variable| match variables.get(&*variable.name) {
        Some(value) if !is_steering(&variable.declared_type) => {
            has_slot(value, &variable.name, &mut Vec::new(), &places)
        }
        _ => true,
    })
}

type Places<'a> = HashSet<(&'a str, &'a [VariableStep])>;

fn places_of<'a>(source: &'a SlotSource, places: &mut Places<'a>) {
    match source {
        SlotSource::Variable(slot) => {
            places.insert((&slot.variable, &slot.path));
        }
        SlotSource::List(items) => items.iter().for_each(|item| places_of(item, places)),
        SlotSource::Constant(_) | SlotSource::Late => {}
    }
}

fn has_slot(value: &Json, variable: &str, path: &mut Vec<VariableStep>, places: &Places<'_>) -> bool {
    if matches!(value, Json::Null | Json::Bool(_)) || places.contains(&(variable, path.as_slice())) {
        return true;
    }
    let mut below = |step: VariableStep, value: &Json| {
        path.push(step);
        let has_slot = has_slot(value, variable, path, places);
        path.pop();
        has_slot
    };
    match value {
        Json::Array(items) => items.iter().enumerate().all(|(index, item)| below(VariableStep::Index(index), item)),
        Json::Object(entries) => entries.iter().all(|(key, value)| below(VariableStep::Key(key.clone()), value)),
        _ => false,
    }
}

fn down<'a>(value: &'a Json, path: &[VariableStep]) -> Option<&'a Json> {
    path.iter().try_fold(value, |value, step| match step {
        VariableStep::Key(key) => value.get(key),
        VariableStep::Index(index) => value.get(index),
    })
}

/// A text that is meant as an id, as the id's type has it.
pub(crate) fn with_meaning(demand: &Demand, value: Value) -> Value {
    match (demand, value) {
        (Demand::IdText(ScalarType::Int), Value::Text(text)) => {
            Value::Int(text.parse::<i32>().map_or(NO_INT_ID, i64::from))
        }
        (Demand::IdText(ScalarType::Uuid), Value::Text(text)) => {
            crate::scalar::uuid(&text).unwrap_or_else(|_| Value::Text(NO_UUID.to_owned()))
        }
        (_, value) => value,
    }
}
