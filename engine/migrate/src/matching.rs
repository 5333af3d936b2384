//! What of the next datamodel was what in the previous one.
//!
//! Inference finds it out from names and renames; everybody after that reads it off the steps, so that a migration
//! means what its steps say. No two things of the next datamodel ever match the same previous thing.

use crate::Step;
use datamodel::{Datamodel, EnumId, FieldId, FieldKind, ModelId, RelationId, Side};
use std::collections::{HashMap, HashSet};

/// Counterparts of everything in two datamodels.
pub(crate) struct Matching {
    models: Counterparts,
    enums: Counterparts,
    relations: Counterparts,
    previous_fields: HashMap<FieldId, FieldId>,
    next_fields: HashMap<FieldId, FieldId>,
    flipped_relations: HashSet<RelationId>,
}

/// Positions of one kind of thing: what each next one was, and what each previous one became.
struct Counterparts {
    previous: Vec<Option<u32>>,
    next: Vec<Option<u32>>,
}

impl Matching {
    /// Puts a matching together from what each next thing was, by position.
    pub(crate) fn new(
        previous: &Datamodel,
        next: &Datamodel,
        models: Vec<Option<u32>>,
        fields: HashMap<FieldId, FieldId>,
        enums: Vec<Option<u32>>,
        relations: Vec<Option<u32>>,
    ) -> Matching {
        let mut matching = Matching {
            models: Counterparts::new(models, previous.models.len()),
            enums: Counterparts::new(enums, previous.enums.len()),
            relations: Counterparts::new(relations, previous.relations.len()),
            next_fields: fields.iter().map(|(next, previous)| (*previous, *next)).collect(),
            previous_fields: fields,
            flipped_relations: HashSet::new(),
        };
        matching.flipped_relations = (0..next.relations.len())
            .map(|i| RelationId(i as u32))
            .filter(|n| matching.previous_relation(*n).is_some_and(|p| matching.is_flipped(previous, p, next, *n)))
            .collect();
        matching
    }

    /// Reads the matching off the steps between the two.
    pub(crate) fn from_steps(previous: &Datamodel, next: &Datamodel, steps: &[Step]) -> Matching {
        let said = Said::by(steps);
        let models = find(model_names(previous), model_names(next), |name| said.models.old_name(name, name));
        let enums = find(enum_names(previous), enum_names(next), |name| said.enums.old_name(name, name));
        let relations =
            find(relation_names(previous), relation_names(next), |name| said.relations.old_name(name, name));
        let fields = match_fields(previous, next, &models, |model, previous_names, names| {
            find(previous_names, names, |name| said.fields.old_name((&next.model(model).name, name), name))
        });
        Matching::new(previous, next, models, fields, enums, relations)
    }

    /// What a next model was.
    pub(crate) fn previous_model(&self, next: ModelId) -> Option<ModelId> {
        self.models.previous[next.0 as usize].map(ModelId)
    }

    /// What became of a previous model.
    pub(crate) fn next_model(&self, previous: ModelId) -> Option<ModelId> {
        self.models.next[previous.0 as usize].map(ModelId)
    }

    /// What a next field was. Added back relations were nothing and become nothing.
    pub(crate) fn previous_field(&self, next: FieldId) -> Option<FieldId> {
        self.previous_fields.get(&next).copied()
    }

    /// What became of a previous field.
    pub(crate) fn next_field(&self, previous: FieldId) -> Option<FieldId> {
        self.next_fields.get(&previous).copied()
    }

    /// What a next enum was.
    pub(crate) fn previous_enum(&self, next: EnumId) -> Option<EnumId> {
        self.enums.previous[next.0 as usize].map(EnumId)
    }

    /// What became of a previous enum.
    pub(crate) fn next_enum(&self, previous: EnumId) -> Option<EnumId> {
        self.enums.next[previous.0 as usize].map(EnumId)
    }

    /// What a next relation was.
    pub(crate) fn previous_relation(&self, next: RelationId) -> Option<RelationId> {
        self.relations.previous[next.0 as usize].map(RelationId)
    }

    /// What became of a previous relation.
    pub(crate) fn next_relation(&self, previous: RelationId) -> Option<RelationId> {
        self.relations.next[previous.0 as usize].map(RelationId)
    }

    /// The previous side that a side of a next relation was. For a new relation: the same.
    pub(crate) fn previous_side(&self, next: RelationId, side: Side) -> Side {
        if self.flipped_relations.contains(&next) { side.opposite() } else { side }
    }

    /// Whether side A is what side B was. Sides follow the models; in a self relation, where both sides are the same
    /// model, they follow the fields.
    fn is_flipped(&self, previous: &Datamodel, was: RelationId, next: &Datamodel, is: RelationId) -> bool {
        let (p, n) = (previous.relation(was), next.relation(is));
        if p.model_a != p.model_b {
            return self.previous_model(n.model_a) != Some(p.model_a);
        }
        [Side::A, Side::B].into_iter().any(|side| {
            let was_field = next.relation_field(is, side).and_then(|field| self.previous_field(field));
            was_field.is_some_and(|field| match previous.field(field).kind {
                FieldKind::Relation { relation, side: was_side, .. } => relation == was && was_side != side,
                FieldKind::Scalar(_) | FieldKind::Enum(_) => false,
            })
        })
    }
}

impl Counterparts {
    fn new(previous: Vec<Option<u32>>, previous_len: usize) -> Counterparts {
        let mut next = vec![None; previous_len];
        for (i, was) in previous.iter().enumerate() {
            if let Some(was) = was {
                next[*was as usize] = Some(i as u32);
            }
        }
        Counterparts { previous, next }
    }
}

