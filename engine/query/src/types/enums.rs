//! Values of enum types, the ones of the datamodel and the ones that the API makes.

use super::{MetaType, TypeId};
use crate::api::Api;
use datamodel::{FieldId, ModelId};
use std::borrow::Cow;

/// Values of `MutationType`.
const MUTATION_TYPES: [&str; 3] = ["CREATED", "UPDATED", "DELETED"];

impl Api {
    /// The values of an enum type, in their order; none for other types.
    pub fn enum_values(&self, id: TypeId) -> Vec<Cow<'_, str>> {
        match id {
            TypeId::Enum(id) => {
                self.datamodel().enum_type(id).values.iter().map(|value| value.as_str().into()).collect()
            }
            TypeId::OrderBy(model) => {
                let columns = self.model(model).fields.iter().filter(|field| field.has_column());
                let both = columns.flat_map(|field| ["ASC", "DESC"].map(|way| format!("{}_{way}", field.name)));
                both.map(Cow::Owned).collect()
            }
            TypeId::MutationType => MUTATION_TYPES.map(Cow::Borrowed).into(),
            TypeId::PrismaDatabase => {
                self.options().raw_access.iter().flatten().map(|name| name.as_str().into()).collect()
            }
            TypeId::Meta(MetaType::TypeKind) => MetaType::TYPE_KINDS.iter().map(|(name, _)| (*name).into()).collect(),
            TypeId::Meta(MetaType::DirectiveLocation) => {
                MetaType::DIRECTIVE_LOCATIONS.iter().map(|(name, _)| (*name).into()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether an enum type has the value.
    pub fn has_enum_value(&self, id: TypeId, value: &str) -> bool {
        match id {
            TypeId::Enum(id) => self.datamodel().enum_type(id).values.iter().any(|known| known == value),
            TypeId::OrderBy(model) => self.order(model, value).is_some(),
            _ => self.enum_values(id).iter().any(|known| known == value),
        }
    }

    /// The field that a value of `XOrderByInput` orders by, and whether it descends.
    pub fn order(&self, model: ModelId, value: &str) -> Option<(FieldId, bool)> {
        let (name, descending) = match (value.strip_suffix("_ASC"), value.strip_suffix("_DESC")) {
            (Some(name), _) => (name, false),
            (_, Some(name)) => (name, true),
            _ => return None,
        };
        // Hidden columns as well: the id and the times of a datamodel v1.
        let hidden = || self.datamodel().field_named(model, name);
        let field = self.model_field(model, name).or_else(hidden)?;
        self.datamodel().field(field).has_column().then_some((field, descending))
    }
}
