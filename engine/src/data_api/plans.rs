//! Documents and plans, made once and kept: bounded in bytes over all services, found by hashes under a key of this
//! process, so that no stranger can aim at an entry.

use crate::service::Service;
use connector_interface::{Connector, PreparedRead, PreparedWrite, ReadPlan};
use query::{Document, DocumentError, OperationPlan, RequestError, RootField, WriteAnswer};
use quick_cache::{Weighter, sync::Cache};
use region_config::{document_scan, limits};
use serde_json::{Map, Value};
use std::{
    hash::{BuildHasher as _, Hash as _, Hasher as _},
    sync::{Arc, atomic::AtomicUsize},
};

/// Ceiling of all kept documents and of all kept plans, in estimated bytes each.
const KEPT_BYTES: u64 = 64 * 1024 * 1024;

/// Kept documents and plans.
pub struct Plans {
    documents: Cache<Key, Kept<Document>, ByBytes>,
    plans: Cache<Key, Kept<ReadyPlan>, ByBytes>,
    hashers: [ahash::RandomState; 2],
}

/// A plan with its statements.
pub struct ReadyPlan {
    /// The plan.
    pub operation: OperationPlan,
    /// For each root field that reads (at once, or after its write): the connector's statements.
    pub reads: Vec<Option<PreparedRead>>,
    /// For each root field that writes: what the connector made of its plan.
    pub writes: Vec<Option<PreparedWrite>>,
    /// Bytes of its last answer: room for as many is made before the next one is written.
    pub answer_bytes: AtomicUsize,
}

/// Why a document does not run.
pub enum PlanError {
    /// It is no GraphQL, or over a limit: status 400.
    Syntax(String),
    /// It does not fit the schema or its variables: status 200, `data` null.
    Refused(Vec<RequestError>),
}

/// 128 bits under the process's key.
type Key = (u64, u64);

/// A kept value and its estimated size.
struct Kept<T> {
    value: Arc<T>,
    bytes: u64,
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Kept { value: self.value.clone(), bytes: self.bytes }
    }
}

#[derive(Clone)]
struct ByBytes;

impl<T> Weighter<Key, Kept<T>> for ByBytes {
    fn weight(&self, _: &Key, kept: &Kept<T>) -> u64 {
        kept.bytes
    }
}

impl Plans {
    /// Empty caches. `seeds` come from the process's source of chance.
    pub fn new(seeds: [u64; 4]) -> Plans {
        let [a, b, c, d] = seeds;
        Plans {
            documents: Cache::with_weighter(10_000, KEPT_BYTES, ByBytes),
            plans: Cache::with_weighter(20_000, KEPT_BYTES, ByBytes),
            hashers: [ahash::RandomState::with_seeds(a, b, c, d), ahash::RandomState::with_seeds(d, c, b, a)],
        }
    }

    /// The plan for a document of a service and the shape of its variables.
    pub fn plan(
        &self,
        service: &Service,
        connector: &dyn Connector,
        query: &str,
        operation_name: Option<&str>,
        variables: &Map<String, Value>,
    ) -> Result<Arc<ReadyPlan>, PlanError> {
        let document_key = self.key(|hasher| {
            service.record.id.hash(hasher);
            service.revision.hash(hasher);
            query.hash(hasher);
        });
        let document = match self.documents.get(&document_key) {
            Some(kept) => kept.value,
            None => {
                let document = Arc::new(parse(service, query)?);
                // A parsed document takes roughly thirty times its text.
                let bytes = 1_024 + 30 * query.len() as u64;
                self.documents.insert(document_key, Kept { value: document.clone(), bytes });
                document
            }
        };
        let plan_key = self.key(|hasher| {
            document_key.hash(hasher);
            document.shape(operation_name, variables, hasher);
        });
        if let Some(kept) = self.plans.get(&plan_key) {
            return Ok(kept.value);
        }
        let operation = document.plan(&service.api, operation_name, variables).map_err(PlanError::Refused)?;
        let prepare = |plan| connector.prepare(&service.record.placement, plan);
        let reads = operation.roots.iter().map(|root| read_plan(&root.field).map(prepare)).collect();
        let prepare = |plan: &_| connector.prepare_write(&service.record.placement, plan, &service.datamodel);
        let writes = operation.roots.iter().map(|root| match &root.field {
            RootField::Write { plan, .. } => Some(prepare(plan)),
            _ => None,
        });
        let writes = writes.collect();
        let bytes = 2_048 + estimate(&operation, query.len());
        let ready = Arc::new(ReadyPlan { operation, reads, writes, answer_bytes: AtomicUsize::new(0) });
        self.plans.insert(plan_key, Kept { value: ready.clone(), bytes });
        Ok(ready)
    }

    fn key(&self, feed: impl Fn(&mut ahash::AHasher)) -> Key {
        let [first, second] = self.hashers.each_ref().map(|state| {
            let mut hasher = state.build_hasher();
            feed(&mut hasher);
            hasher.finish()
        });
        (first, second)
    }
}

fn parse(service: &Service, query: &str) -> Result<Document, PlanError> {
    document_scan::scan(query, &limits::QUERY_DOCUMENT).map_err(|e| PlanError::Syntax(e.to_string()))?;
    Document::parse(&service.api, query).map_err(|error| match error {
        DocumentError::Syntax(message) => PlanError::Syntax(message),
        DocumentError::Invalid(errors) => PlanError::Refused(errors),
    })
}

/// The read of a root field, if it has one.
fn read_plan(field: &RootField) -> Option<&ReadPlan> {
    match field {
        RootField::Read(plan) => Some(plan),
        RootField::Write { answer: WriteAnswer::Node { read, .. } | WriteAnswer::Saved(read), .. } => Some(read),
        _ => None,
    }
}

/// Estimated bytes of a plan: the kept introspection answers exactly, the rest by the length of the text it came from.
fn estimate(operation: &OperationPlan, text: usize) -> u64 {
    let answers: usize = operation
        .roots
        .iter()
        .map(|root| match &root.field {
            RootField::Static(json) => json.len(),
            _ => 0,
        })
        .sum();
    (answers + 60 * text + 64 * operation.slots.len()) as u64
}
