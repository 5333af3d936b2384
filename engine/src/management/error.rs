//! Errors of the management API: codes and texts of `prisma1-server.md` §6.9.

use crate::engine::EngineError;
use crate::registry::{AddServiceError, RegistryError};
use connector_interface::ConnectorError;
use region_config::codes;

/// What a management call is refused with.
#[derive(Debug, thiserror::Error)]
pub enum ManagementError {
    /// Whatever is wrong with the token.
    #[error("Authentication token is invalid: {0}")]
    InvalidToken(String),
    /// A second check of the time.
    #[error("Authentication token is expired")]
    ExpiredToken,
    /// The datamodel is no GraphQL, or over a limit.
    #[error("{0}")]
    Syntax(String),
    /// A relation cannot be matched between two models.
    #[error("{0}")]
    AmbiguousRelation(String),
    /// No such service.
    #[error("No service with name '{name}' and stage '{stage}' found")]
    NotFound {
        /// As it was asked for.
        name: String,
        /// As it was asked for.
        stage: String,
    },
    /// A service name that breaks the rules.
    #[error(
        "{0} is not a valid name for a service name. It must start with a letter and may contain up to 30 letters, numbers, underscores and hyphens."
    )]
    ServiceName(String),
    /// A stage name that breaks the rules.
    #[error(
        "{0} is not a valid name for a service stage. It must start with a letter and may contain up to 30 letters, numbers, underscores and hyphens."
    )]
    StageName(String),
    /// Two relations get the same generated name.
    #[error("{0}")]
    RelationNames(String),
    /// The service exists.
    #[error("Service with name '{name}' and stage '{stage}' already exists")]
    Exists {
        /// As it was asked for.
        name: String,
        /// As it was asked for.
        stage: String,
    },
    /// A reserved service name.
    #[error("Service name {0} is reserved. Please choose a different name.")]
    ReservedService(String),
    /// A reserved stage name.
    #[error("Stage name {0} is reserved. Please choose a different stage name.")]
    ReservedStage(String),
    /// Another deploy of the service is under way.
    #[error(
        "You can not deploy to a service stage while there is a deployment in progress or a pending deployment scheduled already. Please try again after the deployment finished."
    )]
    InProgress,
    /// Ours: the name does not say which workspace it belongs to.
    #[error("the service name '{0}' does not name a workspace; call it 'workspace~service'")]
    NoWorkspace(String),
    /// Ours: something that is not served yet.
    #[error("{0}")]
    NotYet(&'static str),
    /// Ours: an input over a limit.
    #[error("{0}")]
    TooMuch(&'static str),
    /// A fault of ours; the client reads no more than that.
    #[error("internal error")]
    Internal(String),
}

impl ManagementError {
    /// The code beside the text.
    pub fn code(&self) -> Option<i32> {
        Some(match self {
            ManagementError::InvalidToken(_) => 3015,
            ManagementError::ExpiredToken => 3016,
            ManagementError::Syntax(_) => 3017,
            ManagementError::AmbiguousRelation(_) => 3018,
            ManagementError::NotFound { .. } => 4000,
            ManagementError::ServiceName(_) => 4001,
            ManagementError::StageName(_) => 4002,
            ManagementError::RelationNames(_) => 4004,
            ManagementError::Exists { .. } => 4005,
            ManagementError::ReservedService(_) => 4006,
            ManagementError::ReservedStage(_) => 4007,
            ManagementError::InProgress => 4008,
            ManagementError::NoWorkspace(_) => codes::NO_WORKSPACE,
            ManagementError::NotYet(_) => codes::NOT_SERVED,
            ManagementError::TooMuch(_) => codes::INPUT_TOO_LARGE,
            ManagementError::Internal(_) => return None,
        })
    }
}

impl From<RegistryError> for ManagementError {
    fn from(error: RegistryError) -> Self {
        ManagementError::Internal(error.to_string())
    }
}

impl From<ConnectorError> for ManagementError {
    fn from(error: ConnectorError) -> Self {
        ManagementError::Internal(error.to_string())
    }
}

impl From<EngineError> for ManagementError {
    fn from(error: EngineError) -> Self {
        ManagementError::Internal(error.to_string())
    }
}

impl ManagementError {
    /// What an addition was refused with.
    pub(crate) fn adding(error: AddServiceError, name: &str, stage: &str) -> ManagementError {
        match error {
            AddServiceError::Exists => ManagementError::Exists { name: name.to_owned(), stage: stage.to_owned() },
            AddServiceError::Registry(error) => error.into(),
            AddServiceError::Connector(error) => error.into(),
        }
    }
}
