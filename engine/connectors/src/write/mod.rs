//! Carries out a [`WritePlan`] inside the caller's transaction: one root mutation field, nested operations included. The
//! same for every SQL database, which stands behind a [`Session`].
//!
//! The story, in the order of `prisma1-server.md` §5.2: a node's own columns, its scalar lists, then its nested
//! operations as they stand in the plan, depth first. An error leaves what was done so far to the caller, who rolls
//! it back.
//!
//! One file a kind of operation ([`create`], [`update`], [`upsert`], [`delete`], [`connect`], [`reset`], [`import`]);
//! what they share: [`rows`] (finding nodes), [`links`] (where a relation's links are stored), [`required`] (what a change of
//! links may not break, as plain tables), [`cascade`], [`lists`], [`growth`], [`session`] and [`errors`].
//!
//! It does not know where the transaction begins or ends, nor how an answer is written.

mod cascade;
mod connect;
mod create;
mod delete;
mod errors;
mod growth;
mod import;
pub(crate) mod links;
mod lists;
mod nested;
pub(crate) mod required;
mod reset;
mod row_change;
mod rows;
mod session;
mod update;
mod upsert;

use connector_interface::{
    Change, ChangeKind, ConnectorError, Slot, Source, Value, WriteContext, WriteOutcome, WritePlan, Written,
};
use datamodel::{Datamodel, FieldId, ModelId};
use std::{cell::Cell, sync::Arc};

pub use errors::{Failure, unique_violation};
pub use row_change::RowChange;
pub use session::{Refused, Session};

/// Carries out `plan`. The session is inside a transaction or savepoint that the caller rolls back on `Err`.
pub async fn run<S: Session>(
    session: &S,
    plan: &WritePlan,
    parameters: &[Value],
    context: &WriteContext,
) -> Result<WriteOutcome, Failure> {
    let (datamodel, grown) = (&*context.datamodel, Cell::new(0));
    let mut write = Write { session, datamodel, parameters, context, changes: Vec::new(), grown };
    let written = match plan {
        WritePlan::Create(node) => Written::Node { id: create::create(&mut write, node).await? },
        WritePlan::Update { target, update } => {
            Written::Node { id: update::update_target(&mut write, target, update).await? }
        }
        WritePlan::Upsert { target, create, update } => {
            Written::Node { id: upsert::upsert(&mut write, target, create, update).await? }
        }
        WritePlan::Delete { target } => Written::Deleted(delete::delete(&mut write, target).await?),
        WritePlan::UpdateMany(many) => Written::Count(update::update_many(&mut write, many, None).await?),
        WritePlan::DeleteMany(many) => Written::Count(delete::delete_many(&mut write, many, None).await?),
        WritePlan::Reset => {
            reset::reset(&write).await?;
            Written::Done
        }
        WritePlan::Import(chunk) => Written::Imported(import::import(&write, chunk).await?),
    };
    write.draw()?;
    Ok(WriteOutcome { written, changes: write.changes })
}

/// A plan under way.
struct Write<'a, S> {
    session: &'a S,
    datamodel: &'a Datamodel,
    parameters: &'a [Value],
    context: &'a WriteContext,
    changes: Vec<Change>,
    /// The most by which the service has grown so far, in bytes.
    grown: Cell<u64>,
}

impl<'a, S: Session> Write<'a, S> {
    fn parameter(&self, slot: Slot) -> Result<&'a Value, ConnectorError> {
        self.parameters
            .get(slot.0 as usize)
            .ok_or_else(|| ConnectorError::Database(format!("the plan has no parameter {}", slot.0)))
    }

    fn value(&self, source: Source) -> Result<Value, ConnectorError> {
        Ok(match source {
            Source::Slot(slot) => self.parameter(slot)?.clone(),
            Source::Cuid => Value::Text(self.context.ids.cuid()),
            Source::Uuid => Value::Text(self.context.ids.uuid()),
            Source::Now => Value::DateTime(self.context.now_ms),
            Source::Null => Value::Null,
        })
    }

    /// Notes that a node was created or deleted.
    fn changed(&mut self, model: ModelId, id: &Value, kind: ChangeKind, announced: bool) {
        self.changes.push(Change { model, id: id.clone(), kind, fields: Arc::default(), announced });
    }

    /// Notes that fields of a node were set.
    fn updated(&mut self, model: ModelId, id: &Value, fields: &Arc<[FieldId]>, announced: bool) {
        let (id, fields) = (id.clone(), fields.clone());
        self.changes.push(Change { model, id, kind: ChangeKind::Updated, fields, announced });
    }
}
