//! What every process must agree on: regions, addresses, keys and grants, limits, time and chance.
//!
//! Pure apart from [`clock`] and [`chance`], which are the only doors to the system's time and random numbers. It does
//! not know HTTP, databases, or what a datamodel is.

pub mod address;
pub mod chance;
pub mod clock;
pub mod codes;
pub mod document_scan;
pub mod grant;
pub mod graphql_body;
pub mod keys;
pub mod limits;
pub mod region;
pub mod request;
pub mod service_token;

pub use address::{Address, Grammar, Target};
pub use chance::{Chance, SystemChance};
pub use clock::{Clock, SystemClock};
pub use region::{Region, RegionName};
pub use request::Routed;
