//! What fields, arguments and input fields mean. Planning decides by these, never by names.

use datamodel::{FieldId, ModelId};

/// What a field of an object type means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldMeaning {
    /// A field of `Query`.
    Query(RootQuery),
    /// A field of `Mutation`.
    Mutation(RootMutation),
    /// A field of `Subscription`: the events of a model.
    Subscription(ModelId),
    /// A field of a model, or of its previous values.
    Model(FieldId),
    /// `Node.id`
    NodeId,
    /// `XConnection.pageInfo`
    PageInfo,
    /// `XConnection.edges`
    Edges,
    /// `XConnection.aggregate`
    Aggregate,
    /// `XEdge.node`
    EdgeNode,
    /// `XEdge.cursor`
    EdgeCursor,
    /// `AggregateX.count`
    AggregateCount,
    /// `PageInfo.hasNextPage`
    HasNextPage,
    /// `PageInfo.hasPreviousPage`
    HasPreviousPage,
    /// `PageInfo.startCursor`
    StartCursor,
    /// `PageInfo.endCursor`
    EndCursor,
    /// `BatchPayload.count`
    BatchCount,
    /// `XSubscriptionPayload.mutation`
    PayloadMutation,
    /// `XSubscriptionPayload.node`
    PayloadNode,
    /// `XSubscriptionPayload.updatedFields`
    PayloadUpdatedFields,
    /// `XSubscriptionPayload.previousValues`
    PayloadPreviousValues,
    /// `__typename`
    Typename,
    /// A field of the introspection types.
    Meta(MetaField),
}

/// A root field of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RootQuery {
    /// `users`
    Many(ModelId),
    /// `user`
    One(ModelId),
    /// `usersConnection`
    Connection(ModelId),
    /// `node`
    Node,
    /// `__schema`
    Schema,
    /// `__type`
    Type,
}

/// A root field of a mutation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RootMutation {
    /// `createUser`
    Create(ModelId),
    /// `updateUser`
    Update(ModelId),
    /// `deleteUser`
    Delete(ModelId),
    /// `upsertUser`
    Upsert(ModelId),
    /// `updateManyUsers`
    UpdateMany(ModelId),
    /// `deleteManyUsers`
    DeleteMany(ModelId),
    /// `executeRaw`
    ExecuteRaw,
}

/// Which arguments a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arguments {
    /// None.
    None,
    /// `where, orderBy, skip, after, before, first, last`
    Many(ModelId),
    /// `where: XWhereUniqueInput!`
    Unique(ModelId),
    /// `data: XCreateInput!`
    Create(ModelId),
    /// `data: XUpdateInput!, where: XWhereUniqueInput!`
    Update(ModelId),
    /// `where, create, update`
    Upsert(ModelId),
    /// `data: XUpdateManyMutationInput!, where: XWhereInput`
    UpdateMany(ModelId),
    /// `where: XWhereInput`
    DeleteMany(ModelId),
    /// `database: PrismaDatabase, query: String!`
    ExecuteRaw,
    /// `where: XSubscriptionWhereInput`
    Subscription(ModelId),
    /// `id: ID!`
    Node,
    /// `name: String!` of `__type`.
    Type,
    /// `includeDeprecated: Boolean`
    IncludeDeprecated,
}

/// What an argument or a field of an input object means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InputMeaning {
    /// An argument; its name says which.
    Argument,
    /// A value of the field, or what becomes of its related nodes; in `XWhereUniqueInput`: the field must equal it.
    Field(FieldId),
    /// `set` of a scalar list.
    SetList,
    /// A condition on a field.
    Filter {
        /// The field.
        field: FieldId,
        /// What is asked of it.
        operator: FilterOperator,
    },
    /// `AND`
    And,
    /// `OR`
    Or,
    /// `NOT`
    Not,
    /// What becomes of related nodes.
    Nested(NestedOperation),
    /// `where` of a nested update, updateMany or upsert.
    Where,
    /// `data` of a nested update or updateMany.
    Data,
    /// `create` of a nested upsert.
    UpsertCreate,
    /// `update` of a nested upsert.
    UpsertUpdate,
    /// `mutation_in`
    MutationIn,
    /// `updatedFields_contains`
    UpdatedFieldsContains,
    /// `updatedFields_contains_every`
    UpdatedFieldsContainsEvery,
    /// `updatedFields_contains_some`
    UpdatedFieldsContainsSome,
    /// `node` of a subscription's filter.
    SubscriptionNode,
}

/// What becomes of related nodes, in the order of the members of nested inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the API's own")]
pub enum NestedOperation {
    Create,
    Connect,
    Set,
    Disconnect,
    Delete,
    Update,
    UpdateMany,
    DeleteMany,
    Upsert,
}

/// A condition on a field, by the ending of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the API's own")]
pub enum FilterOperator {
    /// No ending: equals; for to-one relations: the related node meets it.
    Is,
    Not,
    In,
    NotIn,
    Lt,
    Lte,
    Gt,
    Gte,
    Contains,
    NotContains,
    StartsWith,
    NotStartsWith,
    EndsWith,
    NotEndsWith,
    Every,
    Some,
    None,
}

/// A field of the introspection types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are GraphQL's own")]
pub enum MetaField {
    Types,
    QueryType,
    MutationType,
    SubscriptionType,
    Directives,
    Kind,
    Name,
    Description,
    Fields,
    Interfaces,
    PossibleTypes,
    EnumValues,
    InputFields,
    OfType,
    Args,
    Type,
    IsDeprecated,
    DeprecationReason,
    DefaultValue,
    Locations,
    OnOperation,
    OnFragment,
    OnField,
}
