//! Tokens: each opens what it was made for and nothing else (SA-01, SA-12 to SA-15, SA-18).

use crate::{
    client::Client,
    cloud::{Answer, Cloud, Management, Service, get, management_token, post},
    surfaces::{SECRET, engine},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

const NOTE: &str = "type Note { id: ID! @id text: String }";
const SECRET_OF_SHOP: &str = "the-secret-of-a-service";

/// A locked service, and what signs for it.
struct Locked {
    url: String,
    secret: String,
}

/// Sends an operation; a client that has guessed too often is asked to wait, and does.
fn send(url: &str, token: &str, query: &str) -> Answer {
    loop {
        let answer = post(url, &json!({ "query": query }), Some(token));
        if answer.status != 429 {
            return answer;
        }
        std::thread::sleep(std::time::Duration::from_millis(500));
    }
}

fn signed(secret: &str, claims: &Value) -> String {
    with_header(Header::new(Algorithm::HS256), secret, claims)
}

fn with_header(header: Header, secret: &str, claims: &Value) -> String {
    encode(&header, claims, &EncodingKey::from_secret(secret.as_bytes())).expect("HMAC signs any claims")
}

/// A token from its parts as they stand.
fn raw(header: &Value, claims: &Value, signature: &str) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(header), part(claims))
}

fn lock(management: &Management, base: &str, name: &str, stage: &str, secret: &str) -> Locked {
    let service = name.rsplit('~').next().unwrap();
    management.add(name, stage);
    let answer = management.call(
        "mutation($n: String!, $s: String!, $t: String!, $k: [String!]!) {
           deploy(input: { name: $n, stage: $s, types: $t, secrets: $k }) { migration { status } } }",
        json!({ "n": name, "s": stage, "t": NOTE, "k": [secret] }),
    );
    assert_eq!(management.ended(name, stage)["status"], "SUCCESS", "{answer}");
    Locked { url: format!("{base}/{service}/{stage}"), secret: secret.to_owned() }
}

/// SA-01: every token on every service; two names, two stages, two regions.
#[test]
fn a_service_token_opens_its_own_service_alone() {
    let cloud = Cloud::start();
    let mut all = Vec::new();
    for origin in [&cloud.eu1, &cloud.us1] {
        let management = Management { url: format!("{origin}/management"), secret: cloud.secret.clone() };
        for (service, stage) in [("shop", "dev"), ("shop", "prod"), ("blog", "dev")] {
            let name = format!("{}~{service}", cloud.workspace);
            let base = format!("{origin}/{}", cloud.workspace);
            all.push(lock(&management, &base, &name, stage, &format!("secret-{}", all.len())));
        }
    }
    for (of, owner) in all.iter().enumerate() {
        let token = signed(&owner.secret, &json!({ "iat": 1_600_000_000 }));
        for (on, service) in all.iter().enumerate() {
            for endpoint in ["", "/private", "/_datamodel"] {
                if endpoint == "/_datamodel" && on != of + 1 {
                    continue;
                }
                let query = if endpoint == "/private" { "mutation { resetData }" } else { "{ notes { id } }" };
                let answer = send(&format!("{}{endpoint}", service.url), &token, query);
                let code = answer.json()["errors"][0]["code"].as_i64();
                assert_eq!(code, (of != on).then_some(3015), "token {of} on service {on}{endpoint}: {answer:?}");
            }
        }
        let other_case = owner.url.replace("/shop/", "/Shop/").replace("/blog/", "/Blog/");
        assert_eq!(send(&other_case, &token, "{ notes { id } }").json()["errors"][0]["code"], 3016);
    }
    let upper = format!("{}/{}/shop/dev", cloud.eu1, cloud.workspace.to_uppercase());
    let answer = send(&upper, "", "{ notes { id } }");
    assert!(answer.status == 404 || answer.json()["errors"][0]["code"] == 3016, "{answer:?}");
}

