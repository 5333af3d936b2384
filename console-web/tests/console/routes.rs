//! Every route, with what a stranger and what another account get.

use crate::world::{PASSWORD, World};
use actix_web::http::Method;

/// What somebody gets: a status, and where it leads.
type Expected = (u16, &'static str);

struct Route {
    method: Method,
    route: &'static str,
    path: String,
    form: Vec<(&'static str, String)>,
    stranger: Expected,
    another_account: Expected,
}

const SIGN_IN: Expected = (303, "/sign-in");

fn get(route: &'static str, path: &str, stranger: Expected, another_account: Expected) -> Route {
    Route { method: Method::GET, route, path: path.to_owned(), form: vec![], stranger, another_account }
}

fn post(
    route: &'static str,
    path: &str,
    form: &[(&'static str, &str)],
    stranger: Expected,
    another_account: Expected,
) -> Route {
    let form = form.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Route { method: Method::POST, route, path: path.to_owned(), form, stranger, another_account }
}

/// Everything of ada's that somebody could ask for.
fn table(ada_key: &str, secret: &str) -> Vec<Route> {
    vec![
        get("/", "/", (303, "/workspaces"), (303, "/workspaces")),
        get("/sign-in", "/sign-in", (200, ""), (303, "/workspaces")),
        post(
            "/sign-in",
            "/sign-in",
            &[("email", "ada@example.test"), ("password", "guess guess guess")],
            (403, ""),
            (403, ""),
        ),
        get("/sign-in/link", "/sign-in/link?token=guess", (410, ""), (410, "")),
        post("/sign-in/link", "/sign-in/link", &[("token", "guess")], (410, ""), (410, "")),
        post("/sign-out", "/sign-out", &[], (303, "/sign-in"), (303, "/sign-in")),
        get("/sign-up", "/sign-up", (200, ""), (200, "")),
        post("/sign-up", "/sign-up", &[("email", "ada@example.test"), ("password", PASSWORD)], (422, ""), (422, "")),
        get("/workspaces", "/workspaces", (303, "/sign-in?next=%2Fworkspaces"), (200, "")),
        post("/workspaces", "/workspaces", &[("slug", "ada")], SIGN_IN, (422, "")),
        get("/workspaces/{slug}", "/workspaces/ada", (303, "/sign-in?next=%2Fworkspaces%2Fada"), (404, "")),
        post("/workspaces/{slug}/secret", "/workspaces/ada/secret", &[], SIGN_IN, (404, "")),
        post("/workspaces/{slug}/secret/renew", "/workspaces/ada/secret/renew", &[], SIGN_IN, (404, "")),
        post(
            "/workspaces/{slug}/services/delete",
            "/workspaces/ada/services/delete",
            &[("region", "eu1"), ("service", "shop"), ("stage", "dev"), ("confirm", "shop")],
            SIGN_IN,
            (404, ""),
        ),
        post("/workspaces/{slug}/delete", "/workspaces/ada/delete", &[("confirm", "ada")], SIGN_IN, (404, "")),
        get("/session-keys", "/session-keys", (303, "/sign-in?next=%2Fsession-keys"), (200, "")),
        post("/session-keys", "/session-keys", &[("title", "x"), ("lifetime", "1")], SIGN_IN, (200, "")),
        post("/session-keys/revoke", "/session-keys/revoke", &[("id", ada_key)], SIGN_IN, (404, "")),
        get("/cli-auth", "/cli-auth", (303, "/sign-in?next=%2Fcli-auth"), (200, "")),
        // Whoever knows the secret of a login may decide it: it gives away an account of theirs, nobody else's.
        post("/cli-auth", "/cli-auth", &[("secret", secret), ("decision", "deny")], SIGN_IN, (200, "")),
        get("/account", "/account", (303, "/sign-in?next=%2Faccount"), (200, "")),
        post(
            "/account/password",
            "/account/password",
            &[("current", "guess guess"), ("new", PASSWORD)],
            SIGN_IN,
            (403, ""),
        ),
        post("/cloud", "/cloud", &[], (415, ""), (415, "")),
        get("/assets/console.css", "/assets/console.css", (200, ""), (200, "")),
        get("/assets/icon.svg", "/assets/icon.svg", (200, ""), (200, "")),
    ]
}

#[actix_web::test]
async fn strangers_and_other_accounts_get_nothing_of_mine() {
    let world = World::new();
    let ada = world.account("ada").await;
    assert_eq!(ada, "ada");
    world.account("bob").await;
    world.eu1.add("ada", "shop", "dev");
    world.key("ada").await;
    let mut browser = world.signed_in("ada").await;
    let key_id = browser.get("/session-keys").await.field("id").unwrap();
    let secret = world.console.management_secret("ada").await.unwrap().unwrap();
    let facts = world.console.workspace("ada").await.unwrap();

    let rows = table(&key_id, "");
    for as_stranger in [true, false] {
        for n in 0..rows.len() {
            let login = crate::world::login_secret(&world).await;
            let row = table(&key_id, &login).swap_remove(n);
            let mut browser = if as_stranger { world.browser() } else { world.signed_in("bob").await };
            if as_stranger {
                browser.get("/sign-in").await;
            }
            let form: Vec<(&str, &str)> = row.form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let page = match row.method {
                Method::GET => browser.get(&row.path).await,
                _ => browser.post(&row.path, &form).await,
            };
            let expected = if as_stranger { row.stranger } else { row.another_account };
            let who = if as_stranger { "a stranger" } else { "another account" };
            assert_eq!((page.status.as_u16(), page.location()), expected, "{who}: {} {}", row.method, row.path);
            for hidden in [secret.as_str(), &key_id, "http://localhost:4466/ada/shop"] {
                assert!(!page.body.contains(hidden), "{who}: {} {}", row.method, row.path);
            }
            world.advance(31);
        }
    }
    assert_eq!(world.console.workspace("ada").await.unwrap(), facts);
    assert!(world.eu1.deleted.lock().unwrap().is_empty());
    let mut browser = world.signed_in("ada").await;
    assert!(browser.get("/session-keys").await.body.contains(&key_id));
    assert!(browser.get("/workspaces").await.body.contains("http://localhost:4466/ada/shop/dev"));

    // The table is whole: every route of the app stands in it, and nothing else.
    let mut listed: Vec<String> = rows.iter().map(|row| format!("{} {}", row.method, row.route)).collect();
    let mut routed = routes_of(include_str!("../../src/http/mod.rs"));
    listed.sort();
    routed.sort();
    assert_eq!(listed, routed);
}

/// `METHOD path` of every route in the source of the app.
fn routes_of(source: &str) -> Vec<String> {
    let compact: String = source.split_whitespace().collect();
    let mut routes = Vec::new();
    for resource in compact.split("web::resource(\"").skip(1) {
        let path = resource.split('"').next().unwrap();
        for (call, method) in [("web::get()", "GET"), ("web::post()", "POST")] {
            routes.extend(resource.matches(call).map(|_| format!("{method} {path}")));
        }
    }
    assert!(routes.len() > 20, "the source is read as it is written");
    routes
}

#[actix_web::test]
async fn every_other_method_and_address_is_an_error_page() {
    let world = World::new();
    let mut browser = world.browser();
    for (method, path, status) in [
        (Method::DELETE, "/session-keys", 405),
        (Method::PUT, "/workspaces/ada", 405),
        (Method::GET, "/sign-out", 405),
        (Method::GET, "/cloud", 405),
        (Method::GET, "/workspaces/ada/secret", 405),
        (Method::GET, "/nothing", 404),
        (Method::POST, "/nothing", 404),
        (Method::GET, "/assets/../Cargo.toml", 404),
        (Method::GET, "/workspaces/%2e%2e", 303),
        (Method::GET, "/sign-in?next=%ff", 200),
    ] {
        let page = browser.send(method.clone(), path, None).await;
        assert_eq!(page.status.as_u16(), status, "{method} {path}: {}", page.body);
        let is_json = path == "/cloud";
        if status >= 400 {
            let (kind, part) = if is_json {
                ("application/json", "\"errors\"")
            } else {
                ("text/html; charset=utf-8", "request id <code>")
            };
            assert_eq!(page.header("content-type"), kind, "{method} {path}");
            assert!(page.body.contains(part), "{method} {path}");
        }
    }
}
