//! Heads that mean harm: broken, huge, slow, ambiguous about where the body ends, or with a path that means something
//! else to everybody who reads it (BI-3, SA-29, SA-43, SA-53).

use crate::{
    client::{Client, bare, post, post_with},
    surfaces::{Target, alone, assert_clear, up},
};
use serde_json::json;

const CREATE: &str = r#"{"query":"mutation { createNote(data: { text: \"smuggled\" }) { id } }"}"#;

/// A target whose first service is asked, and what it holds.
struct Service<'a> {
    target: &'a Target,
    path: String,
}

impl Service<'_> {
    fn client(&self) -> Client {
        Client::connect(self.target.surfaces[0].address)
    }

    fn notes(&self) -> serde_json::Value {
        self.client().ask(post(&self.path, r#"{"query":"{ notes { text } }"}"#)).json()
    }
}

fn assert_held_off(target: &mut Target) {
    let service = Service { target, path: target.surfaces[0].paths[0].clone() };
    smuggled(&service);
    broken_heads(&service);
    paths(&service);
    methods(&service);
    assert_eq!(service.notes(), json!({ "data": { "notes": [] } }), "a request that nobody sent was executed");
    slow_heads(&service);
    target.assert_unharmed("hostile heads");
}

/// Requests within requests: where two readers could disagree on the end of a body, nothing is read at all.
fn smuggled(service: &Service<'_>) {
    let hidden = post(&service.path, CREATE);
    let head = format!("POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n", service.path);
    for framing in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 500\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -5\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Content-Length:\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        " Transfer-Encoding: chunked\r\n",
        "X: y\r\n Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: \u{b}chunked\r\n",
        "Transfer_Encoding: chunked\r\nContent-Length: 5, 0\r\n",
    ] {
        let mut client = service.client();
        client.send(format!("{head}{framing}\r\n0\r\n\r\n{hidden}"));
        let first = client.try_answer();
        assert!(first.is_none_or(|answer| (400..500).contains(&answer.status)), "{framing}");
        assert!(client.try_answer().is_none(), "{framing}: a second answer");
    }
    for body in
        ["ffffffffffffffff1\r\n{}\r\n0\r\n\r\n", "-1\r\n{}\r\n0\r\n\r\n", "2\r\n{}XX0\r\n\r\n", "2;\n{}\r\n0\r\n\r\n"]
    {
        let mut client = service.client();
        client.send(format!("{head}Transfer-Encoding: chunked\r\n\r\n{body}{hidden}"));
        assert!(client.try_answer().is_none_or(|answer| (400..500).contains(&answer.status)), "{body}");
    }
}

/// No head, too much of a head, and bytes that no head has. The server may hang up without a word.
fn broken_heads(service: &Service<'_>) {
    let path = &service.path;
    let line = |request: &str| format!("{request}\r\nHost: x\r\n\r\n");
    let with = |header: String| {
        format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{header}\r\n\r\n")
    };
    for (name, head) in [
        ("nothing of HTTP", "\u{16}\u{3}\u{1}\u{2}\r\n\r\n".to_owned()),
        ("no version", line(&format!("POST {path}"))),
        ("version 9", line(&format!("POST {path} HTTP/9.1"))),
        ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()),
        ("a blank in the path", line(&format!("POST {path} x HTTP/1.1"))),
        ("NUL in the path", line(&format!("POST {path}\u{0} HTTP/1.1"))),
        ("a header of 200 kB", with(format!("X: {}", "x".repeat(200_000)))),
        ("a token of 100 kB", with(format!("Authorization: Bearer {}\r\nContent-Length: 0", "x".repeat(100_000)))),
        ("1,000 headers", with("X: y\r\n".repeat(1_000) + "Y: z")),
        ("a path of 200 kB", line(&format!("POST /{} HTTP/1.1", "x".repeat(200_000)))),
        ("a path of 60 kB", line(&format!("POST /{} HTTP/1.1", "x".repeat(60_000)))),
        ("NUL in a header", with("X: a\u{0}b".to_owned())),
        ("a header without a name", with(": y".to_owned())),
        ("an upgrade to a socket", with("Upgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 0".to_owned())),
        ("no host", format!("POST {path} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n")),
    ] {
        let mut client = service.client();
        client.send(head);
        if let Some(answer) = client.try_answer() {
            assert!((400..500).contains(&answer.status), "{name}: {answer:?}");
            assert!(answer.body.len() <= 4_096, "{name}");
        }
    }
}

