//! What the console refuses, and what can go wrong in it. Every text but that of [`ConsoleError::Store`] may be shown.

use crate::{names::NAME_CHARS_MAX, region_link::RegionLinkError};
use control_store::StoreError;

/// Why the console did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// Its database failed. Never shown.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A region failed. Its reason is never shown.
    #[error("the region cannot be reached at the moment. Try again in a minute.")]
    Region(#[from] RegionLinkError),
    /// Not an e-mail address.
    #[error("this does not look like an e-mail address.")]
    EmailInvalid,
    /// Somebody has that e-mail address already.
    #[error("there is an account with this e-mail address already. Sign in instead.")]
    EmailTaken,
    /// A password that is too short, too long, or the e-mail address itself.
    #[error("a password needs 10 to 200 characters, and must not be the e-mail address.")]
    PasswordWeak,
    /// A name or title that cannot be shown.
    #[error("a name needs 1 to {NAME_CHARS_MAX} visible characters.")]
    NameInvalid,
    /// Unknown e-mail address or wrong password: which of the two is not told.
    #[error("the e-mail address or the password is wrong.")]
    SignInRefused,
    /// Nobody may sign up without an invitation.
    #[error("this invitation is unknown, used, or too old. Ask for a new one.")]
    InvitationInvalid,
    /// Nobody may sign up at all.
    #[error("sign-up is closed here. Ask whoever runs this server for an invitation or an account.")]
    SignUpClosed,
    /// A one-time link that is unknown, used or too old.
    #[error("this sign-in link is unknown, used, or too old. Ask for a new one.")]
    LinkInvalid,
    /// A login of the command line that is unknown, decided, used or too old.
    #[error("this login request is unknown, already used, or older than 10 minutes. Start the login again.")]
    LoginRequestOver,
    /// A login of the command line that was denied.
    #[error("the login was denied in the browser.")]
    LoginRequestDenied,
    /// Not a slug.
    #[error(
        "a workspace name has 3 to 40 lower-case letters, digits and hyphens, starts with a letter and does not end with a hyphen."
    )]
    SlugInvalid,
    /// A slug that nobody may have.
    #[error("this workspace name is reserved.")]
    SlugReserved,
    /// A slug that exists, existed lately, or looks like one that does.
    #[error("this workspace name is taken, was taken until lately, or looks too similar to one that is.")]
    SlugTaken,
    /// More workspaces than one account may have.
    #[error("an account has at most {max} workspaces.")]
    WorkspacesFull {
        /// How many it may have.
        max: u32,
    },
    /// More session keys than one account may have.
    #[error("an account has at most {max} session keys. Revoke one that is not needed any more.")]
    SessionKeysFull {
        /// How many it may have.
        max: u32,
    },
    /// A lifetime that a session key cannot have.
    #[error("a session key lives between 1 and {max_days} days.")]
    LifetimeInvalid {
        /// The longest one.
        max_days: u32,
    },
    /// No account has that e-mail address.
    #[error("there is no account with this e-mail address.")]
    AccountUnknown,
    /// No such thing, or none that the asker may know of.
    #[error("there is nothing here.")]
    NotFound,
    /// Too many attempts.
    #[error("too many attempts. Try again in {retry_after_s} seconds.")]
    TooMany {
        /// When the next one may succeed.
        retry_after_s: u64,
    },
}
