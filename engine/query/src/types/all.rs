//! The list of all types an API has, in the order in which the original lists them.

use super::{InputType, MetaType, Target, TypeId};
use crate::api::Api;
use datamodel::{EnumId, FieldKind, ModelId, ScalarType};

const SCALARS: [ScalarType; 8] = [
    ScalarType::String,
    ScalarType::Int,
    ScalarType::Float,
    ScalarType::Boolean,
    ScalarType::Id,
    ScalarType::Uuid,
    ScalarType::DateTime,
    ScalarType::Json,
];

impl Api {
    /// Every type: first what only mutations and subscriptions use, then what queries use, introspection, and the
    /// built-in scalars; by name in each of these groups.
    pub fn all_types(&self) -> Vec<TypeId> {
        let mut types: Vec<TypeId> = vec![
            TypeId::Query,
            TypeId::Mutation,
            TypeId::Subscription,
            TypeId::Node,
            TypeId::PageInfo,
            TypeId::BatchPayload,
            TypeId::Long,
            TypeId::MutationType,
            TypeId::PrismaDatabase,
        ];
        types.extend(SCALARS.map(TypeId::Scalar));
        types.extend(MetaType::ALL.map(TypeId::Meta));
        types.extend((0..self.datamodel().enums.len()).map(|i| TypeId::Enum(EnumId(i as u32))));
        types.extend(self.datamodel().models().flat_map(|(model, _)| self.types_of(model)));
        types.retain(|id| self.type_exists(*id));
        types.sort_by_cached_key(|id| (self.group(*id), self.type_name(*id).into_owned()));
        types
    }

    /// The types that a model could bring along.
    fn types_of(&self, model: ModelId) -> Vec<TypeId> {
        let mut types = vec![
            TypeId::Model(model),
            TypeId::Connection(model),
            TypeId::Edge(model),
            TypeId::Aggregate(model),
            TypeId::SubscriptionPayload(model),
            TypeId::PreviousValues(model),
            TypeId::OrderBy(model),
        ];
        let mut inputs = vec![
            InputType::Update(model),
            InputType::UpdateManyMutation(model),
            InputType::UpdateManyData(model),
            InputType::UpdateManyWithWhere(model),
            InputType::WhereUnique(model),
            InputType::Where(model),
            InputType::ScalarWhere(model),
            InputType::SubscriptionWhere(model),
        ];
        let relations = self.relations(model).map(|field| Target { model, without: Some(field.index) });
        for target in [Target::whole(model)].into_iter().chain(relations) {
            inputs.extend([
                InputType::Create(target),
                InputType::CreateOne(target),
                InputType::CreateMany(target),
                InputType::UpdateData(target),
                InputType::UpdateOne(target),
                InputType::UpdateOneRequired(target),
                InputType::UpdateMany(target),
                InputType::UpdateWithWhereUnique(target),
                InputType::Upsert(target),
                InputType::UpsertWithWhereUnique(target),
            ]);
        }
        for (field, _) in self.visible_fields(model).filter(|(_, field)| field.is_scalar_list()) {
            inputs.extend([InputType::CreateList(field), InputType::UpdateList(field)]);
        }
        types.extend(inputs.into_iter().map(TypeId::Input));
        types
    }

    fn group(&self, id: TypeId) -> u8 {
        match id {
            TypeId::Mutation | TypeId::Subscription | TypeId::BatchPayload => 1,
            TypeId::SubscriptionPayload(_) | TypeId::PreviousValues(_) => 1,
            TypeId::MutationType | TypeId::PrismaDatabase => 1,
            TypeId::Input(InputType::Where(_) | InputType::WhereUnique(_)) => 2,
            TypeId::Input(_) => 1,
            TypeId::Meta(_) => 3,
            TypeId::Long => 4,
            TypeId::Scalar(ScalarType::DateTime | ScalarType::Uuid) => 2,
            TypeId::Scalar(ScalarType::Json) => {
                let mut fields = self.datamodel().models.iter().flat_map(|model| &model.fields);
                // `executeRaw` alone brings it with the mutations.
                if fields.any(|field| field.kind == FieldKind::Scalar(ScalarType::Json)) { 2 } else { 1 }
            }
            TypeId::Scalar(_) => 4,
            _ => 2,
        }
    }
}
