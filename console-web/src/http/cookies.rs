//! The console's two cookies: who is signed in, and, before that, which browser a form was shown to.

use crate::console::Console;
use actix_web::{HttpRequest, http::header};

/// A cookie of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cookie {
    /// The session of a signed-in browser.
    Session,
    /// A browser that is not signed in: what its forms' CSRF tokens are bound to.
    Visitor,
}

const SESSION_SECONDS: u32 = 90 * 24 * 60 * 60;

impl Cookie {
    /// `__Host-` binds a cookie to https, to this host and to the path `/`; over plain http no browser would take it.
    fn name(self, console: &Console) -> &'static str {
        match (self, console.shared.secure) {
            (Cookie::Session, true) => "__Host-refract-session",
            (Cookie::Session, false) => "refract-session",
            (Cookie::Visitor, true) => "__Host-refract-visitor",
            (Cookie::Visitor, false) => "refract-visitor",
        }
    }

    /// Its value, if a browser sent one that can be ours.
    pub(super) fn read(self, request: &HttpRequest, console: &Console) -> Option<String> {
        let name = self.name(console);
        request
            .headers()
            .get_all(header::COOKIE)
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, value)| *key == name && is_token(value))
            .map(|(_, value)| value.to_owned())
    }

    /// The header that sets it.
    pub(super) fn set(self, console: &Console, token: &str) -> String {
        let max_age = match self {
            Cookie::Session => format!("; Max-Age={SESSION_SECONDS}"),
            Cookie::Visitor => String::new(),
        };
        format!("{}={token}{}{max_age}", self.name(console), flags(console))
    }

    /// The header that takes it away.
    pub(super) fn clear(self, console: &Console) -> String {
        format!("{}={}; Max-Age=0", self.name(console), flags(console))
    }
}

fn flags(console: &Console) -> &'static str {
    if console.shared.secure { "; Path=/; HttpOnly; SameSite=Lax; Secure" } else { "; Path=/; HttpOnly; SameSite=Lax" }
}

/// What our tokens look like: URL-safe text of 32 bytes.
fn is_token(value: &str) -> bool {
    value.len() == 43 && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}
