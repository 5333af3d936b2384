//! Which of the possible types an API has: input types without fields are left out, together with everything that
//! would use them, and so are types that nothing leads to.

use super::{InputType, Target, TypeId};
use crate::api::{Api, Reached};
use datamodel::{Behaviour, Field, FieldKind, ModelId, ScalarType};

impl Api {
    /// Whether the API has the type.
    pub fn type_exists(&self, id: TypeId) -> bool {
        let has_models = !self.datamodel().models.is_empty();
        match id {
            TypeId::Subscription | TypeId::PageInfo | TypeId::BatchPayload | TypeId::MutationType => has_models,
            TypeId::Long => has_models,
            TypeId::Mutation => has_models || self.options().raw_access.is_some(),
            TypeId::PrismaDatabase => self.options().raw_access.is_some(),
            TypeId::Enum(id) => self.enum_is_used(id),
            TypeId::Scalar(scalar) => self.scalar_exists(scalar),
            TypeId::PreviousValues(model) => self.visible_fields(model).any(|(_, field)| field.is_scalar()),
            TypeId::Input(input) => self.input_exists(input),
            _ => true,
        }
    }

    /// Built-in scalars that introspection or paging uses are always there, the others when a field is of them.
    fn scalar_exists(&self, scalar: ScalarType) -> bool {
        let is_used = |scalar: ScalarType| {
            let mut fields = self.datamodel().models.iter().flat_map(|model| &model.fields);
            fields.any(|field| !field.is_hidden && field.kind == FieldKind::Scalar(scalar))
        };
        match scalar {
            ScalarType::String | ScalarType::Boolean | ScalarType::Id => true,
            ScalarType::Int => !self.datamodel().models.is_empty(),
            ScalarType::Json => self.options().raw_access.is_some() || is_used(scalar),
            _ => is_used(scalar),
        }
    }

    fn input_exists(&self, input: InputType) -> bool {
        let scalars = |model| self.visible_fields(model).any(|(_, field)| field.is_scalar());
        match input {
            InputType::Create(target) => {
                let Reached { one, one_required, many } = self.reached_by_creates(target);
                self.can_create(target) && (target.without.is_none() || one || one_required || many)
            }
            InputType::CreateOne(target) => {
                let reached = self.reached_by_creates(target);
                reached.one || reached.one_required
            }
            InputType::CreateMany(target) => self.reached_by_creates(target).many,
            InputType::CreateList(_) => true,
            InputType::Update(model) => self.has_unique(model) && self.can_update(Target::whole(model)),
            InputType::UpdateData(target) => {
                let Reached { one, one_required, many } = self.reached_by_updates(target);
                self.can_update(target) && (one || one_required || many && self.has_unique(target.model))
            }
            InputType::UpdateManyMutation(model) => self.can_update_scalars(model),
            InputType::UpdateManyData(model) | InputType::UpdateManyWithWhere(model) => {
                self.can_update_scalars(model) && self.facts(model).is_listed
            }
            InputType::UpdateList(field) => is_updatable(self.datamodel().field(field)),
            InputType::UpdateOne(target) => self.reached_by_updates(target).one,
            InputType::UpdateOneRequired(target) => self.reached_by_updates(target).one_required,
            InputType::UpdateMany(target) => self.reached_by_updates(target).many,
            InputType::UpdateWithWhereUnique(target) => {
                self.reached_by_updates(target).many && self.can_update(target) && self.has_unique(target.model)
            }
            InputType::Upsert(target) => {
                let Reached { one, one_required, .. } = self.reached_by_updates(target);
                (one || one_required) && self.can_update(target) && self.can_create(target)
            }
            InputType::UpsertWithWhereUnique(target) => {
                let reached = self.reached_by_updates(target).many && self.has_unique(target.model);
                reached && self.can_update(target) && self.can_create(target)
            }
            InputType::WhereUnique(model) => self.has_unique(model),
            InputType::Where(_) | InputType::SubscriptionWhere(_) => true,
            InputType::ScalarWhere(model) => scalars(model) && self.facts(model).is_listed,
        }
    }

    /// The relation fields that lead to a nested input of creates.
    fn reached_by_creates(&self, target: Target) -> Reached {
        let Some(without) = target.without() else { return self.facts(target.model).creates };
        self.visible_opposite(without).map_or(Reached::default(), |field| Reached::by(self.datamodel().field(field)))
    }

    /// The relation fields that lead to a nested input of updates.
    fn reached_by_updates(&self, target: Target) -> Reached {
        let Some(without) = target.without() else { return self.facts(target.model).updates };
        let field = self.visible_opposite(without).filter(|field| self.is_updated_through(*field));
        field.map_or(Reached::default(), |field| Reached::by(self.datamodel().field(field)))
    }

    /// Whether anything selects a single node of the model.
    pub(super) fn has_unique(&self, model: ModelId) -> bool {
        self.visible_fields(model).any(|(_, field)| is_selector(field))
    }

    /// Whether a create input has any field.
    pub(super) fn can_create(&self, target: Target) -> bool {
        self.visible_fields(target.model)
            .any(|(id, field)| is_creatable(field) || field.is_relation() && Some(id) != target.without())
    }

    /// Whether an update input has any field.
    pub(super) fn can_update(&self, target: Target) -> bool {
        self.visible_fields(target.model)
            .any(|(id, field)| is_updatable(field) || field.is_relation() && Some(id) != target.without())
    }

    /// Whether an updateMany has anything to update.
    pub(super) fn can_update_scalars(&self, model: ModelId) -> bool {
        self.visible_fields(model).any(|(_, field)| is_updatable(field))
    }
}

/// Scalars that select a node by themselves: ids and unique fields.
pub(super) fn is_selector(field: &Field) -> bool {
    field.is_scalar() && (field.is_unique || field.is_id())
}

/// Scalars that a create may give: no managed timestamps, no numbered ids.
pub(super) fn is_creatable(field: &Field) -> bool {
    field.is_scalar()
        && match field.behaviour {
            Some(Behaviour::CreatedAt | Behaviour::UpdatedAt) => false,
            Some(Behaviour::Id { .. }) => field.kind != FieldKind::Scalar(ScalarType::Int),
            _ => true,
        }
}

/// Scalars that an update may give: no ids, no managed timestamps.
pub(super) fn is_updatable(field: &Field) -> bool {
    let is_managed =
        matches!(field.behaviour, Some(Behaviour::Id { .. } | Behaviour::CreatedAt | Behaviour::UpdatedAt));
    field.is_scalar() && !is_managed
}
