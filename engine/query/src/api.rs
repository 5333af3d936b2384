//! The API of one service: its model, and the small index of names from which everything else is computed.

use crate::names::{capitalised, uncapitalised};
use crate::plural::plural;
use crate::reach::updated_through;
use ahash::AHashMap;
use datamodel::{Datamodel, EnumId, Field, FieldId, FieldKind, Model, ModelId};
use std::{collections::HashSet, sync::Arc};

/// The API of a service. Making one is cheap; it is shared by all requests of a revision.
#[derive(Debug)]
pub struct Api {
    datamodel: Arc<Datamodel>,
    options: ApiOptions,
    names: Names,
    longest_model_name: usize,
    facts: Vec<ModelFacts>,
    enum_is_used: Vec<bool>,
    updated_through: HashSet<FieldId>,
}

/// What is configured rather than declared.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ApiOptions {
    /// Names of the databases, where raw access is on: makes `executeRaw` and `PrismaDatabase`.
    pub raw_access: Option<Vec<String>>,
    /// Bounds on documents.
    pub limits: DocumentLimits,
}

/// Bounds on what a document asks for, judged after it is parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentLimits {
    /// Depth of brackets, so that parsing cannot exhaust the stack.
    pub nesting_max: usize,
    /// Depth of fields.
    pub field_depth_max: usize,
    /// Depth of fields below `__schema` and `__type`.
    pub introspection_depth_max: usize,
    /// Root fields and aliases, together.
    pub aliases_max: usize,
    /// Directives.
    pub directives_max: usize,
    /// Fragments.
    pub fragments_max: usize,
    /// Selected fields, once each fragment is put where it is used.
    pub expanded_selections_max: u64,
    /// Errors told at once.
    pub errors_max: usize,
    /// Bytes of an introspection answer.
    pub introspection_bytes_max: usize,
}

impl Default for DocumentLimits {
    fn default() -> Self {
        DocumentLimits {
            nesting_max: 64,
            field_depth_max: 20,
            introspection_depth_max: 30,
            aliases_max: 500,
            directives_max: 50,
            fragments_max: 200,
            expanded_selections_max: 10_000,
            errors_max: 20,
            introspection_bytes_max: 16 * 1024 * 1024,
        }
    }
}

/// From names to models and enums. Where two models come to the same name, the first one has it.
#[derive(Debug, Default)]
struct Names {
    /// `User`
    models: AHashMap<Box<str>, ModelId>,
    /// `user`
    singles: AHashMap<Box<str>, ModelId>,
    /// `Users`
    plurals: AHashMap<Box<str>, ModelId>,
    enums: AHashMap<Box<str>, EnumId>,
}

/// What is asked of a model often enough to be kept.
#[derive(Debug, Default)]
pub(crate) struct ModelFacts {
    /// `Users`
    pub plural: Box<str>,
    /// Positions of the visible fields, sorted by name.
    by_name: Box<[u32]>,
    /// What leads here in creates where the opposite field is hidden.
    pub creates: Reached,
    /// The same in updates.
    pub updates: Reached,
    /// Some to-many relation field that updates have leads here.
    pub is_listed: bool,
}

/// How a nested input is reached: by a to-one field, a required one, or a list.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reached {
    pub one: bool,
    pub one_required: bool,
    pub many: bool,
}

impl Reached {
    /// By this field.
    pub fn by(field: &Field) -> Reached {
        Reached {
            one: !field.is_list && !field.is_required,
            one_required: !field.is_list && field.is_required,
            many: field.is_list,
        }
    }

    fn or(self, other: Reached) -> Reached {
        Reached {
            one: self.one || other.one,
            one_required: self.one_required || other.one_required,
            many: self.many || other.many,
        }
    }
}

