//! Which relation fields an update can lead through.
//!
//! Every model can be created at the top, but only one with a visible unique field can be updated there. The others, which
//! only a datamodel v1 has, are updated through a to-one field of a model that is; a list would have to select them.

use datamodel::{Datamodel, Field, FieldId, FieldKind, ModelId};
use std::collections::HashSet;

/// The visible relation fields that some update input has.
pub(crate) fn updated_through(datamodel: &Datamodel) -> HashSet<FieldId> {
    let relations = |model: ModelId| {
        datamodel.fields(model).filter(|(_, field)| !field.is_hidden && field.is_relation()).map(|(id, _)| id)
    };
    let selects = |field: &Field| !field.is_hidden && field.is_scalar() && field.is_unique;
    let is_selected = |model: ModelId| datamodel.model(model).fields.iter().any(selects);
    let at_the_top = datamodel.models().map(|(model, _)| model).filter(|model| is_selected(*model));
    let mut open: Vec<FieldId> = at_the_top.flat_map(relations).collect();
    let mut found = HashSet::new();
    while let Some(id) = open.pop() {
        if !found.insert(id) {
            continue;
        }
        if let Field { kind: FieldKind::Relation { target, .. }, is_list: false, .. } = datamodel.field(id)
            && !is_selected(*target)
        {
            let back = datamodel.opposite(id);
            open.extend(relations(*target).filter(|field| Some(*field) != back));
        }
    }
    found
}
