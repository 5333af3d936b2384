//! Lists of rows: the arguments `where`, `orderBy`, `skip`, `after`, `before`, `first`, `last`; and single rows.

use super::{Input, Planned, Planner, Refusal};
use crate::{
    operation::Demand,
    scalar::InputKind,
    selection::Merged,
    syntax::{Field, Selection},
    types::InputType,
};
use connector_interface::{Column, Comparison, Filter, OrderKey, Page, Rows, ServiceError, Slot, Unique};
use datamodel::{FieldId, FieldKind, ModelId, ScalarType};

impl<'d> Planner<'d> {
    /// The list that a field with list arguments selects.
    pub fn rows(&mut self, model: ModelId, selected: &Merged<'d>) -> Planned<Rows> {
        let (filter, order, page) = self.list_arguments(model, selected.field)?;
        let node = self.node(model, &selected.sets)?;
        Ok(Rows { node, filter, order, page })
    }

    /// Which rows, in which order, which part of them.
    pub fn list_arguments(&mut self, model: ModelId, field: &'d Field) -> Planned<(Filter, Vec<OrderKey>, Page)> {
        let filter = self.where_argument(model, field)?;
        let order = match self.argument_value(field, "orderBy") {
            Some(input) => self.order(model, &input)?,
            None => vec![self.by_id(model, false)],
        };
        Ok((filter, order, self.page(model, field)?))
    }

    /// The argument `where: XWhereInput`.
    pub fn where_argument(&mut self, model: ModelId, field: &'d Field) -> Planned<Filter> {
        match self.argument_value(field, "where") {
            Some(input) => self.filter(InputType::Where(model), &input, false),
            None => Ok(Filter::All),
        }
    }

    /// The one row whose unique field has a value.
    pub fn one_row(&mut self, field: FieldId, value: Slot, sets: &[&'d [Selection]]) -> Planned<Rows> {
        Ok(Rows {
            node: self.node(field.model, sets)?,
            filter: Filter::Compare { column: Column::of(self.datamodel, field), comparison: Comparison::Equal, value },
            order: vec![self.by_id(field.model, false)],
            page: Page::default(),
        })
    }

    /// A `XWhereUniqueInput`: exactly one field may have a value.
    pub fn unique(&mut self, model: ModelId, input: &Input<'d>) -> Planned<Unique> {
        let mut given = self.entries(input).into_iter().filter(|(_, input)| !input.is_null());
        let name = || self.datamodel.model(model).name.clone();
        let (key, value) = given.next().ok_or_else(|| ServiceError::EmptySelector { model: name() })?;
        if given.next().is_some() {
            return Err(ServiceError::AmbiguousSelector { model: name() }.into());
        }
        let field = self.api.model_field(model, key).ok_or(Refusal::Internal("an unknown unique field"))?;
        let kind = InputKind::of(self.datamodel, field).ok_or(Refusal::Internal("a relation in a selector"))?;
        let value = if self.counts_as_null(&value, kind) {
            // No row has this id, since creating one with it makes a fresh id instead.
            self.constant(connector_interface::Value::Text("null".to_owned()))
        } else {
            self.slot(&value, kind, Demand::None)?
        };
        Ok(Unique { field, value })
    }

    /// `f_ASC` or `f_DESC`, and the id, ascending, as tie-breaker where two rows can have the same value.
    fn order(&self, model: ModelId, input: &Input<'d>) -> Planned<Vec<OrderKey>> {
        let order = input.enum_name().and_then(|name| self.api.order(model, name));
        let (field, descending) = order.ok_or(Refusal::Internal("an unknown order"))?;
        if self.datamodel.field(field).is_id() {
            return Ok(vec![self.by_id(model, descending)]);
        }
        let column = Column::of(self.datamodel, field);
        let mut order = vec![OrderKey { column, descending }];
        let field = self.datamodel.field(field);
        if !(field.is_unique && field.is_required) {
            order.push(self.by_id(model, false));
        }
        Ok(order)
    }

    /// Order by the id alone.
    pub fn by_id(&self, model: ModelId, descending: bool) -> OrderKey {
        OrderKey { column: Column::of(self.datamodel, self.datamodel.id_field(model)), descending }
    }

    fn page(&mut self, model: ModelId, field: &'d Field) -> Planned<Page> {
        let page = Page {
            first: self.count_argument(field, "first")?,
            last: self.count_argument(field, "last")?,
            skip: self.count_argument(field, "skip")?,
            after: self.cursor_argument(model, field, "after")?,
            before: self.cursor_argument(model, field, "before")?,
        };
        if page.first.is_some() && page.last.is_some() {
            return Err(ServiceError::FirstAndLast.into());
        }
        Ok(page)
    }

    fn count_argument(&mut self, field: &'d Field, name: &'static str) -> Planned<Option<Slot>> {
        let Some(input) = self.argument_value(field, name) else { return Ok(None) };
        self.slot(&input, InputKind::Scalar(ScalarType::Int), Demand::NotNegative(name)).map(Some)
    }

    fn cursor_argument(&mut self, model: ModelId, field: &'d Field, name: &str) -> Planned<Option<Slot>> {
        let Some(input) = self.argument_value(field, name) else { return Ok(None) };
        self.id_text(model, &input).map(Some)
    }

    /// A text that is meant as the id of a node of this model.
    pub fn id_text(&mut self, model: ModelId, input: &Input<'d>) -> Planned<Slot> {
        let FieldKind::Scalar(scalar) = self.datamodel.field(self.datamodel.id_field(model)).kind else {
            return Err(Refusal::Internal("an id that is no scalar"));
        };
        self.slot(input, InputKind::Scalar(ScalarType::String), Demand::IdText(scalar))
    }
}
