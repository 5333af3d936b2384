//! Bodies that are not what they should be, to every API: broken, too deep, too large, compressed, of another type, slow.

use crate::{
    client::Client,
    surfaces::{Surface, Target, alone, assert_clear, up},
};
use serde_json::json;

/// Bodies that every API refuses with 400.
fn broken() -> Vec<(String, Vec<u8>)> {
    let mut bodies: Vec<(String, Vec<u8>)> = Vec::new();
    let mut add = |name: &str, body: &[u8]| bodies.push((name.to_owned(), body.to_vec()));
    for text in [
        "",
        " ",
        "{",
        "[",
        "1",
        "null",
        "true",
        "\"{}\"",
        "nonsense",
        "{'query':'{a}'}",
        "{\"query\":\"a\",}",
        "{}x",
        "{\"query\":\"{ a }\"",
        "{\"query\":1}",
        "{\"query\":[\"{ a }\"]}",
        "{\"query\":\"\",\"variables\":1}",
        "{\"query\":\"\",\"variables\":[]}",
        "{\"query\":\"\",\"variables\":\"{}\"}",
        "{\"query\":\"\",\"operationName\":1}",
        "{\"query\":\"{ a }\",\"query\":\"{ b }\"}",
        "{\"query\":\"{ a }\",\"variables\":{\"x\":1,\"x\":2}}",
        "{\"query\":\"{ a }\",\"variables\":{\"x\":{\"y\":1,\"\\u0079\":2}}}",
        "{\"query\":\"{ a }\",\"variables\":{\"x\":1e400}}",
        "{\"query\":\"{ a }\",\"variables\":{\"x\":-1e400}}",
        "{\"query\":\"{ a }\",\"variables\":{\"x\":NaN}}",
        "{\"query\":\"{ a }\",\"variables\":{\"x\":01}}",
        "{\"query\":\"{ a }\",\"variables\":{\"x\":\"\\ud800\"}}",
        "{\"query\":\"\\udc00\"}",
        "{\"query\":\"{ a }\",\"variables\":{\"\\ud800x\":1}}",
        "[1]",
        "[[]]",
        "[null]",
        "\u{feff}{}",
        "{\"query\":\"a\u{0}b\"}",
        "{\"query\":\"a\nb\"}",
        "mutation { deleteManyNotes { count } }",
        "query=%7Ba%7D",
    ] {
        add(text, text.as_bytes());
    }
    add("no UTF-8", b"{\"query\":\"\xff\xfe\"}");
    add("an overlong slash", b"{\"query\":\"\xc0\xaf\"}");
    add("a surrogate in UTF-8", b"{\"query\":\"\xed\xa0\x80\"}");
    add("NUL bytes", &[0; 1_000]);
    for depth in [65, 129, 2_000, 150_000] {
        let nested = |open: &str, close: &str| format!("{}1{}", open.repeat(depth), close.repeat(depth));
        // All of them fit the bound of a body.
        for value in [nested("[", "]"), nested("{\"a\":", "}"), "[".repeat(depth)] {
            add(&format!("depth {depth}"), format!("{{\"query\":\"\",\"variables\":{{\"x\":{value}}}}}").as_bytes());
        }
        add(&format!("arrays of depth {depth}"), nested("[", "]").as_bytes());
    }
    add("1,000 operations", json!(vec![json!({ "query": "{ a }" }); 1_000]).to_string().as_bytes());
    add("51 operations", json!(vec![json!({ "query": "{ a }" }); 51]).to_string().as_bytes());
    add("a long text where an object belongs", json!({ "variables": "x".repeat(900_000) }).to_string().as_bytes());
    let key = "k".repeat(400_000);
    add("a long key twice", format!("{{\"variables\":{{\"{key}\":1,\"{key}\":2}}}}").as_bytes());
    bodies
}

fn assert_all_refused(target: &mut Target) {
    for place in 0..target.surfaces.len() {
        let surface = &target.surfaces[place];
        for (number, (name, body)) in broken().into_iter().enumerate() {
            let what = format!("{}: {name:.60}", surface.name);
            let answer = surface.ask(number, &body);
            assert_clear(&answer, &what);
            assert_eq!(answer.status, 400, "{what}: {}", answer.text());
        }
        kinds_of_body(surface);
        let name = surface.name;
        target.assert_unharmed(name);
    }
    too_large(target);
    target.assert_unharmed("large bodies");
    too_slow(target);
    target.assert_unharmed("slow bodies");
}

/// SA-27: nothing is inflated, and nothing but JSON is read.
fn kinds_of_body(surface: &Surface) {
    let body = json!({ "query": "{ a }" }).to_string();
    let send = |headers: &str, what: &str| {
        let mut client = Client::connect(surface.address);
        let head = format!("{}{headers}Content-Length: {}\r\n\r\n", surface.head(0), body.len());
        let answer = client.ask(head + &body);
        assert_clear(&answer, &format!("{}: {what}", surface.name));
        assert_eq!(answer.status, 415, "{}: {what}: {}", surface.name, answer.text());
    };
    for kind in [
        "",
        "text/plain",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
        "json",
        "application/json+x",
        "*/*",
        "\u{e9}",
    ] {
        send(&format!("Content-Type: {kind}\r\n"), kind);
    }
    send("", "no type");
    for coding in ["gzip", "br", "deflate", "zstd", "x-gzip", "identity, gzip", "GZIP", "anything"] {
        send(&format!("Content-Type: application/json\r\nContent-Encoding: {coding}\r\n"), coding);
    }
}

/// A body over the bound is refused by its length alone, or when it has become too long.
fn too_large(target: &Target) {
    for surface in &target.surfaces {
        let bytes = if surface.name.ends_with("management") { 4 * 1024 * 1024 + 1 } else { 1024 * 1024 + 1 };
        let head = format!("{}Content-Type: application/json\r\n", surface.head(0));
        let mut announced = Client::connect(surface.address);
        let answer = announced.ask(format!("{head}Content-Length: {bytes}\r\n\r\n"));
        assert_clear(&answer, surface.name);
        assert_eq!(answer.status, 413, "{}: {}", surface.name, answer.text());
        let mut sent = Client::connect(surface.address);
        sent.send(format!("{head}Transfer-Encoding: chunked\r\n\r\n{bytes:x}\r\n"));
        sent.send("x".repeat(bytes));
        let answer = sent.answer();
        assert_clear(&answer, surface.name);
        assert_eq!(answer.status, 413, "{}, in chunks: {}", surface.name, answer.text());
    }
}

/// A body that does not come ends its connection, in words, and other requests are answered meanwhile.
fn too_slow(target: &mut Target) {
    let mut waiting = Vec::new();
    for surface in &target.surfaces {
        for sent in ["", "{\"query\":"] {
            let mut client = Client::connect(surface.address);
            client
                .send(format!("{}Content-Type: application/json\r\nContent-Length: 40\r\n\r\n{sent}", surface.head(0)));
            waiting.push((surface.name, client));
        }
    }
    target.assert_unharmed("while bodies are waited for");
    for (name, mut client) in waiting {
        let answer = client.answer();
        assert_clear(&answer, name);
        assert_eq!(answer.status, 408, "{name}: {}", answer.text());
        assert!(client.is_closed(), "{name}");
    }
}

#[test]
fn broken_bodies_get_a_clear_error_behind_the_gateway() {
    assert_all_refused(&mut up());
}

#[test]
fn broken_bodies_get_a_clear_error_from_the_engine_alone() {
    assert_all_refused(&mut alone());
}
