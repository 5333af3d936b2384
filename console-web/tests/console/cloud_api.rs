//! The cloud API: requests and answers as data (`cloud_api_cases.json`), and what no table can hold.

use crate::world::{World, keys};
use region_config::{Address, RegionName, grant::GrantVerifier, keys::Purpose};
use serde_json::{Value, json};

/// One case. In `answer`, `"…"` stands for any text.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    account: Option<String>,
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    region: Option<String>,
    #[serde(default)]
    body: Option<Value>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default = "ok")]
    status: u16,
    answer: Value,
}

fn ok() -> u16 {
    200
}

#[actix_web::test]
async fn requests_get_the_answers_of_the_contract() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../cloud_api_cases.json")).unwrap();
    assert!(cases.len() > 30);
    for case in cases {
        let world = World::new();
        world.account("ada").await;
        world.account("bob").await;
        world.eu1.add("ada", "shop", "dev");
        world.us1.add("ada", "shop", "prod");
        world.eu1.add("bob", "secret-plans", "dev");
        let key = match &case.account {
            Some(account) => Some(world.key(account).await),
            None => case.key.clone(),
        };
        let body = case.text.unwrap_or_else(|| case.body.unwrap_or_default().to_string());
        let answer = world.cloud_in(&body, key.as_deref(), case.region.as_deref()).await;
        assert_eq!(answer.status, case.status, "{}: {}", case.name, answer.body);
        let got: Value = serde_json::from_str(&answer.body).unwrap();
        assert!(fits(&case.answer, &got), "{}:\n expected {}\n got      {got}", case.name, case.answer);
        assert!(!answer.body.contains("\"errors\":[]"), "{}", case.name);
    }
}

/// Whether an answer is the expected one, in every part and order.
fn fits(expected: &Value, got: &Value) -> bool {
    match (expected, got) {
        (Value::String(any), Value::String(text)) if any == "…" => !text.is_empty(),
        (Value::Object(expected), Value::Object(got)) => {
            expected.len() == got.len()
                && expected.iter().zip(got).all(|((name, e), (other, g))| name == other && fits(e, g))
        }
        (Value::Array(expected), Value::Array(got)) => {
            expected.len() == got.len() && expected.iter().zip(got).all(|(e, g)| fits(e, g))
        }
        _ => expected == got,
    }
}

async fn cluster_token(world: &World, key: &str, region: Option<&str>, input: Value) -> Option<String> {
    let body = json!({
        "query": "mutation ($input: GenerateClusterTokenRequest!) { generateClusterToken(input: $input) { clusterToken } }",
        "variables": { "input": input },
    });
    let answer = world.cloud_in(&body.to_string(), Some(key), region).await;
    let answer: Value = serde_json::from_str(&answer.body).unwrap();
    answer["data"]["generateClusterToken"]["clusterToken"].as_str().map(str::to_owned)
}

#[actix_web::test]
async fn a_cluster_token_is_a_grant_for_one_service_of_one_region() {
    let world = World::new();
    world.account("ada").await;
    let key = world.key("ada").await;
    for (workspace, cluster, name, called_at, region, service) in [
        (json!("ada"), "prisma-eu1", "shop", None, "eu1", "shop"),
        (json!("ada"), "prisma-us1", "shop", None, "us1", "shop"),
        (json!("*"), "default", "ada~shop", None, "eu1", "shop"),
        (json!(null), "local", "ada~shop", None, "eu1", "shop"),
        (json!("*"), "default", "ada~shop", Some("us1"), "us1", "shop"),
        (json!("*"), "default", "shop", None, "eu1", "shop"),
        (json!("bob"), "default", "ada~shop", None, "eu1", "shop"),
    ] {
        let input =
            json!({ "workspaceSlug": workspace, "clusterName": cluster, "serviceName": name, "stageName": "dev" });
        let token = cluster_token(&world, &key, called_at, input.clone()).await.unwrap_or_else(|| panic!("{input}"));
        let region = RegionName::parse(region).unwrap();
        let grant = GrantVerifier::new(&keys(), &region)
            .verify(&token, &*world.clock)
            .unwrap_or_else(|e| panic!("{input}: {e}"));
        assert!(grant.covers(&Address::new(Some("ada"), service, "dev").unwrap()), "{input}");
        assert_eq!(grant.incarnation, 1);
        assert!(key.len() > 20 && !grant.sid.is_empty() && !grant.sub.is_empty());
    }
    let input = json!({ "clusterName": "prisma-eu1", "serviceName": "ada~shop" });
    let token = cluster_token(&world, &key, None, input).await.unwrap();
    let verifier = GrantVerifier::new(&keys(), &RegionName::parse("eu1").unwrap());
    assert!(
        verifier.verify(&token, &*world.clock).unwrap().covers(&Address::new(Some("ada"), "shop", "default").unwrap())
    );
}

