//! Errors of the cloud API: codes, statuses and texts. The command line matches on the texts and codes of the original
//! (403, 222); codes of our own are 6000 and up.

use crate::{console::log_internal, error::ConsoleError};
use region_config::{codes, document_scan::DocumentTooLarge};

/// Why the cloud API did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CloudError {
    /// The text makes the command line log in again.
    #[error("Not authorized. Please provide a proper 'Authorization' header")]
    NotAuthorized,
    /// Not there, or not the caller's: which of the two is not told.
    #[error("Workspace {0} does not exist")]
    NoWorkspace(String),
    #[error("No cluster could be found for workspace '{workspace}' and cluster '{cluster}'")]
    NoCluster { workspace: String, cluster: String },
    #[error("'{name}' at stage '{stage}' is no valid name of a service.")]
    ServiceNameInvalid { name: String, stage: String },
    #[error("{0}")]
    Console(String),
    #[error("{text}")]
    TooMany { text: String },
    #[error("{0}")]
    Document(String),
    #[error("the body has more than {max} bytes.")]
    BodyTooLarge { max: usize },
    #[error("the body is not a JSON object with a 'query'.")]
    BodyInvalid,
    #[error("internal error, request id {request_id}")]
    Internal { request_id: String },
}

impl CloudError {
    /// An error of the console, as the client sees it; what it must not see goes to the log.
    pub(crate) fn of(error: ConsoleError, request_id: &str) -> CloudError {
        match error {
            ConsoleError::Store(_) => {
                log_internal(request_id, &error);
                CloudError::Internal { request_id: request_id.to_owned() }
            }
            ConsoleError::Region(_) => {
                log_internal(request_id, &error);
                CloudError::Console(error.to_string())
            }
            ConsoleError::TooMany { .. } => CloudError::TooMany { text: error.to_string() },
            error => CloudError::Console(error.to_string()),
        }
    }

    /// The code at the top of the error.
    pub(crate) fn code(&self) -> i32 {
        match self {
            CloudError::NotAuthorized => 403,
            CloudError::NoWorkspace(_) | CloudError::NoCluster { .. } => 222,
            CloudError::Internal { .. } => codes::INTERNAL,
            CloudError::BodyInvalid => codes::CLOUD_BODY,
            CloudError::BodyTooLarge { .. } => codes::BODY_TOO_LARGE,
            CloudError::Document(_) => codes::CLOUD_DOCUMENT,
            CloudError::TooMany { .. } => codes::ATTEMPTS,
            CloudError::ServiceNameInvalid { .. } => codes::SERVICE_NAME,
            CloudError::Console(_) => codes::CONSOLE,
        }
    }

    /// The status of a request that was refused as a whole.
    pub(crate) fn status(&self) -> u16 {
        match self {
            CloudError::BodyTooLarge { .. } => 413,
            CloudError::BodyInvalid => 400,
            _ => 200,
        }
    }
}

impl From<DocumentTooLarge> for CloudError {
    fn from(error: DocumentTooLarge) -> Self {
        CloudError::Document(error.to_string())
    }
}
