//! Where to go after signing in.

/// The page to go to: `next` if it is a path of ours, else the start page. A browser takes `//host`, `/\host` and
/// control characters for other things than paths.
pub(super) fn local_path(next: Option<&str>) -> &str {
    match next {
        Some(next) if is_local(next) => next,
        _ => "/workspaces",
    }
}

fn is_local(next: &str) -> bool {
    next.len() <= 1024
        && next.starts_with('/')
        && !next.starts_with("//")
        && next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
}

/// The address of the sign-in page that leads back.
pub(super) fn sign_in_path(next: Option<&str>) -> String {
    match next.filter(|next| is_local(next)) {
        Some(next) => match askama::filters::urlencode_strict(next) {
            Ok(encoded) => format!("/sign-in?next={encoded}"),
            Err(never) => match never {},
        },
        None => "/sign-in".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_followed() {
        for hostile in [
            "//evil",
            "/\\evil",
            "https:evil",
            "https://evil",
            "%2f%2fevil",
            "/a\r\nSet-Cookie: x",
            "/\tevil",
            "\\\\evil",
            "",
            "evil",
            "javascript:alert(1)",
            "/é",
            "/a\\b",
        ] {
            assert_eq!(local_path(Some(hostile)), "/workspaces", "{hostile:?}");
        }
        assert_eq!(local_path(None), "/workspaces");
        for good in ["/", "/cli-auth?secret=a-b_c", "/workspaces/acme"] {
            assert_eq!(local_path(Some(good)), good);
        }
        assert_eq!(sign_in_path(Some("/cli-auth?secret=a&b")), "/sign-in?next=%2Fcli-auth%3Fsecret%3Da%26b");
        assert_eq!(sign_in_path(Some("//evil")), "/sign-in");
    }
}
