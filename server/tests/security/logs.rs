//! SA-34, SA-56: whatever is logged, no secret, token, text of a document, or value is in it; and what is answered
//! tells nothing of the inside (SA-57).

use crate::{
    cloud::{ACCOUNT, Cloud, Management, PASSWORD, get, management_token, post},
    surfaces::NOTE,
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;
use std::fs::File;

const SERVICE_SECRET: &str = "canary-secret-of-a-service";

#[test]
fn no_log_line_holds_a_secret() {
    let logs = tempfile::tempdir().unwrap();
    let log = logs.path().join("log");
    let cloud = Cloud::start_as(tempfile::tempdir().unwrap(), &[], |command| {
        command.env("REFRACT_LOG", "trace").stderr(File::create(&log).expect("a writable folder"));
    });
    let key = cloud.session_key();
    let management = management_token(&cloud.secret);
    let service_token =
        encode(&Header::new(Algorithm::HS256), &json!({}), &EncodingKey::from_secret(SERVICE_SECRET.as_bytes()))
            .unwrap();
    let name = format!("{}~shop", cloud.workspace);
    let api = Management { url: format!("{}/management", cloud.eu1), secret: cloud.secret.clone() };
    api.add(&name, "dev");
    api.call(
        "mutation($n: String!, $t: String!, $k: [String!]) { deploy(input: { name: $n, stage: \"dev\", types: $t, secrets: $k }) { migration { status } } }",
        json!({ "n": name, "t": NOTE, "k": [SERVICE_SECRET] }),
    );
    let url = format!("{}/{}/shop/dev", cloud.eu1, cloud.workspace);
    let create = |token: &str, text: &str| {
        let query = format!(
            "mutation canaryOperation($t: String) {{ createNote(data: {{ text: $t }}) {{ id }} a: createNote(data: {{ text: \"{text}\" }}) {{ id }} }}"
        );
        post(&url, &json!({ "query": query, "variables": { "t": "canary-variable" } }), Some(token)).json()
    };
    assert!(create(&service_token, "canary-literal")["errors"].is_null());
    assert_eq!(create("canary-wrong-token", "x")["errors"][0]["code"], 3015);
    let cloud_api = |query: &str, token: &str| {
        post(&format!("{}/cloud", cloud.eu1), &json!({ "query": query }), Some(token)).json()
    };
    assert!(cloud_api("{ me { id } }", &key)["data"]["me"]["id"].is_string());
    let asked = cloud_api("mutation { requestCloudToken { secret } }", "");
    let login = asked["data"]["requestCloudToken"]["secret"].as_str().unwrap_or_else(|| panic!("{asked}")).to_owned();
    cloud_api(&format!("{{ cloudTokenRequest(secret: \"{login}\") {{ token }} }}"), "");
    get(&format!("{}/cli-auth?secret={login}", cloud.console));
    get(&format!("{}/sign-in/link?token=canary-link", cloud.console));
    get(&format!("{url}?token=canary-query"));
    let form = ureq::post(format!("{}/sign-in", cloud.console))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", "refract_session=canary-cookie")
        .config()
        .http_status_as_error(false)
        .build()
        .send(format!("email={}&password={}", ACCOUNT.replace('@', "%40"), PASSWORD.replace(' ', "+")));
    assert!(form.is_ok());
    for broken in
        ["{ canaryUnknownField }", "{ canary-broken", "mutation { createNote(data: { text: 1, canary: 2 }) { id } }"]
    {
        post(&url, &json!({ "query": broken }), Some(&service_token));
    }
    let secret = cloud.secret.clone();
    assert_eq!(cloud.process.stop(), Some(0));

    let log = std::fs::read_to_string(&log).expect("the log");
    assert!(log.lines().count() > 20, "there is a log: {log}");
    let signature = |token: &str| token.rsplit('.').next().unwrap().to_owned();
    for (what, word) in [
        ("the management secret", secret),
        ("a management token", signature(&management)),
        ("a session key", signature(&key)),
        ("a service secret", SERVICE_SECRET.to_owned()),
        ("a service token", signature(&service_token)),
        ("a login's secret", login),
        ("a password", PASSWORD.to_owned()),
        ("a password in a form", PASSWORD.replace(' ', "+")),
        ("a canary", "canary".to_owned()),
    ] {
        let line = log.lines().find(|line| line.contains(&word));
        assert!(line.is_none(), "{what} is in the log: {line:?}");
    }
    let (longest, lines) = (log.lines().map(str::len).max().unwrap_or(0), log.lines().count());
    println!("{lines} lines, the longest of {longest} bytes");
}
