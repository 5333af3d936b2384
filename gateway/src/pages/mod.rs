//! What people see on a service's address: GraphQL Playground, from files within the binary. Pages are not counted and
//! ask the directory nothing.
//!
//! The page is one constant text: its script reads the endpoint from the browser's address, so nothing of a request is
//! ever written into it, and its content security policy allows no script but the files of this module.

mod assets;

pub(crate) use assets::asset;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
    web,
};
use assets::{ASSETS_PATH, OWN_PATH, VENDOR_PATH};
use bytes::Bytes;
use std::sync::LazyLock;

/// Styles are written into the page by the playground itself; everything else comes from here.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self' data:; connect-src 'self' ws: wss:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static PLAYGROUND: LazyLock<Bytes> = LazyLock::new(|| {
    let page = include_str!("../../assets/playground/page.html");
    Bytes::from(page.replace("{vendor}", VENDOR_PATH).replace("{own}", OWN_PATH))
});

/// The playground. The same for every request; its script finds the endpoint in the address bar.
pub fn playground(_request: &HttpRequest) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(PLAYGROUND.clone())
}

/// Serves the files that the playground loads, for a server without the corridor.
pub fn configure_assets(config: &mut web::ServiceConfig) {
    let resource = web::resource(format!("{ASSETS_PATH}{{file}}*"));
    config.service(resource.route(web::get().to(serve_asset)).route(web::head().to(serve_asset)));
}

async fn serve_asset(request: HttpRequest) -> HttpResponse {
    asset(request.path()).map_or_else(|| HttpResponse::NotFound().finish(), |asset| asset.response(request.headers()))
}
