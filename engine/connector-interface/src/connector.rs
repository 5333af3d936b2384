//! The traits a database stands behind.
//!
//! How to implement a connector: [`Connector::prepare`] turns a read plan into statements, purely; it is called once a
//! plan and its result is kept beside the plan. [`Connector::read`] runs it and writes JSON into the [`Answer`] with
//! the shared writer. [`Connector::write`] runs a write plan in one transaction. Schema work happens under the
//! deploy's lease, so two schema changes of one service never overlap.

use crate::{
    Capabilities, ConnectorError, DataCheck, Faults, Growth, Position, ReadPlan, Refusals, SchemaChange, ServiceError,
    Slot, Value, WritePlan,
};
use datamodel::{Datamodel, FieldId};
use futures::future::LocalBoxFuture;
use std::{any::Any, sync::Arc};

/// Where a service's data lives: stored with the service, never computed from its name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Placement {
    /// The service's storage. SQLite: the name of its file, 32 lower-case hex digits. Postgres: the name of its schema.
    pub storage: String,
}

/// A read plan with whatever the connector made of it (statement texts).
pub type PreparedRead = Arc<dyn Any + Send + Sync>;

/// A write plan with whatever the connector made of it (statement texts).
pub type PreparedWrite = Arc<dyn Any + Send + Sync>;

/// The read that answers a mutation.
pub struct ReadBack<'a> {
    /// The read plan, prepared.
    pub prepared: &'a PreparedRead,
    /// Where it takes the node's id from.
    pub id: Slot,
    /// The root field's response key and position.
    pub root: (&'a str, Position),
}

/// A response under construction: `{"data":{` is the caller's business, one value is the connector's.
#[derive(Debug, Default)]
pub struct Answer {
    /// The bytes so far.
    pub bytes: Vec<u8>,
    /// Errors so far.
    pub errors: Vec<FieldError>,
    /// Rows and list items so far, for the limit on them.
    pub rows: usize,
}

/// An error at a place of the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldError {
    /// Response keys and list indexes from the root.
    pub path: Vec<PathSegment>,
    /// Where the field stands in the document.
    pub position: Position,
    /// What is wrong.
    pub kind: FieldErrorKind,
}

/// What is wrong at a field.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldErrorKind {
    /// `Cannot return null for non-nullable type`; without a code.
    NullInNonNull,
    /// Somebody wrote past us what is no JSON into a column that holds it; without a code.
    NotJson,
    /// An error of the catalogue.
    Service(ServiceError),
    /// A fault of ours: the client reads "internal error" with the request id.
    Internal,
}

/// A step in the path of a [`FieldError`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathSegment {
    /// A response key.
    Key(String),
    /// An index in a list.
    Index(usize),
}

/// What a write needs from outside (design D17).
#[derive(Clone)]
pub struct WriteContext {
    /// The model of the service at the plan's revision.
    pub datamodel: Arc<Datamodel>,
    /// Milliseconds since 1970.
    pub now_ms: i64,
    /// Makes ids.
    pub ids: Arc<dyn IdSource>,
    /// By how much the service may grow.
    pub growth: Arc<Growth>,
    /// A fault that is planned.
    pub faults: Faults,
}

/// Makes ids for new nodes.
pub trait IdSource: Send + Sync {
    /// A cuid: 25 characters that start with `c`.
    fn cuid(&self) -> String;
    /// A UUID, version 4, lower case.
    fn uuid(&self) -> String;
}

/// What a write yields.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// Create, update, upsert: the node's id, for the read that follows.
    Node {
        /// Its id.
        id: Value,
    },
    /// Delete: the row as it was, one value a column of the model in field order (fields with a column, inline
    /// relation columns included), for [`ReadPlan::Saved`].
    Deleted(SavedRow),
    /// Update many, delete many: how many nodes.
    Count(u64),
    /// Reset.
    Done,
    /// Import: what was not stored.
    Imported(Refusals),
}

/// Column names and values of a deleted row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SavedRow {
    /// Name and value of each column.
    pub columns: Vec<(String, Value)>,
    /// Scalar lists, by list table, as they were.
    pub lists: Vec<(String, Vec<Value>)>,
}

/// Result of a write together with its changes (design D24).
#[derive(Debug, Clone, PartialEq)]
pub struct WriteOutcome {
    /// What the mutation's answer is made of.
    pub written: Written,
    /// What was created, updated and deleted, in order.
    pub changes: Vec<Change>,
}

/// A write that has been committed, and what came of the read behind it.
#[derive(Debug)]
pub struct Committed {
    /// What was created, updated and deleted, in order.
    pub changes: Vec<Change>,
    /// Why there is no answer, although all of that has happened.
    pub read: Result<(), ConnectorError>,
}

/// One changed node.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Its model.
    pub model: datamodel::ModelId,
    /// Its id.
    pub id: Value,
    /// What happened.
    pub kind: ChangeKind,
    /// The columns and lists that an update set.
    pub fields: Arc<[FieldId]>,
    /// Whether subscribers and webhooks hear of it (`prisma1-server.md` §8.5): not of nested deletes, of what
    /// cascades, and of `updateMany` and `deleteMany`.
    pub announced: bool,
}

/// What happened to a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ChangeKind {
    Created,
    Updated,
    Deleted,
}

/// How a revision of a service's storage ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// Its changes are there.
    Changed,
    /// Its changes are not there, and never will be.
    GivenUp,
}

