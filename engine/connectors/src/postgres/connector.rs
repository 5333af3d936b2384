//! The connector: where reads, writes and schema work meet the connections.

use super::{
    PostgresOptions, check,
    lanes::{Connection, Lanes},
    measure, raw,
    read::{Execution, Failed, Prepared},
    schema,
    turns::Turns,
    write::{self, Simple},
};
use connector_interface::{
    Answer, Capabilities, Committed, Connector, ConnectorError, DataCheck, Placement, Position, PreparedRead,
    PreparedWrite, Reached, ReadBack, ReadPlan, SavedRow, SchemaChange, Value, WriteContext, WriteOutcome, WritePlan,
    Written,
};
use datamodel::Datamodel;
use futures::future::LocalBoxFuture;
use std::sync::Arc;

/// Schemas of one Postgres database.
pub struct PostgresConnector {
    lanes: Arc<Lanes>,
    turns: Turns,
}

impl PostgresConnector {
    /// A connector to a server. Nothing is connected yet.
    pub fn new(options: PostgresOptions) -> PostgresConnector {
        PostgresConnector { lanes: Lanes::new(options), turns: Turns::default() }
    }

    /// Runs a read and writes its JSON. On a connection that was lost it is tried once more, since it changes nothing.
    async fn read_and_write(
        &self,
        placement: &Placement,
        prepared: &Prepared,
        execution: Execution<'_>,
        answer: &mut Answer,
    ) -> Result<(), ConnectorError> {
        let fetched = match self.fetch(placement, prepared, execution).await {
            Err(Failed::Lost(_)) => self.fetch(placement, prepared, execution).await,
            fetched => fetched,
        };
        match fetched {
            Ok(rows) => prepared.write(&rows, execution, answer),
            Err(Failed::Lost(error) | Failed::Refused(error)) => Err(self.with_limit(error)),
        }
    }

    async fn fetch(
        &self,
        placement: &Placement,
        prepared: &Prepared,
        execution: Execution<'_>,
    ) -> Result<Vec<Vec<tokio_postgres::Row>>, Failed> {
        if prepared.is_short {
            let connection = self.lanes.shared(&placement.storage).await.map_err(Failed::Refused)?;
            return prepared.fetch(&connection, execution).await;
        }
        let connection = self.exclusive(placement).await.map_err(Failed::Refused)?;
        let running = connection.runs();
        let fetched = prepared.fetch(&connection, execution).await;
        // A read that was given up at a limit still runs: it is stopped when the connection is dropped.
        if fetched.is_ok() {
            running.finished();
        }
        fetched
    }

    /// Runs a write that takes several statements, when it is the service's turn.
    async fn interpret(
        &self,
        placement: &Placement,
        plan: &WritePlan,
        parameters: &[Value],
        context: &WriteContext,
    ) -> Result<WriteOutcome, ConnectorError> {
        let schema = &placement.storage;
        let _turn = self.turns.of(schema, self.lanes.options().time_limit).await?;
        let mut connection = self.exclusive(placement).await?;
        let written = write::run(&mut connection, schema, plan, parameters, context).await;
        written.map_err(|error| self.with_limit(error))
    }

    async fn change(
        &self,
        placement: &Placement,
        revision: i64,
        changes: Option<&[SchemaChange]>,
    ) -> Result<Reached, ConnectorError> {
        let mut connection = self.exclusive(placement).await?;
        let faults = &self.lanes.options().faults;
        let changed = schema::change(connection.client_mut(), faults, &placement.storage, revision, changes).await;
        // After an error too: it may have come after the commit.
        self.lanes.changed(&placement.storage);
        changed
    }

    async fn exclusive(&self, placement: &Placement) -> Result<Connection, ConnectorError> {
        self.lanes.exclusive(&placement.storage).await
    }

    /// The error, with the time limit in it where it is about that.
    fn with_limit(&self, error: ConnectorError) -> ConnectorError {
        match error {
            ConnectorError::TimedOut { .. } => ConnectorError::timed_out(self.lanes.options().time_limit),
            other => other,
        }
    }
}

impl Connector for PostgresConnector {
    fn capabilities(&self) -> Capabilities {
        Capabilities { name: "postgres", stage_separator: '$', name_bytes_max: 63 }
    }

    fn place(&self, project_id: &str, fresh: &str) -> [Placement; 2] {
        schema::place(project_id, fresh).map(|storage| Placement { storage })
    }

    fn prepare(&self, placement: &Placement, plan: &ReadPlan) -> PreparedRead {
        Arc::new(Prepared::of(&placement.storage, plan))
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
        Box::pin(async move {
            let Some(prepared) = prepared.downcast_ref::<Prepared>() else {
                return Err(ConnectorError::Database("a plan that another connector prepared".to_owned()));
            };
            let execution = Execution { parameters, saved, root, limits: self.lanes.options().answer };
            self.read_and_write(placement, prepared, execution, answer).await
        })
    }

