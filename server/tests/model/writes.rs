//! What a mutation does: its nested operations in the order of their kinds, the links that go before new ones come, what
//! may not be left without a node, and the changes that it makes.

use crate::{
    failures::{Failure, shown},
    filters::matches,
    inputs::{Data, Input},
    reads::{Saved, find, selected},
    state::{Row, State, cell, is_in_own_row, target},
    values::{Cell, Id},
};
use connector_interface::ChangeKind;
use datamodel::{Behaviour, Datamodel, DefaultValue, Field, FieldId, FieldKind, ModelId, ScalarType};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A change that is made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Made {
    pub model: ModelId,
    pub id: Id,
    /// `0`, `1`, `2`: created, updated, deleted.
    pub kind: u8,
    pub fields: BTreeSet<FieldId>,
    pub announced: bool,
}

pub struct Writes<'a> {
    pub datamodel: &'a Datamodel,
    pub state: State,
    pub now: i64,
    /// Ids that the database made, of each model, in order.
    pub fresh: BTreeMap<ModelId, VecDeque<Id>>,
    pub made: Vec<Made>,
}

pub type Done<T> = Result<T, Failure>;

/// How many nodes a relation field holds.
#[derive(Clone, Copy, PartialEq)]
enum Holds {
    One,
    MaybeOne,
    Many,
}

/// The mutation around a nested operation.
#[derive(Clone, Copy, PartialEq)]
enum Around {
    Create,
    Update,
}

/// A nested operation's place: the node around it, and the relation field.
#[derive(Clone, Copy)]
pub struct Place<'p> {
    pub parent: &'p Id,
    pub field: FieldId,
    around: Around,
}

/// What ids begin with that the database made for a mutation that it refused.
pub const UNKNOWN_ID: &str = "an id nobody has ";

const KINDS: [&str; 9] =
    ["create", "update", "upsert", "delete", "connect", "set", "disconnect", "updateMany", "deleteMany"];

