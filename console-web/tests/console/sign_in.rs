//! Signing in and out, sessions, one-time links, invitations, and forms that come from elsewhere.

use crate::world::{ORIGIN, PASSWORD, Settings, World};
use console_web::SignUp;

#[actix_web::test]
async fn a_session_starts_with_a_new_id_and_ends_on_the_server() {
    let world = World::new();
    world.account("ada").await;
    let mut browser = world.browser();
    browser.get("/sign-in").await;
    let before = browser.cookies.clone();
    assert_eq!(before.len(), 1, "the visitor's cookie");
    let page = browser.post("/sign-in", &[("email", "Ada@Example.test"), ("password", PASSWORD)]).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/workspaces"));
    let session = browser.cookies.get("refract-session").unwrap().clone();
    assert!(!before.values().any(|old| *old == session) && !browser.cookies.contains_key("refract-visitor"));

    // Signing in again, with the session still there, gives another id and ends the first.
    browser.get("/account").await;
    browser.post("/sign-in", &[("email", "ada@example.test"), ("password", PASSWORD)]).await;
    assert_ne!(browser.cookies["refract-session"], session);
    let mut old = world.browser();
    old.cookies.insert("refract-session".to_owned(), session);
    assert_eq!(old.get("/account").await.location(), "/sign-in?next=%2Faccount");

    let mut copy = world.browser();
    copy.cookies = browser.cookies.clone();
    assert_eq!(copy.get("/account").await.status, 200);
    browser.get("/account").await;
    assert_eq!(browser.post("/sign-out", &[]).await.location(), "/sign-in");
    assert!(browser.cookies.is_empty());
    assert_eq!(copy.get("/account").await.status.as_u16(), 303, "signing out ends every copy of the cookie");
}

#[actix_web::test]
async fn the_database_holds_hashes_only() {
    let world = World::new();
    world.account("ada").await;
    let browser = world.signed_in("ada").await;
    let secrets = [
        browser.cookies["refract-session"].clone(),
        crate::world::login_secret(&world).await,
        world.console.one_time_link("ada@example.test").await.unwrap().split_once('=').unwrap().1.to_owned(),
        world.console.invite("bob@example.test").await.unwrap().split_once('=').unwrap().1.to_owned(),
        PASSWORD.to_owned(),
        world.key("ada").await,
    ];
    let mut stored = Vec::new();
    for extension in ["", "-wal"] {
        let path = format!("{}{extension}", world.database().display());
        stored.extend(std::fs::read(path).unwrap_or_default());
    }
    assert!(stored.windows(16).any(|w| w == b"ada@example.test"), "the test reads what is stored");
    for secret in secrets {
        assert!(!stored.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret}");
    }
}

#[actix_web::test]
async fn sessions_end_when_idle_or_old() {
    let world = World::new();
    world.account("ada").await;
    let mut browser = world.signed_in("ada").await;
    let day = 24 * 60 * 60;
    for _ in 0..8 {
        world.advance(11 * day);
        assert_eq!(browser.get("/account").await.status, 200, "used within 14 days");
    }
    world.advance(3 * day);
    assert_eq!(browser.get("/account").await.status.as_u16(), 303, "older than 90 days");
    let mut browser = world.signed_in("ada").await;
    world.advance(14 * day);
    assert_eq!(browser.get("/account").await.status.as_u16(), 303, "idle for 14 days");
}

#[actix_web::test]
async fn unknown_and_wrong_are_told_alike_and_limited() {
    let world = World::new();
    world.account("ada").await;
    let mut bodies = Vec::new();
    for email in ["ada@example.test", "eve@example.test", "no address"] {
        let mut browser = world.browser();
        browser.get("/sign-in").await;
        let page = browser.post("/sign-in", &[("email", email), ("password", "wrong horse battery")]).await;
        assert_eq!(page.status.as_u16(), 403);
        assert!(!page.body.contains("wrong horse"), "a password never comes back");
        bodies.push(page.body.replace(email, "").replace(&browser.csrf, ""));
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]));

    // The account's own limit holds from many addresses, the right password included.
    let mut last = 0;
    for n in 0..12 {
        let mut browser = world.browser();
        browser.address = [10, 0, 0, n].into();
        browser.get("/sign-in").await;
        let page =
            browser.post("/sign-in", &[("email", "ada@example.test"), ("password", "wrong horse battery")]).await;
        last = page.status.as_u16();
        if last == 429 {
            assert!(page.header("retry-after").parse::<u64>().unwrap() <= 31);
        }
    }
    assert_eq!(last, 429);
    world.advance(31);
    world.signed_in("ada").await;
}

