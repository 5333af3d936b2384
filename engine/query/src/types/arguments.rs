//! Arguments of fields.

use super::input::{input, where_unique};
use super::{Arguments, InputDefinition, InputMeaning, InputType, Target, TypeId, TypeRef};
use crate::api::Api;
use datamodel::{ModelId, ScalarType};

impl Api {
    /// The arguments of a field in the order of the API.
    pub fn arguments(&self, arguments: Arguments) -> Vec<InputDefinition<'static>> {
        let scalar = TypeId::Scalar;
        let filter = |model: ModelId| optional("where", TypeId::Input(InputType::Where(model)));
        let selector = |model: ModelId| required("where", where_unique(model));
        let update = |model: ModelId| TypeId::Input(InputType::Update(model));
        let create = |model: ModelId| TypeId::Input(InputType::Create(Target::whole(model)));
        match arguments {
            Arguments::None => Vec::new(),
            Arguments::Many(model) => vec![
                filter(model),
                optional("orderBy", TypeId::OrderBy(model)),
                optional("skip", scalar(ScalarType::Int)),
                optional("after", scalar(ScalarType::String)),
                optional("before", scalar(ScalarType::String)),
                optional("first", scalar(ScalarType::Int)),
                optional("last", scalar(ScalarType::Int)),
            ],
            Arguments::Unique(model) => vec![selector(model)],
            Arguments::Create(model) if !self.can_create(Target::whole(model)) => Vec::new(),
            Arguments::Create(model) => vec![required("data", create(model))],
            Arguments::Update(model) => vec![required("data", update(model)), selector(model)],
            Arguments::Upsert(model) => {
                vec![selector(model), required("create", create(model)), required("update", update(model))]
            }
            Arguments::UpdateMany(model) => {
                vec![required("data", TypeId::Input(InputType::UpdateManyMutation(model))), filter(model)]
            }
            Arguments::DeleteMany(model) => vec![filter(model)],
            Arguments::ExecuteRaw => {
                vec![optional("database", TypeId::PrismaDatabase), required("query", scalar(ScalarType::String))]
            }
            Arguments::Subscription(model) => {
                vec![optional("where", TypeId::Input(InputType::SubscriptionWhere(model)))]
            }
            Arguments::Node => vec![required("id", scalar(ScalarType::Id)).about("The ID of an object")],
            Arguments::Type => vec![required("name", scalar(ScalarType::String))],
            Arguments::IncludeDeprecated => vec![optional("includeDeprecated", scalar(ScalarType::Boolean))],
        }
    }

    /// The argument of that name.
    pub fn argument(&self, arguments: Arguments, name: &str) -> Option<InputDefinition<'static>> {
        self.arguments(arguments).into_iter().find(|argument| argument.name == name)
    }
}

pub(super) fn optional(name: &'static str, named: TypeId) -> InputDefinition<'static> {
    input(name, TypeRef::nullable(named), InputMeaning::Argument)
}

pub(super) fn required(name: &'static str, named: TypeId) -> InputDefinition<'static> {
    input(name, TypeRef::required(named), InputMeaning::Argument)
}
