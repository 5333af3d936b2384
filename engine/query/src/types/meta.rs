//! The types of introspection, and the directives: the same for every service.

use super::output::meta;
use super::{Arguments, FieldDefinition, InputDefinition, MetaField, Shape, TypeId, TypeRef};
use datamodel::ScalarType;

/// A type of introspection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are GraphQL's own")]
pub enum MetaType {
    Directive,
    DirectiveLocation,
    EnumValue,
    Field,
    InputValue,
    Schema,
    Type,
    TypeKind,
}

/// A directive.
#[derive(Debug, PartialEq)]
pub struct DirectiveDefinition {
    /// Its name, without `@`.
    pub name: &'static str,
    /// Its only argument.
    pub argument: DirectiveArgument,
    /// Where it may stand, in the order of introspection.
    pub locations: &'static [&'static str],
    /// For people.
    pub description: &'static str,
}

/// The argument of a directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectiveArgument {
    /// `if: Boolean!`
    If,
    /// `reason: String = "No longer supported"`
    Reason,
}

/// Every directive there is.
pub const DIRECTIVES: [DirectiveDefinition; 3] = [
    DirectiveDefinition {
        name: "include",
        argument: DirectiveArgument::If,
        locations: &["FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"],
        description: "Directs the executor to include this field or fragment only when the `if` argument is true.",
    },
    DirectiveDefinition {
        name: "skip",
        argument: DirectiveArgument::If,
        locations: &["FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"],
        description: "Directs the executor to skip this field or fragment when the `if` argument is true.",
    },
    DirectiveDefinition {
        name: "deprecated",
        argument: DirectiveArgument::Reason,
        locations: &["ENUM_VALUE", "FIELD_DEFINITION"],
        description: "Marks an element of a GraphQL schema as no longer supported.",
    },
];

impl DirectiveDefinition {
    /// The directive of that name.
    pub fn named(name: &str) -> Option<&'static DirectiveDefinition> {
        DIRECTIVES.iter().find(|directive| directive.name == name)
    }
}

impl DirectiveArgument {
    /// The argument as a definition.
    pub fn definition(self) -> InputDefinition<'static> {
        match self {
            DirectiveArgument::If => {
                super::arguments::required("if", TypeId::Scalar(ScalarType::Boolean)).about("Included when true.")
            }
            DirectiveArgument::Reason => super::arguments::optional("reason", TypeId::Scalar(ScalarType::String)).about(
                "Explains why this element was deprecated, usually also including a suggestion for how to access supported similar data. Formatted in [Markdown](https://daringfireball.net/projects/markdown/).",
            ),
        }
    }

    /// Its default value, as a GraphQL literal.
    pub fn default_value(self) -> Option<&'static str> {
        match self {
            DirectiveArgument::If => None,
            DirectiveArgument::Reason => Some("\"No longer supported\""),
        }
    }
}

impl MetaType {
    /// All of them, in the order of their names.
    pub const ALL: [MetaType; 8] = [
        MetaType::Directive,
        MetaType::DirectiveLocation,
        MetaType::EnumValue,
        MetaType::Field,
        MetaType::InputValue,
        MetaType::Schema,
        MetaType::Type,
        MetaType::TypeKind,
    ];

    /// Values of `__TypeKind` with their descriptions.
    pub const TYPE_KINDS: [(&'static str, &'static str); 8] = [
        ("SCALAR", "Indicates this type is a scalar."),
        ("OBJECT", "Indicates this type is an object. `fields` and `interfaces` are valid fields."),
        ("INTERFACE", "Indicates this type is an interface. `fields` and `possibleTypes` are valid fields."),
        ("UNION", "Indicates this type is a union. `possibleTypes` is a valid field."),
        ("ENUM", "Indicates this type is an enum. `enumValues` is a valid field."),
        ("INPUT_OBJECT", "Indicates this type is an input object. `inputFields` is a valid field."),
        ("LIST", "Indicates this type is a list. `ofType` is a valid field."),
        ("NON_NULL", "Indicates this type is a non-null. `ofType` is a valid field."),
    ];

