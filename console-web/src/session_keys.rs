//! Session keys: the `cloudSessionKey` of the Prisma 1 command line. A signed JWT whose `userId` and `exp` the command
//! line reads, and whose `jti` names a row here, so that it can be listed and revoked (the command line's logout tells
//! nobody).

use crate::{
    accounts::{self, Account},
    console::Console,
    error::ConsoleError,
    ids::{AccountId, SessionKeyId},
    names::label,
    sessions::ms,
};
use control_store::{Row, StoreError, Transaction, next_change, params};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use region_config::keys::{Keys, Purpose};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a session key lives unless told otherwise.
pub(crate) const LIFETIME_DEFAULT_DAYS: u32 = 90;
/// The longest life it can be given.
pub(crate) const LIFETIME_MAX_DAYS: u32 = 365;
/// Session keys that one account may have at a time.
const OF_ACCOUNT_MAX: u32 = 100;
/// How exactly the last use is kept.
const USE_NOTED_EVERY: Duration = Duration::from_secs(60);
/// Header `typ`: no other token of ours passes for one.
const TYPE: &str = "refract-session+jwt";
/// The longest text that is looked at.
const TOKEN_BYTES_MAX: usize = 2048;

/// A session key, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionKey {
    pub(crate) id: SessionKeyId,
    pub(crate) title: String,
    pub(crate) lifetime_ms: i64,
    pub(crate) created_at_ms: i64,
    pub(crate) last_used_at_ms: Option<i64>,
    pub(crate) expires_at_ms: i64,
    pub(crate) revoked: bool,
}

/// Who calls the cloud API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) account: Account,
    pub(crate) session_key: SessionKeyId,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    #[serde(rename = "userId")]
    user_id: String,
    iat: i64,
    exp: i64,
    jti: String,
}

impl Console {
    /// Makes a session key for the account of an e-mail address, for commands.
    pub async fn make_session_key(&self, email: &str, title: &str) -> Result<String, ConsoleError> {
        let account = self.account(email).await?;
        self.make_own_session_key(&account.id, title, LIFETIME_DEFAULT_DAYS).await
    }

    /// Makes a session key. Its text is told once, here.
    pub(crate) async fn make_own_session_key(
        &self,
        account: &AccountId,
        title: &str,
        lifetime_days: u32,
    ) -> Result<String, ConsoleError> {
        if !(1..=LIFETIME_MAX_DAYS).contains(&lifetime_days) {
            return Err(ConsoleError::LifetimeInvalid { max_days: LIFETIME_MAX_DAYS });
        }
        let title = label(title).ok_or(ConsoleError::NameInvalid)?;
        let key = self.new_session_key(title, lifetime_days);
        let token = self.sign_session_key(account, &key);
        let account = account.clone();
        self.transaction(move |t| insert(t, &account, &key)).await?;
        Ok(token)
    }

    /// A session key that starts now and is not stored yet.
    pub(crate) fn new_session_key(&self, title: String, lifetime_days: u32) -> SessionKey {
        let (now, lifetime_ms) = (self.shared.clock.now_ms(), i64::from(lifetime_days) * 24 * 60 * 60 * 1000);
        SessionKey {
            id: SessionKeyId(self.new_id()),
            title,
            lifetime_ms,
            created_at_ms: now,
            last_used_at_ms: None,
            expires_at_ms: now + lifetime_ms,
            revoked: false,
        }
    }

