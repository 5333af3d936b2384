//! Methods, kinds of bodies, browsers of other origins, websockets, panics: what a head alone decides.

use crate::{
    client::{Client, bare, post, post_with, query},
    server::{Server, limits},
};

const SHOP: &str = "/acme/shop/dev";

#[test]
fn methods_that_are_not_answered_get_405_and_the_connection_is_kept() {
    let server = Server::start(limits());
    let mut client = server.client();
    for method in ["PUT", "DELETE", "PATCH", "TRACE", "FOO"] {
        for path in [SHOP, "/management", "/%2e%2e"] {
            let answer = client.ask(bare(method, path, ""));
            assert_eq!((answer.status, answer.error().0), (405, Some(6002)), "{method} {path}");
            assert_eq!(answer.header("allow"), Some("GET, HEAD, POST, OPTIONS"));
        }
    }
    for (method, path, allowed) in [
        ("GET", "/cloud", "POST, OPTIONS"),
        ("POST", "/status", "GET, HEAD, OPTIONS"),
        ("POST", "/acme/shop/dev/_admin", "GET, HEAD, OPTIONS"),
    ] {
        let answer = client.ask(bare(method, path, "Content-Length: 0\r\n"));
        assert_eq!((answer.status, answer.header("allow")), (405, Some(allowed)), "{method} {path}");
    }
    assert_eq!(server.lookups(), 0);
}

#[test]
fn connect_is_refused_and_the_connection_closed() {
    let server = Server::start(limits());
    let mut client = server.client();
    client.send("CONNECT eu1.prisma.sh:443 HTTP/1.1\r\nHost: eu1.prisma.sh:443\r\n\r\n");
    client.send(post(SHOP, &query("tunnelled")));
    assert_eq!(client.answer().status, 405);
    assert!(client.is_closed());
    assert_eq!(server.executed().len(), 0);
}

#[test]
fn bodies_must_be_plain_json() {
    let server = Server::start(limits());
    let mut client = server.client();
    let with = |kind: &str| format!("POST {SHOP} HTTP/1.1\r\nHost: x\r\n{kind}Content-Length: 2\r\n\r\n{{}}");
    for (headers, status) in [
        ("Content-Type: application/json\r\n", 200),
        ("Content-Type: Application/JSON; charset=utf-8\r\n", 200),
        ("Content-Type: application/json\r\nContent-Encoding: identity\r\n", 200),
        ("", 415),
        ("Content-Type: text/plain\r\n", 415),
        ("Content-Type: application/graphql\r\n", 415),
        ("Content-Type: application/json-seq\r\n", 415),
        ("Content-Type: application/x-www-form-urlencoded\r\n", 415),
        ("Content-Type: application/json\r\nContent-Encoding: gzip\r\n", 415),
        ("Content-Type: application/json\r\nContent-Encoding: br\r\n", 415),
        ("Content-Type: application/json\r\nContent-Encoding: deflate\r\n", 415),
        ("Content-Type: application/json\r\nContent-Encoding: zstd\r\n", 415),
        ("Content-Type: application/json\r\nContent-Encoding: identity\r\nContent-Encoding: gzip\r\n", 415),
        ("Content-Type: application/json\r\nContent-Encoding: identity, gzip\r\n", 415),
    ] {
        assert_eq!(client.ask(with(headers)).status, status, "{headers}");
    }
}

#[test]
fn browsers_of_other_origins_may_call_services() {
    let server = Server::start(limits());
    let mut client = server.client();
    let preflight = "Origin: https://app.test\r\nAccess-Control-Request-Method: POST\r\n\
                     Access-Control-Request-Headers: authorization, x-other\r\n";
    for path in ["/acme/nothing/dev", "/acme/locked/dev", "/management"] {
        let answer = client.ask(bare("OPTIONS", path, preflight));
        assert_eq!((answer.status, answer.body.len()), (204, 0));
        for (name, value) in [
            ("access-control-allow-origin", "https://app.test"),
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-methods", "GET, POST, HEAD, OPTIONS"),
            ("access-control-allow-headers", "authorization, x-other"),
            ("access-control-max-age", "1800"),
            ("vary", "Origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path} {name}");
        }
    }
    assert_eq!(client.ask(bare("OPTIONS", "/cloud", preflight)).header("access-control-allow-origin"), None);
    assert_eq!(client.ask(bare("OPTIONS", "*", "")).status, 404);
    assert_eq!(server.lookups(), 0);

    let answer = client.ask(post_with(SHOP, "Origin: https://app.test\r\n", &query("a")));
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://app.test"));
    assert!(answer.header("access-control-expose-headers").unwrap().contains("Throttled-By"));
    assert_eq!(client.ask(post(SHOP, &query("a"))).header("access-control-allow-origin"), None);
    let refused = client.ask(post_with("/acme/nothing/dev", "Origin: null\r\n", &query("a")));
    assert_eq!(refused.header("access-control-allow-origin"), Some("null"), "errors can be read as well");
}

#[test]
fn websockets_are_refused_in_words() {
    let server = Server::start(limits());
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                   Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-ws\r\n";
    let answer = server.client().ask(bare("GET", SHOP, upgrade));
    assert_eq!((answer.status, answer.error().0), (400, Some(6008)));
}

#[test]
fn a_panic_costs_its_own_request_only() {
    let server = Server::start(limits());
    let mut client = server.client();
    let answer = client.ask(post(SHOP, &query("panicPlease")));
    let (code, message) = answer.error();
    let id = answer.header("request-id").unwrap();
    assert_eq!((answer.status, code), (500, None));
    assert!(message.starts_with("Whoops.") && message.ends_with(id), "{message}");
    assert_eq!(server.client().ask(post(SHOP, &query("next"))).status, 200);
}

#[test]
fn every_answer_has_an_id_of_its_own() {
    let server = Server::start(limits());
    let mut client: Client = server.client();
    let mut seen = std::collections::HashSet::new();
    for request in [
        post(SHOP, &query("a")),
        post("/acme/nothing/dev", &query("a")),
        bare("GET", SHOP, ""),
        bare("GET", "/status", ""),
        bare("GET", "/%00", ""),
        bare("OPTIONS", SHOP, ""),
        bare("PUT", SHOP, ""),
        post("/cloud", &query("me")),
    ] {
        let answer = client.ask(request);
        let id = answer.header("request-id").unwrap().to_owned();
        assert!(id.starts_with("local:c") && id.len() == 31, "{id}");
        assert!(seen.insert(id));
    }
    let status = client.ask(bare("GET", "/status", ""));
    assert_eq!((status.status, status.text()), (200, "\"OK\""));
}
