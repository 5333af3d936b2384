//! Objects and inputs of the management API (`prisma1-server.md` §6.1), steps apart.

use super::{ManagementError, steps::MigrationStep};
use crate::{
    deploy::{Finding, Function},
    registry::MigrationRecord,
};
use async_graphql::{
    ComplexObject, InputObject, InputValueError, InputValueResult, Interface, Scalar, ScalarType, SimpleObject, Value,
};
use region_config::Address;

/// A service as the API calls it.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct Project {
    /// `workspace~service`, or the bare service.
    pub name: String,
    /// Stage.
    pub stage: String,
    /// Source of the active datamodel; empty for a new service.
    pub datamodel: String,
    #[graphql(skip)]
    schema: String,
}

/// The server.
#[derive(SimpleObject)]
pub struct ServerInfo {
    /// Starts with the CLI's minor version, else the CLI warns.
    pub version: String,
    /// Commit of the build.
    pub commit: String,
    /// `sqlite`, `postgres`.
    pub primary_connector: String,
}

/// A migration.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct Migration {
    /// `workspace~service_stage`.
    pub project_id: String,
    /// Counted from 1.
    pub revision: i32,
    /// `SUCCESS`, …
    pub status: String,
    /// Steps applied.
    pub applied: i32,
    /// Steps taken back.
    pub rolled_back: i32,
    /// What went wrong.
    pub errors: Vec<String>,
    /// When work began.
    pub started_at: Option<DateTime>,
    /// When it ended.
    pub finished_at: Option<DateTime>,
    /// Source of its datamodel.
    pub datamodel: String,
    /// Its steps.
    pub steps: Vec<MigrationStep>,
    #[graphql(skip)]
    schema: String,
}

#[ComplexObject]
impl Project {
    /// Language of the active datamodel: `1.0` or `1.1`. Ours; the original does not tell.
    async fn datamodel_version(&self) -> Result<&'static str, ManagementError> {
        version(&self.schema)
    }
}

#[ComplexObject]
impl Migration {
    /// Language of its datamodel: `1.0` or `1.1`. Ours; the original does not tell.
    async fn datamodel_version(&self) -> Result<&'static str, ManagementError> {
        version(&self.schema)
    }
}

/// The language of the datamodel that a stored schema was made of.
fn version(schema: &str) -> Result<&'static str, ManagementError> {
    let stored = serde_json::from_str(schema).map_err(|e| ManagementError::Internal(e.to_string()))?;
    Ok(datamodel::stored::version(&stored).number())
}

/// Where a relation keeps its links.
#[derive(Interface, Clone)]
#[graphql(field(name = "type", method = "kind", ty = "String"))]
#[allow(missing_docs, reason = "one variant a kind")]
pub enum RelationManifestation {
    LinkTable(LinkTable),
    Inline(Inline),
}

/// A link table.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
#[allow(missing_docs, reason = "the fields are those of the specification")]
pub struct LinkTable {
    pub table: String,
    #[graphql(name = "modelAColumn")]
    pub model_a_column: String,
    #[graphql(name = "modelBColumn")]
    pub model_b_column: String,
    pub id_column: Option<String>,
}

#[async_graphql::ComplexObject]
impl LinkTable {
    #[graphql(name = "type")]
    async fn kind(&self) -> String {
        "LinkTable".to_owned()
    }
}

/// A column in a model's table.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
#[allow(missing_docs, reason = "the fields are those of the specification")]
pub struct Inline {
    pub model: String,
    pub column: String,
}

#[async_graphql::ComplexObject]
impl Inline {
    #[graphql(name = "type")]
    async fn kind(&self) -> String {
        "Inline".to_owned()
    }
}

/// A point in time: `2018-01-01T00:00:00.000Z`.
#[derive(Clone, Copy)]
pub struct DateTime(pub i64);

#[Scalar(name = "DateTime")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        // No argument has this type.
        Err(InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        let time = jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        Value::String(format!("{time:.3}"))
    }
}

/// What is wrong with a datamodel, or stops a deploy.
#[derive(SimpleObject, Clone)]
pub struct SchemaError {
    /// A type, or `Global`.
    #[graphql(name = "type")]
    pub type_name: String,
    /// Its field.
    pub field: Option<String>,
    /// What is wrong.
    pub description: String,
}

/// What stops a deploy without `force`.
#[derive(SimpleObject, Clone)]
pub struct SchemaWarning {
    /// A type, or `Global`.
    #[graphql(name = "type")]
    pub type_name: String,
    /// Its field.
    pub field: Option<String>,
    /// What would happen.
    pub description: String,
}

/// Input of `deploy`.
#[derive(InputObject)]
#[allow(missing_docs, reason = "the fields are those of the specification")]
pub struct DeployInput {
    pub client_mutation_id: Option<String>,
    pub name: String,
    pub stage: String,
    pub types: String,
    pub dry_run: Option<bool>,
    pub secrets: Option<Vec<String>>,
    pub subscriptions: Option<Vec<FunctionInput>>,
    pub force: Option<bool>,
    pub no_migration: Option<bool>,
}

