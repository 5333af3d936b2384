//! Links of a chunk, a relation after the other.
//!
//! The original looks at nothing but the database's own constraints, so that a field that holds one node can be made to
//! hold two. Here such a link is refused; where the link is a column of the row that holds it, the new one takes the place
//! of the old one, as in the original.

use super::{
    super::{
        Failure, RowChange, Session, Write,
        links::{self, Links, Storage},
    },
    Key, SLICE, present,
    store::{self, Row},
    texts,
};
use crate::sql::Parameter;
use connector_interface::{ConnectorError, ImportLink, Refusals, Value, live_bytes};
use datamodel::{Datamodel, FieldId, Relation, RelationId, Side};
use std::collections::HashMap;

/// Stores links.
pub(super) async fn store<S: Session>(
    write: &Write<'_, S>,
    links: &[ImportLink],
    refusals: &mut Refusals,
) -> Result<(), Failure> {
    for number in 0..write.datamodel.relations.len() {
        let relation = RelationId(u32::try_from(number).unwrap_or(u32::MAX));
        let of_relation: Vec<&ImportLink> = links.iter().filter(|link| link.relation == relation).collect();
        if of_relation.is_empty() {
            continue;
        }
        let table = Table::new(write.datamodel, relation)?;
        for slice in of_relation.chunks(SLICE) {
            table.store(write, slice, refusals).await?;
        }
    }
    Ok(())
}

/// Where the links of a relation lie: parents are the nodes of side A.
struct Table<'a> {
    links: Links<'a>,
    relation: &'a Relation,
    /// The fields, by side.
    fields: [Option<FieldId>; 2],
    /// The side whose rows hold the links, if that is where they are.
    owner: Option<Side>,
}

/// The nodes that each node is linked to, on the sides where that is one at most.
#[derive(Default)]
struct Held {
    of_a: Option<HashMap<Key, Key>>,
    of_b: Option<HashMap<Key, Key>>,
}

/// What is to be written.
#[derive(Default)]
struct Accepted<'v> {
    /// Links, and what they add.
    links: Vec<(&'v ImportLink, u64)>,
    /// Their places by the row that holds them: a statement for many rows sets each once.
    by_owner: HashMap<Key, usize>,
}

