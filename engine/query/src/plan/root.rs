//! Root fields: which plan each of them becomes.

use super::{Input, Planned, Planner, Refusal};
use crate::{
    operation::{CountOutput, CountValue, Demand, RootField, WriteAnswer},
    scalar::InputKind,
    selection::Merged,
    syntax::Field,
    types::{RootMutation, RootQuery, TypeId},
};
use connector_interface::{DeleteMany, ReadPlan, Rows, Unique, WritePlan};
use datamodel::{ModelId, ScalarType};
use std::sync::Arc;

impl<'d> Planner<'d> {
    /// The plan of a field of `Query`.
    pub fn query(&mut self, query: RootQuery, selected: &Merged<'d>) -> Planned<RootField> {
        let read = match query {
            RootQuery::Many(model) => ReadPlan::Many(self.rows(model, selected)?),
            RootQuery::One(model) => {
                let Unique { field, value } = self.selector(model, selected.field)?;
                ReadPlan::One { rows: self.one_row(field, value, &selected.sets)?, required: false }
            }
            RootQuery::Connection(model) => ReadPlan::Connection(self.connection(model, selected)?),
            RootQuery::Node => ReadPlan::Node(self.node_candidates(selected)?),
            RootQuery::Schema | RootQuery::Type => return self.introspection(query, selected),
        };
        Ok(RootField::Read(read))
    }

    /// The plan of a field of `Mutation`. `required`: null is no answer.
    pub fn mutation(&mut self, mutation: RootMutation, selected: &Merged<'d>, required: bool) -> Planned<RootField> {
        let field = selected.field;
        let plan = match mutation {
            RootMutation::Create(model) => {
                let data = self.argument_value(field, "data");
                WritePlan::Create(self.create_node(model, data.as_ref(), None)?)
            }
            RootMutation::Update(model) => {
                let target = self.selector(model, field)?;
                let data = self.demanded(field, "data")?;
                WritePlan::Update { target, update: self.update_node(model, &data, None)? }
            }
            RootMutation::Upsert(model) => {
                let target = self.selector(model, field)?;
                let create = self.demanded(field, "create")?;
                let update = self.demanded(field, "update")?;
                WritePlan::Upsert {
                    target,
                    create: self.create_node(model, Some(&create), None)?,
                    update: self.update_node(model, &update, None)?,
                }
            }
            RootMutation::Delete(model) => WritePlan::Delete { target: self.selector(model, field)? },
            RootMutation::UpdateMany(model) => {
                let filter = self.where_argument(model, field)?;
                let data = self.demanded(field, "data")?;
                WritePlan::UpdateMany(self.update_many(model, filter, &data)?)
            }
            RootMutation::DeleteMany(model) => {
                WritePlan::DeleteMany(DeleteMany { model, filter: self.where_argument(model, field)? })
            }
            RootMutation::ExecuteRaw => {
                let query = self.demanded(field, "query")?;
                let statement = self.slot(&query, InputKind::Scalar(ScalarType::String), Demand::None)?;
                return Ok(RootField::ExecuteRaw { statement });
            }
        };
        let answer = match mutation {
            RootMutation::Create(model) | RootMutation::Update(model) | RootMutation::Upsert(model) => {
                let id = self.late();
                let rows = self.one_row(self.datamodel.id_field(model), id, &selected.sets)?;
                WriteAnswer::Node { read: ReadPlan::One { rows, required }, id }
            }
            RootMutation::Delete(model) => WriteAnswer::Saved(ReadPlan::Saved(self.node(model, &selected.sets)?)),
            _ => WriteAnswer::Count(self.counts(selected)?),
        };
        Ok(RootField::Write { plan: Arc::new(plan), answer })
    }

    /// `node(id:)`: the models whose types implement `Node`, in model order.
    fn node_candidates(&mut self, selected: &Merged<'d>) -> Planned<Vec<Rows>> {
        let id = self.demanded(selected.field, "id")?;
        let datamodel = self.datamodel;
        let kind = InputKind::Scalar(ScalarType::Id);
        let mut candidates = Vec::new();
        if self.counts_as_null(&id, kind) {
            return Ok(candidates);
        }
        let value = self.slot(&id, kind, Demand::None)?;
        for (model, _) in datamodel.models() {
            if self.api.is_node(TypeId::Model(model)) {
                let field = datamodel.id_field(model);
                candidates.push(self.one_row(field, value, &selected.sets)?);
            }
        }
        Ok(candidates)
    }

    fn counts(&mut self, selected: &Merged<'d>) -> Planned<Vec<CountOutput>> {
        let value = |field: &str, _: &str| match field {
            "count" => Some(CountValue::Count),
            "__typename" => Some(CountValue::Typename),
            _ => None,
        };
        let entries = self.entries_of(selected, "BatchPayload", value)?;
        Ok(entries.into_iter().map(|(key, value)| CountOutput { key, value }).collect())
    }

    fn selector(&mut self, model: ModelId, field: &'d Field) -> Planned<Unique> {
        let selector = self.demanded(field, "where")?;
        self.unique(model, &selector)
    }

    fn demanded(&self, field: &'d Field, argument: &str) -> Planned<Input<'d>> {
        self.argument_value(field, argument).ok_or(Refusal::Internal("a required argument is missing"))
    }
}
