//! One file a command.

pub mod admin;
pub mod check;
pub mod engine;
pub mod env;
mod installation;
mod postgres;
mod signals;
pub mod up;
