//! Deleting nodes together with what cascades from them (`prisma1-server.md` §5.4).
//!
//! A *layer* is a set of nodes of one model that go together, because they are linked to the layer before through one
//! relation field. Layers are walked depth first with a stack of their own, since their number follows the data.
//! A layer goes when everything that cascades from it has gone, and only if no node that is still there requires one
//! of its nodes through a relation other than the one that led to the layer. A node belongs to the first layer that
//! reaches it, so circles end.

use super::{
    Write, errors,
    links::{self, Links},
    lists,
    statement::{self, quote},
};
use connector_interface::{ChangeKind, ConnectorError, Value};
use datamodel::{Datamodel, FieldId, FieldKind, ModelId, OnDelete, Side};
use std::collections::HashSet;

/// Deletes the nodes with these ids and what cascades from them. What cascades is never announced.
pub(super) fn delete(
    write: &mut Write,
    model: ModelId,
    ids: Vec<Value>,
    announced: bool,
) -> Result<(), ConnectorError> {
    let mut seen = Seen::default();
    let mut layers = vec![Layer::new(write.datamodel, &mut seen, model, ids, None)];
    while let Some(layer) = layers.last_mut() {
        match layer.to_follow.pop() {
            Some(field) => {
                let links = links::of(write.datamodel, field)?;
                let mut related = Vec::new();
                for id in &layer.ids {
                    related.extend(links.children(write, id)?);
                }
                let next = Layer::new(write.datamodel, &mut seen, links.child_model(), related, Some(field));
                if !next.ids.is_empty() {
                    layers.push(next);
                }
            }
            None => {
                ensure_not_required(write, layer)?;
                let announced = announced && layer.through.is_none();
                delete_rows(write, layer.model, &layer.ids, announced)?;
                layers.pop();
            }
        }
    }
    Ok(())
}

struct Layer {
    model: ModelId,
    ids: Vec<Value>,
    /// The field that led here.
    through: Option<FieldId>,
    /// Cascading fields of the model still to be followed, the next one last.
    to_follow: Vec<FieldId>,
}

impl Layer {
    fn new(
        datamodel: &Datamodel,
        seen: &mut Seen,
        model: ModelId,
        mut ids: Vec<Value>,
        through: Option<FieldId>,
    ) -> Layer {
        ids.retain(|id| seen.first_time(model, id));
        let back = through.and_then(|field| datamodel.opposite(field));
        let cascading = |field: &FieldId| cascades(datamodel, *field);
        let fields = datamodel.fields(model).map(|(field, _)| field).filter(cascading);
        // The way back comes last.
        let (mut to_follow, forward): (Vec<_>, Vec<_>) = fields.partition(|field| Some(*field) == back);
        to_follow.extend(forward.into_iter().rev());
        Layer { model, ids, through, to_follow }
    }
}

/// The nodes that are going or have gone.
#[derive(Default)]
struct Seen {
    numbers: HashSet<(ModelId, i64)>,
    texts: HashSet<(ModelId, String)>,
}

impl Seen {
    fn first_time(&mut self, model: ModelId, id: &Value) -> bool {
        match id {
            Value::Int(id) => self.numbers.insert((model, *id)),
            Value::Text(id) => self.texts.insert((model, id.clone())),
            _ => false,
        }
    }
}

fn cascades(datamodel: &Datamodel, field: FieldId) -> bool {
    let FieldKind::Relation { relation, side, .. } = datamodel.field(field).kind else { return false };
    let relation = datamodel.relation(relation);
    let on_delete = match side {
        Side::A => relation.on_delete_a,
        Side::B => relation.on_delete_b,
    };
    on_delete == OnDelete::Cascade
}

fn ensure_not_required(write: &Write, layer: &Layer) -> Result<(), ConnectorError> {
    for (field, links) in requiring(write.datamodel, layer)? {
        for id in &layer.ids {
            if links.reversed().any(write, id)? {
                return Err(errors::required_relation(write.datamodel, field));
            }
        }
    }
    Ok(())
}

/// The fields, on any model, that must not lose a node of this layer.
fn requiring<'a>(datamodel: &'a Datamodel, layer: &Layer) -> Result<Vec<(FieldId, Links<'a>)>, ConnectorError> {
    let mut requiring = Vec::new();
    for (model, _) in datamodel.models() {
        for (id, field) in datamodel.fields(model) {
            let requires = matches!(field.kind, FieldKind::Relation { target, .. } if target == layer.model)
                && field.is_required
                && !field.is_list;
            if requires && Some(id) != layer.through {
                requiring.push((id, links::of(datamodel, id)?));
            }
        }
    }
    Ok(requiring)
}

/// The database removes link rows and empties the columns that point here.
fn delete_rows(write: &mut Write, model: ModelId, ids: &[Value], announced: bool) -> Result<(), ConnectorError> {
    let sql = format!(
        "DELETE FROM {} WHERE {} = ?1",
        quote(write.datamodel.model(model).table()),
        quote(write.datamodel.field(write.datamodel.id_field(model)).column()),
    );
    for id in ids {
        lists::remove(write, model, id)?;
        statement::execute(write, &sql, [id]).map_err(|error| errors::refused(write.datamodel, model, error))?;
        write.changed(model, id, ChangeKind::Deleted, announced);
    }
    Ok(())
}
