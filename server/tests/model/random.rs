//! Random values that fit what a service holds.

use crate::{
    inputs::{Data, Input, Kind},
    state::State,
    values::{Cell, TIMES},
};
use datamodel::{Datamodel, Field, FieldId, FieldKind, ModelId, ScalarType};
use serde_json::json;

pub use crate::mutation::Numbers;

pub struct Random<'a> {
    pub numbers: &'a mut Numbers,
    pub datamodel: &'a Datamodel,
    pub state: &'a State,
}

const TEXTS: [&str; 12] = ["", "a", "B", "ab", "a%", "a_b", "%", "_", "é", "x'y\"z", "\\", "ba"];
const NAMES: [&str; 12] = ["n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9", "na", "nb", "nc"];
const IDS: [&str; 8] = ["x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8"];
const UUIDS: [&str; 5] = [
    "0d3f4c1a-8c5e-4e57-9b1f-3f0a1c2d4e5f",
    "1d3f4c1a-8c5e-4e57-9b1f-3f0a1c2d4e5f",
    "fd3f4c1a-8c5e-4e57-9b1f-3f0a1c2d4e5f",
    "ad3f4c1a-8c5e-4e57-8b1f-3f0a1c2d4e5f",
    "00000000-0000-4000-8000-000000000001",
];
const INTS: [i64; 7] = [-1, 0, 1, 2, 7, i32::MAX as i64, i32::MIN as i64];
const FLOATS: [f64; 6] = [0.0, 1.5, -2.25, 10.0, 1e10, 0.1];

impl Random<'_> {
    pub fn is(&mut self, percent: usize) -> bool {
        self.numbers.below(100) < percent
    }

    pub fn one_of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.numbers.below(texts.len())]
    }

    /// The fields of a model that the API shows.
    pub fn fields(&self, model: ModelId) -> Vec<(FieldId, Field)> {
        let fields = self.datamodel.fields(model).filter(|(_, field)| !field.is_hidden);
        fields.map(|(id, field)| (id, field.clone())).collect()
    }

    /// The name of a scalar field's type.
    pub fn type_name(&self, field: FieldId) -> String {
        match self.datamodel.field(field).kind {
            FieldKind::Scalar(scalar) => scalar.name().to_owned(),
            FieldKind::Enum(id) => self.datamodel.enum_type(id).name.clone(),
            FieldKind::Relation { .. } => panic!("a relation has no scalar type"),
        }
    }

    /// A value of this kind; none where there is only one.
    pub fn value(&mut self, kind: Kind) -> Option<Data> {
        Some(match kind {
            Kind::Fixed => return None,
            Kind::Scalar(field) => self.scalar(field),
            Kind::Scalars(field) => {
                let items = (0..self.numbers.below(4)).map(|_| Input::fixed(self.scalar(field))).collect();
                Data::List(items)
            }
            Kind::Unique(field) => self.held(field),
            Kind::Order(model) => self.order(model),
            Kind::Number if self.is(2) => Data::Int(-1),
            Kind::Number => Data::Int(self.numbers.below(5) as i64),
            Kind::Cursor(model) => self.id_text(model),
        })
    }

    fn order(&mut self, model: ModelId) -> Data {
        let mut fields = self.fields(model);
        fields.retain(|(_, field)| field.has_column() && field.kind != FieldKind::Scalar(ScalarType::Json));
        let name = &fields[self.numbers.below(fields.len())].1.name;
        Data::Name(format!("{name}_{}", self.one_of(&["ASC", "DESC"])))
    }

    /// The text of an id, mostly of one that is there.
    pub fn id_text(&mut self, model: ModelId) -> Data {
        let id = self.held(self.datamodel.id_field(model));
        Data::Text(match id {
            Data::Int(number) => number.to_string(),
            Data::Text(text) => text,
            other => panic!("{other:?} is no id"),
        })
    }

    /// A value, mostly one that some row has in this field.
    fn held(&mut self, field: FieldId) -> Data {
        let rows = self.state.table(field.model);
        let values: Vec<Data> = rows
            .values()
            .filter_map(|row| match &row[field.index as usize] {
                Cell::Int(number) => Some(Data::Int(*number)),
                Cell::Text(text) => Some(Data::Text(text.clone())),
                _ => None,
            })
            .collect();
        if values.is_empty() || self.is(8) {
            self.scalar(field)
        } else {
            values[self.numbers.below(values.len())].clone()
        }
    }

    fn scalar(&mut self, field: FieldId) -> Data {
        let declared = self.datamodel.field(field);
        let scalar = match declared.kind {
            FieldKind::Scalar(scalar) => scalar,
            FieldKind::Enum(id) => {
                let values = &self.datamodel.enum_type(id).values;
                return Data::Name(values[self.numbers.below(values.len())].clone());
            }
            FieldKind::Relation { .. } => panic!("a relation has no value"),
        };
        match scalar {
            ScalarType::String if declared.is_unique => self.unused(field, &NAMES),
            ScalarType::Id => self.unused(field, &IDS),
            ScalarType::Uuid if declared.is_id() => self.unused(field, &UUIDS),
            ScalarType::Uuid => Data::Text(self.one_of(&UUIDS).to_owned()),
            ScalarType::String => Data::Text(self.one_of(&TEXTS).to_owned()),
            // An id that is counted later could be one that nobody has now.
            ScalarType::Int if declared.is_id() => Data::Int(1_000_000 + self.numbers.below(3) as i64),
            ScalarType::Int if declared.is_unique => {
                let numbers = [(); 4].map(|()| Cell::Int(self.numbers.below(12) as i64));
                let free = numbers.iter().find(|number| self.state.find(field, number).is_none());
                Data::Int(if let Some(Cell::Int(number)) = free { *number } else { self.numbers.below(12) as i64 })
            }
            ScalarType::Int => Data::Int(INTS[self.numbers.below(INTS.len())]),
            ScalarType::Float if self.is(20) => Data::Int(10),
            ScalarType::Float => Data::Float(FLOATS[self.numbers.below(FLOATS.len())]),
            ScalarType::Boolean => Data::Bool(self.is(50)),
            ScalarType::DateTime => Data::Text(TIMES[self.numbers.below(TIMES.len())].0.to_owned()),
            ScalarType::Json => {
                let values =
                    [json!({}), json!([]), json!({"a": 1}), json!([1, "x'", null]), json!({"k": {"z": [true]}})];
                Data::Json(values[self.numbers.below(values.len())].clone())
            }
        }
    }

    /// A text, mostly one that no row has in this field yet.
    fn unused(&mut self, field: FieldId, pool: &[&str]) -> Data {
        let is_free = |text: &&&str| self.state.find(field, &Cell::Text((**text).to_owned())).is_none();
        let free: Vec<&str> = pool.iter().filter(is_free).copied().collect();
        let text = if free.is_empty() || self.is(6) { self.one_of(pool) } else { self.one_of(&free) };
        Data::Text(text.to_owned())
    }
}