    fn write<'a>(
        &'a self,
        placement: &'a Placement,
        plan: Arc<WritePlan>,
        parameters: Vec<Value>,
        context: WriteContext,
    ) -> LocalBoxFuture<'a, Result<WriteOutcome, ConnectorError>> {
        Box::pin(async move { self.interpret(placement, &plan, &parameters, &context).await })
    }

    fn prepare_write(&self, placement: &Placement, plan: &WritePlan, datamodel: &Datamodel) -> PreparedWrite {
        Arc::new(Simple::of(&placement.storage, datamodel, plan))
    }

    fn write_and_read<'a>(
        &'a self,
        placement: &'a Placement,
        (plan, prepared_write): (Arc<WritePlan>, &'a PreparedWrite),
        read: ReadBack<'a>,
        mut parameters: Vec<Value>,
        context: WriteContext,
        answer: &'a mut Answer,
    ) -> LocalBoxFuture<'a, Result<Committed, ConnectorError>> {
        Box::pin(async move {
            let Some(prepared) = read.prepared.downcast_ref::<Prepared>() else {
                return Err(ConnectorError::Database("a plan that another connector prepared".to_owned()));
            };
            let limits = self.lanes.options().answer;
            if let Some(Some(simple)) = prepared_write.downcast_ref::<Option<Simple>>() {
                let execution = Execution { parameters: &[], saved: None, root: read.root, limits };
                let of_read = (prepared, read.id, execution);
                let connection = self.exclusive(placement).await?;
                let done = write::run_simple(&connection, simple, of_read, &parameters, &context).await;
                if let Some((rows, changes)) = done.map_err(|error| self.with_limit(error))? {
                    drop(connection);
                    let rows = rows.map_err(|error| self.with_limit(error));
                    let read = rows.and_then(|rows| prepared.write(&rows, execution, answer));
                    return Ok(Committed { changes, read });
                }
            }
            let outcome = self.interpret(placement, &plan, &parameters, &context).await?;
            let Written::Node { id } = outcome.written else {
                return Err(ConnectorError::Database(format!("a write yielded {:?}", outcome.written)));
            };
            if let Some(slot) = parameters.get_mut(read.id.0 as usize) {
                *slot = id;
            }
            let execution = Execution { parameters: &parameters, saved: None, root: read.root, limits };
            let read = self.read_and_write(placement, prepared, execution, answer).await;
            Ok(Committed { changes: outcome.changes, read })
        })
    }

    fn execute_raw<'a>(
        &'a self,
        placement: &'a Placement,
        _: String,
        statement: String,
    ) -> LocalBoxFuture<'a, Result<String, ConnectorError>> {
        Box::pin(async move {
            let connection = self.exclusive(placement).await?;
            let running = connection.runs();
            let done = raw::execute(connection.client(), &statement, self.lanes.options().answer).await;
            running.finished();
            // A stranger's statement may have changed the session.
            connection.retire();
            done
        })
    }

    fn create<'a>(&'a self, placement: &'a Placement) -> LocalBoxFuture<'a, Result<(), ConnectorError>> {
        Box::pin(async move { schema::create(self.exclusive(placement).await?.client(), &placement.storage).await })
    }

    fn remove<'a>(&'a self, placement: &'a Placement) -> LocalBoxFuture<'a, Result<(), ConnectorError>> {
        Box::pin(async move { schema::remove(self.exclusive(placement).await?.client(), &placement.storage).await })
    }

    fn change_schema<'a>(
        &'a self,
        placement: &'a Placement,
        revision: i64,
        changes: Vec<SchemaChange>,
    ) -> LocalBoxFuture<'a, Result<Reached, ConnectorError>> {
        Box::pin(async move { self.change(placement, revision, Some(&changes)).await })
    }

    fn give_up<'a>(
        &'a self,
        placement: &'a Placement,
        revision: i64,
    ) -> LocalBoxFuture<'a, Result<Reached, ConnectorError>> {
        Box::pin(async move { self.change(placement, revision, None).await })
    }

    fn live_bytes<'a>(
        &'a self,
        placement: &'a Placement,
        datamodel: Arc<Datamodel>,
    ) -> LocalBoxFuture<'a, Result<u64, ConnectorError>> {
        Box::pin(async move {
            let connection = self.exclusive(placement).await?;
            let counted = measure::live_bytes(connection.client(), &placement.storage, &datamodel).await;
            counted.map_err(|error| self.with_limit(error))
        })
    }

    fn stored_bytes<'a>(&'a self, placement: &'a Placement) -> LocalBoxFuture<'a, Result<u64, ConnectorError>> {
        Box::pin(
            async move { measure::stored_bytes(self.exclusive(placement).await?.client(), &placement.storage).await },
        )
    }

    fn check_data<'a>(
        &'a self,
        placement: &'a Placement,
        checks: Vec<DataCheck>,
    ) -> LocalBoxFuture<'a, Result<Vec<bool>, ConnectorError>> {
        Box::pin(async move {
            let connection = self.exclusive(placement).await?;
            check::all(connection.client(), &placement.storage, &checks).await
        })
    }

    fn close(&self) -> LocalBoxFuture<'_, ()> {
        Box::pin(async move { self.lanes.close() })
    }
}