/// Tokens that no verifier takes, for a secret: SA-12 (algorithms), SA-15 (`kid`), and what is no token at all.
fn forged(secret: &str, claims: &Value) -> Vec<(String, String)> {
    let good = signed(secret, claims);
    let (head_and_claims, signature) = good.rsplit_once('.').unwrap();
    let mut tokens = vec![
        ("no signature".to_owned(), format!("{head_and_claims}.")),
        ("two parts".to_owned(), head_and_claims.to_owned()),
        ("four parts".to_owned(), format!("{good}.{signature}")),
        ("another signature".to_owned(), format!("{head_and_claims}.{}", "A".repeat(43))),
        ("padding".to_owned(), format!("{good}=")),
        ("a blank".to_owned(), good.replacen('.', ". ", 1)),
        ("another secret".to_owned(), signed("another-secret", claims)),
        ("an empty secret".to_owned(), signed("", claims)),
        (
            "64 kB".to_owned(),
            signed(secret, &json!({ "grants": claims["grants"], "exp": claims["exp"], "x": "x".repeat(64_000) })),
        ),
        ("nonsense".to_owned(), "a.b.c".to_owned()),
        ("undefined".to_owned(), "undefined".to_owned()),
    ];
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        tokens.push((format!("{algorithm:?}"), with_header(Header::new(algorithm), secret, claims)));
    }
    for algorithm in ["none", "None", "NONE", "nOnE", "RS256", "ES256", "PS256", "EdDSA", "", "hs256", "../HS256"] {
        let header = json!({ "typ": "JWT", "alg": algorithm });
        tokens.push((format!("alg {algorithm}, no signature"), raw(&header, claims, "")));
        tokens.push((format!("alg {algorithm}"), raw(&header, claims, signature)));
    }
    for kid in ["../../../../dev/null", "/etc/passwd", "' OR 1=1 --", "x\u{0}y", &"k".repeat(10_000)] {
        let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::HS256) };
        // The key that an empty file, or no row, would give.
        tokens.push((format!("kid {kid:.30}"), with_header(header, "", claims)));
    }
    tokens
}

#[test]
fn forged_service_tokens_open_nothing() {
    let (_process, origin, _folder) = engine(|_| {});
    let management = Management { url: format!("{origin}/management"), secret: SECRET.to_owned() };
    let Locked { url, secret } = lock(&management, &origin, "shop", "dev", SECRET_OF_SHOP);
    let claims = json!({ "iat": 1_600_000_000, "exp": 4_000_000_000_u64 });
    assert_eq!(send(&url, &signed(&secret, &claims), "{ notes { id } }").json(), json!({ "data": { "notes": [] } }));
    let mut tokens = forged(&secret, &claims);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    for (name, claims) in [
        ("expired", json!({ "exp": now - 6 })),
        ("negative", json!({ "exp": -1 })),
        ("exp is a text", json!({ "exp": "4000000000" })),
        ("exp is a list", json!({ "exp": [4_000_000_000_u64] })),
        ("not yet", json!({ "nbf": now + 60 })),
        ("no object", json!([1])),
    ] {
        tokens.push((name.to_owned(), signed(&secret, &claims)));
    }
    // SA-14: tokens of the other kinds.
    tokens.push(("a management token".to_owned(), management_token(SECRET)));
    for (name, token) in tokens {
        let answer = send(&url, &token, "{ notes { id } }");
        assert_eq!(answer.json()["errors"][0]["code"], 3015, "{name}: {answer:?}");
    }
}

