//! Fields of object types and of the interface `Node` (`prisma1-server.md` §4.2, §4.3).

use super::{Arguments, FieldDefinition, FieldMeaning, InputType, MetaField, MetaType, Target, TypeId, TypeRef};
use super::{RootMutation, RootQuery, Shape};
use crate::api::Api;
use crate::names::uncapitalised;
use datamodel::{Field, FieldId, FieldKind, ModelId, ScalarType};
use std::borrow::Cow;

impl Api {
    /// The field of that name, `__typename` included. For `Query` also `__schema` and `__type`.
    pub fn field(&self, parent: TypeId, name: &str) -> Option<FieldDefinition<'_>> {
        if name == "__typename" && parent.is_composite() {
            return Some(typename());
        }
        match parent {
            TypeId::Query => self.query(self.root_query(name)?),
            TypeId::Mutation => self.mutation(self.root_mutation(name)?),
            TypeId::Subscription => self.model_of_single(name).map(|model| self.subscription(model)),
            TypeId::Model(model) => self.model_field(model, name).map(|field| self.model_output(field)),
            TypeId::PreviousValues(model) => {
                let field = self.model_field(model, name)?;
                self.datamodel().field(field).is_scalar().then(|| self.model_output(field))
            }
            _ => self.fields(parent).into_iter().find(|field| field.name == name),
        }
    }

    /// All fields in the order of the API, without `__typename` and its like.
    pub fn fields(&self, parent: TypeId) -> Vec<FieldDefinition<'_>> {
        use FieldMeaning::*;
        let required = TypeRef::required;
        let string = TypeId::Scalar(ScalarType::String);
        let boolean = TypeId::Scalar(ScalarType::Boolean);
        match parent {
            TypeId::Query => {
                let kinds: [fn(ModelId) -> RootQuery; 3] = [RootQuery::Many, RootQuery::One, RootQuery::Connection];
                let roots = kinds.into_iter().flat_map(|kind| self.datamodel().models().map(move |(id, _)| kind(id)));
                let is_first = |root: &RootQuery, name: &str| self.root_query(name) == Some(*root);
                let fields = roots.chain([RootQuery::Node]).filter_map(|root| Some((root, self.query(root)?)));
                fields.filter(|(root, field)| is_first(root, &field.name)).map(|(_, field)| field).collect()
            }
            TypeId::Mutation => {
                let kinds: [fn(ModelId) -> RootMutation; 6] = [
                    RootMutation::Create,
                    RootMutation::Update,
                    RootMutation::Delete,
                    RootMutation::Upsert,
                    RootMutation::UpdateMany,
                    RootMutation::DeleteMany,
                ];
                let roots = kinds.into_iter().flat_map(|kind| self.datamodel().models().map(move |(id, _)| kind(id)));
                let is_first = |root: &RootMutation, name: &str| self.root_mutation(name) == Some(*root);
                let roots = roots.chain([RootMutation::ExecuteRaw]);
                let fields = roots.filter_map(|root| Some((root, self.mutation(root)?)));
                fields.filter(|(root, field)| is_first(root, &field.name)).map(|(_, field)| field).collect()
            }
            TypeId::Subscription => self.datamodel().models().map(|(id, _)| self.subscription(id)).collect(),
            TypeId::Node => {
                vec![plain("id", required(TypeId::Scalar(ScalarType::Id)), NodeId).about("The id of the object.")]
            }
            TypeId::PageInfo => vec![
                plain("hasNextPage", required(boolean), HasNextPage)
                    .about("When paginating forwards, are there more items?"),
                plain("hasPreviousPage", required(boolean), HasPreviousPage)
                    .about("When paginating backwards, are there more items?"),
                plain("startCursor", TypeRef::nullable(string), StartCursor)
                    .about("When paginating backwards, the cursor to continue."),
                plain("endCursor", TypeRef::nullable(string), EndCursor)
                    .about("When paginating forwards, the cursor to continue."),
            ],
            TypeId::BatchPayload => vec![
                plain("count", required(TypeId::Long), BatchCount)
                    .about("The number of nodes that have been affected by the Batch operation."),
            ],
            TypeId::Model(model) => self.visible_fields(model).map(|(id, _)| self.model_output(id)).collect(),
            TypeId::PreviousValues(model) => {
                let scalars = self.visible_fields(model).filter(|(_, field)| field.is_scalar());
                scalars.map(|(id, _)| self.model_output(id)).collect()
            }
            TypeId::Connection(model) => {
                let edges = TypeRef { named: TypeId::Edge(model), shape: Shape::REQUIRED_LIST_OF_NULLABLE };
                vec![
                    plain("pageInfo", required(TypeId::PageInfo), PageInfo).about("Information to aid in pagination."),
                    plain("edges", edges, Edges).about("A list of edges."),
                    plain("aggregate", required(TypeId::Aggregate(model)), Aggregate),
                ]
            }
            TypeId::Edge(model) => vec![
                plain("node", required(TypeId::Model(model)), EdgeNode).about("The item at the end of the edge."),
                plain("cursor", required(string), EdgeCursor).about("A cursor for use in pagination."),
            ],
            TypeId::Aggregate(_) => {
                vec![plain("count", required(TypeId::Scalar(ScalarType::Int)), AggregateCount)]
            }
            TypeId::SubscriptionPayload(model) => {
                let mut fields = vec![
                    plain("mutation", required(TypeId::MutationType), PayloadMutation),
                    plain("node", TypeRef::nullable(TypeId::Model(model)), PayloadNode),
                    plain("updatedFields", TypeRef::list(string), PayloadUpdatedFields),
                ];
                let previous = TypeId::PreviousValues(model);
                if self.type_exists(previous) {
                    fields.push(plain("previousValues", TypeRef::nullable(previous), PayloadPreviousValues));
                }
                fields
            }
            TypeId::Meta(meta) => meta.fields(),
            TypeId::Scalar(_) | TypeId::Long | TypeId::Enum(_) | TypeId::OrderBy(_) | TypeId::Input(_) => Vec::new(),
            TypeId::MutationType | TypeId::PrismaDatabase => Vec::new(),
        }
    }

    /// Whether the object type implements `Node`.
    pub fn is_node(&self, id: TypeId) -> bool {
        let TypeId::Model(model) = id else { return false };
        let is_id = |field: &Field| field.is_id() && field.kind == FieldKind::Scalar(ScalarType::Id);
        self.visible_fields(model).any(|(_, field)| field.name == "id" && is_id(field))
    }

    /// The root field of that name.
    pub fn root_query(&self, name: &str) -> Option<RootQuery> {
        let many = || self.model_of_list(name).map(RootQuery::Many);
        let one = || self.model_of_single(name).filter(|model| self.has_unique(*model)).map(RootQuery::One);
        let connection = || self.model_of_list(name.strip_suffix("Connection")?).map(RootQuery::Connection);
        many().or_else(one).or_else(connection).or(match name {
            "node" => Some(RootQuery::Node),
            "__schema" => Some(RootQuery::Schema),
            "__type" => Some(RootQuery::Type),
            _ => None,
        })
    }

    /// The root field of that name.
    pub fn root_mutation(&self, name: &str) -> Option<RootMutation> {
        let model = |prefix: &str| self.model_named(name.strip_prefix(prefix)?);
        let plural = |prefix: &str| self.model_of_plural(name.strip_prefix(prefix)?);
        let candidates = [
            model("create").map(RootMutation::Create),
            model("update").map(RootMutation::Update),
            model("delete").map(RootMutation::Delete),
            model("upsert").map(RootMutation::Upsert),
            plural("updateMany").map(RootMutation::UpdateMany),
            plural("deleteMany").map(RootMutation::DeleteMany),
            (name == "executeRaw").then_some(RootMutation::ExecuteRaw),
        ];
        candidates.into_iter().flatten().find(|root| self.has_mutation(*root))
    }

    /// The name of a model's single root field and of its subscription.
    pub fn single_name(&self, model: ModelId) -> String {
        uncapitalised(&self.model(model).name)
    }

    /// The name of a model's list root field.
    pub fn list_name(&self, model: ModelId) -> String {
        uncapitalised(&self.facts(model).plural)
    }

    fn has_mutation(&self, root: RootMutation) -> bool {
        match root {
            RootMutation::Create(_) | RootMutation::DeleteMany(_) => true,
            RootMutation::Update(model) => self.type_exists(TypeId::Input(InputType::Update(model))),
            RootMutation::Delete(model) => self.has_unique(model),
            RootMutation::Upsert(model) => {
                self.has_mutation(RootMutation::Update(model)) && self.can_create(Target::whole(model))
            }
            RootMutation::UpdateMany(model) => self.can_update_scalars(model),
            RootMutation::ExecuteRaw => self.options().raw_access.is_some(),
        }
    }

    fn query(&self, root: RootQuery) -> Option<FieldDefinition<'_>> {
        let (name, field_type, arguments, description) = match root {
            RootQuery::Many(model) => {
                let nodes = TypeRef { named: TypeId::Model(model), shape: Shape::REQUIRED_LIST_OF_NULLABLE };
                (self.list_name(model), nodes, Arguments::Many(model), None)
            }
            RootQuery::One(model) if !self.has_unique(model) => return None,
            RootQuery::One(model) => {
                (self.single_name(model), TypeRef::nullable(TypeId::Model(model)), Arguments::Unique(model), None)
            }
            RootQuery::Connection(model) => {
                let connection = TypeRef::required(TypeId::Connection(model));
                (format!("{}Connection", self.list_name(model)), connection, Arguments::Many(model), None)
            }
            RootQuery::Node => (
                "node".to_owned(),
                TypeRef::nullable(TypeId::Node),
                Arguments::Node,
                Some("Fetches an object given its ID"),
            ),
            RootQuery::Schema => {
                let schema = TypeRef::required(TypeId::Meta(MetaType::Schema));
                ("__schema".to_owned(), schema, Arguments::None, Some("Access the current type schema of this server."))
            }
            RootQuery::Type => {
                let meta_type = TypeRef::nullable(TypeId::Meta(MetaType::Type));
                let description = Some("Request the type information of a single type.");
                ("__type".to_owned(), meta_type, Arguments::Type, description)
            }
        };
        let meaning = FieldMeaning::Query(root);
        Some(FieldDefinition { name: name.into(), field_type, meaning, arguments, description })
    }

    fn mutation(&self, root: RootMutation) -> Option<FieldDefinition<'_>> {
        if !self.has_mutation(root) {
            return None;
        }
        let single = |verb: &str, model: ModelId| format!("{verb}{}", self.model(model).name);
        let many = |verb: &str, model: ModelId| format!("{verb}{}", self.facts(model).plural);
        let node = |model: ModelId, required: bool| TypeRef::required_if(TypeId::Model(model), required);
        let batch = TypeRef::required(TypeId::BatchPayload);
        let (name, field_type, arguments) = match root {
            RootMutation::Create(m) => (single("create", m), node(m, true), Arguments::Create(m)),
            RootMutation::Update(m) => (single("update", m), node(m, false), Arguments::Update(m)),
            RootMutation::Delete(m) => (single("delete", m), node(m, false), Arguments::Unique(m)),
            RootMutation::Upsert(m) => (single("upsert", m), node(m, true), Arguments::Upsert(m)),
            RootMutation::UpdateMany(m) => (many("updateMany", m), batch, Arguments::UpdateMany(m)),
            RootMutation::DeleteMany(m) => (many("deleteMany", m), batch, Arguments::DeleteMany(m)),
            RootMutation::ExecuteRaw => {
                let json = TypeRef::required(TypeId::Scalar(ScalarType::Json));
                ("executeRaw".to_owned(), json, Arguments::ExecuteRaw)
            }
        };
        let meaning = FieldMeaning::Mutation(root);
        Some(FieldDefinition { name: name.into(), field_type, meaning, arguments, description: None })
    }

    pub(crate) fn subscription(&self, model: ModelId) -> FieldDefinition<'_> {
        FieldDefinition {
            name: self.single_name(model).into(),
            field_type: TypeRef::nullable(TypeId::SubscriptionPayload(model)),
            meaning: FieldMeaning::Subscription(model),
            arguments: Arguments::Subscription(model),
            description: None,
        }
    }

    fn model_output(&self, id: FieldId) -> FieldDefinition<'_> {
        let field = self.datamodel().field(id);
        let named = self.type_of_values(field);
        let (field_type, arguments) = match (field.is_list, field.kind) {
            (true, FieldKind::Relation { target, .. }) => (TypeRef::list(named), Arguments::Many(target)),
            (true, _) => (TypeRef::required_list(named), Arguments::None),
            (false, _) => (TypeRef::required_if(named, field.is_required), Arguments::None),
        };
        let name = Cow::Borrowed(field.name.as_str());
        FieldDefinition { name, field_type, meaning: FieldMeaning::Model(id), arguments, description: None }
    }

    /// The named type of what a field holds.
    pub(super) fn type_of_values(&self, field: &Field) -> TypeId {
        match field.kind {
            FieldKind::Scalar(scalar) => TypeId::Scalar(scalar),
            FieldKind::Enum(id) => TypeId::Enum(id),
            FieldKind::Relation { target, .. } => TypeId::Model(target),
        }
    }
}

/// `__typename`, which every composite type has.
pub(super) fn typename() -> FieldDefinition<'static> {
    plain("__typename", TypeRef::required(TypeId::Scalar(ScalarType::String)), FieldMeaning::Typename)
        .about("The name of the current Object type at runtime.")
}

/// A field without arguments.
pub(super) fn plain(name: &'static str, field_type: TypeRef, meaning: FieldMeaning) -> FieldDefinition<'static> {
    FieldDefinition { name: name.into(), field_type, meaning, arguments: Arguments::None, description: None }
}

impl FieldDefinition<'static> {
    pub(super) fn about(self, description: &'static str) -> Self {
        FieldDefinition { description: Some(description), ..self }
    }

    pub(super) fn with_arguments(self, arguments: Arguments) -> Self {
        FieldDefinition { arguments, ..self }
    }
}

/// Shortcut for the fields of the introspection types.
pub(super) fn meta(name: &'static str, field_type: TypeRef, field: MetaField) -> FieldDefinition<'static> {
    plain(name, field_type, FieldMeaning::Meta(field))
}
