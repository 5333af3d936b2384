//! Bodies: size, time, memory, shape.

use crate::{
    client::{post, query},
    server::{Server, limits},
};
use std::time::Duration;

const SHOP: &str = "/acme/shop/dev";

#[test]
fn malformed_bodies_get_400_and_no_place() {
    let server = Server::start(limits());
    let mut client = server.client();
    let nested = |n: usize| format!(r#"{{"query":"{{ a }}","variables":{{"x":{}{}}}}}"#, "[".repeat(n), "]".repeat(n));
    for (body, message) in [
        ("", "The request content was malformed:"),
        ("{", "The request content was malformed:"),
        (r#"{"query":"a"#, "The request content was malformed:"),
        (r#"{"query":1}"#, "The request content was malformed:"),
        (r#"{"query":"{ a }","query":"{ b }"}"#, "The request content was malformed:"),
        (r#"{"query":"{ a }","variables":{"a":1,"a":2}}"#, "The request content was malformed:"),
        (r#"{"query":"{ a }","variables":{"a":1e400}}"#, "The request content was malformed:"),
        (r#"{"query":"{ a }","variables":{"a":"\ud800"}}"#, "The request content was malformed:"),
        (r#"{"query":"{ a }","variables":[]}"#, "The request content was malformed:"),
        ("\u{feff}{}", "The request content was malformed:"),
        ("1", "request malformed"),
        ("null", "request malformed"),
        (&*nested(129), "the body is nested deeper than 64 levels."),
        (&*nested(2_000), "the body is nested deeper than 64 levels."),
        (&*nested(200_000), "the body is nested deeper than 64 levels."),
        (&*format!(r#"{{"query":"{{ a(x: {}) }}"}}"#, "[".repeat(2_000)), "the document is nested deeper than 64"),
        (&*format!(r#"{{"query":"{}"}}"#, "{ a ".repeat(2_000)), "the document is nested deeper than 64"),
        (&*format!(r#"{{"query":"{}"}}"#, "a ".repeat(15_001)), "the document has more than 15000 tokens."),
        (&*format!("[{}]", vec!["{}"; 51].join(",")), "The request content was malformed:\nmore than 50 operations"),
    ] {
        let answer = client.ask(post(SHOP, body));
        let (code, text) = answer.error();
        assert_eq!((answer.status, code), (400, None), "{:.60}", body);
        assert!(text.starts_with(message), "{:.60}: {text}", body);
    }
    for path in ["/management", "/cloud"] {
        assert_eq!(client.ask(post(path, &nested(2_000))).status, 400, "{path}");
    }
    for endpoint in ["import", "export", "_datamodel"] {
        assert_eq!(client.ask(post(&format!("{SHOP}/{endpoint}"), &"[".repeat(2_000))).status, 400, "{endpoint}");
    }
    assert_eq!(server.executed().len(), 0);
    assert_eq!(client.ask(post(SHOP, &query("good"))).header("ratelimit-remaining"), Some("9"));
}

#[test]
fn bodies_over_the_limit_get_413() {
    let mut limits = limits();
    limits.import_kib.burst = std::num::NonZeroU32::new(100 * 1024).unwrap();
    let server = Server::start(limits);
    for (path, bytes, status) in [
        (SHOP, 1024 * 1024, 200),
        (SHOP, 1024 * 1024 + 1, 413),
        ("/management", 4 * 1024 * 1024, 200),
        ("/management", 4 * 1024 * 1024 + 1, 413),
        ("/acme/shop/dev/import", 10 * 1024 * 1024, 200),
        ("/acme/shop/dev/import", 10 * 1024 * 1024 + 1, 413),
        ("/cloud", 1024 * 1024 + 1, 413),
    ] {
        let empty = r#"{"query":"","x":""}"#;
        let body = format!(r#"{{"query":"","x":"{}"}}"#, "x".repeat(bytes - empty.len()));
        let mut client = server.client();
        let head_and_body = post(path, &body);
        let (head, body) = head_and_body.split_at(head_and_body.len() - bytes);
        client.send(head);
        if status == 200 {
            client.send(body);
        }
        assert_eq!(client.answer().status, status, "{path} {bytes}: refused by its length alone");

        // Without a length in the head it is refused when it has become too long.
        let mut client = server.client();
        client.send(format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n\
             {bytes:x}\r\n"
        ));
        client.send(body);
        if status == 200 {
            client.send("\r\n0\r\n\r\n");
        }
        assert_eq!(client.answer().status, status, "{path} {bytes}, chunked");
    }
}

#[test]
fn a_body_that_does_not_come_gets_408() {
    let mut limits = limits();
    limits.body_time_max = Duration::from_millis(300);
    limits.body_grace = Duration::from_millis(100);
    let server = Server::start_with_system_clock(limits);
    let mut silent = server.client();
    silent.send(format!(
        "POST {SHOP} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"
    ));
    let mut partial = server.client();
    let request = post(SHOP, &query("slow"));
    partial.send(&request[..request.len() - 1]);
    for mut client in [silent, partial] {
        let answer = client.answer();
        assert_eq!((answer.status, answer.error().0), (408, Some(6006)));
        assert!(client.is_closed());
    }
    let mut cut = server.client();
    cut.send(&request[..request.len() - 1]);
    cut.shutdown_write();
    assert!(cut.try_answer().is_none_or(|answer| answer.status == 400));
    assert_eq!(server.executed().len(), 0);
}

#[test]
fn bodies_that_find_no_memory_get_503_and_give_it_back() {
    let mut limits = limits();
    limits.waiting_body_bytes_max = 1_000;
    let server = Server::start(limits);
    let mut stalled = server.client();
    let request = post(SHOP, &format!(r#"{{"query":"{{ a }}","x":"{}"}}"#, "x".repeat(700)));
    stalled.send(&request[..request.len() - 1]);
    let mut client = server.client();
    crate::server::until("the memory is taken", || client.ask(&request).status == 503);
    let answer = client.ask(&request);
    assert_eq!((answer.status, answer.error().0, answer.header("retry-after")), (503, Some(6011), Some("1")));
    stalled.send(&request[request.len() - 1..]);
    assert_eq!(stalled.answer().status, 200);
    assert_eq!(client.ask(&request).status, 200);
}

#[test]
fn bodies_in_pieces_arrive_whole() {
    let server = Server::start(limits());
    let mut client = server.client();
    let request = post(SHOP, &query("pieces"));
    let (first, rest) = request.split_at(request.len() - 12);
    client.send(first);
    std::thread::sleep(Duration::from_millis(20));
    for byte in rest.as_bytes() {
        client.send([*byte]);
    }
    assert_eq!(client.answer().status, 200);
    client.send(format!(
        "POST {SHOP} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n\
         2\r\n{{}}\r\n0\r\n\r\n"
    ));
    assert_eq!(client.answer().status, 200);
    assert_eq!(server.executed_bodies(), [query("pieces"), "{}".to_owned()]);
}
