//! Who may manage which service: the management verifiers of design D10. *Prisma 1 management tokens* are HS256 with
//! grants, and reach as far as their secret: one workspace in the cloud, everything in the engine role. *Our grants*
//! are EdDSA, for one service, issued by the console.

use super::ManagementError;
use futures::future::BoxFuture;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, errors::ErrorKind};
use region_config::{Address, Clock, grant::GrantVerifier, service_token::bearer};
use serde::Deserialize;
use std::sync::Arc;

/// Longest token that is looked at, in bytes.
const TOKEN_BYTES_MAX: usize = 16 * 1024;

/// Who may manage services.
pub enum ManagementAccess {
    /// The engine role: one secret for everything, or none: then everybody may.
    Secret(Option<String>),
    /// The cloud: each workspace has its own secret, and grants of the console are taken.
    Workspaces {
        /// What is known of workspaces.
        workspaces: Arc<dyn Workspaces>,
        /// Verifies grants for this region.
        grants: GrantVerifier,
    },
}

/// What an engine must know of workspaces; the console tells it. Asked on each management call, so it is cheap.
pub trait Workspaces: Send + Sync {
    /// A workspace by its slug. An error means that the console cannot say.
    fn find<'a>(&'a self, slug: &'a str) -> BoxFuture<'a, Result<Option<WorkspaceFacts>, String>>;
    /// Slug of the home workspace, to which names without a workspace belong.
    fn home(&self) -> BoxFuture<'_, Result<Option<String>, String>>;
}

/// What is known of a workspace.
#[derive(Clone)]
pub struct WorkspaceFacts {
    /// Which life of the slug.
    pub incarnation: u32,
    /// Its management secrets, two while keys are rotated; none when it needs none (`--open`, the home workspace only).
    pub secrets: Vec<String>,
}

#[derive(Deserialize)]
struct Claims {
    grants: Vec<ClaimedGrant>,
    exp: i64,
}

#[derive(Deserialize)]
struct ClaimedGrant {
    target: String,
}

impl ManagementAccess {
    /// The service that a call means.
    pub async fn address(&self, name: &str, stage: &str) -> Result<Option<Address>, ManagementError> {
        match self {
            ManagementAccess::Secret(_) => Ok(Address::from_management(name, stage, None)),
            ManagementAccess::Workspaces { workspaces, .. } => {
                let home = workspaces.home().await.map_err(ManagementError::Internal)?;
                Ok(Address::from_management(name, stage, home.as_deref()).filter(|a| a.workspace.is_some()))
            }
        }
    }

    /// The workspace whose services a call without a name lists: none means all.
    pub async fn listed_workspace(&self) -> Result<Option<String>, ManagementError> {
        match self {
            ManagementAccess::Secret(_) => Ok(None),
            ManagementAccess::Workspaces { workspaces, .. } => {
                let home = workspaces.home().await.map_err(ManagementError::Internal)?;
                Ok(Some(home.unwrap_or_default()))
            }
        }
    }

    /// Whether the sender may manage a service.
    pub async fn verify(
        &self,
        authorization: Option<&str>,
        address: &Address,
        clock: &dyn Clock,
    ) -> Result<(), ManagementError> {
        let name = address.management_name();
        match self {
            ManagementAccess::Secret(secret) => {
                verify_secrets(secret.as_slice(), authorization, (&name, &address.stage), clock)
            }
            ManagementAccess::Workspaces { workspaces, grants } => {
                let slug = address.workspace.as_deref().unwrap_or_default();
                let facts = workspaces.find(slug).await.map_err(ManagementError::Internal)?;
                let token = authorization.map(bearer);
                if let Some(unverified) = token.filter(|t| GrantVerifier::looks_like_grant(t)) {
                    let grant = grants.verify(unverified, clock).map_err(|e| undecodable(&e.to_string()))?;
                    let current = facts.is_some_and(|f| f.incarnation == grant.incarnation);
                    return if current && grant.covers(address) { Ok(()) } else { Err(unsatisfied(1)) };
                }
                let Some(facts) = facts else {
                    return Err(if token.is_some() { undecodable("no such workspace") } else { no_header() });
                };
                // A token of the workspace's own secret may name its service with or without the workspace.
                verify_secrets(&facts.secrets, authorization, (&name, &address.stage), clock).or_else(|error| {
                    let bare = (address.service.as_str(), address.stage.as_str());
                    verify_secrets(&facts.secrets, authorization, bare, clock).map_err(|_| error)
                })
            }
        }
    }