impl Writes<'_> {
    pub fn create(&mut self, model: ModelId, data: &Input) -> Done<Id> {
        let id = self.insert(model, data)?;
        self.complete(model, &id, data)?;
        Ok(id)
    }

    pub fn update(&mut self, model: ModelId, selector: &Input, data: &Input) -> Done<Id> {
        let id = self.named(model, selector)?;
        self.change(model, &id, data)?;
        Ok(id)
    }

    pub fn upsert(&mut self, model: ModelId, selector: &Input, create: &Input, update: &Input) -> Done<Id> {
        match find(self.datamodel, &self.state, model, selector) {
            Some(id) => {
                self.change(model, &id, update)?;
                Ok(id)
            }
            None => self.create(model, create),
        }
    }

    pub fn delete(&mut self, model: ModelId, selector: &Input) -> Done<Saved> {
        let id = self.named(model, selector)?;
        let saved = Saved::of(self.datamodel, &self.state, model, &id);
        self.remove(model, vec![id], None, &mut BTreeSet::new(), true)?;
        Ok(saved)
    }

    pub fn update_many(&mut self, model: ModelId, filter: Option<&Input>, data: &Input) -> Done<usize> {
        let ids = self.state.table(model).keys().cloned().collect();
        self.change_all(model, ids, filter, data)
    }

    pub fn delete_many(&mut self, model: ModelId, filter: Option<&Input>) -> Done<usize> {
        let ids = self.state.table(model).keys().cloned().collect();
        self.remove_all(model, ids, filter)
    }

    fn change_all(&mut self, model: ModelId, ids: Vec<Id>, filter: Option<&Input>, data: &Input) -> Done<usize> {
        let ids = self.matching(model, ids, filter);
        // All rows get the same values, so that they are unique or not does not hang on the order.
        for id in &ids {
            self.set(model, id, data, false)?;
        }
        Ok(ids.len())
    }

    fn remove_all(&mut self, model: ModelId, ids: Vec<Id>, filter: Option<&Input>) -> Done<usize> {
        let ids = self.matching(model, ids, filter);
        let count = ids.len();
        self.remove(model, ids, None, &mut BTreeSet::new(), false)?;
        Ok(count)
    }

    fn matching(&self, model: ModelId, ids: Vec<Id>, filter: Option<&Input>) -> Vec<Id> {
        ids.into_iter().filter(|id| matches(self.datamodel, &self.state, model, id, filter)).collect()
    }

    /// The node that a selector names. There must be one.
    fn named(&self, model: ModelId, selector: &Input) -> Done<Id> {
        find(self.datamodel, &self.state, model, selector).ok_or_else(|| {
            let (field, value) = selected(self.datamodel, model, selector).expect("a selector with a value");
            let (field, model) = (&self.datamodel.field(field).name, &self.datamodel.model(model).name);
            let value = shown(&value);
            Failure { code: 3039, text: format!("No Node for the model {model} with value {value} for {field} found.") }
        })
    }

    fn insert(&mut self, model: ModelId, data: &Input) -> Done<Id> {
        let mut row: Row = self
            .datamodel
            .fields(model)
            .map(|(field, declared)| match data.get(&declared.name) {
                _ if declared.is_relation() => Cell::Null,
                given if declared.is_list => list(self.datamodel, field, given).unwrap_or(Cell::List(Vec::new())),
                Some(given) if given.data != Data::Null => cell(self.datamodel, field, given),
                given => self.of_its_own(declared, given.is_some()),
            })
            .collect();
        let id_field = self.datamodel.id_field(model);
        let id = &mut row[id_field.index as usize];
        if *id == Cell::Null {
            let made = self.made.len();
            let fresh = self.fresh.get_mut(&model).and_then(VecDeque::pop_front);
            *id = fresh.map_or_else(|| Cell::Text(format!("{UNKNOWN_ID}{made}")), |id| id.cell());
        } else if let Some(fresh) = self.fresh.get_mut(&model) {
            // The list of changes names given ids as well.
            fresh.pop_front();
        }
        let id = id.id();
        self.ensure_unique(model, None, &row)?;
        self.state.table_mut(model).insert(id.clone(), row);
        Ok(id)
    }

    /// The value of a field that is not given, or null.
    fn of_its_own(&self, declared: &Field, is_null: bool) -> Cell {
        match (&declared.behaviour, &declared.default) {
            (Some(Behaviour::CreatedAt | Behaviour::UpdatedAt), _) => Cell::Time(self.now),
            (None, Some(default)) if !is_null => match default {
                DefaultValue::String(text) | DefaultValue::Enum(text) => Cell::Text(text.clone()),
                DefaultValue::Int(number) if declared.kind == FieldKind::Scalar(ScalarType::Float) => {
                    Cell::Float(*number as f64)
                }
                DefaultValue::Int(number) => Cell::Int(*number),
                DefaultValue::Float(number) => Cell::Float(*number),
                DefaultValue::Boolean(value) => Cell::Bool(*value),
                _ => panic!("the default {default:?}"),
            },
            _ => Cell::Null,
        }
    }

    fn ensure_unique(&self, model: ModelId, own: Option<&Id>, row: &Row) -> Done<()> {
        for (field, declared) in self.datamodel.fields(model).filter(|(_, declared)| declared.is_unique) {
            let value = &row[field.index as usize];
            let other = self.state.find(field, value);
            if *value != Cell::Null && other.is_some_and(|other| Some(&other) != own) {
                let (model, field) = (&self.datamodel.model(model).name, &declared.name);
                let text = format!("A unique constraint would be violated on {model}. Details: Field name = {field}");
                return Err(Failure { code: 3010, text });
            }
        }
        Ok(())
    }

    /// What follows the row of a new node.
    fn complete(&mut self, model: ModelId, id: &Id, data: &Input) -> Done<()> {
        self.note(model, id, ChangeKind::Created, BTreeSet::new(), true);
        self.nested(model, id, Around::Create, data)
    }

    /// Changes one node.
    fn change(&mut self, model: ModelId, id: &Id, data: &Input) -> Done<()> {
        self.set(model, id, data, true)?;
        self.nested(model, id, Around::Update, data)
    }

    /// Sets columns and lists.
    fn set(&mut self, model: ModelId, id: &Id, data: &Input, announced: bool) -> Done<()> {
        let mut row = self.state.table(model)[id].clone();
        let mut fields = BTreeSet::new();
        for (field, declared) in self.datamodel.fields(model).filter(|(_, declared)| declared.is_scalar()) {
            let given = data.get(&declared.name);
            let value = match given {
                Some(_) if declared.is_list => list(self.datamodel, field, given),
                Some(given) => Some(cell(self.datamodel, field, given)),
                None => None,
            };
            if let Some(value) = value {
                row[field.index as usize] = value;
                fields.insert(field);
            }
        }
        if !fields.is_empty() {
            for (field, declared) in self.datamodel.fields(model) {
                if declared.behaviour == Some(Behaviour::UpdatedAt) {
                    row[field.index as usize] = Cell::Time(self.now);
                    fields.insert(field);
                }
            }
        }
        self.ensure_unique(model, Some(id), &row)?;
        self.state.table_mut(model).insert(id.clone(), row);
        self.note(model, id, ChangeKind::Updated, fields, announced);
        Ok(())
    }

    pub fn note(&mut self, model: ModelId, id: &Id, kind: ChangeKind, fields: BTreeSet<FieldId>, announced: bool) {
        self.made.push(Made { model, id: id.clone(), kind: kind as u8, fields, announced });
    }

    /// All nested operations of a node: by kind, then by field, then as they are given.
    fn nested(&mut self, model: ModelId, id: &Id, around: Around, data: &Input) -> Done<()> {
        for kind in KINDS {
            let fields: Vec<_> = self.datamodel.fields(model).filter(|(_, field)| field.is_relation()).collect();
            for (field, declared) in fields {
                let Some(given) = data.get_value(&declared.name).and_then(|input| input.get_value(kind)) else {
                    continue;
                };
                let place = Place { parent: id, field, around };
                match kind {
                    "set" => self.set_links(place, given.items())?,
                    _ => given.items().iter().try_for_each(|item| self.nested_one(place, declared, kind, item))?,
                }
            }
        }
        Ok(())
    }

    fn nested_one(&mut self, place: Place<'_>, declared: &Field, kind: &str, item: &Input) -> Done<()> {
        let model = target(self.datamodel, place.field);
        let part = |name: &str| item.get(name).expect("a part of a nested operation");
        let is_list = declared.is_list;
        let selector = is_list.then_some(item);
        match kind {
            "create" => self.create_related(place, item),
            "connect" => self.connect(place, item),
            "update" if is_list => {
                let id = self.named(model, part("where"))?;
                if !self.are_linked(place, &id) {
                    let child = selected(self.datamodel, model, part("where"));
                    return Err(self.not_connected(place, false, child));
                }
                self.change(model, &id, part("data"))
            }
            "update" => match self.only(place) {
                Some(id) => self.change(model, &id, item),
                None => Err(self.not_connected(place, false, None)),
            },
            "upsert" => {
                let found =
                    if is_list { find(self.datamodel, &self.state, model, part("where")) } else { self.only(place) };
                match found.filter(|id| self.are_linked(place, id)) {
                    Some(id) => self.change(model, &id, part("update")),
                    None => self.create_related(Place { around: Around::Update, ..place }, part("create")),
                }
            }
            "delete" | "disconnect" if item.data == Data::Bool(false) => Ok(()),
            "delete" => {
                let child = self.linked(place, model, selector)?;
                self.remove(model, vec![child], None, &mut BTreeSet::new(), false)
            }
            "disconnect" => {
                let (parent, child) = self.ends(place.field);
                if parent == Holds::One || child == Holds::One {
                    return Err(self.required(place.field));
                }
                let child = self.linked(place, model, selector)?;
                self.state.unlink(self.datamodel, place.field, place.parent, Some(&child));
                Ok(())
            }
            "updateMany" => {
                let related = self.state.related(self.datamodel, place.field, place.parent);
                self.change_all(model, related, Some(part("where")), part("data")).map(drop)
            }
            _ => {
                let related = self.state.related(self.datamodel, place.field, place.parent);
                self.remove_all(model, related, Some(item)).map(drop)
            }
        }
    }

    fn create_related(&mut self, place: Place<'_>, data: &Input) -> Done<()> {
        let Place { parent, field, around } = place;
        if around == Around::Update {
            let is_refused = match self.ends(field) {
                (Holds::One, Holds::One) => true,
                (Holds::MaybeOne, Holds::One) => self.only(place).is_some(),
                _ => false,
            };
            if is_refused {
                return Err(self.required(field));
            }
            if self.ends(field).0 != Holds::Many {
                self.state.unlink(self.datamodel, field, parent, None);
            }
        }
        let model = target(self.datamodel, field);
        let id = self.insert(model, data)?;
        self.link(place, &id)?;
        self.complete(model, &id, data)
    }

    fn connect(&mut self, place: Place<'_>, selector: &Input) -> Done<()> {
        let Place { parent, field, around } = place;
        let ends = self.ends(field);
        let is_refused = match (around, ends) {
            (_, (Holds::One, Holds::One)) => true,
            (Around::Update, (Holds::MaybeOne, Holds::One)) => self.only(place).is_some(),
            _ => false,
        };
        if is_refused {
            return Err(self.required(field));
        }
        let child = self.named(target(self.datamodel, field), selector)?;
        if ends == (Holds::One, Holds::MaybeOne) && !self.parents(field, &child).is_empty() {
            return Err(self.required(field));
        }
        if around == Around::Update && ends.0 != Holds::Many {
            self.state.unlink(self.datamodel, field, parent, None);
        }
        if ends.1 != Holds::Many {
            self.free(field, &child);
        }
        self.link(place, &child)
    }

    fn set_links(&mut self, place: Place<'_>, selectors: &[Input]) -> Done<()> {
        let model = target(self.datamodel, place.field);
        let children = selectors.iter().map(|selector| self.named(model, selector)).collect::<Done<Vec<_>>>()?;
        self.state.unlink(self.datamodel, place.field, place.parent, None);
        for child in children {
            if self.ends(place.field).1 != Holds::Many {
                self.free(place.field, &child);
            }
            self.link(place, &child)?;
        }
        Ok(())
    }

    /// Adds a link. What is nested may have deleted the node around it: then its own row takes no link any more, and no
    /// other row may point to it.
    fn link(&mut self, place: Place<'_>, child: &Id) -> Done<()> {
        if self.state.table(place.field.model).contains_key(place.parent) {
            self.state.link(self.datamodel, place.field, place.parent, child);
        } else if !is_in_own_row(self.datamodel, place.field) {
            let text = "You are referencing a node that does not exist. Please check your mutation to make sure you are only creating edges between existing nodes. Id if available: ";
            return Err(Failure { code: 3011, text: text.to_owned() });
        }
        Ok(())
    }

    /// What both ends of a relation hold, seen from one field. A field that the datamodel does not have holds many.
    fn ends(&self, field: FieldId) -> (Holds, Holds) {
        let holds = |field: Option<FieldId>| match field.map(|field| self.datamodel.field(field)) {
            Some(field) if field.is_list || field.is_hidden => Holds::Many,
            Some(field) if field.is_required => Holds::One,
            Some(_) => Holds::MaybeOne,
            None => Holds::Many,
        };
        (holds(Some(field)), holds(self.datamodel.opposite(field)))
    }

    /// The node of a to-one field.
    fn only(&self, place: Place<'_>) -> Option<Id> {
        self.state.related(self.datamodel, place.field, place.parent).into_iter().next()
    }

    fn are_linked(&self, place: Place<'_>, child: &Id) -> bool {
        self.state.related(self.datamodel, place.field, place.parent).contains(child)
    }

    /// The nodes whose field holds this one.
    pub fn parents(&self, field: FieldId, child: &Id) -> Vec<Id> {
        let all = self.state.table(field.model).keys();
        all.filter(|id| self.state.related(self.datamodel, field, id).contains(child)).cloned().collect()
    }

    /// Takes a node away from whoever holds it.
    fn free(&mut self, field: FieldId, child: &Id) {
        for parent in self.parents(field, child) {
            self.state.unlink(self.datamodel, field, &parent, Some(child));
        }
    }

    /// The related node that a selector names, or the only one.
    fn linked(&self, place: Place<'_>, model: ModelId, selector: Option<&Input>) -> Done<Id> {
        match selector {
            Some(selector) => {
                let child = self.named(model, selector)?;
                let id_field = self.datamodel.id_field(model);
                let is_linked = self.are_linked(place, &child);
                if is_linked { Ok(child) } else { Err(self.not_connected(place, true, Some((id_field, child.cell())))) }
            }
            None => self.only(place).ok_or_else(|| self.not_connected(place, true, None)),
        }
    }
}

/// `{ set: […] }` of a scalar list.
fn list(datamodel: &Datamodel, field: FieldId, given: Option<&Input>) -> Option<Cell> {
    let set = given?.get_value("set")?;
    Some(Cell::List(set.items().iter().map(|item| cell(datamodel, field, item)).collect()))
}
