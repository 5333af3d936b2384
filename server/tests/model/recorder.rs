//! A connector that notes, of another one, the changes that its writes yield and how many plans it is asked to prepare.

use connector_interface::{
    Answer, Capabilities, Change, Committed, Connector, ConnectorError, DataCheck, Placement, Position, PreparedRead,
    PreparedWrite, Reached, ReadBack, ReadPlan, SavedRow, SchemaChange, Value, WriteContext, WriteOutcome, WritePlan,
};
use datamodel::Datamodel;
use futures::future::LocalBoxFuture;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

pub struct Recorder {
    inner: Arc<dyn Connector>,
    changes: Mutex<Vec<Change>>,
    prepared: AtomicUsize,
}

impl Recorder {
    pub fn new(inner: Arc<dyn Connector>) -> Recorder {
        Recorder { inner, changes: Mutex::default(), prepared: AtomicUsize::new(0) }
    }

    /// The changes since the last call.
    pub fn take_changes(&self) -> Vec<Change> {
        std::mem::take(&mut self.changes.lock().expect("no writer panicked"))
    }

    /// Plans that were prepared so far.
    pub fn prepared(&self) -> usize {
        self.prepared.load(Ordering::Relaxed)
    }

    fn note(&self, changes: &[Change]) {
        self.changes.lock().expect("no writer panicked").extend_from_slice(changes);
    }
}

impl Connector for Recorder {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn place(&self, project_id: &str, fresh: &str) -> [Placement; 2] {
        self.inner.place(project_id, fresh)
    }

    fn prepare(&self, placement: &Placement, plan: &ReadPlan) -> PreparedRead {
        self.prepared.fetch_add(1, Ordering::Relaxed);
        self.inner.prepare(placement, plan)
    }

    fn read<'a>(
        &'a self,
        placement: &'a Placement,
        prepared: &'a PreparedRead,
        parameters: &'a [Value],
        saved: Option<&'a SavedRow>,
        root: (&'a str, Position),
        answer: &'a mut Answer,
    ) -> LocalBoxFuture<'a, Result<(), ConnectorError>> {
        self.inner.read(placement, prepared, parameters, saved, root, answer)
    }

    fn write<'a>(
        &'a self,
        placement: &'a Placement,
        plan: Arc<WritePlan>,
        parameters: Vec<Value>,
        context: WriteContext,
    ) -> LocalBoxFuture<'a, Result<WriteOutcome, ConnectorError>> {
        Box::pin(async move {
            let outcome = self.inner.write(placement, plan, parameters, context).await?;
            self.note(&outcome.changes);
            Ok(outcome)
        })
    }

    fn prepare_write(&self, placement: &Placement, plan: &WritePlan, datamodel: &Datamodel) -> PreparedWrite {
        self.inner.prepare_write(placement, plan, datamodel)
    }

    fn write_and_read<'a>(
        &'a self,
        placement: &'a Placement,
        plan: (Arc<WritePlan>, &'a PreparedWrite),
        read: ReadBack<'a>,
        parameters: Vec<Value>,
        context: WriteContext,
        answer: &'a mut Answer,
    ) -> LocalBoxFuture<'a, Result<Committed, ConnectorError>> {
        Box::pin(async move {
            let committed = self.inner.write_and_read(placement, plan, read, parameters, context, answer).await?;
            self.note(&committed.changes);
            Ok(committed)
        })
    }

    fn execute_raw<'a>(
        &'a self,
        placement: &'a Placement,
        schema: String,
        statement: String,
    ) -> LocalBoxFuture<'a, Result<String, ConnectorError>> {
        self.inner.execute_raw(placement, schema, statement)
    }

    fn create<'a>(&'a self, placement: &'a Placement) -> LocalBoxFuture<'a, Result<(), ConnectorError>> {
        self.inner.create(placement)
    }

    fn remove<'a>(&'a self, placement: &'a Placement) -> LocalBoxFuture<'a, Result<(), ConnectorError>> {
        self.inner.remove(placement)
    }

    fn change_schema<'a>(
        &'a self,
        placement: &'a Placement,
        revision: i64,
        changes: Vec<SchemaChange>,
    ) -> LocalBoxFuture<'a, Result<Reached, ConnectorError>> {
        self.inner.change_schema(placement, revision, changes)
    }

    fn give_up<'a>(
        &'a self,
        placement: &'a Placement,
        revision: i64,
    ) -> LocalBoxFuture<'a, Result<Reached, ConnectorError>> {
        self.inner.give_up(placement, revision)
    }

    fn live_bytes<'a>(
        &'a self,
        placement: &'a Placement,
        datamodel: Arc<Datamodel>,
    ) -> LocalBoxFuture<'a, Result<u64, ConnectorError>> {
        self.inner.live_bytes(placement, datamodel)
    }

    fn stored_bytes<'a>(&'a self, placement: &'a Placement) -> LocalBoxFuture<'a, Result<u64, ConnectorError>> {
        self.inner.stored_bytes(placement)
    }

    fn check_data<'a>(
        &'a self,
        placement: &'a Placement,
        checks: Vec<DataCheck>,
    ) -> LocalBoxFuture<'a, Result<Vec<bool>, ConnectorError>> {
        self.inner.check_data(placement, checks)
    }

    fn close(&self) -> LocalBoxFuture<'_, ()> {
        self.inner.close()
    }
}