/// BI-3, SA-53: a path that is not in the grammar is nobody's, whatever it would decode to.
fn paths(service: &Service<'_>) {
    let path = &service.path;
    let (front, stage) = path.rsplit_once('/').unwrap();
    let mut paths: Vec<String> = [
        "%2F", "%2f", "%5c", "%2e%2e", "%2e", "%00", "%0a", "%0d%0a", "%252F", "%25", "%", ";", ";x=y", ".", "..",
        "\\", "//", "/", "'", "\"", "`", "*", "$", "!", "(", ")", "|", "^", "{", "}", "<", ">", "@", "&", "=", "+",
        ",", ":",
    ]
    .iter()
    .flat_map(|mark| {
        [
            format!("{front}/{mark}{stage}"),
            format!("{front}/{stage}{mark}"),
            format!("{front}{mark}/{stage}"),
            format!("/{mark}{path}"),
        ]
    })
    .collect();
    for name in ["dév", "dev\u{200b}", "ԁev", "de%CC%81v"] {
        paths.push(format!("{front}/{name}"));
    }
    paths.push(format!("{path}/_datamodel/.."));
    paths.push(format!("{front}/./{stage}"));
    paths.push(format!("{front}/x/../{stage}"));
    for path in paths {
        let mut client = service.client();
        client.send(post(&path, CREATE));
        let Some(answer) = client.try_answer() else { continue };
        // What stays in the grammar is another name, of which there is no service; the server refuses some bytes itself.
        let known = match answer.status {
            200 => answer.json()["errors"][0]["code"] == 3016,
            400 => true,
            status => status == 404,
        };
        assert!(known, "{path}: {answer:?}");
        if answer.status == 404 {
            assert_clear(&answer, &path);
        }
    }
}

/// Methods and headers that must change nothing.
fn methods(service: &Service<'_>) {
    let path = &service.path;
    for method in ["PUT", "DELETE", "PATCH", "TRACE", "FOO"] {
        let answer = service.client().ask(bare(method, path, ""));
        assert_clear(&answer, method);
        assert_eq!(answer.status, 405, "{method}");
    }
    let connect = service.client().ask(bare("CONNECT", "localhost:80", ""));
    assert!((400..500).contains(&connect.status), "{connect:?}");
    let plain = service.client().ask(post(path, r#"{"query":"{ notes { id } }"}"#));
    let headers = "Cookie: __Host-refract=x; refract=x; session=x\r\nX-HTTP-Method-Override: DELETE\r\nX-Original-URL: /management\r\n\
                   X-Forwarded-For: 1.2.3.4\r\nForwarded: for=1.2.3.4\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";
    let dressed = service.client().ask(post_with(path, headers, r#"{"query":"{ notes { id } }"}"#));
    assert_eq!((plain.status, plain.text()), (dressed.status, dressed.text()));
    let query =
        service.client().ask(bare("GET", &format!("{path}?query=mutation%7BdeleteManyNotes%7Bcount%7D%7D"), ""));
    assert!(query.header("content-type").is_some_and(|kind| kind.starts_with("text/html")), "GET shows the playground");
}

/// A head that does not come to its end is not waited for.
fn slow_heads(service: &Service<'_>) {
    let mut clients: Vec<Client> = (0..4).map(|_| service.client()).collect();
    for client in &mut clients {
        client.send(format!("POST {} HTTP/1.1\r\nHost: loc", service.path));
    }
    for mut client in clients {
        if let Some(answer) = client.try_answer() {
            assert_eq!(answer.status, 408);
        }
        assert!(client.is_closed());
    }
}

#[test]
fn hostile_heads_reach_nothing_behind_the_gateway() {
    assert_held_off(&mut up());
}

#[test]
fn hostile_heads_reach_nothing_in_the_engine_alone() {
    assert_held_off(&mut alone());
}
