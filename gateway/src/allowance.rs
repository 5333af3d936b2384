//! Limits that refuse and never queue, one bucket a key (`governor`), on the clock that is handed in.

use crate::config::Allowance;
use governor::{Quota, RateLimiter, middleware::NoOpMiddleware, state::keyed::DashMapStateStore};
use region_config::Clock;
use std::{
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

/// Calls between two looks for buckets that are full again and need not be remembered.
const SWEEP_EVERY: u32 = 1024;

/// One limit, by key.
pub(crate) struct Allowances<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, DashMapStateStore<K>, Ticks, NoOpMiddleware<Duration>>,
    clock: Ticks,
    calls: AtomicU32,
}

/// Our clock, as the library wants it.
#[derive(Clone)]
struct Ticks(Arc<dyn Clock>);

impl governor::clock::Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.monotonic()
    }
}

impl<K: Hash + Eq + Clone> Allowances<K> {
    /// A limit where nobody has called yet. The period must be longer than nothing.
    pub fn new(allowance: Allowance, clock: Arc<dyn Clock>) -> Self {
        let quota = Quota::with_period(allowance.period)
            .expect("a configuration is checked before limits are made of it")
            .allow_burst(allowance.burst);
        let clock = Ticks(clock);
        Allowances {
            limiter: RateLimiter::new(quota, DashMapStateStore::default(), clock.clone()),
            clock,
            calls: AtomicU32::new(0),
        }
    }

    /// Counts a call, or says how long to wait until one is possible again.
    pub fn take(&self, key: &K) -> Result<(), Duration> {
        if self.calls.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.limiter.retain_recent();
        }
        let now = governor::clock::Clock::now(&self.clock);
        self.limiter.check_key(key).map_err(|refused| refused.wait_time_from(now))
    }
}

/// Whose bucket an address falls into: an IPv6 customer owns a /64 at least and could change addresses at will. Peers
/// without an address share one.
pub(crate) fn address_key(address: Option<IpAddr>) -> IpAddr {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V6(v6)) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        Some(v4) => v4,
        None => Ipv6Addr::UNSPECIFIED.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use region_config::clock::ManualClock;
    use std::num::NonZeroU32;

    #[test]
    fn keys_have_buckets_of_their_own_which_fill_with_time() {
        let clock = Arc::new(ManualClock::at(0));
        let allowance = Allowance { burst: NonZeroU32::new(2).unwrap(), period: Duration::from_millis(500) };
        let limit = Allowances::new(allowance, clock.clone());
        assert_eq!([limit.take(&1), limit.take(&1)], [Ok(()), Ok(())]);
        assert_eq!(limit.take(&1), Err(Duration::from_millis(500)));
        assert_eq!(limit.take(&2), Ok(()));
        clock.advance(Duration::from_millis(500));
        assert_eq!([limit.take(&1), limit.take(&1)], [Ok(()), Err(Duration::from_millis(500))]);
    }

    #[test]
    fn addresses_of_one_customer_share_a_bucket() {
        for (one, other, same) in [
            ("127.0.0.1", "::ffff:127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("2001:db8::1", "2001:db8::ffff:1", true),
            ("2001:db8::1", "2001:db8:0:1::1", false),
        ] {
            let (one, other): (IpAddr, IpAddr) = (one.parse().unwrap(), other.parse().unwrap());
            assert_eq!(address_key(Some(one)) == address_key(Some(other)), same, "{one} {other}");
        }
    }
}
