//! Requests within requests: the engine never sees one that the gateway did not.

use crate::{
    client::{post, query},
    server::{Server, limits},
};

#[test]
fn nothing_is_smuggled_in() {
    let server = Server::start(limits());
    let hidden = post("/acme/shop/dev", &query("smuggled"));
    let head = "POST /acme/shop/dev HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    for framing in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 500\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -5\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Content-Length:\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        " Transfer-Encoding: chunked\r\n",
        "X: y\r\n Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
    ] {
        let mut client = server.client();
        client.send(format!("{head}{framing}\r\n0\r\n\r\n{hidden}"));
        let first = client.try_answer();
        assert!(first.is_none_or(|answer| (400..500).contains(&answer.status)), "{framing}");
        assert!(client.try_answer().is_none(), "{framing}: a second answer");
    }
    for body in [
        format!("1;{}\r\n{{\r\n0\r\n\r\n", "x".repeat(20)),
        "ffffffffffffffff1\r\n{}\r\n0\r\n\r\n".to_owned(),
        "-1\r\n{}\r\n0\r\n\r\n".to_owned(),
        "2\r\n{}XX0\r\n\r\n".to_owned(),
    ] {
        let mut client = server.client();
        client.send(format!("{head}Transfer-Encoding: chunked\r\n\r\n{body}"));
        let answer = client.try_answer();
        assert!(answer.is_none_or(|answer| answer.status == 400), "{body}");
    }
    assert!(server.executed().is_empty(), "{:?}", server.executed());
}

#[test]
fn pipelined_requests_are_answered_in_order_each_by_itself() {
    let server = Server::start(limits());
    let mut client = server.client();
    let requests = [
        (post("/acme/shop/dev", &query("one")), 200),
        (post("/acme/nothing/dev", &query("two")), 200),
        (post("/acme/%2e%2e/dev", &query("three")), 404),
        (post("/acme/shop/dev", "{"), 400),
        (post("/acme/shop/dev", &query("five")), 200),
    ];
    client.send(requests.iter().map(|(request, _)| request.as_str()).collect::<String>());
    for (number, (_, status)) in requests.iter().enumerate() {
        assert_eq!(client.answer().status, *status, "{number}");
    }
    assert_eq!(server.executed_bodies(), [query("one"), query("five")]);
}
