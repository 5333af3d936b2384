//! The product as its users meet it: the real binary, real HTTP, and with `./test` the real clients and a browser.

mod cloud;
mod commands;
mod engine_role;
mod first_request;
mod prisma1;
mod restart;
mod throttle;
