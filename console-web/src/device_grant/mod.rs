//! The login of the command line, told in full.
//!
//! 1. `prisma1 login` asks the cloud API for a secret (`requestCloudToken`) and opens `/cli-auth?secret=…` in a browser.
//! 2. It then asks once a second for the token of that secret (`cloudTokenRequest`), which is null for now.
//! 3. The page tells who asks, from where and when, and which account would be given away. Whoever is signed in there
//!    approves or denies. Anybody could have sent the link, so this is the place to be careful.
//! 4. After an approval the next poll makes a session key and hands it out; the polls after that get null again. A
//!    denied or old request is an error, which ends the command line's waiting.
//!
//! The secret has 256 bits, lives ten minutes, and is stored as a hash only. The session key is made at the exchange,
//! so it never lies anywhere.

pub(crate) mod state;

use crate::{
    accounts::Account,
    console::Console,
    error::ConsoleError,
    ids::{AccountId, secret_hash},
    names::printable,
    session_keys::{self, LIFETIME_DEFAULT_DAYS},
    sessions::ms,
};
use control_store::{Transaction, params};
use state::{LIFETIME, State};
use std::net::IpAddr;

/// Login requests that may be open at a time, over all clients.
const OPEN_MAX: u32 = 10_000;
const USER_AGENT_CHARS_MAX: usize = 100;

/// A login of the command line, as the consent page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeviceGrant {
    pub(crate) requested_at_ms: i64,
    pub(crate) client_address: String,
    /// What the command line says of itself; may be empty.
    pub(crate) user_agent: String,
    state: State,
}

/// What somebody decides on the consent page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Approve,
    Deny,
}

impl Console {
    /// Starts a login and gives its secret.
    pub(crate) async fn request_login(&self, client: IpAddr, user_agent: &str) -> Result<String, ConsoleError> {
        self.shared.limits.login_request.take(&client)?;
        let secret = self.new_secret();
        let (hash, now) = (secret_hash(&secret), self.shared.clock.now_ms());
        let user_agent = printable(user_agent, USER_AGENT_CHARS_MAX);
        self.transaction(move |t| {
            let open: u32 = t.query_row(
                "SELECT count(*) FROM device_grant WHERE requested_at > ?1",
                params![now - ms(LIFETIME)],
                |row| row.get(0),
            )?;
            if open >= OPEN_MAX {
                return Err(ConsoleError::TooMany { retry_after_s: LIFETIME.as_secs() });
            }
            t.execute(
                "INSERT INTO device_grant (secret_hash, requested_at, client_address, user_agent, state)
                 VALUES (?1, ?2, ?3, ?4, 'requested')",
                params![hash, now, client.to_string(), user_agent],
            )?;
            Ok(())
        })
        .await?;
        Ok(secret)
    }

    /// A login request that waits for a decision.
    pub(crate) async fn login_request(&self, secret: &str) -> Result<DeviceGrant, ConsoleError> {
        let (hash, now) = (secret_hash(secret), self.shared.clock.now_ms());
        let grant = self.transaction(move |t| load(t, &hash, now)).await?;
        match grant {
            Some(grant) if grant.state == State::Requested => Ok(grant),
            _ => Err(ConsoleError::LoginRequestOver),
        }
    }

    /// Approves or denies a login request, in the name of an account.
    pub(crate) async fn decide_login(
        &self,
        secret: &str,
        account: &Account,
        decision: Decision,
    ) -> Result<(), ConsoleError> {
        let (hash, now, account) = (secret_hash(secret), self.shared.clock.now_ms(), account.id.clone());
        self.transaction(move |t| {
            let grant = load(t, &hash, now)?.ok_or(ConsoleError::LoginRequestOver)?;
            let next = match decision {
                Decision::Approve => grant.state.approve(account),
                Decision::Deny => grant.state.deny(),
            };
            save(t, &hash, &next.map_err(|_| ConsoleError::LoginRequestOver)?)
        })
        .await
    }

    /// The session key of a login, exactly once after its approval; nothing before and after.
    pub(crate) async fn exchange_login(&self, secret: &str) -> Result<Option<String>, ConsoleError> {
        let (hash, now) = (secret_hash(secret), self.shared.clock.now_ms());
        self.shared.limits.login_poll.take(&hash)?;
        let new_key = self.new_session_key(String::new(), LIFETIME_DEFAULT_DAYS);
        let exchanged = self
            .transaction(move |t| {
                let grant = load(t, &hash, now)?.ok_or(ConsoleError::LoginRequestOver)?;
                match &grant.state {
                    State::Requested | State::Exchanged { .. } => return Ok(None),
                    State::Denied => return Err(ConsoleError::LoginRequestDenied),
                    State::Expired => return Err(ConsoleError::LoginRequestOver),
                    State::Approved { .. } => {}
                }
                let (next, account): (State, AccountId) =
                    grant.state.exchange().map_err(|_| ConsoleError::LoginRequestOver)?;
                let key = session_keys::SessionKey { title: format!("login from {}", grant.client_address), ..new_key };
                session_keys::insert(t, &account, &key)?;
                save(t, &hash, &next)?;
                Ok(Some((account, key)))
            })
            .await?;
        Ok(exchanged.map(|(account, key)| self.sign_session_key(&account, &key)))
    }
}

/// A login request, its state as it is now.
fn load(t: &Transaction<'_>, secret_hash: &[u8], now: i64) -> Result<Option<DeviceGrant>, ConsoleError> {
    let grant = t.query_optional(
        "SELECT requested_at, client_address, user_agent, state, account_id
             FROM device_grant WHERE secret_hash = ?1",
        params![secret_hash],
        |row| {
            let (requested_at_ms, word): (i64, String) = (row.get(0)?, row.get(3)?);
            Ok(DeviceGrant {
                requested_at_ms,
                client_address: row.get(1)?,
                user_agent: row.get(2)?,
                state: State::from_columns(&word, row.get(4)?).at(requested_at_ms, now),
            })
        },
    )?;
    Ok(grant)
}

fn save(t: &Transaction<'_>, secret_hash: &[u8], state: &State) -> Result<(), ConsoleError> {
    let (word, account) = state.to_columns();
    t.execute(
        "UPDATE device_grant SET state = ?2, account_id = ?3 WHERE secret_hash = ?1",
        params![secret_hash, word, account],
    )?;
    Ok(())
}

/// Forgets login requests that nobody can use any more.
pub(crate) fn forget_what_is_over(t: &Transaction<'_>, now: i64) -> Result<(), ConsoleError> {
    t.execute("DELETE FROM device_grant WHERE requested_at <= ?1", params![now - 2 * ms(LIFETIME)])?;
    Ok(())
}
