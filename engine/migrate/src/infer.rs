//! From two datamodels to steps (`prisma1-server.md` §6.4).

use crate::matching::{Matching, enum_names, match_by_name, match_fields, model_names};
use crate::relation_matching::{AmbiguousRelation, match_relations};
use crate::step_details::{self, manifestation};
use crate::{Step, storage::relations};
use datamodel::{Datamodel, EnumId, Field, FieldId, FieldKind};
use std::collections::BTreeMap;

/// What the next datamodel says about old names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Renames {
    /// New and old names of models: `@rename(oldName:)`.
    pub models: BTreeMap<String, String>,
    /// New model and field names, and the field's old name.
    pub fields: BTreeMap<(String, String), String>,
    /// New and old names of enums.
    pub enums: BTreeMap<String, String>,
    /// New and old names of relations: `@relation(name:, oldName:)`.
    pub relations: BTreeMap<String, String>,
}

/// The steps from one datamodel to the next, in the original's order: deletions, updates, creations.
pub fn infer_steps(previous: &Datamodel, next: &Datamodel, renames: &Renames) -> Result<Vec<Step>, AmbiguousRelation> {
    let models = match_by_name(model_names(previous), model_names(next), |name| Some(&**renames.models.get(name)?));
    let enums = match_by_name(enum_names(previous), enum_names(next), |name| Some(&**renames.enums.get(name)?));
    let relations = match_relations(previous, next, &models, renames)?;
    let fields = match_fields(previous, next, &models, |model, previous_names, names| {
        let key = |name: &str| (next.model(model).name.clone(), name.to_owned());
        match_by_name(previous_names, names, |name| Some(&**renames.fields.get(&key(name))?))
    });
    let matching = Matching::new(previous, next, models, fields, enums, relations);
    Ok(Inference { previous, next, matching }.steps())
}

/// Two datamodels and what is what.
struct Inference<'a> {
    previous: &'a Datamodel,
    next: &'a Datamodel,
    matching: Matching,
}

