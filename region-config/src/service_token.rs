//! Service tokens (design D10): HS256 with any of the service's secrets; `exp` and `nbf` count if they are there;
//! nothing else is looked at, since generated clients send only `iat` (`prisma1-cli-and-cloud.md` §5).

use crate::clock::Clock;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

/// Longest token that is looked at, in bytes.
const TOKEN_BYTES_MAX: usize = 16 * 1024;
/// Life of a token that the management API makes, in seconds.
const MADE_TOKEN_LIFETIME_S: i64 = 24 * 60 * 60;

/// Verifies tokens of one service. `Debug` shows no secret.
pub struct ServiceTokens {
    secrets: Vec<(DecodingKey, EncodingKey)>,
    open: bool,
}

#[derive(Deserialize)]
struct Times {
    exp: Option<serde_json::Number>,
    nbf: Option<serde_json::Number>,
}

#[derive(Serialize)]
struct Made {
    nbf: i64,
    exp: i64,
}

impl ServiceTokens {
    /// A verifier for these secrets; without any, everything is let in. An empty secret, which everybody could sign
    /// with, lets nothing in.
    pub fn new(secrets: &[String]) -> ServiceTokens {
        let open = secrets.is_empty();
        let secrets = secrets
            .iter()
            .filter(|secret| !secret.is_empty())
            .map(|s| (DecodingKey::from_secret(s.as_bytes()), EncodingKey::from_secret(s.as_bytes())))
            .collect();
        ServiceTokens { secrets, open }
    }

    /// Whether the service is open to everybody.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Whether the value of an `Authorization` header lets its sender in; `Bearer ` may stand before the token.
    pub fn admit(&self, authorization: Option<&str>, clock: &dyn Clock) -> bool {
        if self.is_open() {
            return true;
        }
        let Some(unverified) = authorization.map(bearer) else { return false };
        if unverified.len() > TOKEN_BYTES_MAX {
            return false;
        }
        let mut validation = Validation::new(Algorithm::HS256);
        validation.required_spec_claims.clear();
        validation.validate_aud = false;
        // The times are checked below, by the clock that was handed in.
        validation.validate_exp = false;
        self.secrets
            .iter()
            .find_map(|(key, _)| jsonwebtoken::decode::<Times>(unverified, key, &validation).ok())
            .is_some_and(|token| token.claims.hold(clock.now_s()))
    }

    /// A token for the first secret, valid for a day; empty when the service is open (`generateProjectToken`).
    pub fn make(&self, clock: &dyn Clock) -> String {
        let Some((_, key)) = self.secrets.first() else { return String::new() };
        let now = clock.now_s();
        let claims = Made { nbf: now, exp: now + MADE_TOKEN_LIFETIME_S };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, key).expect("HMAC signs any claims")
    }
}

impl std::fmt::Debug for ServiceTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ServiceTokens({} secrets)", self.secrets.len())
    }
}

impl Times {
    fn hold(&self, now_s: i64) -> bool {
        let now = now_s as f64;
        let of = |number: &Option<serde_json::Number>| number.as_ref().and_then(serde_json::Number::as_f64);
        of(&self.exp).is_none_or(|exp| now < exp) && of(&self.nbf).is_none_or(|nbf| nbf <= now)
    }
}

/// The token in the value of an `Authorization` header.
pub fn bearer(authorization: &str) -> &str {
    let value = authorization.trim();
    match value.get(..7) {
        Some(prefix) if prefix.eq_ignore_ascii_case("bearer ") => value[7..].trim(),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use serde_json::json;

    const NOW_S: i64 = 1_600_000_000;

    fn token(secret: &str, algorithm: Algorithm, claims: serde_json::Value) -> String {
        jsonwebtoken::encode(&Header::new(algorithm), &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
    }

    #[test]
    fn tokens_are_let_in_by_signature_and_time_alone() {
        let clock = ManualClock::at(NOW_S * 1000);
        let tokens = ServiceTokens::new(&["first".to_owned(), "second".to_owned()]);
        for (name, claims, secret, algorithm, let_in) in [
            ("only iat", json!({"iat": NOW_S}), "first", Algorithm::HS256, true),
            ("no claim", json!({}), "second", Algorithm::HS256, true),
            ("in time", json!({"exp": NOW_S + 1, "nbf": NOW_S}), "first", Algorithm::HS256, true),
            ("foreign data", json!({"data": {"service": "other@dev"}, "aud": "x"}), "first", Algorithm::HS256, true),
            ("expired", json!({"exp": NOW_S}), "first", Algorithm::HS256, false),
            ("too early", json!({"nbf": NOW_S + 1}), "first", Algorithm::HS256, false),
            ("exp is a text", json!({"exp": "never"}), "first", Algorithm::HS256, false),
            ("wrong secret", json!({}), "third", Algorithm::HS256, false),
            ("other algorithm", json!({}), "first", Algorithm::HS384, false),
        ] {
            let token = token(secret, algorithm, claims);
            assert_eq!(tokens.admit(Some(&token), &clock), let_in, "{name}");
            assert_eq!(tokens.admit(Some(&format!("Bearer {token}")), &clock), let_in, "{name}, Bearer");
        }
        for unsigned in ["", "undefined", "Bearer undefined", "eyJhbGciOiJub25lIn0.e30.", "a.b.c"] {
            assert!(!tokens.admit(Some(unsigned), &clock), "{unsigned}");
        }
        assert!(!tokens.admit(None, &clock));
        let empty = ServiceTokens::new(&[String::new()]);
        assert!(!empty.admit(Some(&token("", Algorithm::HS256, json!({}))), &clock), "an empty secret opens nothing");
        assert!(!empty.is_open() && !empty.admit(None, &clock));
        assert!(ServiceTokens::new(&[]).admit(Some("Bearer undefined"), &clock));
        assert!(tokens.admit(Some(&tokens.make(&clock)), &clock));
        assert_eq!(ServiceTokens::new(&[]).make(&clock), "");
    }
}
