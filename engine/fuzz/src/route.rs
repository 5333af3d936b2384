//! The path of a request, and the names of a management call: accepted by the grammar alone, and with one meaning.

use region_config::{
    Address, Grammar, Target,
    address::{is_service_name, is_stage_name, is_workspace_slug, workspace_of_host},
};

const GRAMMARS: [Grammar<'_>; 4] =
    [Grammar::Cloud, Grammar::WorkspaceHost("acme"), Grammar::Prisma1, Grammar::Home("acme")];

/// Takes one input.
pub fn take(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for grammar in GRAMMARS {
        let Some(target) = Target::parse(text, grammar) else { continue };
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'~');
        assert!(text.starts_with('/') && text.bytes().all(is_plain), "{text:?}");
        let Target::Service(address, _) = target else { continue };
        assert_sound(&address);
        // A last segment of these names is an endpoint, as in the original; so no path leads to such a stage.
        if ["private", "import", "export"].contains(&address.stage.as_str()) {
            continue;
        }
        // The path that is told to people names the workspace, if there is one.
        let told = if address.workspace.is_some() { Grammar::Cloud } else { Grammar::Prisma1 };
        let again = Target::parse(&address.path(), told);
        assert!(matches!(again, Some(Target::Service(same, _)) if same == address), "{text:?} {grammar:?}");
    }
    if let Some(slug) = workspace_of_host(text) {
        assert!(is_workspace_slug(slug) && text.contains(slug), "{text:?}");
    }
    let (name, stage) = text.split_once(' ').unwrap_or((text, "dev"));
    for home in [None, Some("acme")] {
        let Some(address) = Address::from_management(name, stage, home) else { continue };
        assert_sound(&address);
        assert_eq!(Address::from_management(&address.management_name(), stage, home), Some(address), "{text:?}");
    }
}

fn assert_sound(address: &Address) {
    let is_sound = address.workspace.as_deref().is_none_or(is_workspace_slug)
        && is_service_name(&address.service)
        && !address.service.contains('~')
        && is_stage_name(&address.stage);
    assert!(is_sound, "{address:?}");
}