impl<'a> Table<'a> {
    fn new(datamodel: &'a Datamodel, relation: RelationId) -> Result<Table<'a>, ConnectorError> {
        let fields = [Side::A, Side::B].map(|side| datamodel.relation_field(relation, side));
        let links = match fields {
            [Some(a), _] => links::of(datamodel, a)?,
            [None, Some(b)] => links::of(datamodel, b)?.reversed(),
            [None, None] => return Err(ConnectorError::Database("a relation without fields".to_owned())),
        };
        let owner = match links.storage {
            Storage::ParentRow => Some(Side::A),
            Storage::ChildRow => Some(Side::B),
            Storage::Table { .. } => None,
        };
        Ok(Table { links, relation: datamodel.relation(relation), fields, owner })
    }

    async fn store<S: Session>(
        &self,
        write: &Write<'_, S>,
        slice: &[&ImportLink],
        refusals: &mut Refusals,
    ) -> Result<(), Failure> {
        let (a_ids, b_ids): (Vec<&Value>, Vec<&Value>) = slice.iter().map(|link| (&link.a, &link.b)).unzip();
        let a_nodes = present(write, self.relation.model_a, &a_ids).await?;
        let b_nodes = present(write, self.relation.model_b, &b_ids).await?;
        let mut held =
            Held { of_a: self.held(write, Side::A, &a_ids).await?, of_b: self.held(write, Side::B, &b_ids).await? };
        let mut accepted = Accepted::default();
        for link in slice {
            let Some((a, b)) = Key::of(&link.a).zip(Key::of(&link.b)) else { continue };
            let (of_a, of_b) = (held.get(Side::A, &a).cloned(), held.get(Side::B, &b).cloned());
            if of_a.as_ref() == Some(&b) || of_b.as_ref() == Some(&a) {
                continue;
            }
            let has = (a_nodes.contains(&a), b_nodes.contains(&b));
            if let Some(cause) = self.unfit(write.datamodel, link, has, (of_a.is_some(), of_b.is_some())) {
                refusals.add(link.element, || self.text(write.datamodel, link, &cause));
                continue;
            }
            let is_new = self.owner.is_none_or(|owner| if owner == Side::A { of_a.is_none() } else { of_b.is_none() });
            let row = self.owner.map(|owner| if owner == Side::A { a.clone() } else { b.clone() });
            held.replace(a, b, of_a, of_b);
            accepted.add(link, row, if is_new { live_bytes::LINK } else { 0 });
        }
        self.write(write, &accepted.links, refusals).await
    }

    /// Whether nodes of a side are linked to one node at most.
    fn holds_one(&self, datamodel: &Datamodel, side: Side) -> bool {
        let field = self.fields[usize::from(side == Side::B)];
        self.owner == Some(side) || field.is_some_and(|field| !datamodel.field(field).is_list)
    }

    /// What nodes of a side are linked to, if that is one node at most.
    async fn held<S: Session>(
        &self,
        write: &Write<'_, S>,
        side: Side,
        ids: &[&Value],
    ) -> Result<Option<HashMap<Key, Key>>, Failure> {
        if !self.holds_one(write.datamodel, side) {
            return Ok(None);
        }
        let links = if side == Side::A { self.links } else { self.links.reversed() };
        let mut sql = write.sql();
        sql.push("SELECT ").names([links.parent_column, links.child_column]).push(" FROM ").table_name(links.table);
        sql.push(" WHERE ").name(links.parent_column).among(Parameter::Own(0));
        sql.push(" AND ").name(links.child_column).push(" IS NOT NULL");
        let ids = Value::List(ids.iter().map(|id| (*id).clone()).collect());
        let rows = write.rows(links.parent_model, &sql, &[&ids], &[links.parent_cell, links.child_cell]).await?;
        Ok(Some(rows.iter().filter_map(|row| Some((Key::of(row.first()?)?, Key::of(row.get(1)?)?))).collect()))
    }

    /// Why a link cannot be stored, given which of its nodes are there and which of them hold another one.
    fn unfit(
        &self,
        datamodel: &Datamodel,
        link: &ImportLink,
        (has_a, has_b): (bool, bool),
        (a_holds, b_holds): (bool, bool),
    ) -> Option<String> {
        let Links { table, parent_column, child_column, .. } = self.links;
        let missing = |column, id, model| texts::missing(table, column, id, datamodel.model(model).table());
        if !has_a {
            return Some(missing(parent_column, &link.a, self.relation.model_a));
        }
        if !has_b {
            return Some(missing(child_column, &link.b, self.relation.model_b));
        }
        let taken = |side, id, model| {
            let field = self.fields[usize::from(side == Side::B)]?;
            let (model, field) = (&datamodel.model(model).name, &datamodel.field(field).name);
            Some(texts::taken(model, id, field))
        };
        if a_holds && self.owner != Some(Side::A) {
            return taken(Side::A, &link.a, self.relation.model_a);
        }
        if b_holds && self.owner != Some(Side::B) {
            return taken(Side::B, &link.b, self.relation.model_b);
        }
        None
    }

    fn text(&self, datamodel: &Datamodel, link: &ImportLink, cause: &str) -> String {
        let shown = |model, id| texts::id_of_language(datamodel, datamodel.id_field(model), id);
        let (a, b) = (shown(self.relation.model_a, &link.a), shown(self.relation.model_b, &link.b));
        texts::link(self.links.table, &a, &b, cause)
    }

    async fn write<'v, S: Session>(
        &self,
        write: &Write<'_, S>,
        accepted: &[(&'v ImportLink, u64)],
        refusals: &mut Refusals,
    ) -> Result<(), Failure> {
        let Links { table, parent_column, child_column, storage, .. } = self.links;
        let id_column = match storage {
            Storage::Table { id_column } => id_column,
            Storage::ParentRow | Storage::ChildRow => None,
        };
        let columns: Vec<&str> = [parent_column, child_column].into_iter().chain(id_column).collect();
        let own_ids: Vec<Value> = match id_column {
            Some(_) => accepted.iter().map(|_| Value::Text(write.context.ids.cuid())).collect(),
            None => Vec::new(),
        };
        let change = match storage {
            Storage::Table { .. } => RowChange::Insert { table, columns: &columns, unless_there: true },
            Storage::ParentRow => RowChange::Update { table, key: parent_column, column: child_column },
            Storage::ChildRow => RowChange::Update { table, key: child_column, column: parent_column },
        };
        let row = |(number, (link, bytes)): (usize, &(&'v ImportLink, u64))| {
            let ends = if storage == Storage::ChildRow { [&link.b, &link.a] } else { [&link.a, &link.b] };
            Row { values: ends.into_iter().chain(own_ids.get(number)).collect(), bytes: *bytes }
        };
        let rows = accepted.iter().enumerate().map(row).collect();
        for (number, cause) in store::store(write, &change, rows).await? {
            if let Some((link, _)) = accepted.get(number) {
                refusals.add(link.element, || self.text(write.datamodel, link, &cause));
            }
        }
        Ok(())
    }
}

impl Held {
    fn get(&self, side: Side, key: &Key) -> Option<&Key> {
        let held = if side == Side::A { &self.of_a } else { &self.of_b };
        held.as_ref()?.get(key)
    }

    /// Links two nodes, and unlinks those that they were linked to.
    fn replace(&mut self, a: Key, b: Key, of_a: Option<Key>, of_b: Option<Key>) {
        if let (Some(held), Some(before)) = (&mut self.of_b, of_a) {
            held.remove(&before);
        }
        if let (Some(held), Some(before)) = (&mut self.of_a, of_b) {
            held.remove(&before);
        }
        if let Some(held) = &mut self.of_a {
            held.insert(a.clone(), b.clone());
        }
        if let Some(held) = &mut self.of_b {
            held.insert(b, a);
        }
    }
}

impl<'v> Accepted<'v> {
    fn add(&mut self, link: &'v ImportLink, owner: Option<Key>, bytes: u64) {
        let place = owner.map_or(self.links.len(), |owner| *self.by_owner.entry(owner).or_insert(self.links.len()));
        match self.links.get_mut(place) {
            Some(earlier) => earlier.0 = link,
            None => self.links.push((link, bytes)),
        }
    }
}
