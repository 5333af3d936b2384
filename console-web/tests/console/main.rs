//! The console from outside: pages and cloud API of an app in process, on a clock that stands still.

#![expect(clippy::unwrap_used, clippy::panic, reason = "all of this is tests")]

mod cloud_api;
mod facts;
mod headers;
mod hostile_names;
mod login;
mod pages;
mod routes;
mod sign_in;
mod world;
