//! One address (design D6): from the raw path of a request, or the `name` of a management call, to what it means.
//!
//! Two strict grammars. *Cloud*: `/workspace/service/stage`, `/workspace~service/stage`, and `/service/stage` on a host
//! of a workspace's own. *Prisma 1*: `/`, `/service`, `/service/stage`, `/workspace/service/stage`
//! (`prisma1-server.md` §1.1). Nothing is decoded: a path with `%`, `;`, an empty segment or a byte outside
//! `A–Z a–z 0–9 _ ~ -` means nothing, before anything is looked up.

/// A service: who it belongs to and what it is called. The region goes beside it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    /// Slug of its workspace; none in the engine role.
    pub workspace: Option<String>,
    /// Service name, without `~`.
    pub service: String,
    /// Stage name.
    pub stage: String,
}

/// Which paths mean what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grammar<'a> {
    /// Addresses name their workspace.
    Cloud,
    /// A host that belongs to one workspace.
    WorkspaceHost(&'a str),
    /// A Prisma 1 server. Three segments name a workspace.
    Prisma1,
    /// The cloud's grammar; what has no workspace belongs to this one (the home workspace of `refract up`).
    Home(&'a str),
}

/// What a path means.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// `/management`.
    Management,
    /// `/status`.
    Status,
    /// `/cloud`: the cloud API.
    Cloud,
    /// Something of a service.
    Service(Address, Endpoint),
}

/// What of a service is meant: the last segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// No reserved segment: the data API, and the playground on GET.
    Api,
    /// `private`.
    Private,
    /// `import`.
    Import,
    /// `export`.
    Export,
    /// `_datamodel`.
    Datamodel,
    /// `_admin`.
    Admin,
}

/// Names that no service and no stage may have (`prisma1-server.md` §6.9).
pub const RESERVED_NAMES: [&str; 4] = ["cluster", "management", "export", "import"];

/// Longest service name, in bytes.
pub const SERVICE_NAME_MAX: usize = 140;
/// Longest stage name, in bytes.
pub const STAGE_NAME_MAX: usize = 30;

const PATH_MAX: usize = 512;

impl Target {
    /// What a raw path (no query string) means, or nothing.
    pub fn parse(path: &str, grammar: Grammar<'_>) -> Option<Target> {
        if path.len() > PATH_MAX {
            return None;
        }
        let rest = path.strip_prefix('/')?;
        match rest {
            "management" => return Some(Target::Management),
            "status" => return Some(Target::Status),
            "cloud" if !matches!(grammar, Grammar::Prisma1) => return Some(Target::Cloud),
            _ => {}
        }
        let mut segments: Vec<&str> = if rest.is_empty() { Vec::new() } else { rest.split('/').collect() };
        if segments.len() > 4 || !segments.iter().all(|s| is_segment(s)) {
            return None;
        }
        let endpoint = segments.last().and_then(|s| Endpoint::named(s)).unwrap_or(Endpoint::Api);
        if endpoint != Endpoint::Api {
            segments.pop();
        }
        Address::from_segments(&segments, grammar).map(|address| Target::Service(address, endpoint))
    }
}

impl Endpoint {
    fn named(segment: &str) -> Option<Endpoint> {
        Some(match segment {
            "private" => Endpoint::Private,
            "import" => Endpoint::Import,
            "export" => Endpoint::Export,
            "_datamodel" => Endpoint::Datamodel,
            "_admin" => Endpoint::Admin,
            _ => return None,
        })
    }
}

impl Address {
    fn from_segments(segments: &[&str], grammar: Grammar<'_>) -> Option<Address> {
        match (segments, grammar) {
            ([workspace, service, stage], Grammar::Cloud | Grammar::Home(_) | Grammar::Prisma1) => {
                Address::new(Some(workspace), service, stage)
            }
            ([name, stage], _) if name.contains('~') => {
                let (workspace, service) = name.split_once('~')?;
                if let Grammar::WorkspaceHost(own) = grammar
                    && own != workspace
                {
                    return None;
                }
                Address::new(Some(workspace), service, stage)
            }
            (_, Grammar::Cloud) => None,
            ([service, stage], Grammar::WorkspaceHost(workspace)) => Address::new(Some(workspace), service, stage),
            (_, Grammar::WorkspaceHost(_)) => None,
            (segments, Grammar::Prisma1) => Address::defaulted(None, segments),
            (segments, Grammar::Home(workspace)) => Address::defaulted(Some(workspace), segments),
        }
    }

    fn defaulted(workspace: Option<&str>, segments: &[&str]) -> Option<Address> {
        match segments {
            [] => Address::new(workspace, "default", "default"),
            [service] => Address::new(workspace, service, "default"),
            [service, stage] => Address::new(workspace, service, stage),
            _ => None,
        }
    }

    /// An address of names that are valid.
    pub fn new(workspace: Option<&str>, service: &str, stage: &str) -> Option<Address> {
        let ok = workspace.is_none_or(is_workspace_slug)
            && is_service_name(service)
            && !service.contains('~')
            && is_stage_name(stage);
        ok.then(|| Address {
            workspace: workspace.map(str::to_owned),
            service: service.to_owned(),
            stage: stage.to_owned(),
        })
    }

    /// The service that a management call means: `name` may be `workspace~service`; what has no workspace belongs to
    /// `home`, if there is one.
    pub fn from_management(name: &str, stage: &str, home: Option<&str>) -> Option<Address> {
        match name.split_once('~') {
            Some((workspace, service)) => Address::new(Some(workspace), service, stage),
            None => Address::new(home, name, stage),
        }
    }

