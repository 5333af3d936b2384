//! Fields of input objects: the way to the file that makes them, and what they have in common.

use super::{InputDefinition, InputMeaning, InputType, TypeId, TypeRef};
use crate::api::Api;
use datamodel::{FieldId, ModelId};

impl Api {
    /// The field of that name of an input object.
    pub fn input_field(&self, id: InputType, name: &str) -> Option<InputDefinition<'_>> {
        match id {
            InputType::Create(target) => self.create_field(target, self.model_field(target.model, name)?),
            InputType::Update(model) => self.update_field(super::Target::whole(model), self.model_field(model, name)?),
            InputType::UpdateData(target) => self.update_field(target, self.model_field(target.model, name)?),
            InputType::UpdateManyMutation(model) | InputType::UpdateManyData(model) => {
                self.update_scalar(self.model_field(model, name)?)
            }
            InputType::WhereUnique(model) => self.selector(self.model_field(model, name)?),
            InputType::Where(model) => self.filter_field(model, name, true),
            InputType::ScalarWhere(model) => self.filter_field(model, name, false),
            _ => self.input_fields(id).into_iter().find(|field| field.name == name),
        }
    }

    /// All fields of an input object in the order of the API.
    pub fn input_fields(&self, id: InputType) -> Vec<InputDefinition<'_>> {
        match id {
            InputType::Create(target) => self.create_fields(target),
            InputType::CreateOne(target) => self.create_nested(target, false),
            InputType::CreateMany(target) => self.create_nested(target, true),
            InputType::CreateList(field) | InputType::UpdateList(field) => vec![self.set_list(field)],
            InputType::Update(model) => self.update_fields(super::Target::whole(model)),
            InputType::UpdateData(target) => self.update_fields(target),
            InputType::UpdateManyMutation(model) | InputType::UpdateManyData(model) => {
                self.scalars_then_lists(model).filter_map(|field| self.update_scalar(field)).collect()
            }
            InputType::UpdateOne(target) => self.update_one(target, false),
            InputType::UpdateOneRequired(target) => self.update_one(target, true),
            InputType::UpdateMany(target) => self.update_many(target),
            InputType::UpdateWithWhereUnique(target) => vec![
                input("where", TypeRef::required(where_unique(target.model)), InputMeaning::Where),
                input("data", TypeRef::required(update_data(target)), InputMeaning::Data),
            ],
            InputType::UpdateManyWithWhere(model) => vec![
                input("where", TypeRef::required(scalar_where(model)), InputMeaning::Where),
                input("data", TypeRef::required(update_many_data(model)), InputMeaning::Data),
            ],
            InputType::Upsert(target) => self.upsert(target).into(),
            InputType::UpsertWithWhereUnique(target) => {
                let selector = input("where", TypeRef::required(where_unique(target.model)), InputMeaning::Where);
                [selector].into_iter().chain(self.upsert(target)).collect()
            }
            InputType::WhereUnique(model) => {
                self.visible_fields(model).filter_map(|(field, _)| self.selector(field)).collect()
            }
            InputType::Where(model) => self.filter_fields(model, true),
            InputType::ScalarWhere(model) => self.filter_fields(model, false),
            InputType::SubscriptionWhere(model) => self.subscription_filter_fields(model),
        }
    }

    fn upsert(&self, target: super::Target) -> [InputDefinition<'_>; 2] {
        let create = TypeId::Input(InputType::Create(target));
        [
            input("update", TypeRef::required(update_data(target)), InputMeaning::UpsertUpdate),
            input("create", TypeRef::required(create), InputMeaning::UpsertCreate),
        ]
    }

    /// A field that selects one node.
    fn selector(&self, id: FieldId) -> Option<InputDefinition<'_>> {
        let field = self.datamodel().field(id);
        super::exists::is_selector(field).then(|| InputDefinition {
            name: field.name.as_str().into(),
            input_type: TypeRef::nullable(self.type_of_values(field)),
            meaning: InputMeaning::Field(id),
            description: None,
        })
    }

    fn set_list(&self, id: FieldId) -> InputDefinition<'_> {
        let values = self.type_of_values(self.datamodel().field(id));
        input("set", TypeRef::list(values), InputMeaning::SetList)
    }

    /// The visible scalar fields: first those with a column of their own, then the lists.
    pub(super) fn scalars_then_lists(&self, model: ModelId) -> impl Iterator<Item = FieldId> {
        let of = move |lists: bool| {
            let scalars = self.visible_fields(model).filter(move |(_, f)| f.is_scalar() && f.is_list == lists);
            scalars.map(|(id, _)| id)
        };
        of(false).chain(of(true))
    }

    /// The visible relation fields.
    pub(super) fn relations(&self, model: ModelId) -> impl Iterator<Item = FieldId> {
        self.visible_fields(model).filter(|(_, field)| field.is_relation()).map(|(id, _)| id)
    }
}

/// A field of an input object.
pub(super) fn input(name: &'static str, input_type: TypeRef, meaning: InputMeaning) -> InputDefinition<'static> {
    InputDefinition { name: name.into(), input_type, meaning, description: None }
}

impl InputDefinition<'static> {
    pub(super) fn about(self, description: &'static str) -> Self {
        InputDefinition { description: Some(description), ..self }
    }
}

pub(super) fn where_unique(model: ModelId) -> TypeId {
    TypeId::Input(InputType::WhereUnique(model))
}

pub(super) fn scalar_where(model: ModelId) -> TypeId {
    TypeId::Input(InputType::ScalarWhere(model))
}

pub(super) fn update_data(target: super::Target) -> TypeId {
    TypeId::Input(InputType::UpdateData(target))
}

pub(super) fn update_many_data(model: ModelId) -> TypeId {
    TypeId::Input(InputType::UpdateManyData(model))
}
