//! Browser sessions: a random id in a cookie, its hash in the database. A new id at every sign-in; signing out ends it
//! here, not only in the browser.

use crate::{
    accounts::{self, Account},
    console::Console,
    error::ConsoleError,
    ids::{AccountId, secret_hash},
};
use control_store::{Transaction, params};
use std::time::Duration;

/// How long a session lives without being used …
const IDLE: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// … and in all.
const AGE_MAX: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// How exactly the last use is kept.
const USE_NOTED_EVERY: Duration = Duration::from_secs(10 * 60);
const OF_ACCOUNT_MAX: u32 = 50;

impl Console {
    /// Opens a session; its id goes into the cookie.
    pub(crate) async fn open_session(&self, account: &AccountId) -> Result<String, ConsoleError> {
        let id = self.new_secret();
        let (hash, account, now) = (secret_hash(&id), account.clone(), self.shared.clock.now_ms());
        self.transaction(move |t| {
            t.execute(
                "INSERT INTO browser_session (id_hash, account_id, created_at, last_used_at) VALUES (?1, ?2, ?3, ?3)",
                params![hash, account.as_str(), now],
            )?;
            t.execute(
                "DELETE FROM browser_session WHERE account_id = ?1 AND id_hash NOT IN
                 (SELECT id_hash FROM browser_session WHERE account_id = ?1 ORDER BY last_used_at DESC, created_at DESC LIMIT ?2)",
                params![account.as_str(), OF_ACCOUNT_MAX],
            )?;
            Ok(())
        })
        .await?;
        Ok(id)
    }

    /// Whose session it is, if it is alive.
    pub(crate) async fn session(&self, id: &str) -> Result<Option<Account>, ConsoleError> {
        let (hash, now) = (secret_hash(id), self.shared.clock.now_ms());
        self.transaction(move |t| {
            let found: Option<(String, i64)> = t.query_optional(
                "SELECT account_id, last_used_at FROM browser_session
                     WHERE id_hash = ?1 AND last_used_at > ?2 AND created_at > ?3",
                params![hash, now - ms(IDLE), now - ms(AGE_MAX)],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?;
            let Some((account, last_used)) = found else { return Ok(None) };
            if now - last_used > ms(USE_NOTED_EVERY) {
                t.execute("UPDATE browser_session SET last_used_at = ?2 WHERE id_hash = ?1", params![hash, now])?;
            }
            accounts::by_id(t, &account)
        })
        .await
    }

    /// Ends a session.
    pub(crate) async fn close_session(&self, id: &str) -> Result<(), ConsoleError> {
        let hash = secret_hash(id);
        self.transaction(move |t| {
            t.execute("DELETE FROM browser_session WHERE id_hash = ?1", params![hash])?;
            Ok(())
        })
        .await
    }

    /// Ends every session of an account: after its password changed.
    pub(crate) async fn close_all_sessions(&self, account: &AccountId) -> Result<(), ConsoleError> {
        let account = account.clone();
        self.transaction(move |t| {
            t.execute("DELETE FROM browser_session WHERE account_id = ?1", params![account.as_str()])?;
            Ok(())
        })
        .await
    }
}

/// Forgets sessions that are dead.
pub(crate) fn forget_what_is_over(t: &Transaction<'_>, now: i64) -> Result<(), ConsoleError> {
    t.execute(
        "DELETE FROM browser_session WHERE last_used_at <= ?1 OR created_at <= ?2",
        params![now - ms(IDLE), now - ms(AGE_MAX)],
    )?;
    Ok(())
}

/// A duration in milliseconds, as times are stored.
pub(crate) fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
