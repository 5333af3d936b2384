//! Service tokens come before the limit.

use crate::{
    client::{post, post_with, query},
    server::{SECRET, Server, limits},
};
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::json;

const LOCKED: &str = "/acme/locked/dev";

fn authorization(secret: &str) -> String {
    let token = encode(&Header::default(), &json!({"iat": 1}), &EncodingKey::from_secret(secret.as_bytes())).unwrap();
    format!("Authorization: Bearer {token}\r\n")
}

#[test]
fn a_wrong_token_gets_the_originals_answer_on_every_endpoint() {
    let server = Server::start(limits());
    let mut client = server.client();
    let text = "Your token is invalid. It might have expired or you might be using a token from a different project.";
    for endpoint in ["", "/private", "/import", "/export", "/_datamodel"] {
        for headers in [String::new(), "Authorization: Bearer undefined\r\n".to_owned(), authorization("wrong")] {
            let answer = client.ask(post_with(&format!("{LOCKED}{endpoint}"), &headers, &query("a")));
            assert_eq!((answer.status, answer.error()), (200, (Some(3015), text.to_owned())), "{endpoint} {headers}");
        }
    }
    assert_eq!(server.executed().len(), 0);
    for secret in ["old", SECRET] {
        assert_eq!(client.ask(post_with(LOCKED, &authorization(secret), &query(secret))).status, 200);
    }
    assert_eq!(server.executed_bodies(), [query("old"), query(SECRET)]);
}

#[test]
fn refused_tokens_never_move_the_bucket_of_the_service() {
    let server = Server::start(limits());
    let mut client = server.client();
    for _ in 0..50 {
        assert_eq!(client.ask(post(LOCKED, &query("a"))).error().0, Some(3015));
    }
    let refused = client.ask(post(LOCKED, &query("a")));
    assert_eq!((refused.status, refused.error().0), (429, Some(6009)), "the address has used up its allowance");
    let good = client.ask(post_with(LOCKED, &authorization(SECRET), &query("a")));
    assert_eq!((good.status, good.header("throttled-by")), (200, Some("0ms")));
    assert_eq!(good.header("ratelimit-remaining"), Some("9"));
}

#[test]
fn an_open_service_looks_at_no_token() {
    let server = Server::start(limits());
    let answer = server.client().ask(post_with("/acme/shop/dev", "Authorization: Bearer undefined\r\n", &query("a")));
    assert_eq!(answer.status, 200);
}

#[test]
fn an_unknown_service_comes_before_its_token() {
    let server = Server::start(limits());
    let mut client = server.client();
    let answer = client.ask(post("/acme/nothing/dev", &query("a")));
    assert_eq!(
        (answer.status, answer.error()),
        (200, (Some(3016), "Project not found: 'acme~nothing$dev'".to_owned()))
    );
    let answer = client.ask(post("/acme/lost/dev", &query("a")));
    assert_eq!((answer.status, answer.error().0), (503, Some(6011)), "the directory does not answer");
}
