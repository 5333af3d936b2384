//! Document + variables + model -> type system, validation, plan. Pure, no I/O: what is fuzzed and snapshot.
//!
//! It knows the API that Prisma 1 generates from a datamodel and what a document means. It does not know SQL, HTTP,
//! tokens, or the time.
//!
//! What happens, in order: [`Api::new`] makes a small index of names from a model; [`Document::parse`] parses and
//! validates a text against it (kept in a cache by the caller); [`Document::shape`] reduces the variables of a request
//! to the part that steers planning; [`Document::plan`] makes the plan of that shape (kept as well);
//! [`OperationPlan::parameters`] coerces the values of the request.

pub mod operation;
pub mod scalar;

pub use operation::*;

// The surface the engine builds on (types to be made in their own files):
//
// pub struct Api { .. }                       // cheap to make: an index of names, everything else on demand (D15)
// pub struct ApiOptions { pub raw_access: Option<Vec<String>> /* database names when rawAccess */ }
// impl Api { pub fn new(datamodel: Arc<Datamodel>, options: ApiOptions) -> Api;
//            pub fn datamodel(&self) -> &Arc<Datamodel>;
//            pub fn introspect(&self) -> .. }
//
// pub struct Document { .. }                  // owns the parsed text
// pub enum DocumentError { Syntax(String /* "Syntax error while parsing GraphQL query. …" */), Invalid(Vec<RequestError>) }
// impl Document {
//   pub fn parse(api: &Api, text: &str) -> Result<Document, DocumentError>;
//   pub fn is_introspection_only(&self, operation_name: Option<&str>) -> bool;
//   pub fn shape(&self, operation_name: Option<&str>, variables: &serde_json::Map<String, serde_json::Value>, hasher: &mut impl Hasher);
//   pub fn plan(&self, api: &Api, operation_name: Option<&str>, variables: &Map<..>) -> Result<OperationPlan, Vec<RequestError>>;
// }
// impl OperationPlan { pub fn parameters(&self, api: &Api, variables: &Map<..>) -> Result<Parameters, Vec<RequestError>>; }
// pub fn validate_subscription(api: &Api, text: &str) -> Result<(), Vec<String>>;   // §8.4
