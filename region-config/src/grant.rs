//! Grants: what the console lets its holder do on one service of one region (design D10). EdDSA: the console signs
//! with the private key, engines verify with the public key and cannot mint. To the CLI a grant is an opaque cluster
//! token.

use crate::{
    address::Address,
    chance::Chance,
    clock::Clock,
    keys::{Keys, Purpose},
    region::RegionName,
};
use ed25519_dalek::SigningKey;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

/// Header `typ` of every grant: no other token of ours passes for one.
const TYPE: &str = "refract-grant+jwt";
/// What stands before the 32 bytes of an Ed25519 private key in its PKCS#8 form (RFC 8410 §7).
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
const ISSUER: &str = "refract-console";
/// How long a grant lives, in seconds: one command of the CLI, with room for a slow deploy.
pub const LIFETIME_S: i64 = 15 * 60;

/// What a grant says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    iss: String,
    /// The region.
    aud: String,
    /// The account.
    pub sub: String,
    /// The session (key) it was asked for with.
    pub sid: String,
    /// Slug of the workspace.
    pub workspace: String,
    /// Which life of that slug; a grant of an older one is void.
    pub incarnation: u32,
    /// The service.
    pub service: String,
    /// The stage.
    pub stage: String,
    iat: i64,
    exp: i64,
    jti: String,
}

/// Signs grants. Only the console has one.
pub struct GrantIssuer {
    key: EncodingKey,
}

/// Verifies grants of one region.
#[derive(Clone)]
pub struct GrantVerifier {
    keys: Vec<DecodingKey>,
    region: String,
}

/// Who asks, and for what.
#[derive(Debug, Clone)]
pub struct GrantRequest<'a> {
    /// The account.
    pub account: &'a str,
    /// The session (key).
    pub session: &'a str,
    /// The region.
    pub region: &'a RegionName,
    /// Which life of the workspace's slug.
    pub incarnation: u32,
    /// The service; its workspace must be given.
    pub address: &'a Address,
}

/// Why a token is no grant for this region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct GrantError(String);

impl GrantIssuer {
    /// The issuer of an installation.
    pub fn new(keys: &Keys) -> GrantIssuer {
        let document = [PKCS8_PREFIX.as_slice(), keys.derive(Purpose::Grants).bytes()].concat();
        GrantIssuer { key: EncodingKey::from_ed_der(&document) }
    }

    /// Signs a grant.
    pub fn issue(&self, request: &GrantRequest<'_>, clock: &dyn Clock, chance: &dyn Chance) -> String {
        let now = clock.now_s();
        let grant = Grant {
            iss: ISSUER.to_owned(),
            aud: request.region.to_string(),
            sub: request.account.to_owned(),
            sid: request.session.to_owned(),
            workspace: request.address.workspace.clone().unwrap_or_default(),
            incarnation: request.incarnation,
            service: request.address.service.clone(),
            stage: request.address.stage.clone(),
            iat: now,
            exp: now + LIFETIME_S,
            jti: chance.hex(16),
        };
        let header = Header { typ: Some(TYPE.to_owned()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &grant, &self.key).expect("an Ed25519 key signs any claims")
    }
}

impl GrantVerifier {
    /// The verifier of a region. It keeps public keys only.
    pub fn new(keys: &Keys, region: &RegionName) -> GrantVerifier {
        let keys = keys
            .derive_all(Purpose::Grants)
            .iter()
            .map(|seed| DecodingKey::from_ed_der(SigningKey::from_bytes(seed.bytes()).verifying_key().as_bytes()))
            .collect();
        GrantVerifier { keys, region: region.to_string() }
    }

    /// The grant in a token, if it is one, for this region and still valid.
    pub fn verify(&self, unverified: &str, clock: &dyn Clock) -> Result<Grant, GrantError> {
        let header = jsonwebtoken::decode_header(unverified).map_err(|e| GrantError(e.to_string()))?;
        if header.typ.as_deref() != Some(TYPE) {
            return Err(GrantError("not a grant".to_owned()));
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[&self.region]);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        // The time is checked below, by the clock that was handed in.
        validation.validate_exp = false;
        let mut last = GrantError("no key".to_owned());
        for key in &self.keys {
            match jsonwebtoken::decode::<Grant>(unverified, key, &validation) {
                Ok(token) if token.claims.exp <= clock.now_s() => {
                    return Err(GrantError("the grant has expired".to_owned()));
                }
                Ok(token) => return Ok(token.claims),
                Err(error) => last = GrantError(error.to_string()),
            }
        }
        Err(last)
    }

    /// Whether a token says of itself that it is a grant; nothing is verified.
    pub fn looks_like_grant(unverified: &str) -> bool {
        jsonwebtoken::decode_header(unverified).is_ok_and(|h| h.typ.as_deref() == Some(TYPE))
    }
}

impl Grant {
    /// Whether it covers a service.
    pub fn covers(&self, address: &Address) -> bool {
        address.workspace.as_deref() == Some(&self.workspace)
            && address.service == self.service
            && address.stage == self.stage
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{chance::SeededChance, clock::ManualClock, keys::Secret};

    #[test]
    fn a_grant_covers_one_service_of_one_region_for_a_while() {
        let (clock, chance) = (ManualClock::at(1_600_000_000_000), SeededChance::new(3));
        let keys = Keys::new(Secret::from_bytes([9; 32]));
        let (eu1, us1) = (RegionName::parse("eu1").unwrap(), RegionName::parse("us1").unwrap());
        let address = Address::new(Some("acme"), "shop", "dev").unwrap();
        let request = GrantRequest { account: "a1", session: "s1", region: &eu1, incarnation: 2, address: &address };
        let token = GrantIssuer::new(&keys).issue(&request, &clock, &chance);

        let grant = GrantVerifier::new(&keys, &eu1).verify(&token, &clock).unwrap();
        assert!(grant.covers(&address) && grant.incarnation == 2);
        assert!(!grant.covers(&Address::new(Some("acme"), "shop", "prod").unwrap()));
        assert!(!grant.covers(&Address::new(Some("acm2"), "shop", "dev").unwrap()));
        assert!(GrantVerifier::new(&keys, &us1).verify(&token, &clock).is_err(), "another region");
        let others = Keys::new(Secret::from_bytes([8; 32]));
        assert!(GrantVerifier::new(&others, &eu1).verify(&token, &clock).is_err(), "another installation");
        clock.advance(std::time::Duration::from_secs(LIFETIME_S as u64));
        assert!(GrantVerifier::new(&keys, &eu1).verify(&token, &clock).is_err(), "expired");
        assert!(GrantVerifier::looks_like_grant(&token));
    }
}
