//! Limits that refuse and never queue: sign-in, sign-ups, one-time links, logins of the command line and their polls.
//! Each limit owns its size and its memory.

use crate::error::ConsoleError;
use governor::{Quota, RateLimiter, clock::Clock as GovernorClock, middleware::NoOpMiddleware};
use region_config::Clock;
use std::{hash::Hash, net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

/// Keys that one limit remembers before it forgets those that are at rest.
const KEYS_MAX: usize = 50_000;

/// Every limit of the console.
pub(crate) struct RateLimits {
    /// Attempts to sign in from one address.
    pub(crate) sign_in_address: Limit<IpAddr>,
    /// Attempts to sign in to one account, known or not (key: the e-mail address in lower case).
    pub(crate) sign_in_account: Limit<String>,
    /// Attempts to sign up or to use a link from one address.
    pub(crate) sign_up: Limit<IpAddr>,
    /// Logins that a command line starts, by its address.
    pub(crate) login_request: Limit<IpAddr>,
    /// Polls of one login (key: the hash of its secret).
    pub(crate) login_poll: Limit<Vec<u8>>,
}

/// One limit: so many at once, then one more every so often.
pub(crate) struct Limit<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, governor::state::keyed::DefaultKeyedStateStore<K>, Time, NoOpMiddleware<Duration>>,
    clock: Time,
}

/// The handed-in clock, as governor wants it.
#[derive(Clone)]
struct Time(Arc<dyn Clock>);

impl GovernorClock for Time {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.monotonic()
    }
}

impl RateLimits {
    pub(crate) fn new(clock: &Arc<dyn Clock>) -> RateLimits {
        RateLimits {
            sign_in_address: Limit::new(clock, 20, Duration::from_secs(6)),
            sign_in_account: Limit::new(clock, 10, Duration::from_secs(30)),
            sign_up: Limit::new(clock, 10, Duration::from_secs(15 * 60)),
            login_request: Limit::new(clock, 20, Duration::from_secs(6)),
            login_poll: Limit::new(clock, 2, Duration::from_millis(500)),
        }
    }
}

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(clock: &Arc<dyn Clock>, burst: u32, refill: Duration) -> Limit<K> {
        let quota = Quota::with_period(refill)
            .expect("a refill takes some time")
            .allow_burst(NonZeroU32::new(burst).expect("a burst is at least one"));
        let clock = Time(clock.clone());
        Limit { limiter: RateLimiter::new(quota, Default::default(), clock.clone()), clock }
    }

    /// Takes one, or says when the next may succeed.
    pub(crate) fn take(&self, key: &K) -> Result<(), ConsoleError> {
        if self.limiter.len() > KEYS_MAX {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        self.limiter.check_key(key).map_err(|refused| {
            let wait = refused.wait_time_from(self.clock.now());
            ConsoleError::TooMany { retry_after_s: wait.as_secs() + 1 }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use region_config::clock::ManualClock;

    #[test]
    fn a_limit_refuses_and_recovers_by_key() {
        let manual = Arc::new(ManualClock::at(1_000_000));
        let clock: Arc<dyn Clock> = manual.clone();
        let limit = Limit::<u8>::new(&clock, 2, Duration::from_secs(10));
        assert!(limit.take(&1).is_ok() && limit.take(&1).is_ok());
        assert!(matches!(limit.take(&1), Err(ConsoleError::TooMany { retry_after_s: 10 | 11 })));
        assert!(limit.take(&2).is_ok(), "another key");
        manual.advance(Duration::from_secs(10));
        assert!(limit.take(&1).is_ok() && limit.take(&1).is_err());
    }
}