#[test]
fn forged_management_tokens_manage_nothing() {
    let (_process, origin, _folder) = engine(|_| {});
    let url = format!("{origin}/management");
    let claims = json!({ "grants": [{ "target": "*/*", "action": "*" }], "exp": 4_000_000_000_u64 });
    let query = "{ listProjects { name } }";
    assert_eq!(send(&url, &signed(SECRET, &claims), query).json(), json!({ "data": { "listProjects": [] } }));
    let mut tokens = forged(SECRET, &claims);
    let grants = &claims["grants"];
    for (name, claims) in [
        ("no exp", json!({ "grants": grants })),
        ("expired", json!({ "grants": grants, "exp": 1_600_000_000 })),
        ("exp is a text", json!({ "grants": grants, "exp": "4000000000" })),
        ("exp is 1e300", json!({ "grants": grants, "exp": 1e300 })),
        ("negative", json!({ "grants": grants, "exp": -1 })),
        ("no grants", json!({ "exp": 4_000_000_000_u64 })),
        ("empty grants", json!({ "grants": [], "exp": 4_000_000_000_u64 })),
        (
            "a grant for one service",
            json!({ "grants": [{ "target": "shop/dev", "action": "*" }], "exp": 4_000_000_000_u64 }),
        ),
        ("no object", json!([1])),
    ] {
        tokens.push((name.to_owned(), signed(SECRET, &claims)));
    }
    for (name, token) in tokens {
        let answer = send(&url, &token, query);
        assert_eq!(answer.json()["errors"][0]["code"], 3015, "{name}: {answer:?}");
    }
    // SA-18: a token for one service reaches that one.
    let one = json!({ "grants": [{ "target": "shop/dev", "action": "*" }], "exp": 4_000_000_000_u64 });
    let one = signed(SECRET, &one);
    let add = |service: &str, stage: &str| {
        let query = format!(
            "mutation {{ addProject(input: {{ name: \"{service}\", stage: \"{stage}\" }}) {{ project {{ name }} }} }}"
        );
        send(&url, &one, &query).json()["errors"][0]["code"].as_i64()
    };
    assert_eq!(add("shop", "dev"), None);
    for (service, stage) in [("shop", "prod"), ("shop", "dev2"), ("shop2", "dev"), ("sho", "dev"), ("SHOP", "dev")] {
        assert_eq!(add(service, stage), Some(3015), "{service}@{stage}");
    }
}

