//! Creates and updates of one node: its own columns and scalar lists (`prisma1-server.md` §5.2, §5.5).

use super::{Input, Planned, Planner, Refusal};
use crate::scalar::{InputKind, parse_date_time};
use connector_interface::{CreateNode, ServiceError, Slot, Source, UpdateMany, UpdateNode, Value};
use datamodel::{Behaviour, DefaultValue, Field, FieldId, FieldKind, ModelId, ScalarType};

/// New values of columns, and new scalar lists.
type Changes = (Vec<(FieldId, Source)>, Vec<(FieldId, Slot)>);

impl<'d> Planner<'d> {
    /// A node to create. `back`: the field that leads back to the enclosing node, which needs no input of its own.
    pub fn create_node(
        &mut self,
        model: ModelId,
        data: Option<&Input<'d>>,
        back: Option<FieldId>,
    ) -> Planned<CreateNode> {
        let datamodel = self.datamodel;
        let mut values = Vec::new();
        for (id, field) in datamodel.fields(model).filter(|(_, field)| field.has_column()) {
            let given = data.and_then(|data| self.get(data, &field.name));
            if let Some(source) = self.created_value(id, field, given)? {
                values.push((id, source));
            }
        }
        let lists = self.lists(model, data)?;
        let nested = self.nested_in_create(model, data, back)?;
        Ok(CreateNode { model, values, lists, nested })
    }

    /// Changes to a node. `back`: the field that leads back to the enclosing node.
    pub fn update_node(&mut self, model: ModelId, data: &Input<'d>, back: Option<FieldId>) -> Planned<UpdateNode> {
        let (values, lists) = self.changes(model, data)?;
        let nested = self.nested_in_update(model, data, back)?;
        Ok(UpdateNode { model, values, lists, nested })
    }

    /// Changes to all nodes that match.
    pub fn update_many(
        &mut self,
        model: ModelId,
        filter: connector_interface::Filter,
        data: &Input<'d>,
    ) -> Planned<UpdateMany> {
        let (values, lists) = self.changes(model, data)?;
        Ok(UpdateMany { model, filter, values, lists })
    }

    /// Where the value of a new node's column comes from; none when the database makes it.
    fn created_value(&mut self, id: FieldId, field: &Field, given: Option<Input<'d>>) -> Planned<Option<Source>> {
        let kind = self.kind(id)?;
        let value = given.as_ref().filter(|input| !self.counts_as_null(input, kind));
        if let Some(value) = value {
            return Ok(Some(Source::Slot(self.slot_of_field(value, id, kind)?)));
        }
        match (&field.behaviour, field.kind) {
            (Some(Behaviour::Id { .. }), FieldKind::Scalar(ScalarType::Int)) => return Ok(None),
            (Some(Behaviour::Id { .. }), FieldKind::Scalar(ScalarType::Uuid)) => return Ok(Some(Source::Uuid)),
            (Some(Behaviour::Id { .. }), _) => return Ok(Some(Source::Cuid)),
            (Some(Behaviour::CreatedAt | Behaviour::UpdatedAt), _) => return Ok(Some(Source::Now)),
            _ => {}
        }
        match (&field.default, given) {
            (Some(_), Some(_)) if field.is_required => Err(ServiceError::NullForDefault {
                model: self.datamodel.model(id.model).name.clone(),
                field: field.name.clone(),
            }
            .into()),
            (Some(default), None) => {
                let value = default_value(default, field.kind).ok_or(Refusal::Internal("a default of another type"))?;
                Ok(Some(Source::Slot(self.constant(value))))
            }
            _ => Ok(Some(Source::Null)),
        }
    }

    fn changes(&mut self, model: ModelId, data: &Input<'d>) -> Planned<Changes> {
        let datamodel = self.datamodel;
        let mut values = Vec::new();
        for (id, field) in datamodel.fields(model).filter(|(_, field)| field.has_column()) {
            let Some(given) = self.get(data, &field.name) else { continue };
            let kind = self.kind(id)?;
            if !self.counts_as_null(&given, kind) {
                values.push((id, Source::Slot(self.slot_of_field(&given, id, kind)?)));
            } else if field.is_required {
                return Err(ServiceError::RequiredNull { field: field.name.clone() }.into());
            } else {
                values.push((id, Source::Null));
            }
        }
        let lists = self.lists(model, Some(data))?;
        if !values.is_empty() || !lists.is_empty() {
            let touched = datamodel.fields(model).filter(|(_, field)| field.behaviour == Some(Behaviour::UpdatedAt));
            values.extend(touched.map(|(id, _)| (id, Source::Now)));
        }
        Ok((values, lists))
    }

    /// `tags: { set: […] }`; `set: null` changes nothing.
    fn lists(&mut self, model: ModelId, data: Option<&Input<'d>>) -> Planned<Vec<(FieldId, Slot)>> {
        let datamodel = self.datamodel;
        let mut lists = Vec::new();
        for (id, field) in datamodel.fields(model).filter(|(_, field)| field.is_scalar_list()) {
            let given = data.and_then(|data| self.get_value(data, &field.name));
            if let Some(set) = given.and_then(|input| self.get_value(&input, "set")) {
                let kind = self.kind(id)?;
                lists.push((id, self.slot_of_field(&set, id, kind)?));
            }
        }
        Ok(lists)
    }

    fn kind(&self, field: FieldId) -> Planned<InputKind> {
        InputKind::of(self.datamodel, field).ok_or(Refusal::Internal("a relation among the scalars"))
    }
}

/// The value of a default; none when it is not of the field's type, which the datamodel does not check for all types.
fn default_value(default: &DefaultValue, kind: FieldKind) -> Option<Value> {
    Some(match (default, kind) {
        (DefaultValue::DateTime(text), _) | (DefaultValue::String(text), FieldKind::Scalar(ScalarType::DateTime)) => {
            Value::DateTime(parse_date_time(text)?)
        }
        (DefaultValue::Json(text), _) => Value::Json(text.clone()),
        (DefaultValue::String(text) | DefaultValue::Enum(text), _) => Value::Text(text.clone()),
        (DefaultValue::Int(value), FieldKind::Scalar(ScalarType::Float)) => Value::Float(*value as f64),
        (DefaultValue::Int(value), _) => Value::Int(*value),
        (DefaultValue::Float(value), _) => Value::Float(*value),
        (DefaultValue::Boolean(value), _) => Value::Boolean(*value),
        (DefaultValue::List(_), _) => return None,
    })
}
