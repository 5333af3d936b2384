//! Running the plan of one operation: reads and writes in order, their JSON straight into the response.

use super::{
    Executor, Response,
    body::GraphQlRequest,
    plans::{PlanError, ReadyPlan},
    response::{error_body, finish, internal_error_body, request_error_body},
};
use crate::{service::Service, task::to_the_end};
use connector_interface::{
    Answer, Change, ChangeKind, ConnectorError, FieldError, FieldErrorKind, PathSegment, PreparedRead, ReadBack,
    SavedRow, ServiceError, Value, WriteContext, Written,
};
use query::{CountOutput, CountValue, OperationKind, Parameters, Root, RootField, WriteAnswer};
use std::sync::{Arc, atomic::Ordering};

/// Text for a subscription that is sent as an HTTP request.
const NO_SUBSCRIPTIONS: &str = "subscriptions are not served yet; queries and mutations are";

impl Executor {
    /// Answers one operation. A mutation that has begun ends even when its client leaves, whatever number of root fields
    /// it has; a read ends with its client.
    pub(super) async fn one(
        self: &Arc<Self>,
        service: &Arc<Service>,
        request: &GraphQlRequest,
        request_id: &str,
    ) -> Response {
        let name = request.operation_name.as_deref();
        let planned = self.plans.plan(service, self.connector.as_ref(), &request.query, name, &request.variables);
        let ready = match planned {
            Ok(ready) => ready,
            Err(PlanError::Syntax(message)) => {
                return Response { status: 400, body: error_body(&message, None, request_id) };
            }
            Err(PlanError::Refused(errors)) => return Response { status: 200, body: request_error_body(&errors) },
        };
        if ready.operation.kind == OperationKind::Subscription {
            return Response { status: 400, body: error_body(NO_SUBSCRIPTIONS, None, request_id) };
        }
        let parameters = match ready.operation.parameters(&service.api, &request.variables) {
            Ok(parameters) => parameters,
            Err(errors) => return Response { status: 200, body: request_error_body(&errors) },
        };
        let kind = ready.operation.kind;
        tracing::debug!(target: "execution", request_id, service = service.record.id, ?kind, "an operation runs");
        if kind != OperationKind::Mutation {
            return Run { executor: self, service, ready: &ready, request_id }.run(parameters).await;
        }
        let (executor, service, id) = (self.clone(), service.clone(), request_id.to_owned());
        let run = to_the_end(async move {
            Run { executor: &executor, service: &service, ready: &ready, request_id: &id }.run(parameters).await
        });
        let stopped = || Response { status: 500, body: internal_error_body(request_id) };
        run.await.unwrap_or_else(stopped)
    }
}

/// Bytes by which an answer may be longer than the last one of its plan without being moved.
const ROOM_TO_GROW: usize = 256;
/// Longest room that is made at once, in bytes.
const ROOM_MAX: usize = 1024 * 1024;

/// One operation on its way.
struct Run<'a> {
    executor: &'a Executor,
    service: &'a Service,
    ready: &'a ReadyPlan,
    request_id: &'a str,
}

