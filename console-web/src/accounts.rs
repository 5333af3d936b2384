//! Accounts: made by hand, by sign-up or by invitation; signed in with a password.

use crate::{
    config::SignUp,
    console::Console,
    error::ConsoleError,
    ids::AccountId,
    links,
    names::{Email, label},
    workspaces::{self, Workspace},
};
use control_store::{Row, StoreError, Transaction, params};
use std::net::IpAddr;

/// One person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// E-mail address, as typed.
    pub email: String,
    /// Name to show.
    pub name: String,
    /// Whether it can sign in with a password.
    pub has_password: bool,
}

/// An account and the first workspace it owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstAccount {
    /// The account.
    pub account: Account,
    /// Slug of its first workspace.
    pub workspace: String,
    /// Whether it was made just now; false if it was there already.
    pub is_new: bool,
}

/// What somebody fills in to sign up.
pub(crate) struct SignUpForm {
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) password: String,
    pub(crate) invitation: Option<String>,
}

impl Console {
    /// Makes an account with its first workspace, for commands and start-up. Without a password it signs in by
    /// one-time link. An account that is there already is left as it is.
    pub async fn create_first_account(
        &self,
        email: &str,
        password: Option<String>,
    ) -> Result<FirstAccount, ConsoleError> {
        let email = Email::parse(email).ok_or(ConsoleError::EmailInvalid)?;
        let key = email.key.clone();
        let existing = self
            .transaction(move |t| {
                let Some((account, _)) = by_email(t, &key)? else { return Ok(None) };
                let workspace = workspaces::of_account(t, &account.id)?.into_iter().next();
                Ok(Some((account, workspace.map(|w| w.slug).unwrap_or_default())))
            })
            .await?;
        if let Some((account, workspace)) = existing {
            return Ok(FirstAccount { account, workspace, is_new: false });
        }
        let hash = match password {
            Some(password) => Some(self.shared.passwords.hash(&email, password, &self.shared.chance).await?),
            None => None,
        };
        let name = label(email.local_part()).ok_or(ConsoleError::NameInvalid)?;
        let (account, workspace) = self.make_account(email, name, hash, None).await?;
        Ok(FirstAccount { account, workspace: workspace.slug, is_new: true })
    }

    /// The oldest account, whose workspace is the home workspace.
    pub async fn first_account(&self) -> Result<Option<Account>, ConsoleError> {
        self.transaction(|t| {
            Ok(t.query_optional(&format!("{SELECT} ORDER BY created_at, id LIMIT 1"), params![], account_of_row)?)
        })
        .await
    }

    /// The account of an e-mail address.
    pub async fn account(&self, email: &str) -> Result<Account, ConsoleError> {
        let key = Email::parse(email).ok_or(ConsoleError::EmailInvalid)?.key;
        self.transaction(move |t| Ok(by_email(t, &key)?.ok_or(ConsoleError::AccountUnknown)?.0)).await
    }

    /// Signs a stranger up, as far as the settings let it.
    pub(crate) async fn sign_up(&self, form: SignUpForm, client: IpAddr) -> Result<Account, ConsoleError> {
        self.shared.limits.sign_up.take(&client)?;
        let invited = match (&form.invitation, self.shared.sign_up) {
            (Some(token), _) => Some(self.invited_email(token).await?),
            (None, SignUp::Open) => None,
            (None, SignUp::Invitation | SignUp::Closed) => return Err(ConsoleError::SignUpClosed),
        };
        let email = Email::parse(invited.as_ref().unwrap_or(&form.email)).ok_or(ConsoleError::EmailInvalid)?;
        let name = if form.name.trim().is_empty() { email.local_part() } else { &form.name };
        let name = label(name).ok_or(ConsoleError::NameInvalid)?;
        let hash = self.shared.passwords.hash(&email, form.password, &self.shared.chance).await?;
        Ok(self.make_account(email, name, Some(hash), form.invitation).await?.0)
    }

    /// Checks an e-mail address and a password. Unknown and wrong take the same path and the same time.
    pub(crate) async fn check_password(
        &self,
        email: &str,
        password: String,
        client: IpAddr,
    ) -> Result<Account, ConsoleError> {
        self.shared.limits.sign_in_address.take(&client)?;
        // What is no address at all stays on the path of an unknown one.
        let key = Email::parse(email).map(|e| e.key).unwrap_or_default();
        self.shared.limits.sign_in_account.take(&key)?;
        let found = self.transaction(move |t| by_email(t, &key)).await?;
        let (account, hash) = found.map_or((None, None), |(account, hash)| (Some(account), hash));
        let fits = self.shared.passwords.verify(hash, password).await?;
        account.filter(|_| fits).ok_or(ConsoleError::SignInRefused)
    }

    /// Sets an account's password. Who has one must give it; who has none signed in by link.
    pub(crate) async fn change_password(
        &self,
        account: &Account,
        current: String,
        new: String,
        client: IpAddr,
    ) -> Result<(), ConsoleError> {
        if account.has_password {
            self.check_password(&account.email, current, client).await?;
        }
        let email = Email::parse(&account.email).ok_or(ConsoleError::EmailInvalid)?;
        let hash = self.shared.passwords.hash(&email, new, &self.shared.chance).await?;
        let id = account.id.clone();
        self.transaction(move |t| {
            t.execute("UPDATE account SET password_hash = ?2 WHERE id = ?1", params![id.as_str(), hash])?;
            Ok(())
        })
        .await
    }

    async fn make_account(
        &self,
        email: Email,
        name: String,
        password_hash: Option<String>,
        invitation: Option<String>,
    ) -> Result<(Account, Workspace), ConsoleError> {
        let account =
            Account { id: AccountId(self.new_id()), email: email.shown, name, has_password: password_hash.is_some() };
        let (now, chance, workspace_id) = (self.shared.clock.now_ms(), self.shared.chance.clone(), self.new_id());
        let made = self
            .transaction(move |t| {
                if by_email(t, &email.key)?.is_some() {
                    return Err(ConsoleError::EmailTaken);
                }
                if let Some(token) = invitation {
                    links::use_invitation(t, &token, now)?;
                }
                t.execute(
                    "INSERT INTO account (id, email, email_key, name, password_hash, created_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![account.id.as_str(), account.email, email.key, account.name, password_hash, now],
                )?;
                let slug = workspaces::slug_for_name(t, &account.name, &*chance, now)?;
                let workspace = workspaces::insert(t, &workspace_id, &slug, &account.id, now)?;
                Ok((account, workspace))
            })
            .await?;
        self.shared.facts.forget_all();
        Ok(made)
    }
}

const SELECT: &str = "SELECT id, email, name, password_hash IS NOT NULL, password_hash FROM account";

fn account_of_row(row: &Row) -> Result<Account, StoreError> {
    Ok(Account { id: AccountId(row.get(0)?), email: row.get(1)?, name: row.get(2)?, has_password: row.get(3)? })
}

/// An account by the key of its e-mail address, with the hash of its password.
fn by_email(t: &Transaction<'_>, key: &str) -> Result<Option<(Account, Option<String>)>, ConsoleError> {
    let sql = format!("{SELECT} WHERE email_key = ?1");
    Ok(t.query_optional(&sql, params![key], |row| Ok((account_of_row(row)?, row.get(4)?)))?)
}

/// An account by its id.
pub(crate) fn by_id(t: &Transaction<'_>, id: &str) -> Result<Option<Account>, ConsoleError> {
    Ok(t.query_optional(&format!("{SELECT} WHERE id = ?1"), params![id], account_of_row)?)
}
