//! The login of the command line, from the secret to the session key, in all of its states.

use crate::world::{World, login_secret, now_s, poll};
use base64::Engine as _;

#[actix_web::test]
async fn an_approved_login_hands_its_key_out_once() {
    let world = World::new();
    world.account("ada").await;
    let secret = login_secret(&world).await;
    assert!(
        secret.len() >= 22 && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'),
        "{secret}"
    );
    assert_eq!(poll(&world, &secret).await, Ok(None));
    world.advance(1);

    let mut browser = world.signed_in("ada").await;
    let page = browser.get(&format!("/cli-auth?secret={secret}")).await;
    assert_eq!(page.status, 200);
    for told in [
        "<dt>Account</dt><dd>ada@example.test",
        "<dt>From address</dt><dd><code>127.0.0.1",
        "<dt>Asked at</dt><dd>2023-11-14 22:13 UTC",
        "<dt>Program</dt><dd><code>prisma1 1.34.12 (node)",
        "only if you ran",
    ] {
        assert!(page.body.contains(told), "{told}\n{}", page.body);
    }
    let page = browser.post("/cli-auth", &[("secret", &secret), ("decision", "approve")]).await;
    assert!(page.body.contains("Login approved"), "{}", page.body);

    let key = poll(&world, &secret).await.unwrap().unwrap();
    world.advance(1);
    assert_eq!(poll(&world, &secret).await, Ok(None));
    let claims: serde_json::Value = serde_json::from_slice(
        &base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(key.split('.').nth(1).unwrap()).unwrap(),
    )
    .unwrap();
    assert_eq!(claims["exp"].as_i64().unwrap(), now_s(&world) - 1 + 90 * 24 * 60 * 60);
    let me = world.cloud(r#"{"query":"{ me { id } }"}"#, Some(&key)).await;
    assert!(me.body.contains(claims["userId"].as_str().unwrap()), "{}", me.body);

    assert!(browser.get("/session-keys").await.body.contains("login from 127.0.0.1"));
    assert_eq!(browser.get(&format!("/cli-auth?secret={secret}")).await.status.as_u16(), 410, "used once");
    let again = browser.post("/cli-auth", &[("secret", &secret), ("decision", "approve")]).await;
    assert_eq!(again.status.as_u16(), 410);
}

#[actix_web::test]
async fn a_denied_login_ends() {
    let world = World::new();
    world.account("ada").await;
    let secret = login_secret(&world).await;
    let mut browser = world.signed_in("ada").await;
    let page = browser.post("/cli-auth", &[("secret", &secret), ("decision", "deny")]).await;
    assert!(page.body.contains("Login denied"));
    assert_eq!(poll(&world, &secret).await, Err("the login was denied in the browser.".to_owned()));
    let late = browser.post("/cli-auth", &[("secret", &secret), ("decision", "approve")]).await;
    assert_eq!(late.status.as_u16(), 410);
}

#[actix_web::test]
async fn an_old_login_ends_in_every_state() {
    for approve in [false, true] {
        let world = World::new();
        world.account("ada").await;
        let secret = login_secret(&world).await;
        let mut browser = world.signed_in("ada").await;
        if approve {
            browser.post("/cli-auth", &[("secret", &secret), ("decision", "approve")]).await;
        }
        world.advance(10 * 60 - 1);
        if !approve {
            assert_eq!(browser.get(&format!("/cli-auth?secret={secret}")).await.status, 200);
        }
        world.advance(1);
        let page = browser.get(&format!("/cli-auth?secret={secret}")).await;
        assert!(page.status.as_u16() == 410 && page.body.contains("older than 10 minutes"), "{}", page.body);
        assert_eq!(
            browser.post("/cli-auth", &[("secret", &secret), ("decision", "approve")]).await.status.as_u16(),
            410
        );
        assert!(poll(&world, &secret).await.unwrap_err().contains("older than 10 minutes"));
        let unknown = poll(&world, "unknown").await.unwrap_err();
        assert!(unknown.contains("older than 10 minutes"), "unknown and old are told alike");
        world.console.forget_what_is_over().await.unwrap();
        world.advance(10 * 60);
        world.console.forget_what_is_over().await.unwrap();
        assert!(poll(&world, &secret).await.is_err());
    }
}

#[actix_web::test]
async fn a_login_from_elsewhere_is_confirmed_twice() {
    let world = World::new();
    world.account("ada").await;
    let secret = login_secret(&world).await;
    let mut browser = world.signed_in("ada").await;
    browser.address = [203, 0, 113, 9].into();
    assert!(browser.get(&format!("/cli-auth?secret={secret}")).await.body.contains("name=\"elsewhere\""));
    let page = browser.post("/cli-auth", &[("secret", &secret), ("decision", "approve")]).await;
    assert_eq!(page.status.as_u16(), 422);
    assert_eq!(poll(&world, &secret).await, Ok(None));
    let page = browser.post("/cli-auth", &[("secret", &secret), ("decision", "approve"), ("elsewhere", "yes")]).await;
    assert!(page.body.contains("Login approved"));

    let secret = login_secret(&world).await;
    browser.address = "::1".parse().unwrap();
    assert!(!browser.get(&format!("/cli-auth?secret={secret}")).await.body.contains("name=\"elsewhere\""));
}

#[actix_web::test]
async fn nothing_is_decided_without_a_form_of_ours() {
    let world = World::new();
    world.account("ada").await;
    let secret = login_secret(&world).await;
    let mut browser = world.signed_in("ada").await;
    for path in [format!("/cli-auth?secret={secret}&decision=approve"), format!("/cli-auth?secret={secret}")] {
        browser.get(&path).await;
    }
    browser.csrf.clear();
    assert_eq!(browser.post("/cli-auth", &[("secret", &secret), ("decision", "approve")]).await.status.as_u16(), 403);
    let mut stranger = world.browser();
    stranger.get("/sign-in").await;
    let page = stranger.post("/cli-auth", &[("secret", &secret), ("decision", "approve")]).await;
    assert_eq!((page.status.as_u16(), page.location()), (303, "/sign-in"));
    assert_eq!(poll(&world, &secret).await, Ok(None));
    let mut browser = world.signed_in("ada").await;
    assert_eq!(browser.post("/cli-auth", &[("secret", &secret), ("decision", "maybe")]).await.status.as_u16(), 400);
}

#[actix_web::test]
async fn polls_and_requests_are_limited() {
    let world = World::new();
    let secret = login_secret(&world).await;
    for _ in 0..5 {
        assert_eq!(poll(&world, &secret).await, Ok(None), "once a second is fine for ever");
        world.advance(1);
    }
    let answers = [poll(&world, &secret).await, poll(&world, &secret).await, poll(&world, &secret).await];
    assert!(answers[0].is_ok() && answers[1].is_ok() && answers[2].is_err(), "{answers:?}");
    let mut refused = 0;
    for _ in 0..25 {
        let answer = world.cloud(r#"{"query":"mutation { requestCloudToken { secret } }"}"#, None).await;
        refused += usize::from(answer.body.contains("too many attempts") && answer.body.contains("\"code\":6104"));
    }
    assert_eq!(refused, 6, "20 at once, one of them used, and the next after 6 seconds");
}