#[actix_web::test]
async fn renewing_slides_the_expiry_to_the_last_second() {
    let world = World::new();
    world.account("ada").await;
    let first = world.key("ada").await;
    let renew = r#"{"query":"mutation { renewToken }"}"#;
    let me = r#"{"query":"{ me { name } }"}"#;
    world.advance(90 * 24 * 60 * 60 - 1);
    let answer: Value = serde_json::from_str(&world.cloud(renew, Some(&first)).await.body).unwrap();
    let second = answer["data"]["renewToken"].as_str().unwrap().to_owned();
    world.advance(1);
    assert_eq!(world.cloud(me, Some(&first)).await.body, r#"{"data":{"me":null}}"#, "the old text has expired");
    assert_eq!(world.cloud(me, Some(&second)).await.body, r#"{"data":{"me":{"name":"ada"}}}"#);
    world.advance(89 * 24 * 60 * 60);
    assert_eq!(world.cloud(me, Some(&second)).await.body, r#"{"data":{"me":{"name":"ada"}}}"#);
    let mut browser = world.signed_in("ada").await;
    let id = browser.get("/session-keys").await.field("id").unwrap();
    browser.post("/session-keys/revoke", &[("id", &id)]).await;
    assert_eq!(world.cloud(me, Some(&second)).await.body, r#"{"data":{"me":null}}"#, "one id, one revocation");
}

/// Tokens that are not session keys of this installation, in every way that ever went wrong somewhere.
#[actix_web::test]
async fn only_session_keys_of_ours_are_somebody() {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
    let world = World::new();
    world.account("ada").await;
    let key = world.key("ada").await;
    let parts: Vec<&str> = key.split('.').collect();
    let header = |text: &str| BASE64.encode(text);
    let claims: Value = serde_json::from_slice(&BASE64.decode(parts[1]).unwrap()).unwrap();
    let payload = |change: &dyn Fn(&mut Value)| {
        let mut claims = claims.clone();
        change(&mut claims);
        BASE64.encode(claims.to_string())
    };
    let grant =
        cluster_token(&world, &key, None, json!({ "clusterName": "local", "serviceName": "ada~a" })).await.unwrap();
    // Signed with the right key, but of another kind.
    let secret = keys().derive(Purpose::SessionKeys);
    let of_kind = |typ: Option<&str>| {
        let mut header = jsonwebtoken::decode_header(&key).unwrap();
        header.typ = typ.map(str::to_owned);
        jsonwebtoken::encode(&header, &claims, &jsonwebtoken::EncodingKey::from_secret(secret.bytes())).unwrap()
    };
    let hostile = [
        of_kind(Some("JWT")),
        of_kind(None),
        "undefined".to_owned(),
        String::new(),
        "..".to_owned(),
        grant,
        format!("{}.{}.", header(r#"{"typ":"refract-session+jwt","alg":"none","kid":"1"}"#), parts[1]),
        format!("{}.{}.{}", header(r#"{"typ":"refract-session+jwt","alg":"HS512","kid":"1"}"#), parts[1], parts[2]),
        format!(
            "{}.{}.{}",
            header(r#"{"typ":"refract-session+jwt","alg":"HS256","kid":"../../etc/passwd"}"#),
            parts[1],
            parts[2]
        ),
        format!("{}.{}.{}", header(r#"{"typ":"JWT","alg":"HS256","kid":"1"}"#), parts[1], parts[2]),
        format!("{}.{}.{}", parts[0], payload(&|c| c["userId"] = json!("somebody")), parts[2]),
        format!("{}.{}.{}", parts[0], payload(&|c| c["exp"] = json!(9_999_999_999i64)), parts[2]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{key}x"),
        "a".repeat(10_000),
    ];
    let me = r#"{"query":"{ me { id } }"}"#;
    for token in hostile {
        let answer = world.cloud(me, Some(&token)).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"data":{"me":null}}"#), "{token}");
    }
    assert_ne!(world.cloud(me, Some(&key)).await.body, r#"{"data":{"me":null}}"#);
}

#[actix_web::test]
async fn deleting_reaches_the_region_and_only_mine() {
    let world = World::new();
    world.account("ada").await;
    world.account("bob").await;
    world.eu1.add("ada", "shop", "dev");
    let delete = |name: &str| {
        json!({
            "query": "mutation ($input: ServiceDeletionInput!) { deleteService(input: $input) { id } }",
            "variables": { "input": { "name": name, "clusterName": "prisma-eu1", "workspaceSlug": "ada", "stage": "dev" } },
        })
        .to_string()
    };
    let bob = world.key("bob").await;
    assert!(world.cloud(&delete("shop"), Some(&bob)).await.body.contains("Workspace ada does not exist"));
    assert!(world.eu1.deleted.lock().unwrap().is_empty());
    let ada = world.key("ada").await;
    for _ in 0..2 {
        let answer = world.cloud(&delete("shop"), Some(&ada)).await;
        assert_eq!(answer.body, r#"{"data":{"deleteService":{"id":"eu1:ada~shop@dev"}}}"#, "safe to repeat");
    }
    *world.eu1.down.lock().unwrap() = true;
    let answer = world.cloud(&delete("shop"), Some(&ada)).await;
    assert!(answer.body.contains("cannot be reached") && !answer.body.contains("socket"), "{}", answer.body);
}

#[actix_web::test]
async fn hostile_documents_are_refused_before_they_cost() {
    let world = World::new();
    let doubling: String =
        (1..30).map(|n| format!(" fragment f{n} on Query {{ ...f{} ...f{} }}", n - 1, n - 1)).collect();
    for (name, query) in [
        ("deep lists", format!("{{ cloudTokenRequest(secret: {}) {{ secret }} }}", "[".repeat(5_000))),
        ("deep selections", "{ me ".repeat(5_000)),
        ("doubling fragments", format!("{{ ...f29 }} fragment f0 on Query {{ me {{ id }} }}{doubling}")),
        ("a circle", "{ ...a } fragment a on Query { ...a }".to_owned()),
        ("directives", format!("query {} {{ me {{ id }} }}", "@skip(if: false) ".repeat(5_000))),
        ("aliases", format!("{{ {} }}", (0..5_000).map(|n| format!("a{n}: me {{ id }} ")).collect::<String>())),
    ] {
        let answer = world.cloud(&json!({ "query": query }).to_string(), None).await;
        assert_eq!(answer.status, 200, "{name}");
        assert!(
            answer.body.starts_with(r#"{"data":null,"errors":["#) && answer.body.len() < 4096,
            "{name}: {}",
            answer.body
        );
    }
    let deep =
        format!(r#"{{"query":"{{ me {{ id }} }}","variables":{{"a":{}1{}}}}}"#, "[".repeat(100), "]".repeat(100));
    assert_eq!(world.cloud(&deep, None).await.status, 400);
    let huge = format!(r#"{{"query":"{{ me {{ id }} }}","variables":{{"a":"{}"}}}}"#, "x".repeat(300_000));
    assert_eq!(world.cloud(&huge, None).await.status, 413);
}

/// The names and types that the command line's documents rely on.
#[test]
fn the_schema_has_the_names_of_the_contract() {
    let sdl = console_web::cloud_api::sdl();
    let compact: Vec<&str> = sdl.lines().map(str::trim).filter(|line| !line.starts_with('"')).collect();
    for line in [
        "me: User",
        "cloudTokenRequest(secret: String!): CloudTokenRequest!",
        "requestCloudToken: CloudTokenRequest!",
        "renewToken: String",
        "generateClusterToken(input: GenerateClusterTokenRequest!): ClusterToken",
        "addServiceToCloudDBIfMissing(input: GenerateClusterTokenRequest!): Boolean!",
        "deleteService(input: ServiceDeletionInput!): Service!",
        "sendStats(data: StatsInput!): Boolean",
        "login: [Login!]!",
        "memberships: [Membership!]!",
        "clusters: [Cluster!]!",
        "services: [Service!]!",
        "connectInfo: ConnectInfo",
        "customConnectionInfo: ConnectInfo",
        "endpoint: String!",
        "clusterToken: String!",
        "workspaceSlug: String",
        "stageName: String",
        "clusterName: String!",
        "serviceName: String!",
    ] {
        assert!(compact.contains(&line), "{line}\n{sdl}");
    }
}

/// It is called from servers of every kind.
#[test]
fn its_futures_may_change_threads() {
    fn is_send<T: Send>(_: T) {}
    let world = World::new();
    is_send(world.cloud("{}", None));
    is_send(world.console.workspace("ada"));
}
