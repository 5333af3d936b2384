//! Random numbers, handed in (design D17), and the ids made of them.

use crate::clock::Clock;

/// Source of random bytes.
pub trait Chance: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);

    /// A random number.
    fn number(&self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// `bytes` random bytes as URL-safe text without padding.
    fn token(&self, bytes: usize) -> String {
        use base64::Engine as _;
        let mut buffer = vec![0; bytes];
        self.fill(&mut buffer);
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(buffer)
    }

    /// `bytes` random bytes as lower-case hex digits.
    fn hex(&self, bytes: usize) -> String {
        let mut buffer = vec![0; bytes];
        self.fill(&mut buffer);
        buffer.iter().map(|b| format!("{b:02x}")).collect()
    }

    /// A UUID, version 4, lower case.
    fn uuid(&self) -> String {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}

/// The operating system's random numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, buffer: &mut [u8]) {
        // Without random numbers no key and no id is safe: nothing sensible can go on.
        getrandom::fill(buffer).expect("the operating system has random numbers")
    }
}

/// Repeatable numbers for tests, from a seed (SplitMix64).
#[derive(Debug)]
pub struct SeededChance(std::sync::atomic::AtomicU64);

impl SeededChance {
    /// Numbers that follow from `seed`.
    pub fn new(seed: u64) -> Self {
        SeededChance(seed.into())
    }
}

impl Chance for SeededChance {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, std::sync::atomic::Ordering::SeqCst);
            let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let bytes = (z ^ (z >> 31)).to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
}

/// A cuid as Prisma 1 makes them: `c`, time, counter, fingerprint, random; 25 characters of `0-9a-z`, sortable by time.
pub fn cuid(clock: &dyn Clock, chance: &dyn Chance) -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let counter = COUNTER.fetch_add(1, Ordering::Relaxed) % 36u64.pow(4);
    let time = u64::try_from(clock.now_ms()).unwrap_or(0);
    let mut out = String::with_capacity(25);
    out.push('c');
    base36(&mut out, time, 8);
    base36(&mut out, counter, 4);
    base36(&mut out, u64::from(std::process::id()), 4);
    base36(&mut out, chance.number(), 8);
    out
}

/// Appends the last `width` base-36 digits of `number`.
fn base36(out: &mut String, mut number: u64, width: usize) {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut digits = [b'0'; 13];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(number % 36) as usize];
        number /= 36;
    }
    out.extend(digits[13 - width..].iter().map(|d| char::from(*d)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn a_cuid_has_25_characters_and_sorts_by_time() {
        let chance = SeededChance::new(7);
        let early = cuid(&ManualClock::at(1_543_000_000_000), &chance);
        let late = cuid(&ManualClock::at(1_543_000_000_001), &chance);
        assert_eq!((early.len(), early.starts_with('c')), (25, true));
        assert!(early < late, "{early} {late}");
        assert!(early.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase()));
    }
}
