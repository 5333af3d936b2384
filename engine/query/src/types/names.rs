//! Names of types, both ways. The way back takes a name apart at every place where it can start with a model's name,
//! so that no table of all names is kept.

use super::{InputType, MetaType, Target, TypeId, TypeRef};
use crate::api::Api;
use crate::names::capitalised;
use datamodel::{FieldId, ModelId, ScalarType};
use std::borrow::Cow;

impl Api {
    /// The name of a type.
    pub fn type_name(&self, id: TypeId) -> Cow<'_, str> {
        let of = |model: ModelId, ending: &str| Cow::Owned(format!("{}{ending}", self.model(model).name));
        match id {
            TypeId::Query => "Query".into(),
            TypeId::Mutation => "Mutation".into(),
            TypeId::Subscription => "Subscription".into(),
            TypeId::Node => "Node".into(),
            TypeId::PageInfo => "PageInfo".into(),
            TypeId::BatchPayload => "BatchPayload".into(),
            TypeId::Model(model) => self.model(model).name.as_str().into(),
            TypeId::Connection(model) => of(model, "Connection"),
            TypeId::Edge(model) => of(model, "Edge"),
            TypeId::Aggregate(model) => Cow::Owned(format!("Aggregate{}", self.model(model).name)),
            TypeId::SubscriptionPayload(model) => of(model, "SubscriptionPayload"),
            TypeId::PreviousValues(model) => of(model, "PreviousValues"),
            TypeId::Scalar(scalar) => scalar.name().into(),
            TypeId::Long => "Long".into(),
            TypeId::Enum(id) => self.datamodel().enum_type(id).name.as_str().into(),
            TypeId::OrderBy(model) => of(model, "OrderByInput"),
            TypeId::MutationType => "MutationType".into(),
            TypeId::PrismaDatabase => "PrismaDatabase".into(),
            TypeId::Input(input) => Cow::Owned(self.input_type_name(input)),
            TypeId::Meta(meta) => meta.name().into(),
        }
    }

    /// A type with its lists and its `!`, as it is written.
    pub fn type_text(&self, type_ref: TypeRef) -> String {
        type_ref.written(&self.type_name(type_ref.named))
    }

    fn input_type_name(&self, input: InputType) -> String {
        let plain = |model: ModelId, kind: &str| format!("{}{kind}Input", self.model(model).name);
        let without = |target: Target, kind: &str, nested: &str, tail: &str| match target.without() {
            Some(field) => {
                let field = capitalised(&self.datamodel().field(field).name);
                format!("{}{kind}Without{field}{tail}Input", self.model(target.model).name)
            }
            None => format!("{}{kind}{nested}{tail}Input", self.model(target.model).name),
        };
        let list = |field: FieldId, kind: &str| {
            format!("{}{kind}{}Input", self.model(field.model).name, self.datamodel().field(field).name)
        };
        match input {
            InputType::Create(target) => without(target, "Create", "", ""),
            InputType::CreateOne(target) => without(target, "CreateOne", "", ""),
            InputType::CreateMany(target) => without(target, "CreateMany", "", ""),
            InputType::CreateList(field) => list(field, "Create"),
            InputType::Update(model) => plain(model, "Update"),
            InputType::UpdateData(target) => without(target, "Update", "", "Data"),
            InputType::UpdateManyMutation(model) => plain(model, "UpdateManyMutation"),
            InputType::UpdateManyData(model) => plain(model, "UpdateManyData"),
            InputType::UpdateList(field) => list(field, "Update"),
            InputType::UpdateOne(target) => without(target, "UpdateOne", "", ""),
            InputType::UpdateOneRequired(target) => without(target, "UpdateOneRequired", "", ""),
            InputType::UpdateMany(target) => without(target, "UpdateMany", "", ""),
            InputType::UpdateWithWhereUnique(target) => without(target, "UpdateWithWhereUnique", "Nested", ""),
            InputType::UpdateManyWithWhere(model) => plain(model, "UpdateManyWithWhereNested"),
            InputType::Upsert(target) => without(target, "Upsert", "Nested", ""),
            InputType::UpsertWithWhereUnique(target) => without(target, "UpsertWithWhereUnique", "Nested", ""),
            InputType::WhereUnique(model) => plain(model, "WhereUnique"),
            InputType::Where(model) => plain(model, "Where"),
            InputType::ScalarWhere(model) => plain(model, "ScalarWhere"),
            InputType::SubscriptionWhere(model) => plain(model, "SubscriptionWhere"),
        }
    }

    /// The type of that name, if the API has it.
    pub fn type_named(&self, name: &str) -> Option<TypeId> {
        let fixed = match name {
            "Query" => Some(TypeId::Query),
            "Mutation" => Some(TypeId::Mutation),
            "Subscription" => Some(TypeId::Subscription),
            "Node" => Some(TypeId::Node),
            "PageInfo" => Some(TypeId::PageInfo),
            "BatchPayload" => Some(TypeId::BatchPayload),
            "Long" => Some(TypeId::Long),
            "MutationType" => Some(TypeId::MutationType),
            "PrismaDatabase" => Some(TypeId::PrismaDatabase),
            _ => MetaType::named(name).map(TypeId::Meta).or_else(|| ScalarType::named(name).map(TypeId::Scalar)),
        };
        let model = || self.model_named(name).map(TypeId::Model);
        let aggregate = || self.model_named(name.strip_prefix("Aggregate")?).map(TypeId::Aggregate);
        let exists = |id: &TypeId| self.type_exists(*id);
        fixed
            .filter(exists)
            .or_else(model)
            .or_else(|| self.enum_named(name).map(TypeId::Enum))
            .or_else(aggregate)
            .or_else(|| self.derived_types(name).find(exists))
    }

    /// The types whose name could be made of a model's name and an ending.
    fn derived_types(&self, name: &str) -> impl Iterator<Item = TypeId> {
        // Names of documents may be of any length, those of models are not.
        let splits = name.char_indices().skip(1).take_while(|(at, _)| *at <= self.longest_model_name());
        let splits = splits.filter_map(|(at, _)| {
            let (model, ending) = name.split_at(at);
            Some((self.model_named(model)?, ending))
        });
        splits.flat_map(|(model, ending)| {
            let output = match ending {
                "Connection" => Some(TypeId::Connection(model)),
                "Edge" => Some(TypeId::Edge(model)),
                "SubscriptionPayload" => Some(TypeId::SubscriptionPayload(model)),
                "PreviousValues" => Some(TypeId::PreviousValues(model)),
                "OrderByInput" => Some(TypeId::OrderBy(model)),
                _ => None,
            };
            let body = ending.strip_suffix("Input");
            let input = body.and_then(|body| input_without_field(model, body));
            let nested = body.and_then(|body| self.input_without(model, body));
            let list = body.and_then(|body| self.list_input(model, body));
            output.into_iter().chain([input, nested, list].into_iter().flatten().map(TypeId::Input))
        })
    }

    /// `CreateWithoutAuthor` and its like.
    fn input_without(&self, model: ModelId, body: &str) -> Option<InputType> {
        let (kind, field) = body.split_once("Without")?;
        let (kind, field) = match kind {
            "Update" => ("UpdateData", field.strip_suffix("Data")?),
            other => (other, field),
        };
        let (found, _) = self.visible_fields(model).find(|(_, f)| f.is_relation() && capitalised(&f.name) == field)?;
        let target = Target { model, without: Some(found.index) };
        Some(match kind {
            "Create" => InputType::Create(target),
            "CreateOne" => InputType::CreateOne(target),
            "CreateMany" => InputType::CreateMany(target),
            "UpdateData" => InputType::UpdateData(target),
            "UpdateOne" => InputType::UpdateOne(target),
            "UpdateOneRequired" => InputType::UpdateOneRequired(target),
            "UpdateMany" => InputType::UpdateMany(target),
            "UpdateWithWhereUnique" => InputType::UpdateWithWhereUnique(target),
            "Upsert" => InputType::Upsert(target),
            "UpsertWithWhereUnique" => InputType::UpsertWithWhereUnique(target),
            _ => return None,
        })
    }

    /// `Createtags`, `Updatetags`.
    fn list_input(&self, model: ModelId, body: &str) -> Option<InputType> {
        let field =
            |name: &str| self.model_field(model, name).filter(|field| self.datamodel().field(*field).is_scalar_list());
        match (body.strip_prefix("Create"), body.strip_prefix("Update")) {
            (Some(name), _) => field(name).map(InputType::CreateList),
            (_, Some(name)) => field(name).map(InputType::UpdateList),
            _ => None,
        }
    }
}