    /// The name that the management API shows: `workspace~service`, or the bare service.
    pub fn management_name(&self) -> String {
        match &self.workspace {
            Some(workspace) => format!("{workspace}~{}", self.service),
            None => self.service.clone(),
        }
    }

    /// The path of its data API: `/workspace/service/stage` or `/service/stage`.
    pub fn path(&self) -> String {
        match &self.workspace {
            Some(workspace) => format!("/{workspace}/{}/{}", self.service, self.stage),
            None => format!("/{}/{}", self.service, self.stage),
        }
    }

    /// The id that errors and migrations show: `workspace~service_stage`, with the connector's separator.
    pub fn project_id(&self, stage_separator: char) -> String {
        format!("{}{stage_separator}{}", self.management_name(), self.stage)
    }
}

/// A host of a workspace's own, as the CLI reads it (way E of `prisma1-cli-and-cloud.md` §4.1): the text between the
/// first `_` and the next `.`.
pub fn workspace_of_host(host: &str) -> Option<&str> {
    let (_, rest) = host.split_once('_')?;
    let (workspace, _) = rest.split_once('.')?;
    is_workspace_slug(workspace).then_some(workspace)
}

/// `[a-z][a-z0-9-]{1,38}[a-z0-9]`: lower case, so that no two slugs differ by case alone.
pub fn is_workspace_slug(slug: &str) -> bool {
    (3..=40).contains(&slug.len())
        && slug.starts_with(|c: char| c.is_ascii_lowercase())
        && !slug.ends_with('-')
        && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// The original's rule for service names; `~` joins workspace and service (`prisma1-server.md` §2.10).
pub fn is_service_name(name: &str) -> bool {
    name.len() <= SERVICE_NAME_MAX
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'~'))
}

/// The original's rule for stage names.
pub fn is_stage_name(name: &str) -> bool {
    name.len() <= STAGE_NAME_MAX && is_service_name(name) && !name.contains('~')
}

fn is_segment(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(path: &str, grammar: Grammar<'_>) -> String {
        match Target::parse(path, grammar) {
            None => "-".to_owned(),
            Some(Target::Service(address, endpoint)) => {
                format!("{}@{} {endpoint:?}", address.management_name(), address.stage)
            }
            Some(other) => format!("{other:?}"),
        }
    }

    #[test]
    fn paths_mean_what_the_grammars_say() {
        use Grammar::*;
        for (path, grammar, expected) in [
            ("/acme/shop/dev", Cloud, "acme~shop@dev Api"),
            ("/acme~shop/dev", Cloud, "acme~shop@dev Api"),
            ("/acme/shop/dev/private", Cloud, "acme~shop@dev Private"),
            ("/acme~shop/dev/export", Cloud, "acme~shop@dev Export"),
            ("/shop/dev", Cloud, "-"),
            ("/", Cloud, "-"),
            ("/cloud", Cloud, "Cloud"),
            ("/management", Cloud, "Management"),
            ("/shop/dev", WorkspaceHost("acme"), "acme~shop@dev Api"),
            ("/acme~shop/dev", WorkspaceHost("acme"), "acme~shop@dev Api"),
            ("/other~shop/dev", WorkspaceHost("acme"), "-"),
            ("/", Prisma1, "default@default Api"),
            ("/shop", Prisma1, "shop@default Api"),
            ("/shop/dev", Prisma1, "shop@dev Api"),
            ("/acme/shop/dev", Prisma1, "acme~shop@dev Api"),
            ("/private", Prisma1, "default@default Private"),
            ("/cloud", Prisma1, "cloud@default Api"),
            ("/shop/dev/_datamodel", Prisma1, "shop@dev Datamodel"),
            ("/", Home("home-1"), "home-1~default@default Api"),
            ("/shop/dev", Home("home-1"), "home-1~shop@dev Api"),
            ("/acme/shop/dev", Home("home-1"), "acme~shop@dev Api"),
        ] {
            assert_eq!(shown(path, grammar), expected, "{path} {grammar:?}");
        }
    }

    #[test]
    fn hostile_paths_mean_nothing() {
        for path in [
            "",
            "acme/shop/dev",
            "//acme/shop/dev",
            "/acme//dev",
            "/acme/shop/dev/",
            "/acme/shop%2Fdev",
            "/a%00b/x/y",
            "/acme/../dev",
            "/acme/./dev",
            "/acme;x/shop/dev",
            "/аcme/shop/dev",
            "/acme/shop/dev/x",
            "/acme/shop/dev/private/x",
            "/Acme/shop/dev",
            "/ac/shop/dev",
            "/acme-/shop/dev",
            "/acme/sh~op/dev",
            "/acme~x~y/dev",
            "/acme/1shop/dev",
            "/acme/shop/d\u{0}",
            "/acme/shop/%252F",
            "/acme\\shop/dev",
        ] {
            assert_eq!(shown(path, Grammar::Cloud), "-", "{path}");
        }
        assert_eq!(shown(&format!("/acme/{}/dev", "s".repeat(141)), Grammar::Cloud), "-");
        assert!(shown(&format!("/acme/{}/dev", "s".repeat(140)), Grammar::Cloud).ends_with("Api"));
        assert_eq!(shown(&format!("/acme/shop/{}", "s".repeat(31)), Grammar::Cloud), "-");
    }
}
