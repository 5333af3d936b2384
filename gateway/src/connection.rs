//! What the gateway remembers of a connection, and how it notices that a waiting client has gone.
//!
//! The server calls [`remember_connection`] for every new connection. It keeps a duplicate of the socket: while a
//! request waits in its line, a second `TcpStream` on that duplicate watches the socket's readiness. Nothing is read or
//! written, so what a client pipelines stays where it is. RST and FIN both mean that the client has gone (a half-closed
//! client looks the same and does not occur in practice); while nobody waits, the duplicate costs a descriptor only.

use actix_web::{dev::Extensions, rt::net::TcpStream};
use std::{
    any::Any,
    io::{self, ErrorKind},
    net::SocketAddr,
    os::fd::{AsFd, OwnedFd},
};
use tokio::io::Interest;

/// What is known of a connection.
#[derive(Debug)]
pub(crate) struct Connection {
    /// The listener's address.
    pub local: SocketAddr,
    socket: OwnedFd,
}

/// Remembers what the corridor needs of a connection: to be given to `HttpServer::on_connect`.
pub fn remember_connection(io: &dyn Any, data: &mut Extensions) {
    if let Some(stream) = io.downcast_ref::<TcpStream>()
        && let Ok(local) = stream.local_addr()
        && let Ok(socket) = stream.as_fd().try_clone_to_owned()
    {
        data.insert(Connection { local, socket });
    }
}

impl Connection {
    /// Returns when the client has gone. Without a descriptor to watch with (the process has none left) it never
    /// returns, and the request waits as if its client were there.
    pub async fn gone(&self) {
        if self.watch().await.is_err() {
            std::future::pending().await
        }
    }

    async fn watch(&self) -> io::Result<()> {
        let stream = TcpStream::from_std(self.socket.try_clone()?.into())?;
        loop {
            let ready = stream.ready(Interest::READABLE | Interest::ERROR).await?;
            if ready.is_error() || ready.is_write_closed() || ready.is_read_closed() {
                return Ok(());
            }
            // Pipelined bytes: they are not ours. The flag is cleared, so that the next wake-up is news.
            let _ = stream.try_io(Interest::READABLE, || Err::<(), _>(ErrorKind::WouldBlock.into()));
        }
    }
}
