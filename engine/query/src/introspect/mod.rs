//! What an API tells about itself: `__schema` and `__type`, written straight as JSON for what is selected, and the
//! whole type system as a schema document.
//!
//! What happens, in order: [`Planner::select`] makes a tree of the selections, fragments and directives resolved, once;
//! [`Writer`] walks it for each type it comes by. Selections can lead from types to fields to types again and so ask
//! for an answer of any size; it is given up at a bound.

mod descriptions;
mod sdl;
mod writer;

use crate::operation::RootField;
use crate::plan::{Planned, Planner, Refusal};
use crate::selection::{Merged, SelectedType};
use crate::types::{FieldMeaning, MetaField, MetaType, RootQuery, TypeId, TypeRef};
use connector_interface::ServiceError;
use writer::{Item, TooLong, Writer};

/// A selected field of an introspection type.
pub(crate) struct Selected<'d> {
    /// Response key.
    key: &'d str,
    /// Which field; none for `__typename`.
    field: Option<MetaField>,
    /// Deprecated members are wanted as well.
    include_deprecated: bool,
    /// What is selected of its value.
    below: Vec<Selected<'d>>,
}

impl<'d> Planner<'d> {
    /// The answer of `__schema` or `__type`.
    pub(crate) fn introspection(&self, query: RootQuery, root: &Merged<'d>) -> Planned<RootField> {
        let json = match query {
            RootQuery::Schema => {
                let selected = self.select(MetaType::Schema, root)?;
                Writer::new(self.api()).write(Item::Schema, &selected)
            }
            _ => {
                let name = self.argument(root.field, "name").and_then(|name| name.text()).unwrap_or_default();
                let selected = self.select(MetaType::Type, root)?;
                match self.api().type_named(name) {
                    Some(id) => Writer::new(self.api()).write(Item::Type(TypeRef::nullable(id)), &selected),
                    None => Ok("null".to_owned()),
                }
            }
        };
        match json {
            Ok(json) => Ok(RootField::Static(json.into())),
            Err(TooLong { bytes_max }) => {
                let message =
                    format!("the introspection answer is longer than {bytes_max} bytes; ask for less at once");
                Err(ServiceError::TooMuch { message }.into())
            }
        }
    }

    fn select(&self, of: MetaType, merged: &Merged<'d>) -> Planned<Vec<Selected<'d>>> {
        let fields = self.merged(&merged.sets, SelectedType { name: of.name(), is_node: false });
        let selected = fields.iter().map(|merged| {
            let definition = self.api().field(TypeId::Meta(of), &merged.field.name);
            let definition = definition.ok_or(Refusal::Internal("an unknown field of introspection"))?;
            let include = self.argument_value(merged.field, "includeDeprecated").and_then(|input| input.boolean());
            Ok(Selected {
                key: merged.field.response_key(),
                field: match definition.meaning {
                    FieldMeaning::Meta(field) => Some(field),
                    _ => None,
                },
                include_deprecated: include.unwrap_or(false),
                below: match definition.field_type.named {
                    TypeId::Meta(of) => self.select(of, merged)?,
                    _ => Vec::new(),
                },
            })
        });
        selected.collect()
    }
}
