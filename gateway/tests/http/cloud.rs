//! Regions by host name, absolute targets (the command line's way through a plain proxy), and the cloud API.

use crate::{
    client::{bare, post, post_with, query},
    server::{Server, limits},
};

#[test]
fn the_cloud_api_answers_at_cloud_and_on_its_hosts() {
    let server = Server::start(limits());
    let mut client = server.client();
    for (target, region) in [
        ("/cloud", "us1"),
        ("http://api.cloud.prisma.sh:443/", "us1"),
        ("http://api2.cloud.prisma.sh:443/", "us1"),
        ("http://api.cloud.prisma.sh", "us1"),
        ("http://eu1.prisma.sh/cloud", "eu1"),
    ] {
        let headers = "Authorization: Bearer k\r\nX-Cli-Version: 1.34.12\r\nUser-Agent: node-fetch\r\n";
        let answer = client.ask(post_with(target, headers, &query("me")));
        assert_eq!((answer.status, answer.text()), (200, r#"{"data":{"me":null}}"#), "{target}");
        let call = server.cloud.calls.lock().pop().unwrap();
        assert_eq!(call.region.as_str(), region, "{target}");
        assert_eq!(call.authorization.as_deref(), Some("Bearer k"));
        assert_eq!(call.cli_version.as_deref(), Some("1.34.12"));
        assert_eq!(call.user_agent.as_deref(), Some("node-fetch"));
        assert_eq!(Some(call.request_id.as_str()), answer.header("request-id"));
        assert!(call.client.unwrap().is_loopback());
        assert_eq!(call.body, query("me").as_bytes());
    }
    for target in ["http://api.cloud.prisma.sh/management", "http://api.cloud.prisma.sh/acme/shop/dev"] {
        assert_eq!(client.ask(post(target, &query("me"))).status, 404, "{target}");
    }
    assert!(server.cloud.calls.lock().is_empty() && server.executed().is_empty());
}

#[test]
fn regions_and_addresses_follow_host_then_listener() {
    let server = Server::start(limits());
    server.gateway.set_home_workspace(Some("home"));
    let mut client = server.client();
    let run = |client: &mut crate::client::Client, target: &str, host: &str| {
        let body = query("a");
        let answer = client.ask(format!(
            "POST {target} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ));
        match server.engine.executed.lock().pop() {
            Some((routed, _)) => format!("{} {:?}", routed.region, routed.target),
            None => answer.status.to_string(),
        }
    };
    let service = |region: &str, workspace: &str| {
        let address = region_config::Address::new(Some(workspace), "shop", "dev").unwrap();
        let endpoint = region_config::address::Endpoint::Api;
        format!("{region} {:?}", region_config::Target::Service(address, endpoint))
    };
    for (target, host, expected) in [
        ("/acme/shop/dev", "localhost", service("us1", "acme")),
        ("/acme/shop/dev", "eu1.refract.test:4466", service("eu1", "acme")),
        ("/acme/shop/dev", "EU1.Refract.Test", service("eu1", "acme")),
        ("/acme/shop/dev", "xx1.refract.test", service("us1", "acme")),
        ("http://eu1.prisma.sh:443/acme/shop/dev", "us1.prisma.sh", service("eu1", "acme")),
        ("https://eu1.prisma.sh/acme/shop/dev", "x", service("eu1", "acme")),
        // The home workspace is meant on loopback listeners by loopback names only.
        ("/shop/dev", "localhost:4466", service("us1", "home")),
        ("/shop/dev", "127.0.0.2:4466", service("us1", "home")),
        ("/shop/dev", "[::1]:4466", service("us1", "home")),
        ("/shop/dev", "eu1.localhost", service("eu1", "home")),
        ("/shop/dev", "eu1.prisma.sh", "404".to_owned()),
        ("/shop/dev", "evil.test", "404".to_owned()),
        ("/shop/dev", "localhost.evil.test", "404".to_owned()),
        // A host of a workspace's own.
        ("/shop/dev", "eu1_acme.refract.test", service("eu1", "acme")),
        ("/acme~shop/dev", "eu1_acme.refract.test", service("eu1", "acme")),
        ("/other~shop/dev", "eu1_acme.refract.test", "404".to_owned()),
        ("/shop/dev", "eu1_-x.refract.test", "404".to_owned()),
    ] {
        assert_eq!(run(&mut client, target, host), expected, "{target} {host}");
    }
    server.gateway.set_home_workspace(None);
    assert_eq!(run(&mut client, "/shop/dev", "localhost"), "404");
}

#[test]
fn foreign_targets_are_refused() {
    let server = Server::start(limits());
    let mut client = server.client();
    for target in [
        "ftp://eu1.prisma.sh/acme/shop/dev",
        "http://user:password@eu1.prisma.sh/acme/shop/dev",
        "http://user@eu1.prisma.sh/acme/shop/dev",
    ] {
        let answer = client.ask(post(target, &query("a")));
        assert_eq!((answer.status, answer.error().0), (400, Some(6007)), "{target}");
    }
    for target in ["eu1.prisma.sh:443", "*"] {
        assert_eq!(client.ask(bare("GET", target, "")).status, 404, "{target}");
    }
    let old = server.client().ask("GET /status HTTP/1.0\r\n\r\n");
    assert_eq!(old.status, 200, "HTTP/1.0 names no host");
    assert_eq!(server.client().ask("GET /status HTTP/1.1\r\n\r\n").status, 400);
    assert_eq!((server.lookups(), server.executed().len()), (0, 0));
}
