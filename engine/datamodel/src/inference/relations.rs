//! The relations of a document: names, sides, storage.

use super::RelationNameTwice;
use super::before::Before;
use crate::declared::{At, Content, Declared, Related, Storage};
use crate::model::{OnDelete, RelationStorage, Side, Version};

/// A relation between types of the document; A and B are indexes 0 and 1.
pub(super) struct PlannedRelation {
    pub(super) name: String,
    models: [usize; 2],
    fields: [Option<At>; 2],
    pub(super) storage: RelationStorage,
}

impl PlannedRelation {
    pub(super) fn model(&self, side: Side) -> usize {
        self.models[side as usize]
    }

    pub(super) fn field(&self, side: Side) -> Option<At> {
        self.fields[side as usize]
    }

    /// The side without a field, and its model.
    pub(super) fn hidden(&self) -> Option<(Side, usize)> {
        let side = [Side::A, Side::B].into_iter().find(|side| self.field(*side).is_none())?;
        Some((side, self.model(side)))
    }

    /// `onDelete` of the field on a side.
    pub(super) fn on_delete(&self, declared: &Declared, side: Side) -> OnDelete {
        match self.field(side).map(|at| &declared.field(at).content) {
            Some(Content::Relation(relation)) => relation.on_delete,
            _ => OnDelete::SetNull,
        }
    }
}

/// All relations, in the order of their first fields.
pub(super) fn plan(before: &Before<'_>, declared: &Declared) -> Result<Vec<PlannedRelation>, RelationNameTwice> {
    let planner = Planner { before, declared };
    let mut relations: Vec<PlannedRelation> = Vec::new();
    for related @ (at, _, relation) in declared.relations() {
        let name = declared.relation_name(related);
        let Some(known) = relations.iter().find(|known| known.name == name) else {
            relations.push(planner.relation(name, related));
            continue;
        };
        if known.fields.contains(&Some(at)) {
            continue;
        }
        let names = |[one, other]: [usize; 2]| {
            let (one, other) = (&declared.types[one].name, &declared.types[other].name);
            (one.min(other).clone(), one.max(other).clone())
        };
        return Err(RelationNameTwice { name, first: names(known.models), second: names([at.owner, relation.target]) });
    }
    Ok(relations)
}

struct Planner<'a> {
    before: &'a Before<'a>,
    declared: &'a Declared,
}

impl Planner<'_> {
    /// The relation of which this is the first field.
    fn relation(&self, name: String, related: Related<'_>) -> PlannedRelation {
        let (at, _, relation) = related;
        let opposite = self.declared.opposite(related).map(|(opposite, ..)| opposite);
        let (mut models, mut fields) = ([at.owner, relation.target], [Some(at), opposite]);
        let is_reversed = match at.owner == relation.target {
            true => opposite.is_some_and(|opposite| self.side_in_self_relation(at, opposite) == Side::B),
            false => self.is_reversed(&name, models),
        };
        if is_reversed {
            models.reverse();
            fields.reverse();
        }
        let mut planned = PlannedRelation {
            name,
            models,
            fields,
            storage: RelationStorage::Inline { side: Side::A, column: String::new() },
        };
        planned.storage = self.storage(related, &planned);
        planned
    }

    /// Whether the first of two different models is on side B: the model's name comes second in the alphabet, unless
    /// the relation was there before, perhaps under other names, and then its sides stay.
    fn is_reversed(&self, name: &str, [one, other]: [usize; 2]) -> bool {
        match (self.before.relation(name, one, other), self.before.model(one)) {
            (Some(relation), Some((id, _))) => relation.model_a != id,
            _ => self.declared.types[one].name > self.declared.types[other].name,
        }
    }

    /// The side of a field in a relation of a model with itself. The field keeps the side that it had, or takes the one
    /// that the other field did not have; else the alphabet decides.
    fn side_in_self_relation(&self, at: At, opposite: At) -> Side {
        match (self.before.side(at), self.before.side(opposite)) {
            (Some(side), other) if other != Some(side) => side,
            (None, Some(other)) => other.opposite(),
            _ if self.declared.field(at).name < self.declared.field(opposite).name => Side::A,
            _ => Side::B,
        }
    }

    fn storage(&self, related: Related<'_>, planned: &PlannedRelation) -> RelationStorage {
        match self.declared.storage(related) {
            Storage::Inline(at) => {
                let side = if planned.field(Side::A) == Some(at) { Side::A } else { Side::B };
                let column = self.declared.field(at).column().to_owned();
                RelationStorage::Inline { side: self.side_of_column(planned, &column).unwrap_or(side), column }
            }
            Storage::Table(None) => RelationStorage::Table {
                table: format!("_{}", planned.name),
                column_a: "A".to_owned(),
                column_b: "B".to_owned(),
                id_column: (self.declared.version == Version::V1).then(|| "id".to_owned()),
            },
            Storage::Table(Some(position)) => {
                let table = &self.declared.types[position];
                let mut ends = self.declared.relations_of(position);
                let (first, second) = (ends.next(), ends.next());
                let (one, other) = first.zip(second).expect("a link table has two relation fields");
                // For a relation of a model with itself the first field stands for side A.
                let is_reversed = one.2.target != planned.model(Side::A);
                let (a, b) = if is_reversed { (other, one) } else { (one, other) };
                RelationStorage::Table {
                    table: table.table().to_owned(),
                    column_a: a.1.column().to_owned(),
                    column_b: b.1.column().to_owned(),
                    id_column: table.id().map(|(id, _)| id.column().to_owned()),
                }
            }
        }
    }

    /// The side that the deployed column of a one-to-one relation of a model with itself has. It can be another one than
    /// that of the field with the column's name: the original always took B.
    fn side_of_column(&self, planned: &PlannedRelation, column: &str) -> Option<Side> {
        let model = planned.models[0];
        let is_one = |side| planned.field(side).is_some_and(|at| !self.declared.field(at).is_list);
        if model != planned.models[1] || !is_one(Side::A) || !is_one(Side::B) {
            return None;
        }
        match &self.before.relation(&planned.name, model, model)?.storage {
            RelationStorage::Inline { side, column: before } if before == column => Some(*side),
            _ => None,
        }
    }
}
