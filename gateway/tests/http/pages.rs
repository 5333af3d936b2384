//! GraphQL Playground on a service's address.

use crate::{
    client::bare,
    server::{Server, limits},
};

#[test]
fn the_playground_opens_on_every_address_and_loads_nothing_from_elsewhere() {
    let server = Server::start(limits());
    let mut client = server.client();
    for path in ["/acme/shop/dev", "/acme/nothing/dev", "/acme/shop/dev/_admin?token=abc", "/management", "/a~b/c"] {
        let answer = client.ask(bare("GET", path, ""));
        if path == "/a~b/c" {
            assert_eq!(answer.status, 404, "{path}");
            continue;
        }
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/html; charset=utf-8")), "{path}");
        let page = answer.text();
        assert!(page.contains("//cdn.jsdelivr.net/npm/graphql-playground-react/build/static/js/middleware.js"));
        assert!(!page.contains("abc"), "nothing of the request is in the page");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'; script-src 'self';"), "{policy}");

        let files: Vec<_> = page.split(['"', ' ']).filter(|word| word.starts_with("/_assets/")).collect();
        assert_eq!(files.len(), 5);
        for file in files {
            let answer = client.ask(bare("GET", file, "Accept-Encoding: gzip\r\n"));
            assert_eq!((answer.status, answer.header("x-content-type-options")), (200, Some("nosniff")), "{file}");
            assert!(answer.header("cache-control").unwrap().contains("immutable"));
            let gzip = file.ends_with("middleware.js");
            assert_eq!(answer.header("content-encoding"), gzip.then_some("gzip"), "{file}");
            if gzip {
                assert_eq!(client.ask(bare("GET", file, "Accept-Encoding: br, gzip;q=0\r\n")).status, 406);
                assert_eq!(client.ask(bare("GET", file, "")).status, 200);
            }
            assert_eq!(client.ask(bare("POST", file, "Content-Length: 0\r\n")).status, 405);
        }
    }
    let head = client.ask_head(&bare("HEAD", "/acme/shop/dev", ""));
    assert!(head[0].contains("200") && head.iter().any(|line| line.starts_with("content-length: 9")), "{head:?}");
    assert_eq!(client.ask(bare("GET", "/_assets/other.js", "")).status, 404);
    assert_eq!((server.lookups(), server.executed().len()), (0, 0), "pages ask nobody");
}

#[actix_rt::test]
async fn the_files_are_served_without_the_corridor_too() {
    use actix_web::{App, test, web};
    let app = App::new().configure(gateway::pages::configure_assets).default_service(
        web::get().to(|request: actix_web::HttpRequest| async move { gateway::pages::playground(&request) }),
    );
    let app = test::init_service(app).await;
    let get = |path: &str| test::TestRequest::get().uri(path).to_request();
    let page = test::call_and_read_body(&app, get("/any/service")).await;
    let page = std::str::from_utf8(&page).unwrap();
    for file in page.split(['"', ' ']).filter(|word| word.starts_with("/_assets/")) {
        assert_eq!(test::call_service(&app, get(file)).await.status(), 200, "{file}");
    }
    assert_eq!(test::call_service(&app, get("/_assets/other.js")).await.status(), 404);
}
