//! Nested operations of a write, in the order in which they run: by kind over all relation fields, then by field in
//! model order, then in argument order (`prisma1-server.md` §5.2).

use super::{Input, Planned, Planner, Refusal};
use crate::types::InputType;
use connector_interface::{DeleteMany, NestedAction, NestedWrite, ServiceError};
use datamodel::{Field, FieldId, FieldKind, ModelId};

impl<'d> Planner<'d> {
    /// What a create nests: `create` and `connect`. A required to-one field needs one of them.
    pub fn nested_in_create(
        &mut self,
        model: ModelId,
        data: Option<&Input<'d>>,
        back: Option<FieldId>,
    ) -> Planned<Vec<NestedWrite>> {
        let datamodel = self.datamodel;
        let mut writes = Vec::new();
        for (id, field) in datamodel.fields(model).filter(|(id, _)| Some(*id) != back) {
            let FieldKind::Relation { target, .. } = field.kind else { continue };
            let before = writes.len();
            if let Some(input) = data.and_then(|data| self.get_value(data, &field.name)) {
                self.creates(id, target, field, &input, &mut writes)?;
                self.connects(id, target, field, &input, &mut writes)?;
            }
            if field.is_required && writes.len() == before {
                let model = datamodel.model(model).name.clone();
                return Err(ServiceError::RequiredRelationMissing { model, field: field.name.clone() }.into());
            }
        }
        Ok(in_order(writes))
    }

    /// What an update nests.
    pub fn nested_in_update(
        &mut self,
        model: ModelId,
        data: &Input<'d>,
        back: Option<FieldId>,
    ) -> Planned<Vec<NestedWrite>> {
        let datamodel = self.datamodel;
        let mut writes = Vec::new();
        for (id, field) in datamodel.fields(model).filter(|(id, _)| Some(*id) != back) {
            let FieldKind::Relation { target, .. } = field.kind else { continue };
            let Some(input) = self.get_value(data, &field.name) else { continue };
            self.creates(id, target, field, &input, &mut writes)?;
            self.connects(id, target, field, &input, &mut writes)?;
            if field.is_list {
                self.of_the_many(id, target, &input, &mut writes)?;
            } else {
                self.of_the_one(id, target, &input, &mut writes)?;
            }
        }
        Ok(in_order(writes))
    }

    fn creates(
        &mut self,
        field: FieldId,
        target: ModelId,
        declared: &Field,
        input: &Input<'d>,
        writes: &mut Vec<NestedWrite>,
    ) -> Planned<()> {
        for data in self.one_or_many(declared, input, "create") {
            let create = self.create_node(target, Some(&data), self.datamodel.opposite(field))?;
            writes.push(NestedWrite { field, action: NestedAction::Create(create) });
        }
        Ok(())
    }

    fn connects(
        &mut self,
        field: FieldId,
        target: ModelId,
        declared: &Field,
        input: &Input<'d>,
        writes: &mut Vec<NestedWrite>,
    ) -> Planned<()> {
        for selector in self.one_or_many(declared, input, "connect") {
            let unique = self.unique(target, &selector)?;
            writes.push(NestedWrite { field, action: NestedAction::Connect(unique) });
        }
        Ok(())
    }

    fn of_the_one(
        &mut self,
        field: FieldId,
        target: ModelId,
        input: &Input<'d>,
        writes: &mut Vec<NestedWrite>,
    ) -> Planned<()> {
        let back = self.datamodel.opposite(field);
        if let Some(data) = self.get_value(input, "update") {
            let update = self.update_node(target, &data, back)?;
            writes.push(NestedWrite { field, action: NestedAction::Update(None, update) });
        }
        if let Some(upsert) = self.get_value(input, "upsert") {
            let create = self.create_node(target, Some(&self.part(&upsert, "create")?), back)?;
            let update = self.update_node(target, &self.part(&upsert, "update")?, back)?;
            writes.push(NestedWrite { field, action: NestedAction::Upsert(None, create, update) });
        }
        // `false` asks for nothing.
        for (key, action) in [("delete", NestedAction::Delete(None)), ("disconnect", NestedAction::Disconnect(None))] {
            if self.get(input, key).and_then(|asked| asked.boolean()) == Some(true) {
                writes.push(NestedWrite { field, action });
            }
        }
        Ok(())
    }

    fn of_the_many(
        &mut self,
        field: FieldId,
        target: ModelId,
        input: &Input<'d>,
        writes: &mut Vec<NestedWrite>,
    ) -> Planned<()> {
        let back = self.datamodel.opposite(field);
        for (key, value) in self.entries(input) {
            if value.is_null() {
                continue;
            }
            let items = self.items(&value);
            if key == "set" {
                let uniques = items.iter().map(|item| self.unique(target, item)).collect::<Planned<_>>()?;
                writes.push(NestedWrite { field, action: NestedAction::Set(uniques) });
                continue;
            }
            for item in items {
                let action = match key {
                    "update" => {
                        let unique = self.unique(target, &self.part(&item, "where")?)?;
                        NestedAction::Update(Some(unique), self.update_node(target, &self.part(&item, "data")?, back)?)
                    }
                    "upsert" => {
                        let unique = self.unique(target, &self.part(&item, "where")?)?;
                        let create = self.create_node(target, Some(&self.part(&item, "create")?), back)?;
                        let update = self.update_node(target, &self.part(&item, "update")?, back)?;
                        NestedAction::Upsert(Some(unique), create, update)
                    }
                    "delete" => NestedAction::Delete(Some(self.unique(target, &item)?)),
                    "disconnect" => NestedAction::Disconnect(Some(self.unique(target, &item)?)),
                    "updateMany" => {
                        let filter = self.filter(InputType::ScalarWhere(target), &self.part(&item, "where")?, false)?;
                        NestedAction::UpdateMany(self.update_many(target, filter, &self.part(&item, "data")?)?)
                    }
                    "deleteMany" => {
                        let filter = self.filter(InputType::ScalarWhere(target), &item, false)?;
                        NestedAction::DeleteMany(DeleteMany { model: target, filter })
                    }
                    // Creates and connects are told apart for every kind of field.
                    "create" | "connect" => continue,
                    _ => return Err(Refusal::Internal("an unknown nested operation")),
                };
                writes.push(NestedWrite { field, action });
            }
        }
        Ok(())
    }

    /// A list for a to-many field, a single one for a to-one field.
    fn one_or_many(&self, declared: &Field, input: &Input<'d>, key: &str) -> Vec<Input<'d>> {
        match self.get_value(input, key) {
            Some(value) if declared.is_list => self.items(&value),
            Some(value) => vec![value],
            None => Vec::new(),
        }
    }

    fn part(&self, input: &Input<'d>, key: &str) -> Planned<Input<'d>> {
        self.get_value(input, key).ok_or(Refusal::Internal("a part of a nested operation is missing"))
    }
}

/// By kind; what is of one kind stays as it was found: by field, then in argument order.
fn in_order(mut writes: Vec<NestedWrite>) -> Vec<NestedWrite> {
    writes.sort_by_key(|write| match write.action {
        NestedAction::Create(_) => 0,
        NestedAction::Update(..) => 1,
        NestedAction::Upsert(..) => 2,
        NestedAction::Delete(_) => 3,
        NestedAction::Connect(_) => 4,
        NestedAction::Set(_) => 5,
        NestedAction::Disconnect(_) => 6,
        NestedAction::UpdateMany(_) => 7,
        NestedAction::DeleteMany(_) => 8,
    });
    writes
}
