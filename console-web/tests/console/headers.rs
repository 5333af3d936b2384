//! The headers that keep browsers strict, on every kind of answer; cookies; whose address counts.

use crate::world::{Settings, World};
use actix_web::http::Method;

#[actix_web::test]
async fn every_answer_is_strict() {
    let world = World::new();
    world.account("ada").await;
    let mut browser = world.signed_in("ada").await;
    for path in [
        "/workspaces",
        "/session-keys",
        "/account",
        "/cli-auth",
        "/nothing",
        "/assets/console.css",
        "/cloud",
        "/sign-in",
    ] {
        let page = browser.get(path).await;
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; ") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe") && !policy.contains("script"), "{path}");
        for (name, value) in
            [("x-frame-options", "DENY"), ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer")]
        {
            assert_eq!(page.header(name), value, "{path}");
        }
        assert_eq!(page.header("request-id").len(), 16, "{path}");
        let cached = if path.starts_with("/assets/") { "public, max-age=300" } else { "no-store" };
        assert_eq!(page.header("cache-control"), cached, "{path}");
        assert_eq!(page.header("access-control-allow-origin"), "", "{path}");
        for hole in ["<script", "onclick", "style=", "http://cdn", "https://cdn", "<iframe"] {
            assert!(!page.body.contains(hole), "{path} {hole}");
        }
    }
}

#[actix_web::test]
async fn a_foreign_preflight_is_not_allowed() {
    let world = World::new();
    let mut browser = world.browser();
    browser.headers.push(("origin", "https://evil.test".to_owned()));
    browser.headers.push(("access-control-request-method", "POST".to_owned()));
    for path in ["/cloud", "/session-keys"] {
        let page = browser.send(Method::OPTIONS, path, None).await;
        assert!(page.status.is_client_error(), "{path} {}", page.status);
        assert_eq!(page.header("access-control-allow-origin"), "", "{path}");
    }
}

#[actix_web::test]
async fn cookies_are_bound_to_https_and_host_where_there_is_https() {
    for (origin, name, secure) in [
        ("https://console.example.test", "__Host-refract-session", true),
        ("http://localhost:3000", "refract-session", false),
    ] {
        let world = World::with(Settings { origins: vec![origin.to_owned()], ..Settings::default() });
        world.account("ada").await;
        let mut browser = world.browser();
        browser.origin = Some(origin.to_owned());
        browser.get("/sign-in").await;
        let page =
            browser.post("/sign-in", &[("email", "ada@example.test"), ("password", crate::world::PASSWORD)]).await;
        let cookie = page.headers.get_all("set-cookie").map(|c| c.to_str().unwrap()).find(|c| c.starts_with(name));
        let cookie = cookie.unwrap_or_else(|| panic!("{origin}: {:?}", page.headers));
        for flag in ["; Path=/", "; HttpOnly", "; SameSite=Lax"] {
            assert!(cookie.contains(flag), "{cookie}");
        }
        assert_eq!(cookie.contains("; Secure"), secure, "{cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
}

#[actix_web::test]
async fn an_origin_without_fetch_metadata_keeps_its_forms_working() {
    for (origins, policy) in [
        (&["http://console.lan:3000"][..], "same-origin"),
        (&["http://localhost:3000", "http://192.0.2.1:3000"], "same-origin"),
        (&["http://localhost:3000", "http://[::1]:3000", "http://127.0.0.2:3000"], "no-referrer"),
        (&["https://console.example.test"], "no-referrer"),
    ] {
        let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
        let world = World::with(Settings { origins, ..Settings::default() });
        assert_eq!(world.browser().get("/sign-in").await.header("referrer-policy"), policy);
    }
}

#[actix_web::test]
async fn bodies_are_never_unpacked_and_bounded() {
    let world = World::new();
    let mut browser = world.browser();
    browser.get("/sign-in").await;
    let big = "x".repeat(20_000);
    let page = browser.post("/sign-in", &[("email", &big), ("password", "y")]).await;
    assert_eq!(page.status.as_u16(), 400);
    browser.headers.push(("content-encoding", "gzip".to_owned()));
    let page = browser.post("/sign-in", &[("email", "a"), ("password", "y")]).await;
    assert_eq!(page.status.as_u16(), 415);
}

/// 100 forged headers are one address; behind a trusted proxy the last hop that it saw counts.
#[actix_web::test]
async fn forwarded_headers_count_from_trusted_proxies_only() {
    for (trusted, same_bucket) in [(vec![], true), (vec!["127.0.0.1".parse().unwrap()], false)] {
        let world = World::with(Settings { trusted_proxies: trusted, ..Settings::default() });
        let mut refused = 0;
        for n in 0..40u8 {
            let mut browser = world.browser();
            browser.headers.push(("x-forwarded-for", format!("10.9.9.9, 203.0.113.{n}")));
            browser.headers.push(("forwarded", format!("for=203.0.113.{n}")));
            let page = browser.get("/sign-in/link?token=wrong").await;
            refused += usize::from(page.status.as_u16() == 429);
        }
        assert_eq!(refused > 0, same_bucket);
    }
}

#[actix_web::test]
async fn a_panic_costs_one_request() {
    let world = World::new();
    world.account("ada").await;
    let mut browser = world.signed_in("ada").await;
    *world.eu1.panics.lock().unwrap() = true;
    let page = browser.get("/workspaces").await;
    assert_eq!(page.status.as_u16(), 500);
    assert!(page.body.contains("It was written to the log") && !page.body.contains("as the test wants it"));
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    *world.eu1.panics.lock().unwrap() = false;
    assert_eq!(browser.get("/workspaces").await.status, 200);
}