/// A server-side subscription.
#[derive(InputObject, Clone)]
#[allow(missing_docs, reason = "the fields are those of the specification")]
pub struct FunctionInput {
    pub name: String,
    pub query: String,
    pub url: String,
    pub headers: Vec<HeaderInput>,
}

/// A header of a webhook.
#[derive(InputObject, Clone)]
#[allow(missing_docs, reason = "the fields are those of the specification")]
pub struct HeaderInput {
    pub name: String,
    pub value: String,
}

/// Input of `addProject`.
#[derive(InputObject)]
#[allow(missing_docs, reason = "the fields are those of the specification")]
pub struct AddProjectInput {
    pub client_mutation_id: Option<String>,
    pub name: String,
    pub stage: String,
    pub secrets: Option<Vec<String>>,
}

/// Input of `deleteProject`.
#[derive(InputObject)]
#[allow(missing_docs, reason = "the fields are those of the specification")]
pub struct DeleteProjectInput {
    pub client_mutation_id: Option<String>,
    pub name: String,
    pub stage: String,
}

/// Input of `setCloudSecret`.
#[derive(InputObject)]
#[allow(missing_docs, reason = "the fields are those of the specification")]
pub struct SetCloudSecretInput {
    pub client_mutation_id: Option<String>,
    pub secret: Option<String>,
}

/// Payload of `deploy`.
#[derive(SimpleObject)]
#[allow(missing_docs, reason = "the fields are those of the specification")]
pub struct DeployPayload {
    pub client_mutation_id: Option<String>,
    pub errors: Vec<SchemaError>,
    pub migration: Option<Migration>,
    pub warnings: Vec<SchemaWarning>,
    pub steps: Vec<MigrationStep>,
}

/// Payload of `addProject`.
#[derive(SimpleObject)]
#[allow(missing_docs, reason = "the fields are those of the specification")]
pub struct AddProjectPayload {
    pub client_mutation_id: Option<String>,
    pub project: Option<Project>,
}

/// Payload of `deleteProject`.
#[derive(SimpleObject)]
#[allow(missing_docs, reason = "the fields are those of the specification")]
pub struct DeleteProjectPayload {
    pub client_mutation_id: Option<String>,
    pub project: Option<Project>,
}

/// Payload of `setCloudSecret`.
#[derive(SimpleObject)]
#[allow(missing_docs, reason = "the fields are those of the specification")]
pub struct SetCloudSecretPayload {
    pub client_mutation_id: Option<String>,
}

impl Project {
    /// A service with its active datamodel.
    pub(super) fn new(address: &Address, active: MigrationRecord) -> Project {
        let MigrationRecord { datamodel, schema, .. } = active;
        Project { name: address.management_name(), stage: address.stage.clone(), datamodel, schema }
    }
}

impl Migration {
    /// A migration of a service.
    pub(super) fn new(
        address: &Address,
        separator: char,
        record: MigrationRecord,
    ) -> Result<Migration, ManagementError> {
        let unreadable = |e: &dyn std::fmt::Display| ManagementError::Internal(e.to_string());
        let stored = serde_json::from_str(&record.steps).map_err(|e| unreadable(&e))?;
        let steps = migrate::steps_from_json(&stored).map_err(|e| unreadable(&e))?;
        let number = |n: i64| i32::try_from(n).unwrap_or(i32::MAX);
        Ok(Migration {
            project_id: address.project_id(separator),
            revision: number(record.revision),
            status: record.status.name().to_owned(),
            applied: number(record.applied),
            rolled_back: number(record.rolled_back),
            errors: record.errors,
            started_at: record.started_ms.map(DateTime),
            finished_at: record.finished_ms.map(DateTime),
            datamodel: record.datamodel,
            steps: steps.into_iter().map(MigrationStep::from).collect(),
            schema: record.schema,
        })
    }
}

impl From<migrate::Manifestation> for RelationManifestation {
    fn from(manifestation: migrate::Manifestation) -> RelationManifestation {
        match manifestation {
            migrate::Manifestation::LinkTable { table, model_a_column, model_b_column, id_column } => {
                LinkTable { table, model_a_column, model_b_column, id_column }.into()
            }
            migrate::Manifestation::Inline { model, column } => Inline { model, column }.into(),
        }
    }
}

impl From<Finding> for SchemaError {
    fn from(finding: Finding) -> SchemaError {
        SchemaError { type_name: finding.type_name, field: finding.field, description: finding.description }
    }
}

impl From<Finding> for SchemaWarning {
    fn from(finding: Finding) -> SchemaWarning {
        SchemaWarning { type_name: finding.type_name, field: finding.field, description: finding.description }
    }
}

impl From<FunctionInput> for Function {
    fn from(input: FunctionInput) -> Function {
        let headers = input.headers.into_iter().map(|h| (h.name, h.value)).collect();
        Function { name: input.name, query: input.query, url: input.url, headers }
    }
}
