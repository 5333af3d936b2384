//! Every short text in every place of a path: what is accepted matches the grammar, and no two paths mean the same.

use region_config::{
    Grammar, Target,
    address::{Endpoint, is_service_name, is_stage_name, is_workspace_slug},
};
use std::collections::HashMap;

/// Letters, digits, marks of the grammar, and what a path may smuggle in.
const CHOSEN: &[u8; 40] = b"abzAZ019-_~/.;%\\:@$?#&=+*!'\"<>()[]{}^| \0";

/// All texts of up to three chosen bytes.
fn texts() -> impl Iterator<Item = String> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("the chosen bytes are ASCII");
    std::iter::once(String::new())
        .chain(CHOSEN.iter().map(move |a| text(&[*a])))
        .chain(CHOSEN.iter().flat_map(move |a| CHOSEN.iter().map(move |b| text(&[*a, *b]))))
        .chain(
            CHOSEN
                .iter()
                .flat_map(move |a| CHOSEN.iter().flat_map(move |b| CHOSEN.iter().map(move |c| text(&[*a, *b, *c])))),
        )
}

/// The parts of a cloud path, read by splitting alone.
fn parts(path: &str) -> Option<(&str, &str, &str)> {
    let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    match segments.as_slice() {
        [workspace, service, stage] => Some((workspace, service, stage)),
        [both, stage] => both.split_once('~').map(|(workspace, service)| (workspace, service, *stage)),
        _ => None,
    }
}

fn is_grammatical(path: &str) -> bool {
    let first_is_letter = |s: &str| s.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
    let name = |s: &str| first_is_letter(s) && s.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let slug = |s: &str| {
        s.len() >= 3
            && first_is_letter(s)
            && !s.ends_with('-')
            && s.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    parts(path).is_some_and(|(workspace, service, stage)| slug(workspace) && name(service) && name(stage))
}

#[test]
fn short_texts_in_every_place_are_read_by_the_grammar_and_mean_one_service_each() {
    let mut seen: HashMap<(String, String, String, bool), String> = HashMap::new();
    let mut accepted = 0;
    for text in texts() {
        for (place, path) in [
            format!("/{text}/shop/dev"),
            format!("/acme/{text}/dev"),
            format!("/acme/shop/{text}"),
            format!("/{text}~shop/dev"),
            format!("/acme~{text}/dev"),
            format!("/acme{text}shop/dev"),
            format!("/acme{text}/shop/dev"),
            format!("/acme/shop/dev{text}"),
            format!("{text}/acme/shop/dev"),
        ]
        .into_iter()
        .enumerate()
        {
            let target = Target::parse(&path, Grammar::Cloud);
            assert_eq!(target.is_some(), is_grammatical(&path), "{path:?}");
            let Some(Target::Service(address, Endpoint::Api)) = target else {
                assert!(target.is_none(), "{path:?} is no address of a data API");
                continue;
            };
            accepted += 1;
            let workspace = address.workspace.clone().unwrap_or_default();
            assert!(
                is_workspace_slug(&workspace) && is_service_name(&address.service) && is_stage_name(&address.stage)
            );
            assert_eq!(parts(&path), Some((&*workspace, &*address.service, &*address.stage)), "{path:?}");
            // The two spellings of one address are the only two.
            let spelling = (workspace, address.service.clone(), address.stage.clone(), path.contains('~'));
            let first = seen.entry(spelling).or_insert_with(|| path.clone());
            assert_eq!(*first, path, "place {place}: two paths, one service");
            assert_eq!(Target::parse(&address.path(), Grammar::Cloud), Target::parse(&path, Grammar::Cloud));
        }
    }
    assert!(accepted > 1_000, "{accepted}");
}

#[test]
fn reserved_segments_count_at_the_end_only() {
    for (path, expected) in [
        ("/acme/shop/dev/private", Some(Endpoint::Private)),
        ("/acme/shop/dev/import", Some(Endpoint::Import)),
        ("/acme/shop/dev/export", Some(Endpoint::Export)),
        ("/acme/shop/dev/_datamodel", Some(Endpoint::Datamodel)),
        ("/acme/shop/dev/_admin", Some(Endpoint::Admin)),
        ("/acme~shop/dev/_admin", Some(Endpoint::Admin)),
        ("/acme/private/dev", Some(Endpoint::Api)),
        ("/acme/shop/dev/private/private", None),
        ("/acme/shop/dev/PRIVATE", None),
        ("/acme/shop/private", None),
        ("/private", None),
        ("/acme/shop/dev/_other", None),
    ] {
        let endpoint = match Target::parse(path, Grammar::Cloud) {
            Some(Target::Service(_, endpoint)) => Some(endpoint),
            _ => None,
        };
        assert_eq!(endpoint, expected, "{path}");
    }
}
