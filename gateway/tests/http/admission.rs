//! Limiter and line, end to end: who runs, in which order, who is refused, and who is never executed.

use crate::{
    client::{Client, bare, post, post_with, query},
    server::{PERIOD, Server, limits, until},
};

const SHOP: &str = "/acme/shop/dev";

/// Sends so many requests, one after the other, each from a connection of its own.
fn crowd(server: &Server, count: usize) -> Vec<Client> {
    (0..count)
        .map(|number| {
            let mut client = server.client();
            let waiting = server.gateway.waiting_requests();
            client.send(post(SHOP, &query(&format!("q{number}"))));
            if (10..35).contains(&number) {
                until("the request waits", || server.gateway.waiting_requests() > waiting);
            } else if number < 10 {
                until("the request runs", || server.executed().len() > number);
            }
            client
        })
        .collect()
}

#[test]
fn of_40_requests_10_run_25_wait_and_5_are_refused() {
    let server = Server::start(limits());
    let mut clients = crowd(&server, 40);
    for (number, client) in clients.iter_mut().enumerate().take(10) {
        let answer = client.answer();
        assert_eq!((answer.status, answer.header("throttled-by")), (200, Some("0ms")), "{number}");
        assert_eq!(answer.header("ratelimit-limit"), Some("10"));
        assert_eq!(answer.header("ratelimit-remaining"), Some(&*(9 - number).to_string()));
    }
    for client in &mut clients[35..] {
        let answer = client.answer();
        assert_eq!(answer.status, 429);
        assert_eq!(answer.error(), (Some(1004), "There are too many concurrent queries for this service.".to_owned()));
        assert_eq!((answer.header("retry-after"), answer.header("ratelimit-remaining")), (Some("1"), Some("0")));
        let again = client.ask(post(SHOP, &query("again")));
        assert_eq!(again.status, 429, "the connection is kept, and the line is still full");
    }
    for (number, client) in clients.iter_mut().enumerate().take(35).skip(10) {
        assert_eq!(server.executed().len(), number, "nobody runs before its time");
        server.clock.advance(PERIOD);
        let answer = client.answer();
        let waited = PERIOD.as_millis() * (number as u128 - 9);
        assert_eq!((answer.status, answer.header("throttled-by")), (200, Some(&*format!("{waited}ms"))), "{number}");
    }
    let expected: Vec<_> = (0..35).map(|number| query(&format!("q{number}"))).collect();
    assert_eq!(server.executed_bodies(), expected, "first in, first out; the refused never");
    assert_eq!(server.gateway.waiting_requests(), 0);
}

#[test]
fn who_leaves_the_line_is_never_executed_and_everybody_behind_moves_up() {
    let server = Server::start(limits());
    let clients = crowd(&server, 35);
    // Among those who leave are the head of the line and neighbours; they close, or only stop sending.
    let leaves = |number: usize| number >= 10 && (number.is_multiple_of(2) || number == 11);
    let mut kept = Vec::new();
    let mut half_closed = Vec::new();
    for (number, mut client) in clients.into_iter().enumerate() {
        if !leaves(number) {
            kept.push((number, client));
        } else if number.is_multiple_of(3) {
            client.shutdown_write();
            half_closed.push(client);
        }
    }
    until("the leavers are noticed", || server.gateway.waiting_requests() == 11);
    for (place, (number, client)) in kept.iter_mut().enumerate() {
        if *number >= 10 {
            assert_eq!(server.executed().len(), place);
            server.clock.advance(PERIOD);
        }
        let answer = client.answer();
        let waited = PERIOD.as_millis() * (place as u128).saturating_sub(9);
        assert_eq!((answer.status, answer.header("throttled-by")), (200, Some(&*format!("{waited}ms"))), "{number}");
    }
    server.clock.advance(PERIOD * 30);
    let mut later = server.client();
    assert_eq!(later.ask(post(SHOP, &query("later"))).header("ratelimit-remaining"), Some("9"));
    let mut expected: Vec<_> = kept.iter().map(|(number, _)| query(&format!("q{number}"))).collect();
    expected.push(query("later"));
    assert_eq!(server.executed_bodies(), expected);
}

#[test]
fn who_leaves_behind_pipelined_bytes_is_noticed() {
    let server = Server::start(limits());
    let mut clients = crowd(&server, 12);
    let mut last = clients.pop().unwrap();
    last.send(post(SHOP, &query("pipelined")).repeat(100));
    drop(last);
    until("the leaver is noticed", || server.gateway.waiting_requests() == 1);
    server.clock.advance(PERIOD);
    assert_eq!(clients[10].answer().status, 200);
    server.clock.advance(PERIOD * 30);
    assert_eq!(server.client().ask(post(SHOP, &query("later"))).status, 200);
    assert!(!server.executed_bodies().contains(&query("q11")));
}

