//! Whose request it is: the address of the peer, or, behind a proxy that is trusted, the last address that the proxy
//! did not make up itself.

use crate::console::Console;
use actix_web::HttpRequest;
use std::net::{IpAddr, Ipv4Addr};

/// The client's address. Headers of strangers do not count.
pub(super) fn address(request: &HttpRequest, console: &Console) -> IpAddr {
    // No peer: an in-process test, or a unix socket of our own.
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.ip().to_canonical());
    let trusted = &console.shared.trusted_proxies;
    if !trusted.contains(&peer) {
        return peer;
    }
    let forwarded: Vec<&str> = request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for hop in forwarded.into_iter().rev() {
        match hop.trim().parse::<IpAddr>().map(|address| address.to_canonical()) {
            Ok(address) if trusted.contains(&address) => {}
            Ok(address) => return address,
            Err(_) => return peer,
        }
    }
    peer
}

/// Whether two addresses are one machine, as far as can be told.
pub(super) fn is_same_machine(one: IpAddr, other: IpAddr) -> bool {
    one == other || (one.is_loopback() && other.is_loopback())
}