/// A kind of database with its connections.
pub trait Connector: Send + Sync {
    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// Where a new service shall live: the first choice, and a place that nobody else has, for when another service, or one
    /// that is still being removed, has the first. `project_id` is what Prisma 1 would call it; `fresh` is 32 hex digits
    /// that no other service has. Pure: the caller stores the placement before anything is made there.
    fn place(&self, project_id: &str, fresh: &str) -> [Placement; 2];

    /// Statements of a read plan for the service that lives there. Pure; kept beside the plan.
    fn prepare(&self, placement: &Placement, plan: &ReadPlan) -> PreparedRead;

    /// Runs a prepared read and appends exactly one JSON value to `answer.bytes`. `root` is the root field's response
    /// key and position, for the paths of errors. `saved` is there for [`ReadPlan::Saved`]. When a non-null root is
    /// null, `null` is appended and the error stands in `answer.errors`; the caller decides what climbs. With `Err` the
    /// answer is as it was.
    fn read<'a>(
        &'a self,
        placement: &'a Placement,
        prepared: &'a PreparedRead,
        parameters: &'a [Value],
        saved: Option<&'a SavedRow>,
        root: (&'a str, Position),
        answer: &'a mut Answer,
    ) -> LocalBoxFuture<'a, Result<(), ConnectorError>>;

    /// Runs a write plan in one transaction; it has been committed durably when this returns `Ok`. What it can add at
    /// most is drawn from `context.growth` before the commit, else it ends in [`ConnectorError::Full`]. Dropping the future
    /// does not stop a write that has begun.
    fn write<'a>(
        &'a self,
        placement: &'a Placement,
        plan: Arc<WritePlan>,
        parameters: Vec<Value>,
        context: WriteContext,
    ) -> LocalBoxFuture<'a, Result<WriteOutcome, ConnectorError>>;

    /// What can be made of a write plan once. Pure; kept beside the plan.
    fn prepare_write(&self, _: &Placement, _: &WritePlan, _: &Datamodel) -> PreparedWrite {
        Arc::new(())
    }

    /// Runs a write plan whose answer is a node, and then the read of it, which appends one JSON value to the answer. A
    /// connector that can do both in one trip does. With `Err` nothing was written; with that or a failed read the answer
    /// is as it was.
    fn write_and_read<'a>(
        &'a self,
        placement: &'a Placement,
        plan: (Arc<WritePlan>, &'a PreparedWrite),
        read: ReadBack<'a>,
        mut parameters: Vec<Value>,
        context: WriteContext,
        answer: &'a mut Answer,
    ) -> LocalBoxFuture<'a, Result<Committed, ConnectorError>> {
        Box::pin(async move {
            let outcome = self.write(placement, plan.0, parameters.clone(), context).await?;
            let Written::Node { id } = outcome.written else {
                return Err(ConnectorError::Database(format!("a write yielded {:?}", outcome.written)));
            };
            if let Some(slot) = parameters.get_mut(read.id.0 as usize) {
                *slot = id;
            }
            let read = self.read(placement, read.prepared, &parameters, None, read.root, answer).await;
            Ok(Committed { changes: outcome.changes, read })
        })
    }

    /// `executeRaw`: JSON text of the rows, or of the number of changed rows. Statements may call the service's tables
    /// by `schema`, the project id, as they did on the original.
    fn execute_raw<'a>(
        &'a self,
        placement: &'a Placement,
        schema: String,
        statement: String,
    ) -> LocalBoxFuture<'a, Result<String, ConnectorError>>;

    /// Makes empty storage for a new service. Safe to repeat.
    fn create<'a>(&'a self, placement: &'a Placement) -> LocalBoxFuture<'a, Result<(), ConnectorError>>;

    /// Removes a service's storage for good. Safe to repeat.
    fn remove<'a>(&'a self, placement: &'a Placement) -> LocalBoxFuture<'a, Result<(), ConnectorError>>;

    /// Makes all changes, in order, or none of them, and notes `revision` with them. Storage that has that revision
    /// already, or a later one, is left as it is, so that a migration that a crash cut off can be run again. Existing
    /// objects are adapted rather than refused.
    fn change_schema<'a>(
        &'a self,
        placement: &'a Placement,
        revision: i64,
        changes: Vec<SchemaChange>,
    ) -> LocalBoxFuture<'a, Result<Reached, ConnectorError>>;

    /// Sees to it that `revision` is never reached, unless it has been: then says so. Whoever tries to reach it later, be
    /// it a process that was thought dead, changes nothing. The storage, not who works on it, knows how a migration ended.
    fn give_up<'a>(
        &'a self,
        placement: &'a Placement,
        revision: i64,
    ) -> LocalBoxFuture<'a, Result<Reached, ConnectorError>>;

    /// Counts what the rows of a service weigh, by the table of [`live_bytes`](crate::live_bytes). The caller sees to it
    /// that nobody writes meanwhile.
    fn live_bytes<'a>(
        &'a self,
        placement: &'a Placement,
        datamodel: Arc<Datamodel>,
    ) -> LocalBoxFuture<'a, Result<u64, ConnectorError>>;

    /// Bytes of the service's tables and indexes as they lie on disk, free space in them included.
    fn stored_bytes<'a>(&'a self, placement: &'a Placement) -> LocalBoxFuture<'a, Result<u64, ConnectorError>>;

    /// Answers each question, in order. A table that does not exist has no rows.
    fn check_data<'a>(
        &'a self,
        placement: &'a Placement,
        checks: Vec<DataCheck>,
    ) -> LocalBoxFuture<'a, Result<Vec<bool>, ConnectorError>>;

    /// Ends every connection, after what runs has finished.
    fn close(&self) -> LocalBoxFuture<'_, ()>;
}
