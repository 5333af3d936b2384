//! Keys (design D19): one 32-byte installation key; everything else follows from it by purpose and key id (HKDF).
//!
//! Rotation: a new installation key becomes *current* under the next id, the old one stays *previous* until nothing
//! made with it is alive. What is made carries its key id; what is read is tried with the key it names.

use crate::chance::Chance;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{AeadInOut as _, ChaCha20Poly1305, KeyInit as _};
use hkdf::Hkdf;
use sha2::Sha256;

/// 32 secret bytes. `Debug` does not print them.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose<'a> {
    /// Signs session keys (`cloudSessionKey`).
    SessionKeys,
    /// Signs console sessions and CSRF tokens.
    Csrf,
    /// Proves to an engine that a request came through the gateway.
    Hop,
    /// Seed of the key pair that signs grants.
    Grants,
    /// Seals service secrets at rest.
    Seal,
    /// The management secret of a workspace (way F): changes with incarnation and generation.
    Workspace {
        /// Slug.
        workspace: &'a str,
        /// Which life of that slug.
        incarnation: u32,
        /// How often it was renewed.
        generation: u32,
    },
}

/// The installation's keys: current, and the one before while a rotation lasts.
#[derive(Clone)]
pub struct Keys {
    current: (u8, Secret),
    previous: Option<(u8, Secret)>,
}

/// Something sealed cannot be opened: wrong key, or it was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value cannot be opened with the keys of this installation")]
pub struct CannotOpen;

impl Secret {
    /// A secret of these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Secret {
        Secret(bytes)
    }

    /// A fresh secret.
    pub fn random(chance: &dyn Chance) -> Secret {
        let mut bytes = [0; 32];
        chance.fill(&mut bytes);
        Secret(bytes)
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// As URL-safe text: 43 characters.
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// From [`to_text`](Self::to_text).
    pub fn from_text(text: &str) -> Option<Secret> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok()?;
        Some(Secret(bytes.try_into().ok()?))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Keys {
    /// Keys with one installation key under id 1.
    pub fn new(current: Secret) -> Keys {
        Keys { current: (1, current), previous: None }
    }

    /// Keys while a rotation lasts.
    pub fn rotating(current: (u8, Secret), previous: (u8, Secret)) -> Keys {
        Keys { current, previous: Some(previous) }
    }

    /// Id of the current key.
    pub fn current_id(&self) -> u8 {
        self.current.0
    }

    /// The current key for a purpose.
    pub fn derive(&self, purpose: Purpose<'_>) -> Secret {
        derive(&self.current.1, purpose)
    }

    /// The key for a purpose under an id, if it is still known.
    pub fn derive_with_id(&self, id: u8, purpose: Purpose<'_>) -> Option<Secret> {
        let (_, key) = std::iter::once(&self.current).chain(&self.previous).find(|(known, _)| *known == id)?;
        Some(derive(key, purpose))
    }

    /// Every known key for a purpose, the current one first.
    pub fn derive_all(&self, purpose: Purpose<'_>) -> Vec<Secret> {
        std::iter::once(&self.current).chain(&self.previous).map(|(_, key)| derive(key, purpose)).collect()
    }

    /// Seals a text: `id.nonce.ciphertext`.
    pub fn seal(&self, text: &str, chance: &dyn Chance) -> String {
        let mut nonce = [0; 12];
        chance.fill(&mut nonce);
        let cipher = ChaCha20Poly1305::new(self.derive(Purpose::Seal).bytes().into());
        let mut buffer = text.as_bytes().to_vec();
        cipher
            .encrypt_in_place(&nonce.into(), b"", &mut buffer)
            .expect("only a buffer that cannot grow fails to be sealed");
        format!("{}.{}.{}", self.current.0, URL_SAFE_NO_PAD.encode(nonce), URL_SAFE_NO_PAD.encode(buffer))
    }

    /// Opens what [`seal`](Self::seal) made.
    pub fn open(&self, sealed: &str) -> Result<String, CannotOpen> {
        let mut parts = sealed.splitn(3, '.');
        let id = parts.next().and_then(|id| id.parse().ok()).ok_or(CannotOpen)?;
        let nonce = parts.next().and_then(|n| URL_SAFE_NO_PAD.decode(n).ok()).ok_or(CannotOpen)?;
        let nonce: [u8; 12] = nonce.try_into().map_err(|_| CannotOpen)?;
        let mut buffer = parts.next().and_then(|c| URL_SAFE_NO_PAD.decode(c).ok()).ok_or(CannotOpen)?;
        let key = self.derive_with_id(id, Purpose::Seal).ok_or(CannotOpen)?;
        let cipher = ChaCha20Poly1305::new(key.bytes().into());
        cipher.decrypt_in_place(&nonce.into(), b"", &mut buffer).map_err(|_| CannotOpen)?;
        String::from_utf8(buffer).map_err(|_| CannotOpen)
    }
}

fn derive(key: &Secret, purpose: Purpose<'_>) -> Secret {
    let info = match purpose {
        Purpose::SessionKeys => "refract session keys".to_owned(),
        Purpose::Csrf => "refract csrf".to_owned(),
        Purpose::Hop => "refract hop".to_owned(),
        Purpose::Grants => "refract grants".to_owned(),
        Purpose::Seal => "refract seal".to_owned(),
        Purpose::Workspace { workspace, incarnation, generation } => {
            format!("refract workspace {workspace} {incarnation} {generation}")
        }
    };
    let mut out = [0; 32];
    Hkdf::<Sha256>::new(None, key.bytes())
        .expand(info.as_bytes(), &mut out)
        .expect("32 bytes are within what HKDF-SHA256 yields");
    Secret(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SeededChance;

    #[test]
    fn purposes_and_ids_give_different_keys() {
        let keys = Keys::new(Secret::from_bytes([7; 32]));
        let first = Purpose::Workspace { workspace: "acme", incarnation: 1, generation: 1 };
        let renewed = Purpose::Workspace { workspace: "acme", incarnation: 1, generation: 2 };
        assert_ne!(keys.derive(Purpose::Csrf), keys.derive(Purpose::Hop));
        assert_ne!(keys.derive(first), keys.derive(renewed));
        assert_eq!(keys.derive(first), keys.derive(first));
        assert_eq!(format!("{:?}", keys.derive(first)), "Secret(…)");
    }

    #[test]
    fn sealed_values_survive_a_rotation_and_refuse_changes() {
        let chance = SeededChance::new(1);
        let old = Secret::random(&chance);
        let new = Secret::random(&chance);
        let sealed = Keys::new(old.clone()).seal("s3cr3t", &chance);
        let rotating = Keys::rotating((2, new.clone()), (1, old));
        assert_eq!(rotating.open(&sealed).as_deref(), Ok("s3cr3t"));
        assert_eq!(Keys::rotating((2, new.clone()), (3, new)).open(&sealed), Err(CannotOpen));
        let mut changed = sealed.clone();
        changed.replace_range(changed.len() - 2.., "AA");
        assert_eq!(rotating.open(&changed), Err(CannotOpen));
        assert!(!sealed.contains("s3cr3t"));
    }
}
