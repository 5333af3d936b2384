//! What a document declares -> the model, in the light of the model before.
//!
//! In order: what the types were (`before`), relations with their sides (`relations`), the hidden field of each relation
//! that has a field at one end only, and with it the order of the models, then the models themselves.

mod before;
mod relations;

use thiserror::Error;

use crate::declared::{At, Content, Declared, DeclaredField, DeclaredType, DeclaredValue, ValueKind};
use crate::model::{Datamodel, Field, FieldKind, Model, ModelId, Relation, RelationId, RelationStorage, Side};
use crate::validation::{HIDDEN_FIELD, Validated};
use before::Before;
use relations::PlannedRelation;

/// One generated relation name for two relations.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "There was an error during the autogeneration of relation names.\nPrisma generated the name {name} twice, once for:\nA relation between {} and {}\nA relation between {} and {}\nPlease name at least one of the relations.",
    first.0, first.1, second.0, second.1
)]
pub struct RelationNameTwice {
    /// The name.
    pub name: String,
    /// Models of one relation.
    pub first: (String, String),
    /// Models of the other one.
    pub second: (String, String),
}

/// The model that a document stands for. `previous` is the one that is deployed: what is the same thing there keeps
/// its identity and its side of a relation. `new_id` makes a cuid for each model that is new.
pub fn infer(
    previous: Option<&Datamodel>,
    validated: &Validated,
    new_id: &mut dyn FnMut() -> String,
) -> Result<Datamodel, RelationNameTwice> {
    let declared = &validated.declared;
    let before = Before::new(previous, validated);
    let relations = relations::plan(&before, declared)?;
    let order = model_order(declared, &relations);
    let mut inference =
        Inference { declared, before: &before, relations: &relations, ids: vec![None; declared.types.len()] };
    for (id, position) in order.iter().enumerate() {
        inference.ids[*position] = Some(ModelId(id as u32));
    }
    Ok(Datamodel {
        version: declared.version,
        models: order.iter().map(|position| inference.model(*position, new_id)).collect(),
        enums: declared.enums.clone(),
        relations: relations.iter().map(|relation| inference.relation(relation)).collect(),
    })
}

/// Positions of the models in their order: a model that gets a hidden field moves to the end.
fn model_order(declared: &Declared, relations: &[PlannedRelation]) -> Vec<usize> {
    let mut order: Vec<usize> = declared.models().map(|(position, _)| position).collect();
    for (_, moved) in relations.iter().filter_map(PlannedRelation::hidden) {
        order.retain(|position| *position != moved);
        order.push(moved);
    }
    order
}

struct Inference<'a> {
    declared: &'a Declared,
    before: &'a Before<'a>,
    relations: &'a [PlannedRelation],
    /// Ids of the models by the position of their types.
    ids: Vec<Option<ModelId>>,
}

impl Inference<'_> {
    fn model(&self, position: usize, new_id: &mut dyn FnMut() -> String) -> Model {
        let declared = &self.declared.types[position];
        let visible = declared.fields.iter().enumerate().map(|(field, declared)| match &declared.content {
            Content::Value(value) => value_field(declared, value),
            Content::Relation(_) => self.relation_field(At { owner: position, field }),
        });
        let hidden = self.relations.iter().enumerate().filter_map(|(index, relation)| {
            let (side, owner) = relation.hidden()?;
            (owner == position).then(|| self.hidden_field(index, side))
        });
        Model {
            fields: visible.chain(hidden).collect(),
            stable_identifier: self
                .before
                .model(position)
                .map_or_else(new_id, |(_, model)| model.stable_identifier.clone()),
            ..named(declared)
        }
    }

    /// A relation field. Every one belongs to exactly one relation.
    fn relation_field(&self, at: At) -> Field {
        let sides =
            |relation: &PlannedRelation| [Side::A, Side::B].into_iter().find(|side| relation.field(*side) == Some(at));
        let found = self.relations.iter().enumerate().find_map(|(index, relation)| Some((index, sides(relation)?)));
        let (index, side) = found.expect("the plan has every relation field");
        let declared = self.declared.field(at);
        let column = match &self.relations[index].storage {
            RelationStorage::Inline { side: stored, column } if *stored == side => Some(column),
            _ => None,
        };
        Field {
            name: declared.name.clone(),
            database_name: column.filter(|column| **column != declared.name).cloned(),
            kind: self.kind_on(index, side),
            is_required: declared.is_required,
            is_list: declared.is_list,
            is_unique: false,
            is_hidden: false,
            default: None,
            behaviour: None,
        }
    }

    fn kind_on(&self, index: usize, side: Side) -> FieldKind {
        let target = self.id(self.relations[index].model(side.opposite()));
        FieldKind::Relation { relation: RelationId(index as u32), side, target }
    }

    fn hidden_field(&self, index: usize, side: Side) -> Field {
        Field {
            name: format!("{HIDDEN_FIELD}{}", self.relations[index].name),
            database_name: None,
            kind: self.kind_on(index, side),
            is_required: false,
            is_list: true,
            is_unique: false,
            is_hidden: true,
            default: None,
            behaviour: None,
        }
    }

    fn relation(&self, planned: &PlannedRelation) -> Relation {
        Relation {
            name: planned.name.clone(),
            model_a: self.id(planned.model(Side::A)),
            model_b: self.id(planned.model(Side::B)),
            on_delete_a: planned.on_delete(self.declared, Side::A),
            on_delete_b: planned.on_delete(self.declared, Side::B),
            storage: planned.storage.clone(),
        }
    }

    fn id(&self, position: usize) -> ModelId {
        self.ids[position].expect("relations connect models only")
    }
}

fn named(declared: &DeclaredType) -> Model {
    Model {
        name: declared.name.clone(),
        database_name: declared.database_name.clone(),
        stable_identifier: String::new(),
        fields: Vec::new(),
    }
}

fn value_field(declared: &DeclaredField, value: &DeclaredValue) -> Field {
    Field {
        name: declared.name.clone(),
        database_name: declared.database_name.clone(),
        kind: value.kind.into(),
        is_required: declared.is_required,
        is_list: declared.is_list,
        is_unique: value.is_unique || value.is_id(),
        is_hidden: declared.is_hidden,
        default: value.default.clone(),
        behaviour: value.behaviour.clone(),
    }
}

impl From<ValueKind> for FieldKind {
    fn from(kind: ValueKind) -> Self {
        match kind {
            ValueKind::Scalar(scalar) => FieldKind::Scalar(scalar),
            ValueKind::Enum(id) => FieldKind::Enum(id),
        }
    }
}
