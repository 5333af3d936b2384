//! Slots: where each value of a plan comes from, and what is demanded of it beyond its type.

use super::{Input, Planned, Planner, Refusal};
use crate::{
    operation::{Demand, SlotSource, VariableSlot},
    parameters::with_meaning,
    scalar::InputKind,
    syntax::{Value as Literal, ValueKind},
};
use connector_interface::{ServiceError, Slot, Value};
use datamodel::{FieldId, ScalarType};

/// Longest id, in characters: ids have columns of that width.
const ID_MAX: usize = 25;
/// Longest plain decimal form of a number: digits before the point of a `Float` column.
const FLOAT_MAX: usize = 35;

impl<'d> Planner<'d> {
    /// A slot for a value that is given and not null.
    pub fn slot(&mut self, input: &Input<'d>, kind: InputKind, demand: Demand) -> Planned<Slot> {
        let source = self.source(input, kind, demand)?;
        Ok(self.push(source))
    }

    /// A slot for a value to be stored in a field.
    pub fn slot_of_field(&mut self, input: &Input<'d>, field: FieldId, kind: InputKind) -> Planned<Slot> {
        let max = match kind {
            InputKind::Scalar(ScalarType::Id) => Some(ID_MAX),
            InputKind::Scalar(ScalarType::Float) => Some(FLOAT_MAX),
            _ => None,
        };
        let demand = match max {
            Some(max) => Demand::LengthAtMost { max, field: self.datamodel.field(field).name.clone() },
            None => Demand::None,
        };
        self.slot(input, kind, demand)
    }

    /// A slot for a value that is known now.
    pub fn constant(&mut self, value: Value) -> Slot {
        self.push(SlotSource::Constant(value))
    }

    /// A slot that is filled while the operation runs.
    pub fn late(&mut self) -> Slot {
        self.push(SlotSource::Late)
    }

    /// Whether a value counts as null: the original takes the text `null` in an `ID` for it.
    pub fn counts_as_null(&self, input: &Input<'d>, kind: InputKind) -> bool {
        input.is_null() || kind == InputKind::Scalar(ScalarType::Id) && input.text() == Some("null")
    }

    fn push(&mut self, source: SlotSource) -> Slot {
        self.slots.push(source);
        Slot(u32::try_from(self.slots.len() - 1).expect("a document cannot hold four billion values"))
    }

    fn source(&self, input: &Input<'d>, kind: InputKind, demand: Demand) -> Planned<SlotSource> {
        match input {
            Input::Variable { variable, path, .. } => Ok(SlotSource::Variable(VariableSlot {
                variable: (*variable).to_owned(),
                path: path.clone(),
                kind,
                demand,
                root: self.root,
            })),
            Input::Literal(Literal { kind: ValueKind::List(items), .. }) if items.iter().any(is_variable) => {
                let items = self.items(input);
                let items = items.iter().map(|item| self.source(item, kind.item(), Demand::None));
                Ok(SlotSource::List(items.collect::<Planned<_>>()?))
            }
            Input::Literal(literal) => {
                let value = kind
                    .coerce_literal(self.datamodel, literal)
                    .map_err(|_| Refusal::Internal("a literal of another type"))?;
                match unmet_demand(&demand, &value) {
                    Some(error) => Err(Refusal::Service(error)),
                    None => Ok(SlotSource::Constant(with_meaning(&demand, value))),
                }
            }
        }
    }
}

fn is_variable(value: &Literal) -> bool {
    matches!(value.kind, ValueKind::Variable(_))
}

/// The error of a value that does not meet what is demanded of it.
pub(crate) fn unmet_demand(demand: &Demand, value: &Value) -> Option<ServiceError> {
    match (demand, value) {
        (Demand::NotNegative(argument), Value::Int(value)) if *value < 0 => Some(ServiceError::Negative { argument }),
        (Demand::LengthAtMost { max, field }, value) => {
            let length = match value {
                Value::Text(text) => text.chars().count(),
                // The plain form of a number has no exponent.
                Value::Float(number) => number.to_string().len(),
                _ => 0,
            };
            (length > *max).then(|| ServiceError::ValueTooLong { field: field.clone() })
        }
        _ => None,
    }
}