#[actix_web::test]
async fn after_signing_in_only_paths_of_ours_are_followed() {
    let world = World::new();
    world.account("ada").await;
    for (next, goes_to) in [
        ("/cli-auth?secret=x", "/cli-auth?secret=x"),
        ("//evil.test", "/workspaces"),
        ("/\\evil.test", "/workspaces"),
        ("https:evil.test", "/workspaces"),
        ("%2f%2fevil.test", "/workspaces"),
        ("/x\r\nSet-Cookie: a=b", "/workspaces"),
    ] {
        let mut browser = world.browser();
        browser.get("/sign-in").await;
        let form = [("email", "ada@example.test"), ("password", PASSWORD), ("next", next)];
        assert_eq!(browser.post("/sign-in", &form).await.location(), goes_to, "{next:?}");
        world.advance(31);
    }
    let mut stranger = world.browser();
    let page = stranger.get("/cli-auth?secret=abc").await;
    assert_eq!(page.location(), "/sign-in?next=%2Fcli-auth%3Fsecret%3Dabc");
    assert_eq!(stranger.get(page.location()).await.field("next").unwrap(), "/cli-auth?secret=abc");
    assert_eq!(stranger.get("/sign-in?next=%2f%2fevil.test").await.field("next").unwrap(), "/workspaces");
}

#[actix_web::test]
async fn forms_from_elsewhere_do_nothing() {
    let world = World::new();
    world.account("ada").await;
    world.account("bob").await;
    let bobs_token = world.signed_in("bob").await.csrf.clone();
    let longer = format!("{ORIGIN}.evil.test");
    let (ours, evil) = (Some(ORIGIN), Some("https://evil.test"));
    for (case, origin, fetch_site, token, status) in [
        ("a page of ours", ours, None, None, 200),
        ("a page of ours under no-referrer", Some("null"), Some("same-origin"), None, 200),
        ("a foreign origin", evil, None, None, 403),
        ("a null origin", Some("null"), None, None, 403),
        ("no origin", None, None, None, 403),
        ("a foreign site", ours, Some("cross-site"), None, 403),
        ("a neighbour", ours, Some("same-site"), None, 403),
        ("no page at all", None, Some("none"), None, 403),
        ("a foreign origin that says same-origin", evil, Some("same-origin"), None, 403),
        ("a longer origin", Some(longer.as_str()), None, None, 403),
        ("no token", ours, None, Some(""), 403),
        ("another account's token", ours, None, Some(bobs_token.as_str()), 403),
    ] {
        let mut browser = world.signed_in("ada").await;
        browser.origin = origin.map(str::to_owned);
        browser.headers.extend(fetch_site.map(|site| ("sec-fetch-site", site.to_owned())));
        if let Some(token) = token {
            browser.csrf = token.to_owned();
        }
        let page = browser.post("/session-keys", &[("title", "laptop"), ("lifetime", "1")]).await;
        assert_eq!(page.status.as_u16(), status, "{case}: {}", page.body);
        world.advance(31);
    }
    let made = world.signed_in("ada").await.get("/session-keys").await.body.matches("Revoke laptop").count();
    assert_eq!(made, 2);
}

