//! The changes that a write tells, beside the model's and beside the rows before and after (design D24).

use crate::{expected::id, state::State, writes::Made};
use connector_interface::{Change, ChangeKind};
use datamodel::{Datamodel, FieldId, ModelId};
use std::collections::BTreeSet;

/// What is wrong with the told changes.
pub fn problem(datamodel: &Datamodel, told: &[Change], made: &[Made], before: &State, after: &State) -> Option<String> {
    let mut told: Vec<Made> = told
        .iter()
        .map(|change| Made {
            model: change.model,
            id: id(&change.id),
            kind: change.kind as u8,
            fields: change.fields.iter().copied().collect(),
            announced: change.announced,
        })
        .collect();
    let mut made = made.to_vec();
    told.sort();
    made.sort();
    if told != made {
        return Some(format!("told {told:#?}\nmade {made:#?}"));
    }
    for (model, _) in datamodel.models() {
        if let Some(problem) = of_model(datamodel, model, &told, before, after) {
            return Some(format!("{problem}\ntold {told:#?}"));
        }
    }
    None
}

/// By the rows alone: who came, who went, whose columns and lists are others.
fn of_model(datamodel: &Datamodel, model: ModelId, told: &[Made], before: &State, after: &State) -> Option<String> {
    let (before, after) = (before.table(model), after.table(model));
    let of_kind = |kind: ChangeKind| {
        let told = told.iter().filter(move |change| change.model == model && change.kind == kind as u8);
        told.map(|change| &change.id).collect::<BTreeSet<_>>()
    };
    let (created, deleted) = (of_kind(ChangeKind::Created), of_kind(ChangeKind::Deleted));
    // What a write creates and deletes again is told twice and seen by nobody.
    let came: BTreeSet<_> = after.keys().filter(|id| !before.contains_key(id)).collect();
    let went: BTreeSet<_> = before.keys().filter(|id| !after.contains_key(id)).collect();
    let passing: BTreeSet<_> = created.intersection(&deleted).copied().collect();
    if created.difference(&passing).copied().collect::<BTreeSet<_>>() != came.difference(&passing).copied().collect() {
        return Some(format!("created {created:?}, came {came:?}"));
    }
    if deleted.difference(&passing).copied().collect::<BTreeSet<_>>() != went.difference(&passing).copied().collect() {
        return Some(format!("deleted {deleted:?}, went {went:?}"));
    }
    for (id, old) in before {
        let Some(new) = after.get(id).filter(|_| !created.contains(id)) else { continue };
        let mut covered: BTreeSet<FieldId> = BTreeSet::new();
        let updates = told.iter().filter(|change| change.model == model && change.id == *id);
        updates.for_each(|change| covered.extend(&change.fields));
        for (field, declared) in datamodel.fields(model) {
            let index = field.index as usize;
            if old[index] != new[index] && !covered.contains(&field) {
                return Some(format!("{id:?}: {} is another one, and no change tells so", declared.name));
            }
        }
    }
    None
}
