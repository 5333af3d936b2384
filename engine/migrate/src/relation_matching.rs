//! Which relation was which, and when that cannot be told.
//!
//! A relation is the same one when its models are, and it was renamed, or kept its name, or had or gets the generated
//! name while nothing else joins the two models: giving an unnamed relation a name, or taking it away, loses nothing.
//! From one given name to another without `oldName` it is another relation.

use crate::Renames;
use datamodel::{Datamodel, ModelId, Relation};
use std::collections::{HashMap, HashSet};
use thiserror::Error;

/// It cannot be told which relation became which (error 3018).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AmbiguousRelation {
    /// An unnamed relation between these models before, several afterwards.
    #[error(
        "There is a relation ambiguity during the migration. Please first name the old relation on your schema. The \
         ambiguity is on a relation between {0} and {1}. Please name relations or change the schema in steps."
    )]
    UnnamedBefore(String, String),
    /// Several relations between these models before, an unnamed one afterwards.
    #[error(
        "There is a relation ambiguity during the migration. The ambiguity is on a relation between {0} and {1}. \
         Please name relations or change the schema in steps."
    )]
    UnnamedAfter(String, String),
}

/// For each next relation the position of the previous one. `models` says the same of the models.
pub(crate) fn match_relations(
    previous: &Datamodel,
    next: &Datamodel,
    models: &[Option<u32>],
    renames: &Renames,
) -> Result<Vec<Option<u32>>, AmbiguousRelation> {
    let was = |model: ModelId| models[model.0 as usize].map(ModelId);
    let before = Relations::of(previous, |r| Some(pair(r.model_a, r.model_b)));
    let after = Relations::of(next, |r| Some(pair(was(r.model_a)?, was(r.model_b)?)));
    refuse_ambiguity(previous, next, &before, &after)?;

    let mut taken = HashSet::new();
    let mut matched = vec![None; next.relations.len()];
    for rule in [renamed, same_name, unnamed] {
        for (i, relation) in next.relations.iter().enumerate() {
            let Some(pair) = after.pairs[i] else { continue };
            if matched[i].is_none()
                && let Some(was) = rule(&before, &after, i, renames.relations.get(&relation.name))
                && before.pairs[was] == Some(pair)
                && taken.insert(was)
            {
                matched[i] = Some(was as u32);
            }
        }
    }
    Ok(matched)
}

/// The relations of a datamodel, looked up by name and by the previous models that they join.
struct Relations<'a> {
    names: Vec<&'a str>,
    has_generated_name: Vec<bool>,
    /// `None` when one of the models is new.
    pairs: Vec<Option<Pair>>,
    by_name: HashMap<&'a str, usize>,
    by_pair: HashMap<Pair, Vec<usize>>,
}

/// Two models, the lower position first.
type Pair = (ModelId, ModelId);

fn pair(a: ModelId, b: ModelId) -> Pair {
    (a.min(b), a.max(b))
}

impl<'a> Relations<'a> {
    fn of(datamodel: &'a Datamodel, pair: impl Fn(&Relation) -> Option<Pair>) -> Relations<'a> {
        let names: Vec<_> = datamodel.relations.iter().map(|r| &*r.name).collect();
        let pairs: Vec<_> = datamodel.relations.iter().map(pair).collect();
        let mut by_pair: HashMap<_, Vec<_>> = HashMap::new();
        for (i, pair) in pairs.iter().enumerate().filter_map(|(i, pair)| Some((i, (*pair)?))) {
            by_pair.entry(pair).or_default().push(i);
        }
        Relations {
            has_generated_name: datamodel.relations.iter().map(|r| has_generated_name(datamodel, r)).collect(),
            by_name: names.iter().enumerate().map(|(i, name)| (*name, i)).collect(),
            names,
            pairs,
            by_pair,
        }
    }

    fn between(&self, pair: Pair) -> &[usize] {
        self.by_pair.get(&pair).map_or(&[], Vec::as_slice)
    }

    fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }
}

/// Whether the relation is called what an unnamed one would be.
fn has_generated_name(datamodel: &Datamodel, relation: &Relation) -> bool {
    let (a, b) = (&*datamodel.model(relation.model_a).name, &*datamodel.model(relation.model_b).name);
    let rest = relation.name.strip_prefix(a.min(b)).and_then(|rest| rest.strip_prefix("To"));
    rest == Some(a.max(b))
}

fn refuse_ambiguity(
    previous: &Datamodel,
    next: &Datamodel,
    before: &Relations<'_>,
    after: &Relations<'_>,
) -> Result<(), AmbiguousRelation> {
    let models = |relation: usize| {
        let relation = &previous.relations[relation];
        (previous.model(relation.model_a).name.clone(), previous.model(relation.model_b).name.clone())
    };
    for i in 0..previous.relations.len() {
        let pair = before.pairs[i].expect("a previous relation joins previous models");
        if before.has_generated_name[i] && before.between(pair).len() == 1 && after.between(pair).len() > 1 {
            let (a, b) = models(i);
            return Err(AmbiguousRelation::UnnamedBefore(a, b));
        }
    }
    for i in 0..next.relations.len() {
        if let Some(pair) = after.pairs[i]
            && let [first, _, ..] = before.between(pair)
            && after.has_generated_name[i]
            && after.between(pair).len() == 1
        {
            let (a, b) = models(*first);
            return Err(AmbiguousRelation::UnnamedAfter(a, b));
        }
    }
    Ok(())
}

/// The old name, if `oldName` counts: that relation was there, and not both names stand on both sides, which is how
/// it looks when the argument stayed in the datamodel and the old name was used again.
fn renamed_from<'a>(
    before: &Relations<'_>,
    after: &Relations<'_>,
    name: &str,
    old_name: Option<&'a String>,
) -> Option<&'a String> {
    old_name.filter(|old| *old != name && before.has(old) && !(before.has(name) && after.has(old)))
}

fn renamed(before: &Relations<'_>, after: &Relations<'_>, i: usize, old_name: Option<&String>) -> Option<usize> {
    before.by_name.get(renamed_from(before, after, after.names[i], old_name)?.as_str()).copied()
}

fn same_name(before: &Relations<'_>, after: &Relations<'_>, i: usize, old_name: Option<&String>) -> Option<usize> {
    let name = after.names[i];
    if renamed_from(before, after, name, old_name).is_some() { None } else { before.by_name.get(name).copied() }
}

fn unnamed(before: &Relations<'_>, after: &Relations<'_>, i: usize, _: Option<&String>) -> Option<usize> {
    let pair = after.pairs[i]?;
    let (were, are) = (before.between(pair), after.between(pair));
    let was_unnamed = were.iter().copied().find(|was| before.has_generated_name[*was]);
    match (were, are) {
        ([only], [_]) => (after.has_generated_name[i] || was_unnamed.is_some()).then_some(*only),
        _ => was_unnamed.filter(|_| after.has_generated_name[i]),
    }
}
