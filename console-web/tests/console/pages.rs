//! What the pages do for somebody who uses them as meant.

use crate::world::World;

#[actix_web::test]
async fn workspaces_show_services_of_every_region() {
    let world = World::new();
    world.account("ada").await;
    world.eu1.add("ada", "shop", "dev");
    world.us1.add("ada", "shop", "prod");
    world.us1.add("other", "secret-plans", "dev");
    let mut browser = world.signed_in("ada").await;
    for path in ["/workspaces", "/workspaces/ada"] {
        let page = browser.get(path).await;
        for told in [
            "http://localhost:4466/ada/shop/dev",
            "http://localhost:4467/ada/shop/prod",
            "EU (Ireland)",
            "everybody",
            "data-label=\"Datamodel\">1.0<",
        ] {
            assert!(page.body.contains(told), "{path}: {told}");
        }
        assert!(!page.body.contains("secret-plans"));
    }
    *world.us1.down.lock().unwrap() = true;
    let page = browser.get("/workspaces").await;
    assert!(page.status == 200 && page.body.contains("does not answer") && page.body.contains("4466/ada/shop/dev"));
    assert!(!page.body.contains("/secret/socket"), "reasons are for the log");
}

#[actix_web::test]
async fn an_account_has_at_most_three_workspaces_with_names_of_their_own() {
    let world = World::new();
    world.account("ada").await;
    world.account("apple").await;
    let mut browser = world.signed_in("ada").await;
    for slug in [
        "Аpple",
        "APPLE",
        "app_le",
        "app-le",
        "app1e",
        "appIe",
        "apple",
        "ab",
        "x".repeat(41).as_str(),
        "-abc",
        "abc-",
        "1abc",
        "management",
        "export",
        "private",
        "c1oud",
        "sign-in",
        "a~b",
        "a/b",
        "a b",
    ] {
        let page = browser.post("/workspaces", &[("slug", slug)]).await;
        assert_eq!(page.status.as_u16(), 422, "{slug}");
    }
    for slug in ["second-one", "third-one"] {
        assert_eq!(browser.post("/workspaces", &[("slug", slug)]).await.location(), format!("/workspaces/{slug}"));
    }
    let page = browser.post("/workspaces", &[("slug", "fourth-one")]).await;
    assert!(page.status.as_u16() == 422 && page.body.contains("at most 3 workspaces"));
}

#[actix_web::test]
async fn the_management_secret_is_shown_on_demand_and_renewed() {
    let world = World::new();
    world.account("ada").await;
    let mut browser = world.signed_in("ada").await;
    let secret = world.console.management_secret("ada").await.unwrap().unwrap();
    assert!(!browser.get("/workspaces/ada").await.body.contains(&secret));
    let page = browser.post("/workspaces/ada/secret", &[]).await;
    assert!(page.body.contains(&secret) && page.header("cache-control") == "no-store");
    let page = browser.post("/workspaces/ada/secret/renew", &[]).await;
    let renewed = world.console.management_secret("ada").await.unwrap().unwrap();
    assert!(renewed != secret && page.body.contains(&renewed) && !page.body.contains(&secret));
    for told in [
        "ada~my-service/dev",
        "export CLOUD_API_ENDPOINT=http://localhost:4466/cloud",
        "http://127.0.0.2:4467/ada~my-service/dev",
    ] {
        assert!(page.body.contains(told), "{told}");
    }
}

