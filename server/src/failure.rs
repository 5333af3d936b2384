//! Why a command ends without success: one clear line with the cause, and the flag that helps.

use std::process::ExitCode;

/// A failure, told in one line.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The configuration or a flag is wrong.
    #[error("{0}")]
    Configuration(String),
    /// Something went wrong.
    #[error("{0}")]
    Failed(String),
    /// It was done, but for parts that were refused.
    #[error("{0}")]
    Partly(String),
}

impl Failure {
    /// 2 for a wrong configuration, 3 for parts that were refused, else 1.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Failure::Configuration(_) => ExitCode::from(2),
            Failure::Failed(_) => ExitCode::FAILURE,
            Failure::Partly(_) => ExitCode::from(3),
        }
    }

    /// A failure of anything that can be printed, with what was attempted.
    pub fn of(attempt: &str, cause: impl std::fmt::Display) -> Failure {
        Failure::Failed(format!("{attempt}: {cause}"))
    }
}