/// What the steps say about names: which things are new, and the old names of those that are not.
#[derive(Default)]
struct Said<'a> {
    models: SaidOf<'a, &'a str>,
    fields: SaidOf<'a, (&'a str, &'a str)>,
    enums: SaidOf<'a, &'a str>,
    relations: SaidOf<'a, &'a str>,
}

struct SaidOf<'a, K> {
    created: HashSet<K>,
    old_names: HashMap<K, &'a str>,
}

impl<K> Default for SaidOf<'_, K> {
    fn default() -> Self {
        SaidOf { created: HashSet::new(), old_names: HashMap::new() }
    }
}

impl<'a, K: std::hash::Hash + Eq> SaidOf<'a, K> {
    /// The old name of what is called `name` now; `None` when it is new.
    fn old_name(&self, key: K, name: &'a str) -> Option<&'a str> {
        if self.created.contains(&key) { None } else { Some(self.old_names.get(&key).copied().unwrap_or(name)) }
    }
}

impl<'a> Said<'a> {
    fn by(steps: &'a [Step]) -> Said<'a> {
        let mut said = Said::default();
        for step in steps {
            match step {
                Step::CreateModel { name } => _ = said.models.created.insert(name),
                Step::UpdateModel { name, new_name } => _ = said.models.old_names.insert(new_name, name),
                Step::CreateField { model, name, .. } => _ = said.fields.created.insert((model, name)),
                Step::UpdateField { new_model, name, new_name, .. } => {
                    said.fields.old_names.insert((new_model, new_name.as_ref().unwrap_or(name)), name);
                }
                Step::CreateEnum { name, .. } => _ = said.enums.created.insert(name),
                Step::UpdateEnum { name, new_name, .. } => {
                    said.enums.old_names.insert(new_name.as_ref().unwrap_or(name), name);
                }
                Step::CreateRelation { name, .. } => _ = said.relations.created.insert(name),
                Step::UpdateRelation { name, new_name, .. } => {
                    said.relations.old_names.insert(new_name.as_ref().unwrap_or(name), name);
                }
                Step::DeleteModel { .. }
                | Step::DeleteField { .. }
                | Step::DeleteEnum { .. }
                | Step::DeleteRelation { .. }
                | Step::UpdateSecrets {} => {}
            }
        }
        said
    }
}

/// Matches the fields of matching models, added back relations aside, with `match_names`, which gets the next model and the field names
/// of both.
pub(crate) fn match_fields<'a>(
    previous: &'a Datamodel,
    next: &'a Datamodel,
    models: &[Option<u32>],
    match_names: impl Fn(ModelId, Vec<&'a str>, Vec<&'a str>) -> Vec<Option<u32>>,
) -> HashMap<FieldId, FieldId> {
    let declared = |datamodel: &'a Datamodel, model| {
        datamodel
            .fields(model)
            .filter(|(_, f)| !f.is_added_back_relation())
            .map(|(id, f)| (id, &*f.name))
            .unzip::<_, _, Vec<_>, _>()
    };
    let mut fields = HashMap::new();
    for ((model, _), was) in next.models().zip(models) {
        let Some(was) = was else { continue };
        let (previous_ids, previous_names) = declared(previous, ModelId(*was));
        let (ids, names) = declared(next, model);
        let matches = ids.into_iter().zip(match_names(model, previous_names, names));
        fields.extend(matches.filter_map(|(id, was)| Some((id, previous_ids[was? as usize]))));
    }
    fields
}

/// Matches things by name.
///
/// A rename counts when the old name is there and the new one is not: the directive may stay in the datamodel after
/// the deploy that carried it out, and must not do anything again then.
pub(crate) fn match_by_name<'a>(
    previous: Vec<&str>,
    next: Vec<&'a str>,
    old_name: impl Fn(&'a str) -> Option<&'a str>,
) -> Vec<Option<u32>> {
    let known: HashSet<&str> = previous.iter().copied().collect();
    let mut taken = HashSet::new();
    let rename = |name| old_name(name).filter(|old| !known.contains(name) && known.contains(old));
    let renamed: HashMap<&str, &str> =
        next.iter().filter_map(|name| Some((*name, rename(*name)?))).filter(|(_, old)| taken.insert(*old)).collect();
    find(previous, next, |name| renamed.get(name).copied().or_else(|| (!taken.contains(name)).then_some(name)))
}

/// The position of each next thing's old name among the previous ones.
fn find<'a>(
    previous: Vec<&str>,
    next: Vec<&'a str>,
    old_name: impl Fn(&'a str) -> Option<&'a str>,
) -> Vec<Option<u32>> {
    let positions: HashMap<&str, u32> = previous.into_iter().zip(0..).collect();
    let mut taken = HashSet::new();
    next.into_iter().map(|name| positions.get(old_name(name)?).copied().filter(|i| taken.insert(*i))).collect()
}

pub(crate) fn model_names(datamodel: &Datamodel) -> Vec<&str> {
    datamodel.models.iter().map(|m| &*m.name).collect()
}

pub(crate) fn enum_names(datamodel: &Datamodel) -> Vec<&str> {
    datamodel.enums.iter().map(|e| &*e.name).collect()
}

fn relation_names(datamodel: &Datamodel) -> Vec<&str> {
    datamodel.relations.iter().map(|r| &*r.name).collect()
}