/// A grant of the console for one service of one region, as `prisma1 cluster-token` gets it.
#[test]
fn grants_reach_one_service_of_one_region() {
    let cloud = Cloud::start();
    let key = cloud.session_key();
    for service in ["shop", "blog"] {
        cloud.deploy(service, NOTE);
    }
    // The other region and stage have one of that name too: nothing but the grant keeps it away from them.
    for (origin, stage) in [(&cloud.us1, "dev"), (&cloud.eu1, "prod")] {
        let management = Management { url: format!("{origin}/management"), secret: cloud.secret.clone() };
        management.add(&format!("{}~shop", cloud.workspace), stage);
    }
    let grant = post(
        &format!("{}/cloud", cloud.eu1),
        &json!({
            "query": "mutation($input: GenerateClusterTokenRequest!) { generateClusterToken(input: $input) { clusterToken } }",
            "variables": { "input": { "workspaceSlug": cloud.workspace, "clusterName": "prisma-eu1", "serviceName": "shop", "stageName": "dev" } },
        }),
        Some(&key),
    )
    .json();
    let grant =
        grant["data"]["generateClusterToken"]["clusterToken"].as_str().unwrap_or_else(|| panic!("{grant}")).to_owned();
    let migrations = |origin: &str, token: &str, service: &str, stage: &str| {
        let name = format!("{}~{service}", cloud.workspace);
        let query = format!("{{ listMigrations(name: \"{name}\", stage: \"{stage}\") {{ revision }} }}");
        let answer = send(&format!("{origin}/management"), token, &query).json();
        (answer["data"]["listMigrations"].is_array(), answer)
    };
    assert!(migrations(&cloud.eu1, &grant, "shop", "dev").0);
    for (origin, service, stage) in [
        (&cloud.eu1, "shop", "prod"),
        (&cloud.eu1, "blog", "dev"),
        (&cloud.us1, "shop", "dev"),
        (&cloud.eu1, "sho", "dev"),
    ] {
        let (may, answer) = migrations(origin, &grant, service, stage);
        assert!(!may, "{origin} {service}@{stage}: {answer}");
    }
    let list = send(&format!("{}/management", cloud.eu1), &grant, "{ listProjects { name } }");
    assert!(list.json()["data"]["listProjects"].is_null(), "a grant for one service lists none: {list:?}");
    // SA-14: each token where another kind belongs; and forgeries of a grant.
    let (head, rest) = grant.split_once('.').unwrap();
    let claims: Value =
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(rest.split_once('.').unwrap().0).unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(head).unwrap()).unwrap();
    let signature = grant.rsplit('.').next().unwrap();
    let changed = |key: &str, value: Value| {
        let mut claims = claims.clone();
        claims[key] = value;
        claims
    };
    let typed = |algorithm, secret: &str| {
        let typ = header["typ"].as_str().map(str::to_owned);
        with_header(Header { typ, ..Header::new(algorithm) }, secret, &claims)
    };
    for (name, token) in [
        ("a session key".to_owned(), key.clone()),
        ("a service token".to_owned(), signed("x", &json!({}))),
        ("no token".to_owned(), String::new()),
        ("HS256 with an empty key".to_owned(), typed(Algorithm::HS256, "")),
        ("HS256 with the management secret".to_owned(), typed(Algorithm::HS256, &cloud.secret)),
        ("alg none".to_owned(), raw(&json!({ "alg": "none", "typ": header["typ"] }), &claims, "")),
        ("another type".to_owned(), raw(&json!({ "alg": "EdDSA", "typ": "JWT" }), &claims, signature)),
        ("another stage".to_owned(), raw(&header, &changed("stage", json!("prod")), signature)),
        ("longer life".to_owned(), raw(&header, &changed("exp", json!(4_000_000_000_u64)), signature)),
        ("another audience".to_owned(), raw(&header, &changed("aud", json!("us1")), signature)),
    ] {
        let (may, answer) = migrations(&cloud.eu1, &token, "shop", "dev");
        assert!(!may, "{name}: {answer}");
    }
    for (name, token) in
        [("a grant", &grant), ("a management token", &management_token(&cloud.secret)), ("forged", &changed_key(&key))]
    {
        let me = post(&format!("{}/cloud", cloud.eu1), &json!({ "query": "{ me { id } }" }), Some(token)).json();
        assert!(me["data"]["me"].is_null(), "{name} as a session key: {me}");
    }
}

/// A session key with another account in it.
fn changed_key(key: &str) -> String {
    let mut parts = key.split('.');
    let (head, claims, signature) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    let mut claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    claims["userId"] = json!("somebody-else");
    format!("{head}.{}.{signature}", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// SA-43: the engine reads no cookie.
#[test]
fn cookies_open_nothing() {
    let cloud = Cloud::start();
    let management = Management { url: format!("{}/management", cloud.eu1), secret: cloud.secret.clone() };
    let base = format!("{}/{}", cloud.eu1, cloud.workspace);
    let Locked { url, secret } = lock(&management, &base, &format!("{}~shop", cloud.workspace), "dev", SECRET_OF_SHOP);
    let address = crate::surfaces::address(&cloud.eu1);
    let path = Service { url }.url.strip_prefix(&cloud.eu1).unwrap().to_owned();
    let body = r#"{"query":"{ notes { id } }"}"#;
    let token = signed(&secret, &json!({}));
    let ask = |headers: String| {
        Client::connect(address).ask(crate::client::post_with(&path, &headers, body)).text().to_owned()
    };
    let cookie = format!("Cookie: refract_session={token}; __Host-refract_session={token}; authorization={token}\r\n");
    assert!(ask(cookie.clone()).contains("3015"));
    assert_eq!(ask(format!("{cookie}Authorization: Bearer {token}\r\n")), r#"{"data":{"notes":[]}}"#);
    let page = get(&format!("{}{path}", cloud.eu1));
    assert!(page.header("set-cookie").is_none());
}
