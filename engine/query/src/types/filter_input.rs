//! Filters: `XWhereInput`, `XScalarWhereInput`, `XSubscriptionWhereInput` (`prisma1-server.md` §4.5).

use super::input::input;
use super::{FilterOperator, InputDefinition, InputMeaning, InputType, TypeId, TypeRef};
use crate::api::Api;
use datamodel::{Field, FieldId, FieldKind, ModelId, ScalarType};

/// An operator with the ending of its name and its description.
type Ending = (&'static str, FilterOperator, &'static str);

use FilterOperator::*;

const BASE: &[Ending] = &[("", Is, ""), ("_not", Not, "All values that are not equal to given value.")];
const INCLUSION: &[Ending] = &[
    ("_in", In, "All values that are contained in given list."),
    ("_not_in", NotIn, "All values that are not contained in given list."),
];
const ORDER: &[Ending] = &[
    ("_lt", Lt, "All values less than the given value."),
    ("_lte", Lte, "All values less than or equal the given value."),
    ("_gt", Gt, "All values greater than the given value."),
    ("_gte", Gte, "All values greater than or equal the given value."),
];
const TEXT: &[Ending] = &[
    ("_contains", Contains, "All values containing the given string."),
    ("_not_contains", NotContains, "All values not containing the given string."),
    ("_starts_with", StartsWith, "All values starting with the given string."),
    ("_not_starts_with", NotStartsWith, "All values not starting with the given string."),
    ("_ends_with", EndsWith, "All values ending with the given string."),
    ("_not_ends_with", NotEndsWith, "All values not ending with the given string."),
];
const TO_ONE: &[Ending] = &[("", Is, "")];
const TO_MANY: &[Ending] = &[
    ("_every", Every, "All nodes where all nodes in the relation satisfy the given condition."),
    ("_some", Some, "All nodes that have at least one node in the relation satisfying the given condition."),
    ("_none", None, "All nodes that have no node in the relation satisfying the given condition."),
];

/// The operators of a field, in the order of the API.
fn operators(field: &Field) -> &'static [&'static [Ending]] {
    match (field.kind, field.is_list) {
        (FieldKind::Relation { .. }, false) => &[TO_ONE],
        (FieldKind::Relation { .. }, true) => &[TO_MANY],
        (_, true) => &[],
        (FieldKind::Enum(_), _) => &[BASE, INCLUSION],
        (FieldKind::Scalar(scalar), _) => match scalar {
            ScalarType::Id | ScalarType::String => &[BASE, INCLUSION, ORDER, TEXT],
            ScalarType::Int | ScalarType::Float | ScalarType::DateTime => &[BASE, INCLUSION, ORDER],
            ScalarType::Uuid => &[BASE, INCLUSION],
            ScalarType::Boolean => &[BASE],
            ScalarType::Json => &[],
        },
    }
}

impl Api {
    pub(super) fn filter_fields(&self, model: ModelId, with_relations: bool) -> Vec<InputDefinition<'_>> {
        let scalars = self.visible_fields(model).filter(|(_, field)| field.is_scalar());
        let relations = self.visible_fields(model).filter(|(_, field)| with_relations && field.is_relation());
        let mut filters: Vec<_> = logical(filter_type(model, with_relations)).into();
        for (id, field) in scalars.chain(relations) {
            let endings = operators(field).iter().copied().flatten();
            filters.extend(endings.map(|ending| self.filter(id, ending)));
        }
        filters
    }

    pub(super) fn filter_field(&self, model: ModelId, name: &str, with_relations: bool) -> Option<InputDefinition<'_>> {
        let is_logical = matches!(name, "AND" | "OR" | "NOT");
        if is_logical {
            return logical(filter_type(model, with_relations)).into_iter().find(|field| field.name == name);
        }
        // A name may be read in two ways (`a_not` of field `a`, and a field called `a_not`): the first field has it.
        let groups = [BASE, INCLUSION, ORDER, TEXT, TO_MANY];
        let readings = groups.into_iter().flatten().filter_map(|ending| {
            let id = self.model_field(model, name.strip_suffix(ending.0)?)?;
            let field = self.datamodel().field(id);
            let fits = operators(field).iter().copied().flatten().any(|known| known.1 == ending.1);
            (fits && (with_relations || field.is_scalar())).then_some((id, ending))
        });
        let (id, ending) = readings.min_by_key(|(id, _)| (self.datamodel().field(*id).is_relation(), id.index))?;
        std::option::Option::Some(self.filter(id, ending))
    }

    fn filter(&self, id: FieldId, (ending, operator, description): &'static Ending) -> InputDefinition<'_> {
        let field = self.datamodel().field(id);
        let input_type = match (field.kind, operator) {
            (FieldKind::Relation { target, .. }, _) => TypeRef::nullable(filter_type(target, true)),
            (_, In | NotIn) => TypeRef::list(self.type_of_values(field)),
            _ => TypeRef::nullable(self.type_of_values(field)),
        };
        InputDefinition {
            name: if ending.is_empty() { field.name.as_str().into() } else { format!("{}{ending}", field.name).into() },
            input_type,
            meaning: InputMeaning::Filter { field: id, operator: *operator },
            description: (!description.is_empty()).then_some(*description),
        }
    }

    pub(super) fn subscription_filter_fields(&self, model: ModelId) -> Vec<InputDefinition<'_>> {
        let string = TypeId::Scalar(ScalarType::String);
        let mut fields: Vec<_> = logical(TypeId::Input(InputType::SubscriptionWhere(model))).into();
        fields.extend([
            input("mutation_in", TypeRef::list(TypeId::MutationType), InputMeaning::MutationIn)
                .about("The subscription event gets dispatched when it's listed in mutation_in"),
            input("updatedFields_contains", TypeRef::nullable(string), InputMeaning::UpdatedFieldsContains).about(
                "The subscription event gets only dispatched when one of the updated fields names is included in this list",
            ),
            input("updatedFields_contains_every", TypeRef::list(string), InputMeaning::UpdatedFieldsContainsEvery).about(
                "The subscription event gets only dispatched when all of the field names included in this list have been updated",
            ),
            input("updatedFields_contains_some", TypeRef::list(string), InputMeaning::UpdatedFieldsContainsSome).about(
                "The subscription event gets only dispatched when some of the field names included in this list have been updated",
            ),
            input("node", TypeRef::nullable(filter_type(model, true)), InputMeaning::SubscriptionNode),
        ]);
        fields
    }
}

fn filter_type(model: ModelId, with_relations: bool) -> TypeId {
    TypeId::Input(if with_relations { InputType::Where(model) } else { InputType::ScalarWhere(model) })
}

/// `AND`, `OR`, `NOT` over filters of the same type.
fn logical(filters: TypeId) -> [InputDefinition<'static>; 3] {
    [
        input("AND", TypeRef::list(filters), InputMeaning::And).about("Logical AND on all given filters."),
        input("OR", TypeRef::list(filters), InputMeaning::Or).about("Logical OR on all given filters."),
        input("NOT", TypeRef::list(filters), InputMeaning::Not)
            .about("Logical NOT on all given filters combined by AND."),
    ]
}
