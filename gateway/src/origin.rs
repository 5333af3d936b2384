//! Which region a request is for, and how its path reads: from host name and listener.
//!
//! The host is the authority of an absolute target, else the header `Host`; what proxies and strangers write into
//! `Forwarded` and its kin is never looked at.

use actix_web::{dev::ServiceRequest, http::header::HOST};
use region_config::{Grammar, Region, Target, address::workspace_of_host};
use std::net::{IpAddr, SocketAddr};

/// Where a request was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin<'a> {
    /// The region.
    pub region: &'a Region,
    /// How paths read there.
    pub grammar: Grammar<'a>,
    /// The host is one of the cloud API: `api.*`, `api2.*`.
    pub cloud_host: bool,
}

/// A request target that is answered nowhere: with user information, or of another scheme than HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ForeignTarget;

/// The host a request was sent to, without its port; empty if it names none.
pub(crate) fn host(request: &ServiceRequest) -> Result<String, ForeignTarget> {
    let uri = request.uri();
    if uri.scheme_str().is_some_and(|scheme| !matches!(scheme, "http" | "https")) {
        return Err(ForeignTarget);
    }
    let named = match uri.authority() {
        Some(authority) => authority.as_str(),
        None => request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default(),
    };
    if named.contains('@') {
        return Err(ForeignTarget);
    }
    Ok(without_port(named).to_ascii_lowercase())
}

/// The origin that a host and a listener mean. `local` is the listener's address, if it is known.
pub(crate) fn origin<'a>(
    host: &'a str,
    local: Option<SocketAddr>,
    regions: &'a [Region],
    home: Option<&'a str>,
) -> Origin<'a> {
    let first_label = host.split('.').next().unwrap_or_default();
    let named = first_label.split('_').next().unwrap_or_default();
    let region = regions
        .iter()
        .find(|region| region.name.as_str() == named)
        .or_else(|| regions.iter().find(|region| local.is_some_and(|local| local.port() == region.port)))
        .or(regions.first())
        .expect("a gateway is only made with at least one region");
    let at_home = is_loopback_host(host) && local.is_none_or(|local| is_loopback(local.ip()));
    let grammar = match (workspace_of_host(host), home) {
        (Some(workspace), _) => Grammar::WorkspaceHost(workspace),
        (None, Some(home)) if at_home => Grammar::Home(home),
        (None, _) => Grammar::Cloud,
    };
    Origin { region, grammar, cloud_host: matches!(first_label, "api" | "api2") && first_label.len() < host.len() }
}

impl Origin<'_> {
    /// What a raw path means there: nothing in it is decoded, no segment is resolved.
    pub fn target(&self, path: &str) -> Option<Target> {
        if !self.cloud_host {
            return Target::parse(path, self.grammar);
        }
        match path {
            "/" | "/cloud" => Some(Target::Cloud),
            "/status" => Some(Target::Status),
            _ => None,
        }
    }
}

/// Whether a listener can be reached from this machine only. A listener for both families tells IPv4 addresses in
/// their IPv6 form.
fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

fn is_loopback_host(host: &str) -> bool {
    host.is_empty()
        || host == "localhost"
        || host.ends_with(".localhost")
        || host.trim_matches(['[', ']']).parse().is_ok_and(is_loopback)
}

/// A host without `:port`; the brackets of an IPv6 address stay.
fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port))
            if port.bytes().all(|b| b.is_ascii_digit()) && !port.is_empty() && !is_inside_brackets(host) =>
        {
            host
        }
        _ => authority,
    }
}

fn is_inside_brackets(host: &str) -> bool {
    host.starts_with('[') && !host.ends_with(']')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_cut_off_and_loopback_names_known() {
        for (authority, host, loopback) in [
            ("localhost:4466", "localhost", true),
            ("localhost", "localhost", true),
            ("eu1.localhost", "eu1.localhost", true),
            ("127.0.0.2:80", "127.0.0.2", true),
            ("[::1]:4466", "[::1]", true),
            ("[::1]", "[::1]", true),
            ("[::ffff:127.0.0.1]", "[::ffff:127.0.0.1]", true),
            ("", "", true),
            ("eu1.prisma.sh:443", "eu1.prisma.sh", false),
            ("localhost.evil.test", "localhost.evil.test", false),
            ("notlocalhost", "notlocalhost", false),
            ("10.0.0.1:80", "10.0.0.1", false),
            ("[2001:db8::1]:80", "[2001:db8::1]", false),
            ("host:", "host:", false),
            ("host:80x", "host:80x", false),
        ] {
            assert_eq!((without_port(authority), is_loopback_host(host)), (host, loopback), "{authority}");
        }
    }

    #[test]
    fn other_listeners_have_no_home() {
        let local = |text: &str| Some(text.parse().unwrap());
        let regions = [Region {
            name: region_config::RegionName::parse("eu1").unwrap(),
            title: String::new(),
            port: 4466,
            origin: String::new(),
        }];
        for (host, listener, home) in [
            ("localhost", local("127.0.0.1:4466"), true),
            ("localhost", local("[::1]:4466"), true),
            ("localhost", local("[::ffff:127.0.0.2]:4466"), true),
            ("localhost", None, true),
            ("localhost", local("192.0.2.1:4466"), false),
            ("eu1.prisma.sh", local("127.0.0.1:4466"), false),
        ] {
            let grammar = origin(host, listener, &regions, Some("home")).grammar;
            assert_eq!(grammar == Grammar::Home("home"), home, "{host} {listener:?}");
        }
    }
}