#[actix_web::test]
async fn session_keys_are_made_shown_once_used_and_revoked() {
    let world = World::new();
    world.account("ada").await;
    let mut browser = world.signed_in("ada").await;
    for (title, lifetime) in [("", "5"), ("x", "0"), ("x", "366"), ("x", "many"), ("x", "-1")] {
        let page = browser.post("/session-keys", &[("title", title), ("lifetime", lifetime)]).await;
        assert_eq!(page.status.as_u16(), 422, "{title} {lifetime}");
    }
    let page = browser.post("/session-keys", &[("title", "build server"), ("lifetime", "5")]).await;
    let key = page.body.split("<pre><code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(key.matches('.').count(), 2);
    let page = browser.get("/session-keys").await;
    assert!(!page.body.contains(&key) && page.body.contains("build server") && page.body.contains(">never</td>"));

    let me = r#"{"query":"{ me { name } }"}"#;
    assert_eq!(world.cloud(me, Some(&key)).await.body, r#"{"data":{"me":{"name":"ada"}}}"#);
    let page = browser.get("/session-keys").await;
    assert!(!page.body.contains(">never</td>"), "the last use shows");
    let id = page.field("id").unwrap();
    assert_eq!(browser.post("/session-keys/revoke", &[("id", &id)]).await.location(), "/session-keys");
    assert_eq!(world.cloud(me, Some(&key)).await.body, r#"{"data":{"me":null}}"#);
    assert_eq!(browser.post("/session-keys/revoke", &[("id", &id)]).await.status.as_u16(), 404);

    let key = world.key("ada").await;
    world.advance(90 * 24 * 60 * 60 - 1);
    assert_eq!(world.cloud(me, Some(&key)).await.body, r#"{"data":{"me":{"name":"ada"}}}"#);
    world.advance(1);
    assert_eq!(world.cloud(me, Some(&key)).await.body, r#"{"data":{"me":null}}"#);
}

#[actix_web::test]
async fn services_are_deleted_when_their_name_is_typed() {
    let world = World::new();
    world.account("ada").await;
    world.us1.add("ada", "shop", "dev");
    let mut browser = world.signed_in("ada").await;
    browser.get("/workspaces/ada").await;
    let form = |confirm| [("region", "us1"), ("service", "shop"), ("stage", "dev"), ("confirm", confirm)];
    let page = browser.post("/workspaces/ada/services/delete", &form("shp")).await;
    assert_eq!((page.status.as_u16(), world.us1.deleted.lock().unwrap().len()), (422, 0));
    let page = browser.post("/workspaces/ada/services/delete", &form("shop")).await;
    assert_eq!(page.location(), "/workspaces/ada");
    assert_eq!(*world.us1.deleted.lock().unwrap(), ["ada~shop@dev"]);
    for (name, value) in [("region", "xx1"), ("service", "b~ob"), ("stage", "")] {
        let mut form = form("shop");
        form.iter_mut().find(|(field, _)| *field == name).unwrap().1 = value;
        assert_eq!(browser.post("/workspaces/ada/services/delete", &form).await.status.as_u16(), 404, "{name}");
    }
    *world.us1.down.lock().unwrap() = true;
    let page = browser.post("/workspaces/ada/services/delete", &form("shop")).await;
    assert!(page.status.as_u16() == 503 && !page.body.contains("socket"), "{}", page.body);
}

#[actix_web::test]
async fn a_deleted_workspace_is_gone_and_its_name_rests_for_90_days() {
    let world = World::new();
    world.account("ada").await;
    world.account("bob").await;
    world.eu1.add("ada", "shop", "dev");
    world.us1.add("ada", "shop", "prod");
    let before = world.console.workspace("ada").await.unwrap().unwrap();
    let mut browser = world.signed_in("ada").await;
    assert_eq!(browser.post("/workspaces/ada/delete", &[("confirm", "no")]).await.status.as_u16(), 422);
    *world.us1.down.lock().unwrap() = true;
    assert_eq!(browser.post("/workspaces/ada/delete", &[("confirm", "ada")]).await.location(), "/workspaces");
    assert_eq!(world.console.workspace("ada").await.unwrap(), None);
    assert_eq!(*world.eu1.deleted.lock().unwrap(), ["ada~shop@dev"]);
    assert!(world.us1.deleted.lock().unwrap().is_empty(), "nothing waits for a region that is down");
    *world.us1.down.lock().unwrap() = false;
    world.console.remove_deleted_workspaces().await.unwrap();
    assert_eq!(*world.us1.deleted.lock().unwrap(), ["ada~shop@prod"]);

    let mut bob = world.signed_in("bob").await;
    assert_eq!(bob.post("/workspaces", &[("slug", "ada")]).await.status.as_u16(), 422);
    world.advance(90 * 24 * 60 * 60 - 60);
    let mut bob = world.signed_in("bob").await;
    assert_eq!(bob.post("/workspaces", &[("slug", "ada")]).await.status.as_u16(), 422, "a minute too early");
    world.advance(60);
    assert_eq!(bob.post("/workspaces", &[("slug", "ada")]).await.location(), "/workspaces/ada");
    let after = world.console.workspace("ada").await.unwrap().unwrap();
    assert_eq!((before.incarnation, after.incarnation), (1, 2));
    assert_ne!(world.console.management_secrets(&before), world.console.management_secrets(&after));
    assert!(!after.home, "the home workspace is the first one ever, or none");
}
