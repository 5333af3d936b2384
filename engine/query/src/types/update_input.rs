//! What updates take: `XUpdateInput`, its nested forms, and what it offers for related nodes (`prisma1-server.md` §4.4).

use super::create_input::one_or_list;
use super::exists::is_updatable;
use super::input::{input, scalar_where, update_data};
use super::{InputDefinition, InputMeaning, InputType, NestedOperation, Target, TypeId, TypeRef};
use crate::api::Api;
use datamodel::{FieldId, ScalarType};

impl Api {
    pub(super) fn update_fields(&self, target: Target) -> Vec<InputDefinition<'_>> {
        let fields = self.scalars_then_lists(target.model).chain(self.relations(target.model));
        fields.filter_map(|field| self.update_field(target, field)).collect()
    }

    pub(super) fn update_field(&self, target: Target, id: FieldId) -> Option<InputDefinition<'_>> {
        let field = self.datamodel().field(id);
        if field.is_scalar() {
            return self.update_scalar(id);
        }
        if target.without() == Some(id) {
            return None;
        }
        let nested = self.nested_target(id)?;
        let update = match (field.is_list, field.is_required) {
            (true, _) => InputType::UpdateMany(nested),
            (false, true) => InputType::UpdateOneRequired(nested),
            (false, false) => InputType::UpdateOne(nested),
        };
        let input_type = TypeRef::nullable(TypeId::Input(update));
        let name = field.name.as_str().into();
        Some(InputDefinition { name, input_type, meaning: InputMeaning::Field(id), description: None })
    }

    pub(super) fn update_scalar(&self, id: FieldId) -> Option<InputDefinition<'_>> {
        let field = self.datamodel().field(id);
        if !is_updatable(field) {
            return None;
        }
        let named = if field.is_list { TypeId::Input(InputType::UpdateList(id)) } else { self.type_of_values(field) };
        let name = field.name.as_str().into();
        let (input_type, meaning) = (TypeRef::nullable(named), InputMeaning::Field(id));
        Some(InputDefinition { name, input_type, meaning, description: None })
    }

    /// What an update offers for a to-one field.
    pub(super) fn update_one(&self, target: Target, required: bool) -> Vec<InputDefinition<'_>> {
        use NestedOperation::*;
        let boolean = |name: &'static str, operation: NestedOperation| {
            let boolean = TypeRef::nullable(TypeId::Scalar(ScalarType::Boolean));
            (!required).then(|| input(name, boolean, InputMeaning::Nested(operation)))
        };
        let can_update = self.can_update(target);
        let upsert = TypeRef::nullable(TypeId::Input(InputType::Upsert(target)));
        [
            self.nested_create(target, false),
            self.nested_selector("connect", Connect, target, false),
            boolean("disconnect", Disconnect),
            boolean("delete", Delete),
            can_update.then(|| input("update", TypeRef::nullable(update_data(target)), InputMeaning::Nested(Update))),
            (can_update && self.can_create(target)).then(|| input("upsert", upsert, InputMeaning::Nested(Upsert))),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// What an update offers for a list of related nodes.
    pub(super) fn update_many(&self, target: Target) -> Vec<InputDefinition<'_>> {
        use NestedOperation::*;
        let list = |name: &'static str, items: TypeId, operation: NestedOperation| {
            self.type_exists(items).then(|| input(name, one_or_list(items, true), InputMeaning::Nested(operation)))
        };
        [
            self.nested_create(target, true),
            self.nested_selector("connect", Connect, target, true),
            self.nested_selector("set", Set, target, true),
            self.nested_selector("disconnect", Disconnect, target, true),
            self.nested_selector("delete", Delete, target, true),
            list("update", TypeId::Input(InputType::UpdateWithWhereUnique(target)), Update),
            list("updateMany", TypeId::Input(InputType::UpdateManyWithWhere(target.model)), UpdateMany),
            list("deleteMany", scalar_where(target.model), DeleteMany),
            list("upsert", TypeId::Input(InputType::UpsertWithWhereUnique(target)), Upsert),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