impl Inference<'_> {
    fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        steps.extend(self.deleted_relations());
        steps.extend(self.deleted_fields());
        steps.extend(self.deleted_models());
        steps.extend(self.deleted_enums());
        steps.extend(self.updated_enums());
        steps.extend(self.updated_fields());
        steps.extend(self.updated_models());
        steps.extend(self.updated_relations());
        steps.extend(self.created_enums());
        steps.extend(self.created_models());
        steps.extend(self.created_fields());
        steps.extend(self.created_relations());
        steps
    }

    fn deleted_relations(&self) -> impl Iterator<Item = Step> {
        relations(self.previous)
            .filter(|id| self.matching.next_relation(*id).is_none())
            .map(|id| Step::DeleteRelation { name: self.previous.relation(id).name.clone() })
    }

    /// Fields of models that stay; those of deleted models go without a word.
    fn deleted_fields(&self) -> impl Iterator<Item = Step> {
        self.previous.models().filter(|(id, _)| self.matching.next_model(*id).is_some()).flat_map(|(id, model)| {
            self.previous
                .fields(id)
                .filter(|(id, field)| !field.is_added_back_relation() && self.matching.next_field(*id).is_none())
                .map(|(_, field)| Step::DeleteField { model: model.name.clone(), name: field.name.clone() })
        })
    }

    fn deleted_models(&self) -> impl Iterator<Item = Step> {
        self.previous
            .models()
            .filter(|(id, _)| self.matching.next_model(*id).is_none())
            .map(|(_, model)| Step::DeleteModel { name: model.name.clone() })
    }

    fn deleted_enums(&self) -> impl Iterator<Item = Step> {
        enums(self.previous)
            .filter(|id| self.matching.next_enum(*id).is_none())
            .map(|id| Step::DeleteEnum { name: self.previous.enum_type(id).name.clone() })
    }

    fn updated_enums(&self) -> impl Iterator<Item = Step> {
        enums(self.previous).filter_map(|id| {
            let (was, is) = (self.previous.enum_type(id), self.next.enum_type(self.matching.next_enum(id)?));
            (was != is).then(|| step_details::update_enum(was, is))
        })
    }

    fn updated_fields(&self) -> impl Iterator<Item = Step> {
        self.next.models().flat_map(|(model, _)| self.next.fields(model)).filter_map(|(id, is)| {
            let was_id = self.matching.previous_field(id)?;
            let was = self.previous.field(was_id);
            (aspects(was) != aspects(is)).then(|| step_details::update_field(self.previous, was_id, self.next, id))
        })
    }

    /// A model that differs in anything, also in a field's default or in the order of its fields.
    fn updated_models(&self) -> impl Iterator<Item = Step> {
        self.next.models().filter_map(|(id, is)| {
            let was_id = self.matching.previous_model(id)?;
            let was = self.previous.model(was_id);
            let is_same = was.name == is.name
                && was.database_name == is.database_name
                && was.fields.len() == is.fields.len()
                && self
                    .previous
                    .fields(was_id)
                    .zip(self.next.fields(id))
                    .all(|((was, _), (is, _))| is_same_field(self.previous, was, self.next, is));
            (!is_same).then(|| Step::UpdateModel { name: was.name.clone(), new_name: is.name.clone() })
        })
    }

    fn updated_relations(&self) -> impl Iterator<Item = Step> {
        relations(self.previous).filter_map(|was| {
            let is = self.matching.next_relation(was)?;
            let shown = |datamodel: &Datamodel, id| {
                let relation = datamodel.relation(id);
                let model = |id| datamodel.model(id).name.clone();
                (relation.name.clone(), model(relation.model_a), model(relation.model_b), manifestation(datamodel, id))
            };
            (shown(self.previous, was) != shown(self.next, is))
                .then(|| step_details::update_relation(self.previous, was, self.next, is))
        })
    }

    fn created_enums(&self) -> impl Iterator<Item = Step> {
        enums(self.next).filter(|id| self.matching.previous_enum(*id).is_none()).map(|id| {
            let created = self.next.enum_type(id);
            Step::CreateEnum { name: created.name.clone(), values: created.values.clone() }
        })
    }

    fn created_models(&self) -> impl Iterator<Item = Step> {
        self.next
            .models()
            .filter(|(id, _)| self.matching.previous_model(*id).is_none())
            .map(|(_, model)| Step::CreateModel { name: model.name.clone() })
    }

    fn created_fields(&self) -> impl Iterator<Item = Step> {
        self.next
            .models()
            .flat_map(|(model, _)| self.next.fields(model))
            .filter(|(id, field)| !field.is_added_back_relation() && self.matching.previous_field(*id).is_none())
            .map(|(id, _)| step_details::create_field(self.next, id))
    }

    fn created_relations(&self) -> impl Iterator<Item = Step> {
        relations(self.next)
            .filter(|id| self.matching.previous_relation(*id).is_none())
            .map(|id| step_details::create_relation(self.next, id))
    }
}

/// What of a field makes an `UpdateField` when it differs. Which enum or which relation does not: a field that keeps
/// its kind keeps its storage.
fn aspects(field: &Field) -> impl PartialEq {
    let kind = match field.kind {
        FieldKind::Scalar(scalar) => scalar.name(),
        FieldKind::Enum(_) => "Enum",
        FieldKind::Relation { .. } => "Relation",
    };
    // The database name of a relation field is part of the relation's storage.
    let database_name = if field.is_relation() { None } else { field.database_name.clone() };
    (
        field.name.clone(),
        kind,
        field.is_unique,
        field.is_required,
        field.is_list,
        database_name,
        field.behaviour.clone(),
    )
}

fn is_same_field(previous: &Datamodel, was: FieldId, next: &Datamodel, is: FieldId) -> bool {
    let (was, is) = (previous.field(was), next.field(is));
    aspects(was) == aspects(is)
        && was.is_hidden == is.is_hidden
        && was.default == is.default
        && match (was.kind, is.kind) {
            (FieldKind::Enum(was), FieldKind::Enum(is)) => previous.enum_type(was) == next.enum_type(is),
            (FieldKind::Relation { relation: r, side: s, .. }, FieldKind::Relation { relation, side, .. }) => {
                previous.relation(r).name == next.relation(relation).name && s == side
            }
            _ => true,
        }
}

fn enums(datamodel: &Datamodel) -> impl Iterator<Item = EnumId> {
    (0..datamodel.enums.len()).map(|i| EnumId(i as u32))
}