    /// The text of a session key.
    pub(crate) fn sign_session_key(&self, account: &AccountId, key: &SessionKey) -> String {
        let claims = Claims {
            user_id: account.as_str().to_owned(),
            iat: self.shared.clock.now_s(),
            exp: key.expires_at_ms.div_euclid(1000),
            jti: key.id.as_str().to_owned(),
        };
        let header = Header {
            typ: Some(TYPE.to_owned()),
            kid: Some(self.shared.keys.current_id().to_string()),
            ..Header::new(Algorithm::HS256)
        };
        let secret = self.shared.keys.derive(Purpose::SessionKeys);
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(secret.bytes()))
            .expect("texts and numbers can be signed")
    }

    /// Who a session key belongs to. Revoked, expired, changed or made up: nobody.
    pub(crate) async fn caller(&self, unverified: &str) -> Result<Option<Caller>, ConsoleError> {
        let now = self.shared.clock.now_ms();
        let Some(claims) = verified_claims(unverified, &self.shared.keys) else { return Ok(None) };
        if claims.exp <= self.shared.clock.now_s() {
            return Ok(None);
        }
        self.transaction(move |t| {
            let Some((key, account)) = by_id(t, &claims.jti)? else { return Ok(None) };
            if key.revoked || key.expires_at_ms <= now || account != claims.user_id {
                return Ok(None);
            }
            if key.last_used_at_ms.is_none_or(|at| now - at > ms(USE_NOTED_EVERY)) {
                t.execute("UPDATE session_key SET last_used_at = ?2 WHERE id = ?1", params![key.id.as_str(), now])?;
            }
            Ok(accounts::by_id(t, &account)?.map(|account| Caller { account, session_key: key.id }))
        })
        .await
    }

    /// Moves the expiry of the caller's session key to a full lifetime from now, and gives its new text.
    pub(crate) async fn renew_session_key(&self, caller: &Caller) -> Result<String, ConsoleError> {
        let (id, now) = (caller.session_key.clone(), self.shared.clock.now_ms());
        let key = self
            .transaction(move |t| {
                let (mut key, _) = by_id(t, id.as_str())?.ok_or(ConsoleError::NotFound)?;
                key.expires_at_ms = now + key.lifetime_ms;
                t.execute(
                    "UPDATE session_key SET expires_at = ?2 WHERE id = ?1",
                    params![key.id.as_str(), key.expires_at_ms],
                )?;
                Ok(key)
            })
            .await?;
        Ok(self.sign_session_key(&caller.account.id, &key))
    }

    /// The session keys of an account that are neither revoked nor expired, newest first.
    pub(crate) async fn session_keys(&self, account: &AccountId) -> Result<Vec<SessionKey>, ConsoleError> {
        let (account, now) = (account.clone(), self.shared.clock.now_ms());
        self.transaction(move |t| {
            let sql = format!(
                "{SELECT} WHERE account_id = ?1 AND revoked_at IS NULL AND expires_at > ?2
                 ORDER BY created_at DESC, id DESC"
            );
            Ok(t.query(&sql, params![account.as_str(), now], |row| Ok(key_of_row(row)?.0))?)
        })
        .await
    }

    /// Revokes a session key of the account. One that is not there, or somebody else's, is not found.
    pub(crate) async fn revoke_session_key(&self, account: &AccountId, id: &str) -> Result<(), ConsoleError> {
        let (account, id, now) = (account.clone(), id.to_owned(), self.shared.clock.now_ms());
        self.transaction(move |t| {
            let revoked = t.execute(
                "UPDATE session_key SET revoked_at = ?3 WHERE id = ?1 AND account_id = ?2 AND revoked_at IS NULL",
                params![id, account.as_str(), now],
            )?;
            if revoked == 0 {
                return Err(ConsoleError::NotFound);
            }
            next_change(t)?;
            Ok(())
        })
        .await
    }
}

/// The claims of a session key that this installation signed; nothing of them is checked against time or database yet.
fn verified_claims(unverified: &str, keys: &Keys) -> Option<Claims> {
    if unverified.len() > TOKEN_BYTES_MAX {
        return None;
    }
    let header = jsonwebtoken::decode_header(unverified).ok()?;
    if header.typ.as_deref() != Some(TYPE) {
        return None;
    }
    // The key id only chooses between keys that we have.
    let secret = keys.derive_with_id(header.kid?.parse().ok()?, Purpose::SessionKeys)?;
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_required_spec_claims(&["exp"]);
    // The time is checked by the caller, against the clock that was handed in.
    validation.validate_exp = false;
    let key = DecodingKey::from_secret(secret.bytes());
    jsonwebtoken::decode::<Claims>(unverified, &key, &validation).ok().map(|token| token.claims)
}

const SELECT: &str =
    "SELECT id, title, lifetime, created_at, last_used_at, expires_at, revoked_at IS NOT NULL, account_id
                      FROM session_key";

/// A session key and the id of its account.
fn key_of_row(row: &Row) -> Result<(SessionKey, String), StoreError> {
    let key = SessionKey {
        id: SessionKeyId(row.get(0)?),
        title: row.get(1)?,
        lifetime_ms: row.get(2)?,
        created_at_ms: row.get(3)?,
        last_used_at_ms: row.get(4)?,
        expires_at_ms: row.get(5)?,
        revoked: row.get(6)?,
    };
    Ok((key, row.get(7)?))
}

fn by_id(t: &Transaction<'_>, id: &str) -> Result<Option<(SessionKey, String)>, ConsoleError> {
    Ok(t.query_optional(&format!("{SELECT} WHERE id = ?1"), params![id], key_of_row)?)
}

/// Stores a session key, unless its account has too many.
pub(crate) fn insert(t: &Transaction<'_>, account: &AccountId, key: &SessionKey) -> Result<(), ConsoleError> {
    let alive: u32 = t.query_row(
        "SELECT count(*) FROM session_key WHERE account_id = ?1 AND revoked_at IS NULL AND expires_at > ?2",
        params![account.as_str(), key.created_at_ms],
        |row| row.get(0),
    )?;
    if alive >= OF_ACCOUNT_MAX {
        return Err(ConsoleError::SessionKeysFull { max: OF_ACCOUNT_MAX });
    }
    t.execute(
        "INSERT INTO session_key (id, account_id, title, lifetime, created_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![key.id.as_str(), account.as_str(), key.title, key.lifetime_ms, key.created_at_ms, key.expires_at_ms],
    )?;
    Ok(())
}
