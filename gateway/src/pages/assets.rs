//! Files within the binary. They live under `/_assets/`, a path that no address can mean: a workspace starts with a
//! letter.

use actix_web::{
    HttpResponse,
    http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, HeaderMap, VARY, X_CONTENT_TYPE_OPTIONS},
};
use bytes::Bytes;

/// What the paths of all files start with.
pub(super) const ASSETS_PATH: &str = "/_assets/";
/// Where files of GraphQL Playground's release are; the version is part of the path, so browsers may keep them.
pub(super) const VENDOR_PATH: &str = "/_assets/graphql-playground-react-1.7.28";
/// Where our own files are.
pub(super) const OWN_PATH: &str = concat!("/_assets/playground-", env!("CARGO_PKG_VERSION"));

/// One file.
#[derive(Debug)]
pub(crate) struct Asset {
    path: (&'static str, &'static str),
    kind: &'static str,
    content: &'static [u8],
    gzip: bool,
}

static ASSETS: [Asset; 5] = [
    Asset {
        path: (VENDOR_PATH, "/middleware.js"),
        kind: "text/javascript; charset=utf-8",
        content: include_bytes!("../../assets/vendor/graphql-playground-react/middleware.js.gz"),
        gzip: true,
    },
    Asset {
        path: (VENDOR_PATH, "/index.css"),
        kind: "text/css; charset=utf-8",
        content: include_bytes!("../../assets/vendor/graphql-playground-react/index.css"),
        gzip: false,
    },
    Asset {
        path: (VENDOR_PATH, "/favicon.png"),
        kind: "image/png",
        content: include_bytes!("../../assets/vendor/graphql-playground-react/favicon.png"),
        gzip: false,
    },
    Asset {
        path: (OWN_PATH, "/start.js"),
        kind: "text/javascript; charset=utf-8",
        content: include_bytes!("../../assets/playground/start.js"),
        gzip: false,
    },
    Asset {
        path: (OWN_PATH, "/start.css"),
        kind: "text/css; charset=utf-8",
        content: include_bytes!("../../assets/playground/start.css"),
        gzip: false,
    },
];

/// The file at a path.
pub(crate) fn asset(path: &str) -> Option<&'static Asset> {
    if !path.starts_with(ASSETS_PATH) {
        return None;
    }
    ASSETS.iter().find(|asset| path.strip_prefix(asset.path.0) == Some(asset.path.1))
}

impl Asset {
    /// The answer. The large file is stored compressed only: every browser reads it so, and who says that it cannot
    /// is told.
    pub fn response(&self, request: &HeaderMap) -> HttpResponse {
        if self.gzip && !accepts_gzip(request) {
            return HttpResponse::NotAcceptable().content_type("text/plain").body("this file is sent with gzip only\n");
        }
        let mut response = HttpResponse::Ok();
        response
            .content_type(self.kind)
            .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
        if self.gzip {
            response.insert_header((CONTENT_ENCODING, "gzip")).insert_header((VARY, "Accept-Encoding"));
        }
        response.body(Bytes::from_static(self.content))
    }
}

/// Whether a client reads gzip. Who says nothing reads everything (RFC 9110 §12.5.3).
fn accepts_gzip(request: &HeaderMap) -> bool {
    let mut headers = request.get_all(ACCEPT_ENCODING).peekable();
    headers.peek().is_none()
        || headers.filter_map(|header| header.to_str().ok()).flat_map(|header| header.split(',')).any(|coding| {
            let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
            let refused = matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
            matches!(name.trim(), "gzip" | "x-gzip" | "*") && !refused
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_paths_name_the_release_that_is_locked() {
        let lock = include_str!("../../assets/vendor/VENDOR.lock");
        let version = VENDOR_PATH.rsplit_once('-').unwrap().1;
        assert!(lock.contains(&format!("version = \"{version}\"\n")), "{version}");
    }

    #[test]
    fn only_whole_paths_name_a_file() {
        for path in ["/_assets/", "/_assets", "/_assets/start.js", "/_assets/../_assets/x", "/middleware.js"] {
            assert!(asset(path).is_none(), "{path}");
        }
        assert!(asset(&format!("{OWN_PATH}/start.js")).is_some());
        assert!(asset(&format!("{OWN_PATH}/start.js/")).is_none());
        assert!(asset(&format!("{OWN_PATH}/middleware.js")).is_none());
    }
}
