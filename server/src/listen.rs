//! Listeners: loopback addresses by default, and what to say when a port is taken.

use crate::failure::Failure;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

/// Loopback addresses that are listened on. 127.0.0.2 is one that the CLI takes for a private server
/// (`prisma1-cli-and-cloud.md` §3.1); systems without it, or without IPv6, go without.
const LOOPBACK: [IpAddr; 3] =
    [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST), IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2))];

/// Listeners for a port on loopback and on further addresses. The first one must be had, and every further address;
/// `flag` is the one that changes the port.
pub fn listeners(port: u16, further: &[IpAddr], flag: &str) -> Result<Vec<TcpListener>, Failure> {
    let mut bound: Vec<TcpListener> = Vec::new();
    let mut port = port;
    for address in addresses(further) {
        let must = bound.is_empty() || further.contains(&address);
        match TcpListener::bind(SocketAddr::new(address, port)) {
            Ok(listener) => {
                // Port 0 takes a free one; the other addresses then follow it.
                port = listener.local_addr().map_err(|e| refused(address, port, flag, &e))?.port();
                bound.push(listener);
            }
            Err(error) if must || error.kind() == std::io::ErrorKind::AddrInUse => {
                return Err(refused(address, port, flag, &error));
            }
            Err(_) => {}
        }
    }
    Ok(bound)
}

/// Loopback and the further addresses, each once. `0.0.0.0` has every IPv4 address in it, `::` every address of both
/// kinds: a second listener on one of those would find its port taken.
fn addresses(further: &[IpAddr]) -> Vec<IpAddr> {
    let (any_v4, any_v6) = (IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED));
    let covered = |address: &IpAddr| {
        (further.contains(&any_v6) && *address != any_v6)
            || (further.contains(&any_v4) && address.is_ipv4() && *address != any_v4)
    };
    let mut addresses = Vec::new();
    for address in LOOPBACK.iter().chain(further).copied() {
        if !covered(&address) && !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    addresses
}

fn refused(address: IpAddr, port: u16, flag: &str, error: &std::io::Error) -> Failure {
    let at = SocketAddr::new(address, port);
    Failure::Failed(match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            format!("port {port} is taken ({at}): stop what listens there, or choose another with {flag}")
        }
        std::io::ErrorKind::PermissionDenied => {
            format!("port {port} may not be used by this user ({at}): choose one over 1023 with {flag}")
        }
        _ => {
            format!("cannot listen on {at}: {error}; choose another address with --listen or another port with {flag}")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_is_listened_on_twice() {
        let shown = |further: &[&str]| {
            let further: Vec<IpAddr> = further.iter().map(|a| a.parse().unwrap()).collect();
            addresses(&further).iter().map(IpAddr::to_string).collect::<Vec<_>>().join(" ")
        };
        for (further, expected) in [
            (&[][..], "127.0.0.1 ::1 127.0.0.2"),
            (&["127.0.0.1", "127.0.0.3"], "127.0.0.1 ::1 127.0.0.2 127.0.0.3"),
            (&["0.0.0.0"], "::1 0.0.0.0"),
            (&["0.0.0.0", "192.0.2.1"], "::1 0.0.0.0"),
            (&["::"], "::"),
            (&["::", "0.0.0.0"], "::"),
        ] {
            assert_eq!(shown(further), expected, "{further:?}");
        }
        let everywhere: IpAddr = "0.0.0.0".parse().unwrap();
        assert!(!listeners(0, &[everywhere], "--port").unwrap().is_empty());
    }
}
