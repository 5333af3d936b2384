//! One file a command.

pub mod admin;
pub mod check;
pub mod datamodel;
pub mod engine;
pub mod env;
mod installation;
mod postgres;
mod service;
mod signals;
pub mod transfer;
pub mod up;
