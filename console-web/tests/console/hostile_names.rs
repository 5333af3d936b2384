//! Every page with hostile texts in everything that people and programs can choose.

use crate::world::{PASSWORD, World};

const HOSTILE: [&str; 6] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onfocus='alert(1)' autofocus='",
    "</title><svg/onload=alert(1)>",
    "{{ frame.csrf }}{% include %}",
    "&lt;script&gt;javascript:alert(1)",
];

/// What must never stand in a page as it was given.
fn assert_harmless(what: &str, text: &str, body: &str) {
    for part in ["<script", "<img src=x", "<svg/onload", "' onfocus='", "\"><img src=x"] {
        assert!(!body.contains(part), "{what}: {part} of {text}");
    }
    assert!(!body.contains(text) || !text.contains(['<', '"', '\'', '&']), "{what}: {text}");
}

#[actix_web::test]
async fn pages_show_hostile_texts_as_texts() {
    for text in HOSTILE {
        let world = World::new();
        let mut browser = world.browser();
        browser.get("/sign-up").await;
        let form = [("email", "ada@example.test"), ("name", text), ("password", PASSWORD)];
        let page = browser.post("/sign-up", &form).await;
        assert_eq!(page.status.as_u16(), 303, "{}", page.body);
        let workspace = world.console.home_workspace().await.unwrap().unwrap().slug;
        // A region is trusted to send valid names; the pages do not rely on it.
        world.eu1.add(&workspace, text, text);
        browser.get("/workspaces").await;
        browser.post("/session-keys", &[("title", text), ("lifetime", "5")]).await;

        let login = r#"{"query":"mutation { requestCloudToken { secret } }"}"#;
        let request = console_web::cloud_api::CloudRequest {
            body: login.as_bytes(),
            authorization: None,
            client: [127, 0, 0, 1].into(),
            user_agent: Some(text),
            cli_version: Some(text),
            region: None,
            request_id: text,
        };
        let answer = console_web::cloud_api::Cloud::new(world.console.clone()).answer(&request).await;
        let secret = answer.body.split('"').nth(7).unwrap().to_owned();
        let encoded: String = text.bytes().map(|b| format!("%{b:02x}")).collect();
        for path in [
            "/workspaces".to_owned(),
            format!("/workspaces/{workspace}"),
            "/session-keys".to_owned(),
            "/account".to_owned(),
            format!("/cli-auth?secret={secret}"),
            format!("/cli-auth?secret={encoded}"),
            format!("/workspaces/{encoded}"),
            format!("/nothing/{encoded}?{encoded}"),
        ] {
            let page = browser.get(&path).await;
            assert_harmless(&path, text, &page.body);
            assert!(page.status.as_u16() < 500, "{path}");
        }
        for (path, form) in [
            ("/workspaces", vec![("slug", text)]),
            ("/session-keys", vec![("title", text), ("lifetime", text)]),
            ("/session-keys/revoke", vec![("id", text)]),
            ("/cli-auth", vec![("secret", text), ("decision", text)]),
            ("/account/password", vec![("current", text), ("new", text)]),
            ("/sign-in", vec![("email", text), ("password", text), ("next", text)]),
        ] {
            browser.get("/account").await;
            let page = browser.post(path, &form).await;
            assert_harmless(path, text, &page.body);
            assert!(page.status.as_u16() < 500, "{path}");
        }
        let mut stranger = world.browser();
        for path in [
            format!("/sign-in?next=/{encoded}"),
            format!("/sign-up?next=/{encoded}&invitation="),
            format!("/sign-in/link?token={encoded}"),
            format!("/sign-up?invitation={encoded}"),
        ] {
            let page = stranger.get(&path).await;
            assert_harmless(&path, text, &page.body);
        }
        let page =
            stranger.post("/sign-up", &[("email", text), ("name", text), ("password", "x"), ("next", text)]).await;
        assert_harmless("/sign-up", text, &page.body);
    }
}

/// No template switches the escaping off.
#[test]
fn templates_escape_everything() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut seen = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for hole in ["|safe", "| safe", "|escape(\"none", "autoescape", "<script", "style=", "onclick"] {
            assert!(!text.contains(hole), "{hole}");
        }
        seen += 1;
    }
    assert!(seen > 10);
}
