//! What creates take: `XCreateInput`, its nested forms, and what it offers for related nodes (`prisma1-server.md` §4.4).

use super::exists::is_creatable;
use super::input::{input, where_unique};
use super::{InputDefinition, InputMeaning, InputType, NestedOperation, Target, TypeId, TypeRef};
use crate::api::Api;
use datamodel::{Behaviour, Field, FieldId, FieldKind, IdStrategy};

impl Api {
    pub(super) fn create_fields(&self, target: Target) -> Vec<InputDefinition<'_>> {
        let fields = self.scalars_then_lists(target.model).chain(self.relations(target.model));
        fields.filter_map(|field| self.create_field(target, field)).collect()
    }

    pub(super) fn create_field(&self, target: Target, id: FieldId) -> Option<InputDefinition<'_>> {
        let field = self.datamodel().field(id);
        let input_type = match field.kind {
            FieldKind::Relation { .. } if target.without() == Some(id) => return None,
            FieldKind::Relation { .. } => {
                let nested = self.nested_target(id)?;
                let create = if field.is_list { InputType::CreateMany(nested) } else { InputType::CreateOne(nested) };
                TypeRef::required_if(TypeId::Input(create), field.is_required)
            }
            _ if !is_creatable(field) => return None,
            _ if field.is_list => TypeRef::nullable(TypeId::Input(InputType::CreateList(id))),
            _ => TypeRef::required_if(self.type_of_values(field), must_be_given(field)),
        };
        let name = field.name.as_str().into();
        Some(InputDefinition { name, input_type, meaning: InputMeaning::Field(id), description: None })
    }

    /// `create` and `connect`.
    pub(super) fn create_nested(&self, target: Target, many: bool) -> Vec<InputDefinition<'_>> {
        [self.nested_create(target, many), self.nested_selector("connect", NestedOperation::Connect, target, many)]
            .into_iter()
            .flatten()
            .collect()
    }

    pub(super) fn nested_create(&self, target: Target, many: bool) -> Option<InputDefinition<'_>> {
        let create = TypeId::Input(InputType::Create(target));
        let meaning = InputMeaning::Nested(NestedOperation::Create);
        self.can_create(target).then(|| input("create", one_or_list(create, many), meaning))
    }

    /// An operation that takes selectors of existing nodes.
    pub(super) fn nested_selector(
        &self,
        name: &'static str,
        operation: NestedOperation,
        target: Target,
        many: bool,
    ) -> Option<InputDefinition<'_>> {
        let selector = one_or_list(where_unique(target.model), many);
        self.has_unique(target.model).then(|| input(name, selector, InputMeaning::Nested(operation)))
    }

    /// What the nested input of a relation field writes.
    pub(super) fn nested_target(&self, relation: FieldId) -> Option<Target> {
        let FieldKind::Relation { target, .. } = self.datamodel().field(relation).kind else { return None };
        Some(Target { model: target, without: self.visible_opposite(relation).map(|field| field.index) })
    }
}

/// `T`, or `[T!]`.
pub(super) fn one_or_list(named: TypeId, many: bool) -> TypeRef {
    if many { TypeRef::list(named) } else { TypeRef::nullable(named) }
}

/// Whether a create must give the scalar: it is required and nothing else fills it.
fn must_be_given(field: &Field) -> bool {
    let is_generated =
        matches!(field.behaviour, Some(Behaviour::Id { strategy: IdStrategy::Auto | IdStrategy::Sequence, .. }));
    field.is_required && field.default.is_none() && !is_generated
}
