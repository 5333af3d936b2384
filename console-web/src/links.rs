//! Links that are good once: to sign in without a password, and to sign up by invitation. The console sends no mail:
//! whoever runs the server hands them on.

use crate::{
    accounts::{self, Account},
    console::Console,
    error::ConsoleError,
    ids::secret_hash,
    names::Email,
    sessions::ms,
};
use control_store::{Transaction, params};
use std::{net::IpAddr, time::Duration};

/// How long a sign-in link is good.
const SIGN_IN_LIFETIME: Duration = Duration::from_secs(60 * 60);
/// How long an invitation is good.
const INVITATION_LIFETIME: Duration = Duration::from_secs(14 * 24 * 60 * 60);

impl Console {
    /// Path (and query) of a page that signs an account in, once, within an hour.
    pub async fn one_time_link(&self, email: &str) -> Result<String, ConsoleError> {
        let account = self.account(email).await?;
        let token = self.new_secret();
        let (hash, expires_at) = (secret_hash(&token), self.shared.clock.now_ms() + ms(SIGN_IN_LIFETIME));
        self.transaction(move |t| {
            t.execute(
                "INSERT INTO one_time_link (token_hash, account_id, expires_at) VALUES (?1, ?2, ?3)",
                params![hash, account.id.as_str(), expires_at],
            )?;
            Ok(())
        })
        .await?;
        Ok(format!("/sign-in/link?token={token}"))
    }

    /// Path (and query) of a page that lets the owner of an e-mail address sign up, once, within 14 days.
    pub async fn invite(&self, email: &str) -> Result<String, ConsoleError> {
        let email = Email::parse(email).ok_or(ConsoleError::EmailInvalid)?;
        let token = self.new_secret();
        let (hash, expires_at) = (secret_hash(&token), self.shared.clock.now_ms() + ms(INVITATION_LIFETIME));
        self.transaction(move |t| {
            t.execute(
                "INSERT INTO invitation (token_hash, email, expires_at) VALUES (?1, ?2, ?3)",
                params![hash, email.shown, expires_at],
            )?;
            Ok(())
        })
        .await?;
        Ok(format!("/sign-up?invitation={token}"))
    }

    /// Whom a sign-in link would sign in. Looking does not use it: mail scanners look.
    pub(crate) async fn link_account(&self, token: &str, client: IpAddr) -> Result<Account, ConsoleError> {
        self.shared.limits.sign_in_address.take(&client)?;
        let (hash, now) = (secret_hash(token), self.shared.clock.now_ms());
        self.transaction(move |t| account_of_link(t, &hash, now)).await
    }

    /// Uses a sign-in link.
    pub(crate) async fn use_link(&self, token: &str, client: IpAddr) -> Result<Account, ConsoleError> {
        self.shared.limits.sign_in_address.take(&client)?;
        let (hash, now) = (secret_hash(token), self.shared.clock.now_ms());
        self.transaction(move |t| {
            let account = account_of_link(t, &hash, now)?;
            t.execute("DELETE FROM one_time_link WHERE token_hash = ?1", params![hash])?;
            Ok(account)
        })
        .await
    }

    /// The e-mail address that an invitation is for.
    pub(crate) async fn invited_email(&self, token: &str) -> Result<String, ConsoleError> {
        let (hash, now) = (secret_hash(token), self.shared.clock.now_ms());
        self.transaction(move |t| invited(t, &hash, now)).await
    }
}

/// Uses an invitation up.
pub(crate) fn use_invitation(t: &Transaction<'_>, token: &str, now: i64) -> Result<(), ConsoleError> {
    let hash = secret_hash(token);
    invited(t, &hash, now)?;
    t.execute("DELETE FROM invitation WHERE token_hash = ?1", params![hash])?;
    Ok(())
}

fn account_of_link(t: &Transaction<'_>, token_hash: &[u8], now: i64) -> Result<Account, ConsoleError> {
    let account: Option<String> = t.query_optional(
        "SELECT account_id FROM one_time_link WHERE token_hash = ?1 AND expires_at > ?2",
        params![token_hash, now],
        |row| row.get(0),
    )?;
    accounts::by_id(t, &account.ok_or(ConsoleError::LinkInvalid)?)?.ok_or(ConsoleError::LinkInvalid)
}

fn invited(t: &Transaction<'_>, token_hash: &[u8], now: i64) -> Result<String, ConsoleError> {
    t.query_optional(
        "SELECT email FROM invitation WHERE token_hash = ?1 AND expires_at > ?2",
        params![token_hash, now],
        |row| row.get(0),
    )?
    .ok_or(ConsoleError::InvitationInvalid)
}

/// Forgets links that are too old.
pub(crate) fn forget_what_is_over(t: &Transaction<'_>, now: i64) -> Result<(), ConsoleError> {
    t.execute("DELETE FROM one_time_link WHERE expires_at <= ?1", params![now])?;
    t.execute("DELETE FROM invitation WHERE expires_at <= ?1", params![now])?;
    Ok(())
}