#[actix_web::test]
async fn a_one_time_link_signs_in_once_and_not_by_looking() {
    let world = World::new();
    world.console.create_first_account("ada@example.test", None).await.unwrap();
    let link = world.console.one_time_link("ada@example.test").await.unwrap();
    let token = link.split_once('=').unwrap().1.to_owned();
    for _ in 0..3 {
        let mut scanner = world.browser();
        assert!(scanner.get(&link).await.body.contains("ada@example.test"));
        assert_eq!(scanner.get("/account").await.status.as_u16(), 303);
    }
    let mut browser = world.browser();
    browser.get(&link).await;
    let page = browser.post("/sign-in/link", &[("token", &token)]).await;
    assert_eq!(page.location(), "/account", "an account without a password may set one");
    browser.get("/account").await;
    let page = browser.post("/account/password", &[("new", PASSWORD)]).await;
    assert_eq!(page.location(), "/account", "{}", page.body);
    let mut second = world.browser();
    assert_eq!(second.get(&link).await.status.as_u16(), 410);
    assert_eq!(second.post("/sign-in/link", &[("token", &token)]).await.status.as_u16(), 403);
    world.signed_in("ada").await;

    let link = world.console.one_time_link("ada@example.test").await.unwrap();
    world.advance(60 * 60);
    assert_eq!(world.browser().get(&link).await.status.as_u16(), 410);
}

#[actix_web::test]
async fn changing_the_password_needs_the_present_one_and_ends_other_sessions() {
    let world = World::new();
    world.account("ada").await;
    let mut other = world.signed_in("ada").await;
    let mut browser = world.signed_in("ada").await;
    let wrong =
        browser.post("/account/password", &[("current", "nonsense nonsense"), ("new", "another good one")]).await;
    assert_eq!(wrong.status.as_u16(), 403);
    let weak = browser.post("/account/password", &[("current", PASSWORD), ("new", "short")]).await;
    assert_eq!(weak.status.as_u16(), 422);
    let page = browser.post("/account/password", &[("current", PASSWORD), ("new", "another good one")]).await;
    assert_eq!(page.location(), "/account");
    assert_eq!(browser.get("/account").await.status, 200);
    assert_eq!(other.get("/account").await.status.as_u16(), 303);
}

#[actix_web::test]
async fn signing_up_follows_the_setting() {
    for (setting, plain, invited) in
        [(SignUp::Open, 303, 303), (SignUp::Invitation, 403, 303), (SignUp::Closed, 403, 303)]
    {
        let world = World::with(Settings { sign_up: setting, ..Settings::default() });
        let mut browser = world.browser();
        browser.get("/sign-in").await;
        let form = [("email", "jane@example.test"), ("name", "Jane Doe"), ("password", PASSWORD)];
        let page = browser.post("/sign-up", &form).await;
        assert_eq!(page.status.as_u16(), plain, "{setting:?}: {}", page.body);
        assert_eq!(browser.get("/workspaces").await.body.contains("/workspaces/jane-doe\""), plain == 303);

        let link = world.console.invite("guest@example.test").await.unwrap();
        let mut guest = world.browser();
        let page = guest.get(&link).await;
        assert_eq!(page.field("email").unwrap(), "guest@example.test");
        let invitation = page.field("invitation").unwrap();
        let form = [("email", "other@example.test"), ("name", ""), ("password", PASSWORD), ("invitation", &invitation)];
        assert_eq!(guest.post("/sign-up", &form).await.status.as_u16(), invited, "{setting:?}");
        assert!(guest.get("/account").await.body.contains("guest@example.test"), "the invited address counts");
        assert_eq!(world.browser().get(&link).await.status.as_u16(), 410, "an invitation is good once");
    }
}

#[actix_web::test]
async fn sign_up_refuses_bad_input_and_too_many() {
    let world = World::new();
    world.account("ada").await;
    let mut browser = world.browser();
    browser.get("/sign-up").await;
    for (email, name, password) in [
        ("ADA@example.test", "Ada", PASSWORD),
        ("not an address", "x", PASSWORD),
        ("x@example.test", "a\u{202e}b", PASSWORD),
        ("x@example.test", "x", "short"),
        ("long-address@example.test", "x", "long-address@example.test"),
    ] {
        let page = browser.post("/sign-up", &[("email", email), ("name", name), ("password", password)]).await;
        assert_eq!(page.status.as_u16(), 422, "{email} {name} {password}");
        assert!(page.body.contains("role=\"alert\""));
    }
    let mut last = 0;
    for n in 0..6 {
        let email = format!("user{n}@example.test");
        browser.get("/sign-up").await;
        last = browser.post("/sign-up", &[("email", &email), ("password", PASSWORD)]).await.status.as_u16();
        browser.cookies.clear();
    }
    assert_eq!(last, 429, "10 an address, then one in 15 minutes");
}
