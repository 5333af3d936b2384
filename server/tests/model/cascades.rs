//! Deleting nodes together with what cascades from them, and what may not lose a node.

use crate::{
    state::target,
    values::Id,
    writes::{Done, Writes},
};
use connector_interface::ChangeKind;
use datamodel::{FieldId, FieldKind, ModelId, OnDelete, Side};
use std::collections::BTreeSet;

impl Writes<'_> {
    /// Deletes nodes, and before them what cascades. `through`: the field that led to them.
    pub fn remove(
        &mut self,
        model: ModelId,
        mut ids: Vec<Id>,
        through: Option<FieldId>,
        going: &mut BTreeSet<(ModelId, Id)>,
        announced: bool,
    ) -> Done<()> {
        ids.retain(|id| going.insert((model, id.clone())));
        if ids.is_empty() {
            return Ok(());
        }
        let back = through.and_then(|field| self.datamodel.opposite(field));
        let mut fields: Vec<FieldId> = self.datamodel.fields(model).map(|(field, _)| field).collect();
        fields.retain(|field| self.cascades(*field));
        fields.sort_by_key(|field| Some(*field) == back);
        for field in fields {
            let related: Vec<Id> = ids.iter().flat_map(|id| self.state.related(self.datamodel, field, id)).collect();
            self.remove(target(self.datamodel, field), related, Some(field), going, false)?;
        }
        for (holder, _) in self.datamodel.models() {
            for (field, declared) in self.datamodel.fields(holder) {
                let requires = declared.is_relation() && declared.is_required && target(self.datamodel, field) == model;
                let is_held = || ids.iter().any(|id| !self.parents(field, id).is_empty());
                if requires && Some(field) != through && is_held() {
                    return Err(self.required(field));
                }
            }
        }
        for id in ids {
            self.state.remove(self.datamodel, model, &id);
            self.note(model, &id, ChangeKind::Deleted, BTreeSet::new(), announced);
        }
        Ok(())
    }

    fn cascades(&self, field: FieldId) -> bool {
        let FieldKind::Relation { relation, side, .. } = self.datamodel.field(field).kind else { return false };
        let relation = self.datamodel.relation(relation);
        OnDelete::Cascade == if side == Side::A { relation.on_delete_a } else { relation.on_delete_b }
    }
}
