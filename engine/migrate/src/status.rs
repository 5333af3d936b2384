//! The states of a migration, and which may follow which.

use std::fmt;
use thiserror::Error;

/// State of a migration.
///
/// `Pending` → `InProgress` → `Success`, or after a failure `RollingBack` → `RollbackSuccess` or `RollbackFailure`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are Prisma's own")]
pub enum Status {
    Pending,
    InProgress,
    Success,
    RollingBack,
    RollbackSuccess,
    RollbackFailure,
}

/// What happens to a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    /// Somebody takes it up, for the first time or again after the one before was lost.
    TakeUp,
    /// Every step is applied.
    Succeed,
    /// A step failed: what was applied has to be undone.
    Fail,
    /// Everything applied is undone.
    RolledBack,
    /// Undoing failed as well.
    RollbackFailed,
}

/// A transition that the state does not allow, such as a success reported by somebody who has lost the lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a migration that is {status} refuses the transition {transition:?}")]
pub struct RefusedTransition {
    /// The state.
    pub status: Status,
    /// What was asked of it.
    pub transition: Transition,
}

impl Status {
    /// Every state.
    pub const ALL: [Status; 6] = [
        Status::Pending,
        Status::InProgress,
        Status::Success,
        Status::RollingBack,
        Status::RollbackSuccess,
        Status::RollbackFailure,
    ];

    /// The state after a transition.
    pub fn after(self, transition: Transition) -> Result<Status, RefusedTransition> {
        match (self, transition) {
            (Status::Pending | Status::InProgress, Transition::TakeUp) => Ok(Status::InProgress),
            (Status::RollingBack, Transition::TakeUp) => Ok(Status::RollingBack),
            (Status::InProgress, Transition::Succeed) => Ok(Status::Success),
            (Status::InProgress, Transition::Fail) => Ok(Status::RollingBack),
            (Status::RollingBack, Transition::RolledBack) => Ok(Status::RollbackSuccess),
            (Status::RollingBack, Transition::RollbackFailed) => Ok(Status::RollbackFailure),
            (status, transition) => Err(RefusedTransition { status, transition }),
        }
    }

    /// Whether work is left. While a migration is open, the service refuses another deploy (4008).
    pub fn is_open(self) -> bool {
        matches!(self, Status::Pending | Status::InProgress | Status::RollingBack)
    }

    /// Its name in the migration row and in the management API.
    pub fn name(self) -> &'static str {
        match self {
            Status::Pending => "PENDING",
            Status::InProgress => "IN_PROGRESS",
            Status::Success => "SUCCESS",
            Status::RollingBack => "ROLLING_BACK",
            Status::RollbackSuccess => "ROLLBACK_SUCCESS",
            Status::RollbackFailure => "ROLLBACK_FAILURE",
        }
    }

    /// The state of that name.
    pub fn named(name: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.name() == name)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_walks_only_the_allowed_ways() {
        use Transition::*;
        let mut allowed = Vec::new();
        for status in Status::ALL {
            assert_eq!(Status::named(status.name()), Some(status));
            for transition in [TakeUp, Succeed, Fail, RolledBack, RollbackFailed] {
                match status.after(transition) {
                    Ok(next) => allowed.push(format!("{status} {transition:?} {next}")),
                    Err(refused) => assert_eq!(refused, RefusedTransition { status, transition }),
                }
            }
        }
        assert_eq!(
            allowed,
            [
                "PENDING TakeUp IN_PROGRESS",
                "IN_PROGRESS TakeUp IN_PROGRESS",
                "IN_PROGRESS Succeed SUCCESS",
                "IN_PROGRESS Fail ROLLING_BACK",
                "ROLLING_BACK TakeUp ROLLING_BACK",
                "ROLLING_BACK RolledBack ROLLBACK_SUCCESS",
                "ROLLING_BACK RollbackFailed ROLLBACK_FAILURE",
            ]
        );
    }

    #[test]
    fn open_states_are_those_with_a_way_out() {
        for status in Status::ALL {
            assert_eq!(status.is_open(), status.after(Transition::TakeUp).is_ok());
        }
        assert_eq!(Status::named("pending"), None);
    }
}