    /// Whether the sender may manage everything: `listProjects`, `setCloudSecret` (`prisma1-server.md` §6.2). In the
    /// cloud that is everything of the home workspace. Without a token it must fail wherever one is needed: the CLI
    /// takes a success for "this server needs no token" and would then never fetch one.
    pub async fn verify_all(&self, authorization: Option<&str>, clock: &dyn Clock) -> Result<(), ManagementError> {
        match self {
            ManagementAccess::Secret(secret) => verify_secrets(secret.as_slice(), authorization, ("", ""), clock),
            ManagementAccess::Workspaces { workspaces, .. } => {
                let home = workspaces.home().await.map_err(ManagementError::Internal)?;
                let facts = match home {
                    Some(home) => workspaces.find(&home).await.map_err(ManagementError::Internal)?,
                    None => None,
                };
                match facts {
                    Some(facts) => verify_secrets(&facts.secrets, authorization, ("", ""), clock),
                    None if authorization.is_none() => Err(no_header()),
                    None => Err(unsatisfied(1)),
                }
            }
        }
    }
}

/// Checks a Prisma 1 management token against any of the secrets; without one everybody is let in.
fn verify_secrets(
    secrets: &[String],
    authorization: Option<&str>,
    target: (&str, &str),
    clock: &dyn Clock,
) -> Result<(), ManagementError> {
    let mut last = Ok(());
    for secret in secrets.iter().filter(|s| !s.is_empty()) {
        last = verify_secret(secret, authorization, target, clock);
        if last.is_ok() {
            break;
        }
    }
    last
}

/// Checks a Prisma 1 management token for a target of service and stage; empty names are met by `*` alone.
fn verify_secret(
    secret: &str,
    authorization: Option<&str>,
    (service, stage): (&str, &str),
    clock: &dyn Clock,
) -> Result<(), ManagementError> {
    let unverified = authorization.map(bearer).filter(|t| !t.is_empty()).ok_or_else(no_header)?;
    if unverified.len() > TOKEN_BYTES_MAX {
        return Err(undecodable("the token is too long"));
    }
    let mut validation = Validation::new(Algorithm::HS256);
    validation.required_spec_claims.clear();
    validation.validate_aud = false;
    // The time is checked below, by the clock that was handed in.
    validation.validate_exp = false;
    let key = DecodingKey::from_secret(secret.as_bytes());
    let token = jsonwebtoken::decode::<Claims>(unverified, &key, &validation).map_err(|error| match error.kind() {
        ErrorKind::Json(_) | ErrorKind::MissingRequiredClaim(_) => {
            ManagementError::InvalidToken("Failed to parse token data".to_owned())
        }
        _ => undecodable(&error.to_string()),
    })?;
    if token.claims.exp <= clock.now_s() {
        return Err(undecodable(&format!("The token is expired since {}", token.claims.exp)));
    }
    for grant in &token.claims.grants {
        let invalid = || ManagementError::InvalidToken(format!("Contained invalid grant '{}'", grant.target));
        let (granted_service, granted_stage) = grant.target.split_once('/').ok_or_else(invalid)?;
        if granted_stage.contains('/') {
            return Err(invalid());
        }
        if granted_service.is_empty() || granted_stage.is_empty() {
            return Err(ManagementError::InvalidToken(format!(
                "Both service and stage must be defined in grant '{}'",
                grant.target
            )));
        }
        let meets = |granted: &str, wanted: &str| granted == "*" || granted == wanted;
        if meets(granted_service, service) && meets(granted_stage, stage) {
            return Ok(());
        }
    }
    Err(unsatisfied(token.claims.grants.len()))
}

fn no_header() -> ManagementError {
    ManagementError::InvalidToken("'Authorization' header not provided".to_owned())
}

fn undecodable(reason: &str) -> ManagementError {
    ManagementError::InvalidToken(format!("Token can't be decoded: {reason}"))
}

