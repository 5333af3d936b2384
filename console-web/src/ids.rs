//! Ids of what the console stores.

/// Id of an account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountId(pub(crate) String);

/// Id of a session key; its `jti`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionKeyId(pub(crate) String);

impl AccountId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl SessionKeyId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is stored of a secret that is looked up: its SHA-256. A look-up by hash takes the same time for every wrong
/// secret.
pub(crate) fn secret_hash(secret: &str) -> Vec<u8> {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(secret.as_bytes()).to_vec()
}
