//! Load scenarios against a URL. Each is an example of this package: `cargo run --release -p loadtests --example NAME`.
//!
//! It depends on nothing internal: a scenario sees of a server what any client sees.

pub mod call;