fn input_without_field(model: ModelId, body: &str) -> Option<InputType> {
    let whole = Target::whole(model);
    Some(match body {
        "Create" => InputType::Create(whole),
        "CreateOne" => InputType::CreateOne(whole),
        "CreateMany" => InputType::CreateMany(whole),
        "Update" => InputType::Update(model),
        "UpdateData" => InputType::UpdateData(whole),
        "UpdateManyMutation" => InputType::UpdateManyMutation(model),
        "UpdateManyData" => InputType::UpdateManyData(model),
        "UpdateOne" => InputType::UpdateOne(whole),
        "UpdateOneRequired" => InputType::UpdateOneRequired(whole),
        "UpdateMany" => InputType::UpdateMany(whole),
        "UpdateWithWhereUniqueNested" => InputType::UpdateWithWhereUnique(whole),
        "UpdateManyWithWhereNested" => InputType::UpdateManyWithWhere(model),
        "UpsertNested" => InputType::Upsert(whole),
        "UpsertWithWhereUniqueNested" => InputType::UpsertWithWhereUnique(whole),
        "WhereUnique" => InputType::WhereUnique(model),
        "Where" => InputType::Where(model),
        "ScalarWhere" => InputType::ScalarWhere(model),
        "SubscriptionWhere" => InputType::SubscriptionWhere(model),
        _ => return None,
    })
}
