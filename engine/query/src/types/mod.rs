//! The type system of a service's API, computed from its model when asked for (design D15).
//!
//! A type is a small key ([`TypeId`]); its name, its fields and its members are made on demand by the functions of
//! [`crate::Api`], so that nothing of it is kept. What a field or an input field *means* comes with it
//! ([`FieldMeaning`], [`InputMeaning`]): planning never looks at names.

mod all;
mod arguments;
mod create_input;
mod enums;
mod exists;
mod filter_input;
mod input;
mod meaning;
mod meta;
mod names;
mod output;
mod shape;
mod update_input;

pub use meaning::*;
pub use meta::{DIRECTIVES, DirectiveDefinition, MetaType};
pub use shape::{Shape, TypeRef};

use datamodel::{EnumId, FieldId, ModelId, ScalarType};
use std::borrow::Cow;

/// A named type of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the types' own; X is the model")]
pub enum TypeId {
    Query,
    Mutation,
    Subscription,
    Node,
    PageInfo,
    BatchPayload,
    /// `X`
    Model(ModelId),
    /// `XConnection`
    Connection(ModelId),
    /// `XEdge`
    Edge(ModelId),
    /// `AggregateX`
    Aggregate(ModelId),
    /// `XSubscriptionPayload`
    SubscriptionPayload(ModelId),
    /// `XPreviousValues`
    PreviousValues(ModelId),
    Scalar(ScalarType),
    Long,
    Enum(EnumId),
    /// `XOrderByInput`
    OrderBy(ModelId),
    MutationType,
    PrismaDatabase,
    Input(InputType),
    /// `__Schema`, `__Type` and so on.
    Meta(MetaType),
}

/// An input object type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InputType {
    /// `XCreateInput`, `XCreateWithout⟨F⟩Input`
    Create(Target),
    /// `XCreateOneInput`, `XCreateOneWithout⟨F⟩Input`
    CreateOne(Target),
    /// `XCreateManyInput`, `XCreateManyWithout⟨F⟩Input`
    CreateMany(Target),
    /// `XCreate⟨f⟩Input` of a scalar list.
    CreateList(FieldId),
    /// `XUpdateInput`
    Update(ModelId),
    /// `XUpdateDataInput`, `XUpdateWithout⟨F⟩DataInput`
    UpdateData(Target),
    /// `XUpdateManyMutationInput`
    UpdateManyMutation(ModelId),
    /// `XUpdateManyDataInput`
    UpdateManyData(ModelId),
    /// `XUpdate⟨f⟩Input` of a scalar list.
    UpdateList(FieldId),
    /// `XUpdateOneInput`, `XUpdateOneWithout⟨F⟩Input`
    UpdateOne(Target),
    /// `XUpdateOneRequiredInput`, `XUpdateOneRequiredWithout⟨F⟩Input`
    UpdateOneRequired(Target),
    /// `XUpdateManyInput`, `XUpdateManyWithout⟨F⟩Input`
    UpdateMany(Target),
    /// `XUpdateWithWhereUniqueNestedInput`, `XUpdateWithWhereUniqueWithout⟨F⟩Input`
    UpdateWithWhereUnique(Target),
    /// `XUpdateManyWithWhereNestedInput`
    UpdateManyWithWhere(ModelId),
    /// `XUpsertNestedInput`, `XUpsertWithout⟨F⟩Input`
    Upsert(Target),
    /// `XUpsertWithWhereUniqueNestedInput`, `XUpsertWithWhereUniqueWithout⟨F⟩Input`
    UpsertWithWhereUnique(Target),
    /// `XWhereUniqueInput`
    WhereUnique(ModelId),
    /// `XWhereInput`
    Where(ModelId),
    /// `XScalarWhereInput`
    ScalarWhere(ModelId),
    /// `XSubscriptionWhereInput`
    SubscriptionWhere(ModelId),
}

/// The model that a nested input writes, and the field of it that leads back to where it is nested, which the input
/// leaves out. There is none where that field is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Target {
    /// The model written.
    pub model: ModelId,
    /// Position of the field that leads back, in [`datamodel::Model::fields`].
    pub without: Option<u32>,
}

impl Target {
    /// The model with all its fields.
    pub fn whole(model: ModelId) -> Target {
        Target { model, without: None }
    }

    /// The field that is left out.
    pub fn without(self) -> Option<FieldId> {
        self.without.map(|index| FieldId { model: self.model, index })
    }
}

/// The kinds of named types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are GraphQL's own")]
pub enum TypeKind {
    Scalar,
    Object,
    Interface,
    Enum,
    InputObject,
}

/// A field of an object type or interface.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldDefinition<'a> {
    /// Its name.
    pub name: Cow<'a, str>,
    /// Its type.
    pub field_type: TypeRef,
    /// What it means.
    pub meaning: FieldMeaning,
    /// Which arguments it takes.
    pub arguments: Arguments,
    /// For people.
    pub description: Option<&'static str>,
}

/// An argument, or a field of an input object.
#[derive(Debug, Clone, PartialEq)]
pub struct InputDefinition<'a> {
    /// Its name.
    pub name: Cow<'a, str>,
    /// Its type.
    pub input_type: TypeRef,
    /// What it means.
    pub meaning: InputMeaning,
    /// For people.
    pub description: Option<&'static str>,
}

impl TypeId {
    /// What kind of type it is.
    pub fn kind(self) -> TypeKind {
        match self {
            TypeId::Node => TypeKind::Interface,
            TypeId::Scalar(_) | TypeId::Long => TypeKind::Scalar,
            TypeId::Enum(_) | TypeId::OrderBy(_) | TypeId::MutationType | TypeId::PrismaDatabase => TypeKind::Enum,
            TypeId::Meta(MetaType::TypeKind | MetaType::DirectiveLocation) => TypeKind::Enum,
            TypeId::Input(_) => TypeKind::InputObject,
            _ => TypeKind::Object,
        }
    }

    /// Objects and interfaces: what has fields and can be a fragment's condition.
    pub fn is_composite(self) -> bool {
        matches!(self.kind(), TypeKind::Object | TypeKind::Interface)
    }

    /// Scalars and enums.
    pub fn is_leaf(self) -> bool {
        matches!(self.kind(), TypeKind::Scalar | TypeKind::Enum)
    }

    /// What a variable or argument can be of.
    pub fn is_input(self) -> bool {
        self.is_leaf() || matches!(self, TypeId::Input(_))
    }
}

impl InputType {
    /// Whether an object of this type must have certain fields.
    pub fn has_required_fields(self) -> bool {
        matches!(
            self,
            InputType::Create(_)
                | InputType::UpdateWithWhereUnique(_)
                | InputType::UpdateManyWithWhere(_)
                | InputType::Upsert(_)
                | InputType::UpsertWithWhereUnique(_)
        )
    }
}
