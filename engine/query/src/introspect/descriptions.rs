//! Descriptions of types, where the original has them.

use crate::api::Api;
use crate::types::TypeId;
use datamodel::ScalarType;

impl Api {
    /// What a type is for.
    pub(super) fn type_description(&self, id: TypeId) -> Option<&'static str> {
        Some(match id {
            TypeId::Node => "An object with an ID",
            TypeId::PageInfo => "Information about pagination in a connection.",
            TypeId::Connection(_) => "A connection to a list of items.",
            TypeId::Edge(_) => "An edge in a connection.",
            TypeId::Long => {
                "The `Long` scalar type represents non-fractional signed whole numeric values. Long can represent values between -(2^63) and 2^63 - 1."
            }
            TypeId::Meta(meta) => meta.description(),
            TypeId::Scalar(scalar) => match scalar {
                ScalarType::String => {
                    "The `String` scalar type represents textual data, represented as UTF-8 character sequences. The String type is most often used by GraphQL to represent free-form human-readable text."
                }
                ScalarType::Int => {
                    "The `Int` scalar type represents non-fractional signed whole numeric values. Int can represent values between -(2^31) and 2^31 - 1."
                }
                ScalarType::Float => {
                    "The `Float` scalar type represents signed double-precision fractional values as specified by [IEEE 754](http://en.wikipedia.org/wiki/IEEE_floating_point)."
                }
                ScalarType::Boolean => "The `Boolean` scalar type represents `true` or `false`.",
                ScalarType::Id => {
                    "The `ID` scalar type represents a unique identifier, often used to refetch an object or as key for a cache. The ID type appears in a JSON response as a String; however, it is not intended to be human-readable. When expected as an input type, any string (such as `\"4\"`) or integer (such as `4`) input value will be accepted as an ID."
                }
                ScalarType::Json => "Raw JSON value",
                ScalarType::Uuid => "A type 4 UUID according to IETF RFC 4122.",
                ScalarType::DateTime => return None,
            },
            _ => return None,
        })
    }
}
