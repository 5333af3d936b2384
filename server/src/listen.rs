//! Listeners: loopback addresses by default, and what to say when a port is taken.

use crate::failure::Failure;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

/// Loopback addresses that are listened on. 127.0.0.2 is one that the CLI takes for a private server
/// (`prisma1-cli-and-cloud.md` §3.1); systems without it, or without IPv6, go without.
const LOOPBACK: [IpAddr; 3] =
    [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST), IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2))];

/// Listeners for a port on loopback and on further addresses. The first loopback address must be had; `flag` is the one
/// that changes the port.
pub fn listeners(port: u16, further: &[IpAddr], flag: &str) -> Result<Vec<TcpListener>, Failure> {
    let mut bound = Vec::new();
    let mut port = port;
    for (index, address) in LOOPBACK.into_iter().chain(further.iter().copied()).enumerate() {
        let must = index == 0 || index >= LOOPBACK.len();
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