fn unsatisfied(grants: usize) -> ManagementError {
    ManagementError::InvalidToken(format!("Token contained {grants} grants but none satisfied the request."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::{EncodingKey, Header};
    use region_config::clock::ManualClock;
    use serde_json::json;

    const NOW_S: i64 = 1_600_000_000;

    struct Two;

    impl Workspaces for Two {
        fn find<'a>(&'a self, slug: &'a str) -> BoxFuture<'a, Result<Option<WorkspaceFacts>, String>> {
            let secret = match slug {
                "home-1" => Some("home secret"),
                "acme" => Some("acme secret"),
                _ => None,
            };
            let facts = secret.map(|secret| WorkspaceFacts { incarnation: 1, secrets: vec![secret.to_owned()] });
            Box::pin(std::future::ready(Ok(facts)))
        }

        fn home(&self) -> BoxFuture<'_, Result<Option<String>, String>> {
            Box::pin(std::future::ready(Ok(Some("home-1".to_owned()))))
        }
    }

    fn token(secret: &str, claims: serde_json::Value) -> String {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(secret.as_bytes()))
            .unwrap()
    }

    fn grants(target: &str) -> serde_json::Value {
        json!({ "grants": [{ "target": target, "action": "*" }], "exp": NOW_S + 60 })
    }

    fn said(result: Result<(), ManagementError>) -> String {
        match result {
            Ok(()) => "ok".to_owned(),
            Err(error) => {
                format!("{:?} {}", error.code(), error.to_string().replace("Authentication token is invalid: ", ""))
            }
        }
    }

    #[tokio::test]
    async fn the_engine_role_answers_as_the_original() {
        let clock = ManualClock::at(NOW_S * 1000);
        let access = ManagementAccess::Secret(Some("s".to_owned()));
        let address = Address::new(None, "shop", "dev").unwrap();
        for (header, expected) in [
            (None, "Some(3015) 'Authorization' header not provided"),
            (Some(token("s", grants("*/*"))), "ok"),
            (Some(format!("Bearer {}", token("s", grants("shop/*")))), "ok"),
            (Some(token("s", grants("shop/dev"))), "ok"),
            (
                Some(token("s", grants("shop/prod"))),
                "Some(3015) Token contained 1 grants but none satisfied the request.",
            ),
            (Some(token("s", grants("shop"))), "Some(3015) Contained invalid grant 'shop'"),
            (Some(token("s", grants("a/b/c"))), "Some(3015) Contained invalid grant 'a/b/c'"),
            (Some(token("s", grants("/dev"))), "Some(3015) Both service and stage must be defined in grant '/dev'"),
            (Some(token("s", json!({}))), "Some(3015) Failed to parse token data"),
            (Some(token("x", grants("*/*"))), "Some(3015) Token can't be decoded: InvalidSignature"),
        ] {
            assert_eq!(said(access.verify(header.as_deref(), &address, &clock).await), expected, "{header:?}");
        }
        let expired = token("s", json!({ "grants": [], "exp": NOW_S - 1 }));
        assert!(
            said(access.verify(Some(&expired), &address, &clock).await).contains("decoded: The token is expired since")
        );
        assert_eq!(said(access.verify_all(Some(&token("s", grants("*/*"))), &clock).await), "ok");
        assert!(access.verify_all(Some(&token("s", grants("shop/*"))), &clock).await.is_err());
        assert_eq!(said(ManagementAccess::Secret(None).verify_all(None, &clock).await), "ok");
    }

    #[tokio::test]
    async fn a_workspace_secret_reaches_one_workspace() {
        let clock = ManualClock::at(NOW_S * 1000);
        let keys = region_config::keys::Keys::new(region_config::keys::Secret::from_bytes([1; 32]));
        let region = region_config::RegionName::parse("eu1").unwrap();
        let access =
            ManagementAccess::Workspaces { workspaces: Arc::new(Two), grants: GrantVerifier::new(&keys, &region) };
        let everything = token("acme secret", grants("*/*"));
        let acme = access.address("acme~shop", "dev").await.unwrap().unwrap();
        assert_eq!(said(access.verify(Some(&everything), &acme, &clock).await), "ok");
        let home = access.address("shop", "dev").await.unwrap().unwrap();
        assert_eq!(home.workspace.as_deref(), Some("home-1"));
        assert!(access.verify(Some(&everything), &home, &clock).await.is_err());
        assert!(access.verify_all(Some(&everything), &clock).await.is_err());
        let other = access.address("nobody~shop", "dev").await.unwrap().unwrap();
        assert!(access.verify(Some(&everything), &other, &clock).await.is_err());
        assert_eq!(said(access.verify_all(Some(&token("home secret", grants("*/*"))), &clock).await), "ok");
        assert!(said(access.verify_all(None, &clock).await).contains("not provided"));
    }
}