#[test]
fn services_regions_and_lanes_do_not_share_a_line() {
    let server = Server::start(limits());
    let _crowd = crowd(&server, 35);
    let mut client = server.client();
    for (target, status) in [
        ("http://us1.test/acme/shop/dev", 429),
        ("http://us1.test/acme~shop/dev", 429),
        ("http://us1.test/acme/shop/dev/private", 429),
        ("http://us1.test/acme/shop/dev/_datamodel", 429),
        ("http://eu1.test/acme/shop/dev", 200),
        ("http://us1.test/acme/shop/prod", 200),
        ("http://us1.test/acme/shop/dev/import", 200),
        ("http://us1.test/acme/shop/dev/export", 200),
        ("http://us1.test/management", 200),
    ] {
        assert_eq!(client.ask(post(target, &query("x"))).status, status, "{target}");
    }
    assert_eq!(client.ask(bare("GET", SHOP, "")).status, 200, "pages are not counted");
}

#[test]
fn a_batch_is_one_request_and_forwarded_headers_change_nothing() {
    let server = Server::start(limits());
    let mut client = server.client();
    let batch = format!("[{}]", vec![query("a"); 50].join(","));
    assert_eq!(client.ask(post(SHOP, &batch)).header("ratelimit-remaining"), Some("9"));
    for number in 1..10 {
        let headers = format!(
            "X-Forwarded-For: 10.0.0.{number}\r\nForwarded: for=10.0.0.{number};host=eu1.test\r\n\
             X-Real-IP: 10.0.0.{number}\r\nX-Forwarded-Host: eu1.test\r\n"
        );
        let answer = client.ask(post_with(SHOP, &headers, &query("a")));
        assert_eq!(answer.header("ratelimit-remaining"), Some(&*(9 - number).to_string()));
    }
    client.send(post_with(SHOP, "X-Forwarded-For: 10.0.0.99\r\n", &query("a")));
    until("the 11th waits", || server.gateway.waiting_requests() == 1);
}

#[test]
fn introspection_alone_is_not_counted_within_its_allowance() {
    let mut limits = limits();
    limits.introspection.burst = std::num::NonZeroU32::new(3).unwrap();
    let server = Server::start(limits);
    let mut client = server.client();
    let introspection = r#"{"query":"query IntrospectionQuery { __schema { types { name } } }"}"#;
    for _ in 0..3 {
        let answer = client.ask(post(SHOP, introspection));
        let said = (answer.status, answer.header("throttled-by"), answer.header("ratelimit-remaining"));
        assert_eq!(said, (200, Some("0ms"), Some("10")));
    }
    assert_eq!(client.ask(post(SHOP, introspection)).header("ratelimit-remaining"), Some("9"));
    let hidden = r#"{"query":"{ __typename users { id } }"}"#;
    assert_eq!(client.ask(post(SHOP, hidden)).header("ratelimit-remaining"), Some("8"));
}

#[test]
fn import_and_export_are_counted_by_bytes() {
    let mut limits = limits();
    limits.import_kib.burst = std::num::NonZeroU32::new(100).unwrap();
    limits.export_kib.burst = std::num::NonZeroU32::new(100).unwrap();
    let server = Server::start(limits);
    let mut client = server.client();
    let chunk = format!(r#"{{"valueType":"nodes","values":["{}"]}}"#, "x".repeat(60 * 1024));
    let import = post("/acme/shop/dev/import", &chunk);
    assert_eq!(client.ask(&import).header("ratelimit-remaining"), Some("39"));
    client.send(&import);
    until("the second chunk waits", || server.gateway.waiting_requests() == 1);
    server.clock.advance(std::time::Duration::from_micros(500) * 22);
    assert_eq!(client.answer().header("throttled-by"), Some("11ms"));
    let export = client.ask(post("/acme/shop/dev/export", r#"{"fileType":"nodes","cursor":{}}"#));
    assert_eq!((export.status, export.header("ratelimit-remaining")), (200, Some("99")));
}

#[test]
fn management_calls_are_bounded_by_address_and_never_queued() {
    let server = Server::start(limits());
    let mut client = server.client();
    // Whatever a stranger says of other addresses, it is this one that asks.
    let ask = |client: &mut Client, number: usize| {
        let elsewhere = format!("X-Forwarded-For: 10.0.0.{number}\r\nForwarded: for=10.0.0.{number}\r\n");
        client.ask(post_with("/management", &elsewhere, &query("serverInfo")))
    };
    for number in 0..20 {
        assert_eq!(ask(&mut client, number).status, 200, "{number}");
    }
    let refused = ask(&mut client, 20);
    assert_eq!((refused.status, refused.error().0, refused.header("retry-after")), (429, Some(6010), Some("1")));
    let with_token = client.ask(post_with("/management", "Authorization: Bearer x\r\n", &query("deploy")));
    assert_eq!(with_token.status, 200);
    server.clock.advance(std::time::Duration::from_millis(200));
    assert_eq!(client.ask(post("/management", &query("serverInfo"))).status, 200);
}
