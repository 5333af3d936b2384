//! The product as its users meet it: the real binary, real HTTP, and with `./test` the real clients and a browser.

#![expect(clippy::unwrap_used, clippy::panic, reason = "all of this is tests")]
#![expect(clippy::disallowed_methods, reason = "what waits for another process waits by the real clock")]

mod browser;
mod clients;
mod cloud;
mod commands;
mod corpus;
mod engine_role;
mod first_hour;
mod first_hour_page;
mod first_request;
mod forms;
mod libraries;
mod on_postgres;
#[path = "../support/postgres.rs"]
mod postgres;
mod prisma1;
mod prisma1_deploy;
mod prisma1_login;
mod prisma1_shell;
mod prisma1_transfer;
mod restart;
mod schemas;
mod throttle;
