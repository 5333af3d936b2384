//! The gateway over real sockets, around a stub engine that writes down what reaches it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "all of this is a test, its helpers too")]

mod admission;
mod bodies;
mod client;
mod cloud;
mod heads;
mod pages;
mod paths;
mod server;
mod smuggling;
mod tokens;
