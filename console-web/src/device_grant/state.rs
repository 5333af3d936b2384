//! The states of a device grant. A transition consumes the old state, and refuses where it does not fit.
//!
//! ```text
//! requested ──approve──> approved ──exchange──> exchanged
//!     │  └──────deny───> denied
//!     └── 10 minutes ──> expired <── 10 minutes ── approved
//! ```

use crate::{ids::AccountId, sessions::ms};
use std::time::Duration;

/// How long a login request is good.
pub(crate) const LIFETIME: Duration = Duration::from_secs(10 * 60);

/// Where a login of the command line stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// Asked for; nobody has decided.
    Requested,
    /// Somebody gives a session key of theirs away.
    Approved {
        /// Who.
        account: AccountId,
    },
    /// Somebody said no.
    Denied,
    /// The session key was handed out.
    Exchanged {
        /// Whose.
        account: AccountId,
    },
    /// Too old to be decided or exchanged.
    Expired,
}

/// A transition that does not fit the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DoesNotFit(pub(crate) State);

impl State {
    /// The state as it is at a time, given when the login was asked for.
    pub(crate) fn at(self, requested_at_ms: i64, now_ms: i64) -> State {
        let over = now_ms - requested_at_ms >= ms(LIFETIME);
        match self {
            State::Requested | State::Approved { .. } if over => State::Expired,
            state => state,
        }
    }

    /// Somebody approves.
    pub(crate) fn approve(self, account: AccountId) -> Result<State, DoesNotFit> {
        match self {
            State::Requested => Ok(State::Approved { account }),
            state => Err(DoesNotFit(state)),
        }
    }

    /// Somebody denies.
    pub(crate) fn deny(self) -> Result<State, DoesNotFit> {
        match self {
            State::Requested => Ok(State::Denied),
            state => Err(DoesNotFit(state)),
        }
    }

    /// The command line takes the session key. Whose it is comes with the new state.
    pub(crate) fn exchange(self) -> Result<(State, AccountId), DoesNotFit> {
        match self {
            State::Approved { account } => Ok((State::Exchanged { account: account.clone() }, account)),
            state => Err(DoesNotFit(state)),
        }
    }

    /// How it is stored: a word, and who decided.
    pub(crate) fn to_columns(&self) -> (&'static str, Option<&str>) {
        match self {
            State::Requested => ("requested", None),
            State::Approved { account } => ("approved", Some(account.as_str())),
            State::Denied => ("denied", None),
            State::Exchanged { account } => ("exchanged", Some(account.as_str())),
            State::Expired => ("expired", None),
        }
    }

    /// From what is stored. What makes no sense cannot be used, so it has expired.
    pub(crate) fn from_columns(word: &str, account: Option<String>) -> State {
        match (word, account) {
            ("requested", _) => State::Requested,
            ("approved", Some(account)) => State::Approved { account: AccountId(account) },
            ("denied", _) => State::Denied,
            ("exchanged", Some(account)) => State::Exchanged { account: AccountId(account) },
            _ => State::Expired,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> AccountId {
        AccountId("a".to_owned())
    }

    fn every_state() -> [State; 5] {
        [
            State::Requested,
            State::Approved { account: account() },
            State::Denied,
            State::Exchanged { account: account() },
            State::Expired,
        ]
    }

    #[test]
    fn only_the_drawn_transitions_fit() {
        for state in every_state() {
            let requested = state == State::Requested;
            assert_eq!(state.clone().approve(account()).is_ok(), requested, "{state:?}");
            assert_eq!(state.clone().deny().is_ok(), requested, "{state:?}");
            let approved = matches!(state, State::Approved { .. });
            assert_eq!(state.clone().exchange().is_ok(), approved, "{state:?}");
        }
    }

    #[test]
    fn only_what_is_open_expires() {
        let lifetime = ms(LIFETIME);
        for state in every_state() {
            assert_eq!(state.clone().at(5, 5 + lifetime - 1), state);
            let later = state.clone().at(5, 5 + lifetime);
            let open = matches!(state, State::Requested | State::Approved { .. });
            assert_eq!(later == State::Expired, open || state == State::Expired, "{state:?}");
        }
    }

    #[test]
    fn states_are_stored_and_read() {
        for state in every_state() {
            let (word, account) = state.to_columns();
            assert_eq!(State::from_columns(word, account.map(str::to_owned)), state);
        }
        assert_eq!(State::from_columns("approved", None), State::Expired);
        assert_eq!(State::from_columns("nonsense", Some("a".to_owned())), State::Expired);
    }
}
