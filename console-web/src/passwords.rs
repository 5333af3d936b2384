//! Passwords of local accounts: Argon2id, on blocking threads, few at a time, since each takes 19 MiB and a good part
//! of a processor for a while.

use crate::{error::ConsoleError, names::Email};
use argon2::{Argon2, PasswordHash, PasswordHasher as _, PasswordVerifier as _};
use control_store::StoreError;
use region_config::Chance;
use std::{sync::Arc, time::Duration};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Hashes and checks passwords.
pub(crate) struct Passwords {
    permits: Semaphore,
}

const AT_ONCE: usize = 2;
const WAIT_MAX: Duration = Duration::from_secs(5);
const CHARS_MIN: usize = 10;
const CHARS_MAX: usize = 200;

/// A hash that no password has, with the parameters of every other: checked when an account is unknown or has no
/// password, so that the answer takes as long as for a wrong password.
const NOBODYS_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5c19zYWx0X2hlcmU$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

impl Passwords {
    pub(crate) fn new() -> Passwords {
        Passwords { permits: Semaphore::new(AT_ONCE) }
    }

    /// Hashes a new password, if it is good enough.
    pub(crate) async fn hash(
        &self,
        email: &Email,
        password: String,
        chance: &Arc<dyn Chance>,
    ) -> Result<String, ConsoleError> {
        let length = password.chars().count();
        if !(CHARS_MIN..=CHARS_MAX).contains(&length) || password.to_lowercase() == email.key {
            return Err(ConsoleError::PasswordWeak);
        }
        let _permit = self.permit().await?;
        let mut salt = [0; 16];
        chance.fill(&mut salt);
        blocking(move || {
            Argon2::default()
                .hash_password_with_salt(password.as_bytes(), &salt)
                .expect("16 bytes are a salt, and the default parameters are valid")
                .to_string()
        })
        .await
    }

    /// Whether a password belongs to a hash. No hash takes as long, and none belongs to it.
    pub(crate) async fn verify(&self, hash: Option<String>, password: String) -> Result<bool, ConsoleError> {
        let _permit = self.permit().await?;
        blocking(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODYS_HASH.to_owned());
            // Cut, so that a giant password costs nothing; none that long was ever accepted.
            let password: String = password.chars().take(CHARS_MAX + 1).collect();
            let fits = PasswordHash::new(&hash)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
            fits && known
        })
        .await
    }

    async fn permit(&self) -> Result<SemaphorePermit<'_>, ConsoleError> {
        match tokio::time::timeout(WAIT_MAX, self.permits.acquire()).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(ConsoleError::TooMany { retry_after_s: WAIT_MAX.as_secs() }),
        }
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ConsoleError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| ConsoleError::Store(StoreError::Cancelled))
}

#[cfg(test)]
mod tests {
    use super::*;
    use region_config::chance::SeededChance;

    #[tokio::test]
    async fn passwords_fit_their_own_hash_only() {
        let chance: Arc<dyn Chance> = Arc::new(SeededChance::new(1));
        let (passwords, email) = (Passwords::new(), Email::parse("Ada-Long@example.test").unwrap());
        let hash = passwords.hash(&email, "correct horse".to_owned(), &chance).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "the parameters of NOBODYS_HASH: {hash}");
        assert!(passwords.verify(Some(hash.clone()), "correct horse".to_owned()).await.unwrap());
        assert!(!passwords.verify(Some(hash), "correct horsf".to_owned()).await.unwrap());
        assert!(!passwords.verify(None, "correct horse".to_owned()).await.unwrap());
        assert!(PasswordHash::new(NOBODYS_HASH).is_ok(), "it must cost as much as a real one");
        for weak in ["short", "ada-long@EXAMPLE.test", &"x".repeat(201)] {
            let result = passwords.hash(&email, weak.to_owned(), &chance).await;
            assert!(matches!(result, Err(ConsoleError::PasswordWeak)), "{weak}");
        }
    }
}
