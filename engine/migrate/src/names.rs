//! Looks things up by name, at once for all, so that a large datamodel costs no more than its size.

use datamodel::{Datamodel, EnumId, FieldId, ModelId, RelationId};
use std::collections::HashMap;

/// The names of a datamodel.
pub(crate) struct Names<'a> {
    models: HashMap<&'a str, ModelId>,
    fields: HashMap<(ModelId, &'a str), FieldId>,
    enums: HashMap<&'a str, EnumId>,
    relations: HashMap<&'a str, RelationId>,
}

impl<'a> Names<'a> {
    pub(crate) fn of(datamodel: &'a Datamodel) -> Names<'a> {
        let fields = datamodel.models().flat_map(|(model, _)| datamodel.fields(model));
        Names {
            models: datamodel.models().map(|(id, model)| (&*model.name, id)).collect(),
            fields: fields.map(|(id, field)| ((id.model, &*field.name), id)).collect(),
            enums: datamodel.enums.iter().zip(0..).map(|(e, i)| (&*e.name, EnumId(i))).collect(),
            relations: datamodel.relations.iter().zip(0..).map(|(r, i)| (&*r.name, RelationId(i))).collect(),
        }
    }

    pub(crate) fn model(&self, name: &str) -> Option<ModelId> {
        self.models.get(name).copied()
    }

    pub(crate) fn field(&self, model: &str, name: &str) -> Option<FieldId> {
        self.fields.get(&(self.model(model)?, name)).copied()
    }

    pub(crate) fn enum_type(&self, name: &str) -> Option<EnumId> {
        self.enums.get(name).copied()
    }

    pub(crate) fn relation(&self, name: &str) -> Option<RelationId> {
        self.relations.get(name).copied()
    }
}
