//! The console as a whole: what its parts share.

use crate::{
    cloud_api::CloudSchema,
    config::{ConsoleConfig, SignUp},
    error::ConsoleError,
    passwords::Passwords,
    rate_limits::RateLimits,
    region_link::RegionLink,
    workspaces::FactsCache,
};
use control_store::{Migration, Store, Transaction};
use region_config::{Chance, Clock, RegionName, chance::cuid, grant::GrantIssuer, keys::Keys};
use std::{net::IpAddr, sync::Arc};

/// People and what they own. Clones share it.
#[derive(Clone)]
pub struct Console {
    pub(crate) shared: Arc<Shared>,
}

/// What the parts of a console share.
pub(crate) struct Shared {
    store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) keys: Keys,
    pub(crate) grants: GrantIssuer,
    pub(crate) regions: Vec<Arc<dyn RegionLink>>,
    pub(crate) sign_up: SignUp,
    pub(crate) origins: Vec<String>,
    pub(crate) trusted_proxies: Vec<IpAddr>,
    pub(crate) secure: bool,
    pub(crate) passwords: Passwords,
    pub(crate) limits: RateLimits,
    pub(crate) facts: FactsCache,
    pub(crate) cloud_schema: CloudSchema,
}

impl Console {
    /// Opens (and makes) a console's database and puts its parts together.
    pub fn open(
        config: ConsoleConfig,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Console, ConsoleError> {
        let store = Store::open(&config.database, MIGRATIONS, &*clock)?;
        let shared = Shared {
            store,
            grants: GrantIssuer::new(&config.keys),
            sign_up: config.sign_up,
            secure: config.is_secure(),
            regions: config.regions,
            keys: config.keys,
            origins: config.origins,
            trusted_proxies: config.trusted_proxies,
            passwords: Passwords::new(),
            limits: RateLimits::new(&clock),
            facts: FactsCache::new(),
            cloud_schema: crate::cloud_api::schema(),
            clock,
            chance,
        };
        Ok(Console { shared: Arc::new(shared) })
    }

    /// The origin to show: `https://console.example.org`.
    pub fn origin(&self) -> &str {
        self.shared.origins.first().map_or("", String::as_str)
    }

    /// The region of a name.
    pub(crate) fn region(&self, name: &RegionName) -> Option<&Arc<dyn RegionLink>> {
        self.shared.regions.iter().find(|link| link.region().name == *name)
    }

    /// Runs statements in one transaction.
    pub(crate) async fn transaction<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, ConsoleError> + Send + 'static,
    ) -> Result<T, ConsoleError> {
        self.shared.store.transaction(work).await
    }

    /// A fresh id.
    pub(crate) fn new_id(&self) -> String {
        cuid(&*self.shared.clock, &*self.shared.chance)
    }

    /// A fresh secret for a URL or a cookie: 256 bits.
    pub(crate) fn new_secret(&self) -> String {
        self.shared.chance.token(32)
    }

    /// Forgets what is too old to matter: sessions, links, logins. The server calls it now and then.
    pub async fn forget_what_is_over(&self) -> Result<(), ConsoleError> {
        let now = self.shared.clock.now_ms();
        self.transaction(move |t| {
            crate::sessions::forget_what_is_over(t, now)?;
            crate::device_grant::forget_what_is_over(t, now)?;
            crate::links::forget_what_is_over(t, now)
        })
        .await
    }
}

/// The schema of the console's database, oldest step first.
const MIGRATIONS: &[Migration] = &[Migration {
    name: "V1__people",
    sqlite: include_str!("../migrations/V1__people.sql"),
    postgres: include_str!("../migrations/postgres/V1__people.sql"),
}];

/// A failure of the database, as the log needs it and nobody else.
pub(crate) fn log_internal(request_id: &str, error: &ConsoleError) {
    match error {
        ConsoleError::Region(error) => tracing::warn!(request_id, %error, "region failed"),
        error => tracing::error!(request_id, %error, "request failed"),
    }
}