    /// Values of `__DirectiveLocation` with their descriptions.
    pub const DIRECTIVE_LOCATIONS: [(&'static str, &'static str); 18] = [
        ("QUERY", "Location adjacent to a query operation."),
        ("MUTATION", "Location adjacent to a mutation operation."),
        ("SUBSCRIPTION", "Location adjacent to a subscription operation."),
        ("FIELD", "Location adjacent to a field."),
        ("FRAGMENT_DEFINITION", "Location adjacent to a fragment definition."),
        ("FRAGMENT_SPREAD", "Location adjacent to a fragment spread."),
        ("INLINE_FRAGMENT", "Location adjacent to an inline fragment."),
        ("SCHEMA", "Location adjacent to a schema definition."),
        ("SCALAR", "Location adjacent to a scalar definition."),
        ("OBJECT", "Location adjacent to an object type definition."),
        ("FIELD_DEFINITION", "Location adjacent to a field definition."),
        ("ARGUMENT_DEFINITION", "Location adjacent to an argument definition."),
        ("INTERFACE", "Location adjacent to an interface definition."),
        ("UNION", "Location adjacent to a union definition."),
        ("ENUM", "Location adjacent to an enum definition."),
        ("ENUM_VALUE", "Location adjacent to an enum value definition."),
        ("INPUT_OBJECT", "INPUT_OBJECT"),
        ("INPUT_FIELD_DEFINITION", "Location adjacent to an input object field definition."),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            MetaType::Directive => "__Directive",
            MetaType::DirectiveLocation => "__DirectiveLocation",
            MetaType::EnumValue => "__EnumValue",
            MetaType::Field => "__Field",
            MetaType::InputValue => "__InputValue",
            MetaType::Schema => "__Schema",
            MetaType::Type => "__Type",
            MetaType::TypeKind => "__TypeKind",
        }
    }

    /// The type of that name.
    pub fn named(name: &str) -> Option<MetaType> {
        MetaType::ALL.into_iter().find(|meta| meta.name() == name)
    }

    /// What it is for.
    pub fn description(self) -> &'static str {
        match self {
            MetaType::Directive => {
                "A Directive provides a way to describe alternate runtime execution and type validation behavior in a GraphQL document.\n\nIn some cases, you need to provide options to alter GraphQL’s execution behavior in ways field arguments will not suffice, such as conditionally including or skipping a field. Directives provide this by describing additional information to the executor."
            }
            MetaType::DirectiveLocation => {
                "A Directive can be adjacent to many parts of the GraphQL language, a __DirectiveLocation describes one such possible adjacencies."
            }
            MetaType::EnumValue => {
                "One possible value for a given Enum. Enum values are unique values, not a placeholder for a string or numeric value. However an Enum value is returned in a JSON response as a string."
            }
            MetaType::Field => {
                "Object and Interface types are described by a list of Fields, each of which has a name, potentially a list of arguments, and a return type."
            }
            MetaType::InputValue => {
                "Arguments provided to Fields or Directives and the input fields of an InputObject are represented as Input Values which describe their type and optionally a default value."
            }
            MetaType::Schema => {
                "A GraphQL Schema defines the capabilities of a GraphQL server. It exposes all available types and directives on the server, as well as the entry points for query, mutation, and subscription operations."
            }
            MetaType::Type => {
                "The fundamental unit of any GraphQL Schema is the type. There are many kinds of types in GraphQL as represented by the `__TypeKind` enum.\n\nDepending on the kind of a type, certain fields describe information about that type. Scalar types provide no information beyond a name and description, while Enum types provide their values. Object and Interface types provide the fields they describe. Abstract types, Union and Interface, provide the Object types possible at runtime. List and NonNull types compose other types."
            }
            MetaType::TypeKind => "An enum describing what kind of type a given `__Type` is.",
        }
    }

    /// Its fields, in their order.
    pub(super) fn fields(self) -> Vec<FieldDefinition<'static>> {
        use MetaField::*;
        let of = TypeId::Meta;
        let string = TypeRef::nullable(TypeId::Scalar(ScalarType::String));
        let name = TypeRef::required(TypeId::Scalar(ScalarType::String));
        let boolean = TypeRef::required(TypeId::Scalar(ScalarType::Boolean));
        let required = |meta: MetaType| TypeRef::required(of(meta));
        let optional = |meta: MetaType| TypeRef::nullable(of(meta));
        let list = |meta: MetaType| TypeRef { named: of(meta), shape: Shape::LIST };
        let required_list = |meta: MetaType| TypeRef { named: of(meta), shape: Shape::REQUIRED_LIST };
        match self {
            MetaType::Directive => vec![
                meta("name", name, Name),
                meta("description", string, Description),
                meta("locations", required_list(MetaType::DirectiveLocation), Locations),
                meta("args", required_list(MetaType::InputValue), Args),
                meta("onOperation", boolean, OnOperation),
                meta("onFragment", boolean, OnFragment),
                meta("onField", boolean, OnField),
            ],
            MetaType::EnumValue => vec![
                meta("name", name, Name),
                meta("description", string, Description),
                meta("isDeprecated", boolean, IsDeprecated),
                meta("deprecationReason", string, DeprecationReason),
            ],
            MetaType::Field => vec![
                meta("name", name, Name),
                meta("description", string, Description),
                meta("args", required_list(MetaType::InputValue), Args),
                meta("type", required(MetaType::Type), Type),
                meta("isDeprecated", boolean, IsDeprecated),
                meta("deprecationReason", string, DeprecationReason),
            ],
            MetaType::InputValue => vec![
                meta("name", name, Name),
                meta("description", string, Description),
                meta("type", required(MetaType::Type), Type),
                meta("defaultValue", string, DefaultValue)
                    .about("A GraphQL-formatted string representing the default value for this input value."),
            ],
            MetaType::Schema => vec![
                meta("types", required_list(MetaType::Type), Types)
                    .about("A list of all types supported by this server."),
                meta("queryType", required(MetaType::Type), QueryType)
                    .about("The type that query operations will be rooted at."),
                meta("mutationType", optional(MetaType::Type), MutationType)
                    .about("If this server supports mutation, the type that mutation operations will be rooted at."),
                meta("subscriptionType", optional(MetaType::Type), SubscriptionType).about(
                    "If this server support subscription, the type that subscription operations will be rooted at.",
                ),
                meta("directives", required_list(MetaType::Directive), Directives)
                    .about("A list of all directives supported by this server."),
            ],
            MetaType::Type => vec![
                meta("kind", required(MetaType::TypeKind), Kind),
                meta("name", string, Name),
                meta("description", string, Description),
                meta("fields", list(MetaType::Field), Fields).with_arguments(Arguments::IncludeDeprecated),
                meta("interfaces", list(MetaType::Type), Interfaces),
                meta("possibleTypes", list(MetaType::Type), PossibleTypes),
                meta("enumValues", list(MetaType::EnumValue), EnumValues).with_arguments(Arguments::IncludeDeprecated),
                meta("inputFields", list(MetaType::InputValue), InputFields),
                meta("ofType", optional(MetaType::Type), OfType),
            ],
            MetaType::DirectiveLocation | MetaType::TypeKind => Vec::new(),
        }
    }
}
