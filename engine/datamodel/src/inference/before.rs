//! What the types of a document were in the deployed model.
//!
//! A rename counts when the old name is there and the new one is not: the directive may stay in the datamodel after the
//! deploy that carried it out. No two types were the same one.

use std::collections::HashSet;

use crate::declared::{At, Declared};
use crate::model::{Datamodel, Field, FieldKind, Model, ModelId, Relation, Side};
use crate::renames::Renames;
use crate::validation::Validated;

pub(super) struct Before<'a> {
    datamodel: Option<&'a Datamodel>,
    declared: &'a Declared,
    renames: &'a Renames,
    /// By the positions of the types.
    models: Vec<Option<ModelId>>,
}

impl<'a> Before<'a> {
    pub(super) fn new(datamodel: Option<&'a Datamodel>, validated: &'a Validated) -> Self {
        let (declared, renames) = (&validated.declared, validated.renames());
        let model_named = |name: &str| datamodel.and_then(|datamodel| datamodel.model_named(name));
        let mut taken = HashSet::new();
        let mut models = vec![None; declared.types.len()];
        let is_renamed = |name: &str| model_named(name).is_none();
        for (position, model) in declared.models().filter(|(_, model)| is_renamed(&model.name)) {
            models[position] = model_named(renames.previous_type(&model.name)).filter(|id| taken.insert(*id));
        }
        for (position, model) in declared.models().filter(|(_, model)| !is_renamed(&model.name)) {
            models[position] = model_named(&model.name).filter(|id| taken.insert(*id));
        }
        Before { datamodel, declared, renames, models }
    }

    /// The deployed model that a type was.
    pub(super) fn model(&self, position: usize) -> Option<(ModelId, &'a Model)> {
        let id = self.models[position]?;
        Some((id, self.datamodel?.model(id)))
    }

    /// The deployed relation between two types that has this name or its old one, or is the only one.
    pub(super) fn relation(&self, name: &str, one: usize, other: usize) -> Option<&'a Relation> {
        let (one, other) = (self.models[one]?, self.models[other]?);
        let between = |relation: &&Relation| {
            let (a, b) = (relation.model_a, relation.model_b);
            (a, b) == (one, other) || (a, b) == (other, one)
        };
        let mut candidates = self.datamodel?.relations.iter().filter(between);
        let old_name = self.renames.previous_relation(name);
        let named =
            [name, old_name].into_iter().find_map(|name| candidates.clone().find(|relation| relation.name == name));
        let only = candidates.next().filter(|_| candidates.next().is_none());
        named.or(only)
    }

    /// The side that a field had in a relation of its model with itself.
    pub(super) fn side(&self, at: At) -> Option<Side> {
        let (id, model) = self.model(at.owner)?;
        let name = &self.declared.field(at).name;
        let old_name = self.renames.previous_field(&self.declared.type_of(at).name, name);
        let field_named = |name: &str| model.fields.iter().find(|field| field.name == name);
        match field_named(name).or_else(|| field_named(old_name))? {
            Field { kind: FieldKind::Relation { side, target, .. }, .. } if *target == id => Some(*side),
            _ => None,
        }
    }
}
