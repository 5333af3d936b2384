//! What a console must be told.

use crate::region_link::RegionLink;
use control_store::Place;
use region_config::keys::Keys;
use std::{net::IpAddr, sync::Arc};

/// Settings of a console.
pub struct ConsoleConfig {
    /// Where its own database lies.
    pub database: Place,
    /// The installation's keys.
    pub keys: Keys,
    /// Every region; the first is the default one.
    pub regions: Vec<Arc<dyn RegionLink>>,
    /// Who may sign up.
    pub sign_up: SignUp,
    /// Origins at which browsers reach the console (`https://console.example.org`), the one to show first. Forms are
    /// accepted from pages of these only.
    pub origins: Vec<String>,
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
}

/// Who may sign up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignUp {
    /// Everybody.
    Open,
    /// Whoever has an invitation.
    Invitation,
    /// Nobody: accounts are made with the command line.
    Closed,
}

impl ConsoleConfig {
    /// Whether browsers reach the console over https: cookies are then marked so.
    pub(crate) fn is_secure(&self) -> bool {
        self.origins.first().is_some_and(|origin| origin.starts_with("https://"))
    }
}
