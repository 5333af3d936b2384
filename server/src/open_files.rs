//! How many files the process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Asks the system for as many open files as it lets this user have, and says how many that are. The usual soft limit,
/// 1,024, is made for programs that can count no further.
pub fn raised() -> u64 {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = Rlimit { current: maximum, maximum };
    match setrlimit(Resource::Nofile, wanted) {
        Ok(()) => maximum.unwrap_or(u64::MAX),
        // Some systems have a limit of their own below the one they tell; then it stays as it was.
        Err(_) => current.unwrap_or(u64::MAX),
    }
}
