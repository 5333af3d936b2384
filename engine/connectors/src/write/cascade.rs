//! Deleting nodes together with what cascades from them (`prisma1-server.md` §5.4).
//!
//! A *layer* is a set of nodes of one model that go together, because they are linked to the layer before through one
//! relation field. Layers are walked depth first with a stack of their own, since their number follows the data.
//! A layer goes when everything that cascades from it has gone, and only if no node that is still there requires one
//! of its nodes through a relation other than the one that led to the layer. A node belongs to the first layer that
//! reaches it, so circles end.

use super::{
    Failure, Session, Write, errors,
    links::{self, Links},
    lists,
};
use crate::sql::Parameter;
use connector_interface::{ChangeKind, ConnectorError, Value};
use datamodel::{Datamodel, FieldId, FieldKind, ModelId, OnDelete, Side};
use std::collections::HashSet;

/// Deletes the nodes with these ids and what cascades from them. What cascades is never announced.
pub(super) async fn delete<S: Session>(
    write: &mut Write<'_, S>,
    model: ModelId,
    ids: Vec<Value>,
    announced: bool,
) -> Result<(), Failure> {
    let mut seen = Seen::default();
    let mut layers = vec![Layer::new(write.datamodel, &mut seen, model, ids, None)];
    while let Some(layer) = layers.last_mut() {
        match layer.to_follow.pop() {
            Some(field) => {
                let links = links::of(write.datamodel, field)?;
                let related = links.children(write, &layer.ids).await?;
                let next = Layer::new(write.datamodel, &mut seen, links.child_model, related, Some(field));
                if !next.ids.is_empty() {
                    layers.push(next);
                }
            }
            None => {
                ensure_not_required(write, layer).await?;
                let announced = announced && layer.through.is_none();
                delete_rows(write, layer.model, &layer.ids, announced).await?;
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

async fn ensure_not_required<S: Session>(write: &Write<'_, S>, layer: &Layer) -> Result<(), Failure> {
    for (field, links) in requiring(write.datamodel, layer)? {
        if links.reversed().any(write, &layer.ids).await? {
            return Err(errors::required_relation(write.datamodel, field).into());
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
async fn delete_rows<S: Session>(
    write: &mut Write<'_, S>,
    model: ModelId,
    ids: &[Value],
    announced: bool,
) -> Result<(), Failure> {
    if ids.is_empty() {
        return Ok(());
    }
    lists::remove(write, model, ids).await?;
    let mut sql = write.sql();
    sql.push("DELETE FROM ").table_name(write.datamodel.model(model).table()).push(" WHERE ");
    sql.name(write.datamodel.field(write.datamodel.id_field(model)).column()).among(Parameter::Own(0));
    write.execute(model, &sql, &[&Value::List(ids.to_vec())]).await?;
    for id in ids {
        write.changed(model, id, ChangeKind::Deleted, announced);
    }
    Ok(())
}