impl Api {
    /// The API of a model.
    pub fn new(datamodel: Arc<Datamodel>, options: ApiOptions) -> Api {
        let mut names = Names::default();
        let mut facts: Vec<ModelFacts> = Vec::with_capacity(datamodel.models.len());
        let mut enum_is_used = vec![false; datamodel.enums.len()];
        let updated_through = updated_through(&datamodel);
        for (id, model) in datamodel.models() {
            let plural: Box<str> = plural(&model.name).into();
            names.models.entry(model.name.as_str().into()).or_insert(id);
            names.singles.entry(uncapitalised(&model.name).into()).or_insert(id);
            names.plurals.entry(plural.clone()).or_insert(id);
            facts.push(ModelFacts { plural, by_name: fields_by_name(model), ..ModelFacts::default() });
        }
        for (i, enum_type) in datamodel.enums.iter().enumerate() {
            names.enums.entry(enum_type.name.as_str().into()).or_insert(EnumId(i as u32));
        }
        for (id, _) in datamodel.models() {
            for (field_id, field) in datamodel.fields(id).filter(|(_, field)| !field.is_hidden) {
                match field.kind {
                    FieldKind::Scalar(_) => {}
                    FieldKind::Enum(enum_id) => enum_is_used[enum_id.0 as usize] = true,
                    FieldKind::Relation { target, .. } => {
                        let hidden_opposite = datamodel.opposite(field_id).is_none_or(|f| datamodel.field(f).is_hidden);
                        let is_updated = updated_through.contains(&field_id);
                        let target = &mut facts[target.0 as usize];
                        target.is_listed |= is_updated && field.is_list;
                        if hidden_opposite {
                            target.creates = target.creates.or(Reached::by(field));
                        }
                        if hidden_opposite && is_updated {
                            target.updates = target.updates.or(Reached::by(field));
                        }
                    }
                }
            }
        }
        let longest_model_name = datamodel.models.iter().map(|model| model.name.len()).max().unwrap_or_default();
        Api { datamodel, options, names, longest_model_name, facts, enum_is_used, updated_through }
    }

    /// The model behind the API.
    pub fn datamodel(&self) -> &Arc<Datamodel> {
        &self.datamodel
    }

    /// What is configured.
    pub fn options(&self) -> &ApiOptions {
        &self.options
    }

    /// The visible field of that name.
    pub fn model_field(&self, model: ModelId, name: &str) -> Option<FieldId> {
        let fields = &self.datamodel.model(model).fields;
        let by_name = &self.facts(model).by_name;
        let at = by_name.binary_search_by(|index| fields[*index as usize].name.as_str().cmp(name)).ok()?;
        Some(FieldId { model, index: by_name[at] })
    }

    /// Bytes of the longest name of a model.
    pub(crate) fn longest_model_name(&self) -> usize {
        self.longest_model_name
    }

    pub(crate) fn facts(&self, model: ModelId) -> &ModelFacts {
        &self.facts[model.0 as usize]
    }

    pub(crate) fn model(&self, id: ModelId) -> &Model {
        self.datamodel.model(id)
    }

    /// The visible fields of a model in the order of the model.
    pub(crate) fn visible_fields(&self, model: ModelId) -> impl Iterator<Item = (FieldId, &Field)> {
        self.datamodel.fields(model).filter(|(_, field)| !field.is_hidden)
    }

    /// The opposite of a relation field, where it is visible.
    pub(crate) fn visible_opposite(&self, field: FieldId) -> Option<FieldId> {
        self.datamodel.opposite(field).filter(|opposite| !self.datamodel.field(*opposite).is_hidden)
    }

    /// Whether some update input has this relation field.
    pub(crate) fn is_updated_through(&self, field: FieldId) -> bool {
        self.updated_through.contains(&field)
    }

    /// The model called `User`.
    pub(crate) fn model_named(&self, name: &str) -> Option<ModelId> {
        self.names.models.get(name).copied()
    }

    /// The model whose single is `user`.
    pub(crate) fn model_of_single(&self, single: &str) -> Option<ModelId> {
        self.names.singles.get(single).copied()
    }

    /// The model whose plural is `Users`.
    pub(crate) fn model_of_plural(&self, plural: &str) -> Option<ModelId> {
        self.names.plurals.get(plural).copied()
    }

    /// The model whose list is called `users`.
    pub(crate) fn model_of_list(&self, list: &str) -> Option<ModelId> {
        // Only names that come from lowering the first letter count: `Users` is no root field.
        let model = self.model_of_plural(&capitalised(list))?;
        (uncapitalised(&self.facts(model).plural) == list).then_some(model)
    }

    /// The enum of that name, if some visible field is of it.
    pub(crate) fn enum_named(&self, name: &str) -> Option<EnumId> {
        self.names.enums.get(name).copied().filter(|id| self.enum_is_used(*id))
    }

    pub(crate) fn enum_is_used(&self, id: EnumId) -> bool {
        self.enum_is_used[id.0 as usize]
    }
}

fn fields_by_name(model: &Model) -> Box<[u32]> {
    let mut indexes: Vec<u32> =
        (0..model.fields.len() as u32).filter(|index| !model.fields[*index as usize].is_hidden).collect();
    indexes.sort_by(|a, b| model.fields[*a as usize].name.cmp(&model.fields[*b as usize].name));
    indexes.into()
}
