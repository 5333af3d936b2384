//! From nothing to an answered request, over HTTP alone.

use crate::cloud::{Cloud, get, post};
use serde_json::json;

const BLOG: &str = "type User { id: ID! @id name: String! posts: [Post] } type Post { id: ID! @id title: String! author: User @relation(link: INLINE) }";

#[test]
fn a_deployed_service_answers_in_its_region_alone() {
    let cloud = Cloud::start();
    let service = cloud.deploy("blog", BLOG);
    let created = service.query(
        r#"mutation { createUser(data: { name: "Ada", posts: { create: [{ title: "One" }, { title: "Two" }] } }) { name posts(orderBy: title_DESC) { title } } }"#,
    );
    assert_eq!(
        created,
        json!({ "data": { "createUser": { "name": "Ada", "posts": [{ "title": "Two" }, { "title": "One" }] } } })
    );
    let tilde =
        post(&format!("{}/{}~blog/dev", cloud.eu1, cloud.workspace), &json!({ "query": "{ users { name } }" }), None);
    assert_eq!(tilde.json(), json!({ "data": { "users": [{ "name": "Ada" }] } }));
    assert_eq!(tilde.header("throttled-by"), Some("0ms"));

    let home = post(
        &format!("{}/blog/dev", cloud.eu1),
        &json!({ "query": "{ posts(where: { author: { name: \"Ada\" } }) { title } }" }),
        None,
    );
    assert_eq!(home.json()["data"]["posts"].as_array().map(Vec::len), Some(2), "{home:?}");

    let other_region =
        post(&format!("{}/{}/blog/dev", cloud.us1, cloud.workspace), &json!({ "query": "{ users { name } }" }), None);
    assert_eq!(other_region.json()["errors"][0]["code"], 3016, "{other_region:?}");
}

#[test]
fn pages_and_status_answer_without_a_token() {
    let cloud = Cloud::start();
    cloud.deploy("blog", BLOG);
    let status = get(&format!("{}/status", cloud.eu1));
    assert_eq!((status.status, status.body.as_str()), (200, "\"OK\""));
    let page = get(&format!("{}/{}/blog/dev", cloud.eu1, cloud.workspace));
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").is_some_and(|t| t.starts_with("text/html")), "{page:?}");
    assert!(page.body.contains("graphql-playground-react/build/static/js/middleware.js"));
}
