//! Names that people choose: e-mail addresses, display names and titles, workspace slugs. All of them come from
//! strangers and are shown to others.

/// Longest display name or title, in characters.
pub(crate) const NAME_CHARS_MAX: usize = 80;
const EMAIL_BYTES_MAX: usize = 254;

/// Slugs that nobody may have: what a path, a host name or a reader could take for something of ours.
const RESERVED_SLUGS: [&str; 52] = [
    "about",
    "abuse",
    "account",
    "admin",
    "administrator",
    "api",
    "api2",
    "app",
    "assets",
    "auth",
    "billing",
    "blog",
    "cdn",
    "cli-auth",
    "cloud",
    "cluster",
    "console",
    "dashboard",
    "datamodel",
    "default",
    "docs",
    "eu1",
    "export",
    "graphql",
    "health",
    "help",
    "import",
    "internal",
    "legal",
    "local",
    "localhost",
    "login",
    "logout",
    "mail",
    "management",
    "metrics",
    "null",
    "prisma",
    "prisma1",
    "private",
    "public",
    "refract",
    "region",
    "root",
    "security",
    "server",
    "sign-in",
    "sign-up",
    "status",
    "support",
    "us1",
    "www",
];

/// An e-mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Email {
    /// As typed.
    pub(crate) shown: String,
    /// What makes it unique: addresses that differ by case alone reach one person.
    pub(crate) key: String,
}

impl Email {
    /// Reads an address. Whether mail arrives there is not checked; that it can be shown without harm is.
    pub(crate) fn parse(text: &str) -> Option<Email> {
        let shown = text.trim();
        let (local, domain) = shown.rsplit_once('@')?;
        let local_ok = !local.is_empty()
            && !local.contains('@')
            && local.chars().all(|c| is_visible(c) && !c.is_whitespace() && !matches!(c, '<' | '>' | '"' | '\\' | ','));
        let domain_ok = !domain.starts_with(['.', '-'])
            && !domain.ends_with(['.', '-'])
            && !domain.is_empty()
            && !domain.contains("..")
            && domain.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
        (local_ok && domain_ok && shown.len() <= EMAIL_BYTES_MAX)
            .then(|| Email { shown: shown.to_owned(), key: shown.to_lowercase() })
    }

    /// The part before the `@`: the name of an account that gave none.
    pub(crate) fn local_part(&self) -> &str {
        self.shown.rsplit_once('@').map_or(self.shown.as_str(), |(local, _)| local)
    }
}

/// A display name or a title: trimmed, not empty, nothing in it that is invisible or turns text around.
pub(crate) fn label(text: &str) -> Option<String> {
    let text = text.trim();
    let ok = !text.is_empty() && text.chars().count() <= NAME_CHARS_MAX && text.chars().all(is_visible);
    ok.then(|| text.to_owned())
}

/// A text that a program sent about itself, cut and made harmless to show.
pub(crate) fn printable(text: &str, chars_max: usize) -> String {
    text.chars().take(chars_max).map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect()
}

/// Controls, zero-width characters and marks that change the direction of text let one name pass for another.
fn is_visible(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

/// A slug made of a name, without suffix: may be too short, taken or reserved. Leaves room for `-` and six digits.
pub(crate) fn slug_base(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars() {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() => slug.push(c),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    if !slug.starts_with(|c: char| c.is_ascii_lowercase()) {
        slug.insert_str(0, "w-");
    }
    slug.truncate(33);
    slug.trim_end_matches('-').to_owned()
}

/// What is left of a slug when what is easily mistaken is taken out. Two workspaces never share a skeleton.
pub(crate) fn skeleton(slug: &str) -> String {
    slug.chars()
        .filter(|c| !matches!(c, '-' | '_'))
        .map(|c| match c.to_ascii_lowercase() {
            '0' => 'o',
            '1' => 'l',
            c => c,
        })
        .collect()
}

/// Whether nobody may have the slug.
pub(crate) fn is_reserved_slug(slug: &str) -> bool {
    let own = skeleton(slug);
    RESERVED_SLUGS.iter().any(|reserved| skeleton(reserved) == own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn email_addresses() {
        for (text, key) in [
            ("ada@example.test", Some("ada@example.test")),
            ("  Ada.L+x@Example.TEST ", Some("ada.l+x@example.test")),
            ("ada@localhost", Some("ada@localhost")),
            ("ada", None),
            ("@example.test", None),
            ("ada@", None),
            ("ada@@example.test", None),
            ("ada@exa mple.test", None),
            ("a da@example.test", None),
            ("<script>@example.test", None),
            ("ada\u{202e}@example.test", None),
            ("ada@-x.test", None),
            ("ada@x..test", None),
            ("ada@аpple.test", None),
        ] {
            assert_eq!(Email::parse(text).map(|e| e.key).as_deref(), key, "{text}");
        }
        assert!(Email::parse(&format!("{}@example.test", "a".repeat(250))).is_none());
    }

    #[test]
    fn labels_hide_nothing() {
        for (text, expected) in [
            (" laptop ", Some("laptop")),
            ("Ünï 日本", Some("Ünï 日本")),
            ("<script>", Some("<script>")),
            ("", None),
            ("  ", None),
            ("a\nb", None),
            ("a\u{200b}b", None),
            ("a\u{202e}b", None),
        ] {
            assert_eq!(label(text).as_deref(), expected, "{text:?}");
        }
        assert!(label(&"x".repeat(80)).is_some() && label(&"x".repeat(81)).is_none());
        assert_eq!(printable("node\u{1b}[31m é", 8), "node?[31");
    }

    #[test]
    fn slugs_follow_names() {
        for (name, slug) in [
            ("Jane Doe", "jane-doe"),
            ("ada", "ada"),
            ("--A..B--", "a-b"),
            ("42 things", "w-42-things"),
            ("日本", "w-"),
            ("", "w-"),
        ] {
            assert_eq!(slug_base(name), slug.trim_end_matches('-'), "{name}");
        }
        assert_eq!(slug_base(&"x".repeat(100)).len(), 33);
    }

    #[test]
    fn look_alikes_share_a_skeleton() {
        for other in ["app-le", "APPLE", "app_le", "app1e", "a-p-p-l-e"] {
            assert_eq!(skeleton("apple"), skeleton(other), "{other}");
        }
        assert_ne!(skeleton("apple"), skeleton("apples"));
        for slug in ["management", "import", "export", "private", "c1oud", "l0gin", "sign-in", "s-t-a-t-u-s", "root"] {
            assert!(is_reserved_slug(slug), "{slug}");
        }
        assert!(!is_reserved_slug("acme"));
    }
}
