//! Regions: the places a service can live in.

use serde::{Deserialize, Serialize};

/// Name of a region: `eu1`, `us1`. Lower-case letters and digits, at most 16.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegionName(String);

/// One region as every process sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Its name.
    pub name: RegionName,
    /// What people read: `EU (Ireland)`.
    pub title: String,
    /// Port of its listener in `refract up`.
    pub port: u16,
    /// Origin that is shown and handed to clients: `http://localhost:4466`, without a slash at the end.
    pub origin: String,
}

impl RegionName {
    /// The region of that name, if it can be one.
    pub fn parse(name: &str) -> Option<RegionName> {
        let ok = (1..=16).contains(&name.len())
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        ok.then(|| RegionName(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name that the CLI and the cloud API use for the region's demo server: `prisma-eu1`.
    pub fn cluster(&self) -> String {
        format!("prisma-{}", self.0)
    }
}

impl std::fmt::Display for RegionName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