impl Run<'_> {
    async fn run(&self, parameters: Parameters) -> Response {
        let response = self.answered(parameters).await;
        self.ready.answer_bytes.store(response.body.len().min(ROOM_MAX), Ordering::Relaxed);
        response
    }

    async fn answered(&self, mut parameters: Parameters) -> Response {
        const DATA: &[u8] = b"{\"data\":";
        let mut answer = Answer::default();
        answer.bytes.reserve(self.ready.answer_bytes.load(Ordering::Relaxed) + ROOM_TO_GROW);
        answer.bytes.extend_from_slice(DATA);
        answer.bytes.push(b'{');
        for (index, root) in self.ready.operation.roots.iter().enumerate() {
            if index > 0 {
                answer.bytes.push(b',');
            }
            write_key(&mut answer.bytes, &root.key);
            let start = answer.bytes.len();
            let errors_before = answer.errors.len();
            if let Err(error) = self.root(index, root, &mut parameters, &mut answer).await {
                answer.bytes.truncate(start);
                answer.bytes.extend_from_slice(b"null");
                answer.errors.truncate(errors_before);
                answer.errors.push(self.field_error(root, error));
            }
            // A non-null root that is null takes `data` with it, and a mutation stops there.
            if root.required && answer.errors.len() > errors_before && &answer.bytes[start..] == b"null" {
                answer.bytes.truncate(DATA.len());
                answer.bytes.extend_from_slice(b"null");
                finish(&mut answer.bytes, &answer.errors, self.request_id);
                return Response { status: 200, body: answer.bytes };
            }
        }
        answer.bytes.push(b'}');
        finish(&mut answer.bytes, &answer.errors, self.request_id);
        Response { status: 200, body: answer.bytes }
    }

    /// Appends the value of one root field.
    async fn root(
        &self,
        index: usize,
        root: &Root,
        parameters: &mut Parameters,
        answer: &mut Answer,
    ) -> Result<(), ConnectorError> {
        if let Some((_, error)) = parameters.failed.iter().find(|(failed, _)| *failed == index) {
            return Err(error.clone().into());
        }
        let prepared = self.ready.reads.get(index).and_then(Option::as_ref);
        let placement = &self.service.record.placement;
        match &root.field {
            RootField::Failed(error) => Err(error.clone().into()),
            RootField::Static(json) => {
                answer.bytes.extend_from_slice(json.as_bytes());
                Ok(())
            }
            RootField::Read(_) => self.read(root, prepared, &parameters.values, None, answer).await,
            RootField::ExecuteRaw { statement } => {
                let Some(Value::Text(statement)) = parameters.values.get(statement.0 as usize) else {
                    return Err(ConnectorError::Database("executeRaw without a statement".to_owned()));
                };
                let connector = &self.executor.connector;
                let schema = self.service.record.address.project_id(connector.capabilities().stage_separator);
                let json = connector.execute_raw(placement, schema, statement.clone()).await?;
                answer.bytes.extend_from_slice(json.as_bytes());
                Ok(())
            }
            RootField::Write { plan, answer: wanted } => {
                let context = |growth| WriteContext {
                    datamodel: self.service.datamodel.clone(),
                    now_ms: self.executor.clock.now_ms(),
                    ids: self.executor.ids.clone(),
                    growth,
                    faults: self.executor.faults.clone(),
                };
                let Executor { connector, quotas, .. } = self.executor;
                let values = &parameters.values;
                if let (WriteAnswer::Node { id, .. }, Some(prepared)) = (wanted, prepared)
                    && let Some(Some(write)) = self.ready.writes.get(index)
                {
                    let attempt = async |growth| {
                        let read = ReadBack { prepared, id: *id, root: (&root.key, root.position) };
                        let (plan, values) = ((Arc::clone(plan), write), values.clone());
                        connector.write_and_read(placement, plan, read, values, context(growth), answer).await
                    };
                    let committed = quotas.write(self.service, attempt).await?;
                    self.written(&committed.changes);
                    return committed.read;
                }
                let attempt =
                    async |growth| connector.write(placement, Arc::clone(plan), values.clone(), context(growth)).await;
                let outcome = quotas.write(self.service, attempt).await?;
                self.written(&outcome.changes);
                match (wanted, outcome.written) {
                    (WriteAnswer::Saved(_), Written::Deleted(saved)) => {
                        self.read(root, prepared, &parameters.values, Some(&saved), answer).await
                    }
                    (WriteAnswer::Count(outputs), Written::Count(count)) => {
                        write_count(&mut answer.bytes, outputs, count);
                        Ok(())
                    }
                    (_, written) => Err(ConnectorError::Database(format!("a write yielded {written:?}"))),
                }
            }
        }
    }

    /// What follows a committed write.
    fn written(&self, changes: &[Change]) {
        if changes.iter().any(|change| change.kind != ChangeKind::Created) {
            self.executor.quotas.may_have_shrunk(self.service);
        }
    }

    async fn read(
        &self,
        root: &Root,
        prepared: Option<&PreparedRead>,
        values: &[Value],
        saved: Option<&SavedRow>,
        answer: &mut Answer,
    ) -> Result<(), ConnectorError> {
        let Some(prepared) = prepared else {
            return Err(ConnectorError::Database("a read without statements".to_owned()));
        };
        let placement = &self.service.record.placement;
        self.executor.connector.read(placement, prepared, values, saved, (&root.key, root.position), answer).await
    }

    fn field_error(&self, root: &Root, error: ConnectorError) -> FieldError {
        let kind = match error {
            ConnectorError::Service(error) => FieldErrorKind::Service(error),
            ConnectorError::TimedOut { .. } => {
                FieldErrorKind::Service(ServiceError::TooMuch { message: error.to_string() })
            }
            ConnectorError::Unavailable(_) | ConnectorError::Database(_) | ConnectorError::Full { .. } => {
                let service = self.service.record.id;
                tracing::error!(request_id = self.request_id, service, %error, "a root field failed");
                FieldErrorKind::Internal
            }
        };
        FieldError { path: vec![PathSegment::Key(root.key.clone())], position: root.position, kind }
    }
}

/// Appends `"key":`. Response keys are GraphQL names, which need no escapes.
fn write_key(bytes: &mut Vec<u8>, key: &str) {
    bytes.push(b'"');
    bytes.extend_from_slice(key.as_bytes());
    bytes.extend_from_slice(b"\":");
}

fn write_count(bytes: &mut Vec<u8>, outputs: &[CountOutput], count: u64) {
    bytes.push(b'{');
    for (index, output) in outputs.iter().enumerate() {
        if index > 0 {
            bytes.push(b',');
        }
        write_key(bytes, &output.key);
        match output.value {
            CountValue::Count => bytes.extend_from_slice(count.to_string().as_bytes()),
            CountValue::Typename => bytes.extend_from_slice(b"\"BatchPayload\""),
        }
    }
    bytes.push(b'}');
}
