//! What a service holds: rows by id, and links as pairs of ids.

use crate::{
    inputs::{Data, Input},
    values::{Cell, Id, date_time},
};
use datamodel::{Datamodel, FieldId, FieldKind, ModelId, RelationStorage, ScalarType, Side};
use std::collections::{BTreeMap, BTreeSet};

/// One cell a field of the model; relation fields have none.
pub type Row = Vec<Cell>;

#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Rows of each model.
    pub tables: Vec<BTreeMap<Id, Row>>,
    /// Links of each relation: the node on side A, the node on side B.
    links: Vec<BTreeSet<(Id, Id)>>,
}

impl State {
    pub fn new(datamodel: &Datamodel) -> State {
        State {
            tables: vec![BTreeMap::new(); datamodel.models.len()],
            links: vec![BTreeSet::new(); datamodel.relations.len()],
        }
    }

    pub fn table(&self, model: ModelId) -> &BTreeMap<Id, Row> {
        &self.tables[model.0 as usize]
    }

    pub fn table_mut(&mut self, model: ModelId) -> &mut BTreeMap<Id, Row> {
        &mut self.tables[model.0 as usize]
    }

    /// Ids of the nodes that a relation field of this node holds, in order.
    pub fn related(&self, datamodel: &Datamodel, field: FieldId, id: &Id) -> Vec<Id> {
        let (relation, side) = relation_of(datamodel, field);
        let mut related: Vec<Id> = self.links[relation]
            .iter()
            .filter_map(|(a, b)| match side {
                Side::A if a == id => Some(b.clone()),
                Side::B if b == id => Some(a.clone()),
                _ => None,
            })
            .collect();
        related.sort();
        related
    }

    /// Links two nodes. A row that holds the other end's id holds one only.
    pub fn link(&mut self, datamodel: &Datamodel, field: FieldId, parent: &Id, child: &Id) {
        let (relation, side) = relation_of(datamodel, field);
        let (a, b) = if side == Side::A { (parent, child) } else { (child, parent) };
        let storage = &datamodel.relations[relation].storage;
        self.links[relation].retain(|(old_a, old_b)| match storage {
            RelationStorage::Inline { side: Side::A, .. } => old_a != a,
            RelationStorage::Inline { side: Side::B, .. } => old_b != b,
            RelationStorage::Table { .. } => true,
        });
        self.links[relation].insert((a.clone(), b.clone()));
    }

    /// Removes the links of a node, or that to one child.
    pub fn unlink(&mut self, datamodel: &Datamodel, field: FieldId, parent: &Id, child: Option<&Id>) {
        let (relation, side) = relation_of(datamodel, field);
        self.links[relation].retain(|(a, b)| {
            let (of_parent, of_child) = if side == Side::A { (a, b) } else { (b, a) };
            of_parent != parent || child.is_some_and(|child| child != of_child)
        });
    }

    /// Removes a row and its links.
    pub fn remove(&mut self, datamodel: &Datamodel, model: ModelId, id: &Id) {
        self.table_mut(model).remove(id);
        for (links, relation) in self.links.iter_mut().zip(&datamodel.relations) {
            links.retain(|(a, b)| (relation.model_a != model || a != id) && (relation.model_b != model || b != id));
        }
    }

    /// The node with this value in a unique field.
    pub fn find(&self, field: FieldId, value: &Cell) -> Option<Id> {
        let rows = self.table(field.model).iter();
        rows.clone().find(|(_, row)| row[field.index as usize] == *value).map(|(id, _)| id.clone())
    }
}

fn relation_of(datamodel: &Datamodel, field: FieldId) -> (usize, Side) {
    let FieldKind::Relation { relation, side, .. } = datamodel.field(field).kind else {
        panic!("{} is no relation", datamodel.field(field).name);
    };
    (relation.0 as usize, side)
}

/// The model at the other end of a relation field.
pub fn target(datamodel: &Datamodel, field: FieldId) -> ModelId {
    let FieldKind::Relation { target, .. } = datamodel.field(field).kind else {
        panic!("{} is no relation", datamodel.field(field).name);
    };
    target
}

/// Whether the node's own row holds the link of this field.
pub fn is_in_own_row(datamodel: &Datamodel, field: FieldId) -> bool {
    let (relation, side) = relation_of(datamodel, field);
    matches!(datamodel.relations[relation].storage, RelationStorage::Inline { side: owner, .. } if owner == side)
}

/// A given value as the field holds it.
pub fn cell(datamodel: &Datamodel, field: FieldId, input: &Input) -> Cell {
    let scalar = match datamodel.field(field).kind {
        FieldKind::Scalar(scalar) => scalar,
        _ => ScalarType::String,
    };
    match (&input.data, scalar) {
        (Data::Bool(value), _) => Cell::Bool(*value),
        (Data::Int(value), ScalarType::Float) => Cell::Float(*value as f64),
        (Data::Int(value), ScalarType::Id) => Cell::Text(value.to_string()),
        (Data::Int(value), _) => Cell::Int(*value),
        (Data::Float(value), _) => Cell::Float(*value),
        (Data::Text(text), ScalarType::DateTime) => Cell::Time(date_time(text)),
        (Data::Text(text) | Data::Name(text), _) => Cell::Text(text.clone()),
        (Data::Json(json), _) => Cell::Json(json.clone()),
        (Data::List(items), _) => Cell::List(items.iter().map(|item| cell(datamodel, field, item)).collect()),
        (Data::Null | Data::Absent | Data::Object(_), _) => Cell::Null,
    }
}
