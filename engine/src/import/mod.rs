//! Import: nodes, lists and relations, a chunk a request (`prisma1-server.md` §9.1).
//!
//! Elements that are no good are told one by one, and the others are stored, as in the original; but all of a chunk that
//! is stored is one transaction, so that a crash, a lost database or a full quota leaves nothing half done, and a chunk may
//! be sent again.

mod chunk;
mod date_time;
mod values;

use crate::{
    data_api::{Executor, Response, error_body, internal_error_body, quota_error_body, shortened},
    service::Service,
    task::to_the_end,
};
use chunk::ReadChunk;
use connector_interface::{ConnectorError, Refusals, ServiceError, WriteContext, WritePlan, Written};
use std::sync::Arc;

impl Executor {
    /// Answers a request that brings a chunk. What has begun ends even when its client leaves.
    pub(crate) async fn import(
        self: &Arc<Self>,
        service: &Arc<Service>,
        body: impl AsRef<[u8]> + Send + 'static,
        request_id: &str,
    ) -> Response {
        let datamodel = service.datamodel.clone();
        // A large chunk would keep a worker from other requests for a moment.
        let read = tokio::task::spawn_blocking(move || chunk::read(&datamodel, body.as_ref())).await;
        let internal = || Response { status: 500, body: internal_error_body(request_id) };
        let ReadChunk { chunk, refusals } = match read {
            Ok(Ok(read)) => read,
            Ok(Err(text)) => return Response { status: 400, body: error_body(shortened(&text), None, request_id) },
            Err(_) => return internal(),
        };
        let (executor, of) = (self.clone(), service.clone());
        let plan = Arc::new(WritePlan::Import(chunk));
        let stored = to_the_end(async move {
            let stored = executor.store(&of, plan).await?;
            executor.faults.at("I4")?;
            Ok(stored)
        });
        match stored.await {
            Some(Ok(stored)) => Response { status: 200, body: answer(stored, refusals) },
            Some(Err(ConnectorError::Service(
                error @ (ServiceError::QuotaExceeded { used_bytes, limit_bytes }
                | ServiceError::DiskExceeded { used_bytes, limit_bytes }),
            ))) => Response { status: 200, body: quota_error_body(&error, (used_bytes, limit_bytes), request_id) },
            Some(Err(ConnectorError::Service(error))) => {
                Response { status: 200, body: error_body(&error.to_string(), Some(error.code()), request_id) }
            }
            Some(Err(error)) => {
                tracing::error!(request_id, service = service.record.id, %error, "an import failed");
                internal()
            }
            None => internal(),
        }
    }

    async fn store(&self, service: &Service, plan: Arc<WritePlan>) -> Result<Refusals, ConnectorError> {
        let context = |growth| WriteContext {
            datamodel: service.datamodel.clone(),
            now_ms: self.clock.now_ms(),
            ids: self.ids.clone(),
            growth,
            faults: self.faults.clone(),
        };
        let placement = &service.record.placement;
        let attempt = async |growth| self.connector.write(placement, plan.clone(), Vec::new(), context(growth)).await;
        self.faults.at("I0")?;
        let outcome = self.quotas.write(service, attempt).await?;
        self.faults.at("I3")?;
        match outcome.written {
            Written::Imported(refusals) => Ok(refusals),
            written => Err(ConnectorError::Database(format!("an import yielded {written:?}"))),
        }
    }
}

/// The original's answer: a list of texts, those of the database before those of the engine.
fn answer(of_database: Refusals, of_engine: Refusals) -> Vec<u8> {
    let (mut texts, more) = of_database.into_texts();
    let (others, more_others) = of_engine.into_texts();
    texts.extend(others);
    let more = more + more_others + texts.len().saturating_sub(Refusals::KEPT);
    texts.truncate(Refusals::KEPT);
    let mut told: Vec<&str> = texts.iter().map(|text| shortened(text)).collect();
    let others = format!("{more} more were not imported.");
    if more > 0 {
        told.push(&others);
    }
    serde_json::json!(told).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_stays_short_whatever_is_wrong() {
        let mut refusals = Refusals::default();
        for element in (0..5_000).rev() {
            refusals.add(element, || format!("{element} {}", "é".repeat(100_000)));
        }
        let mut few = Refusals::default();
        few.add(0, || "last".to_owned());
        let body = answer(refusals, few);
        assert!(body.len() < 2_500_000, "{}", body.len());
        let texts: Vec<String> = serde_json::from_slice(&body).unwrap();
        assert_eq!((texts.len(), texts[1_000].as_str()), (1_001, "4001 more were not imported."));
        assert!(texts[0].starts_with("4000 "), "{}", &texts[0][..10]);
        assert_eq!(answer(Refusals::default(), Refusals::default()), b"[]");
    }
}
