//! A fixed amount of something all requests share: bytes of bodies that wait, places in lines.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// What is left of it.
#[derive(Debug)]
pub(crate) struct Budget {
    left: AtomicUsize,
}

/// A part that somebody holds; dropped, it goes back.
#[derive(Debug)]
pub(crate) struct Lease {
    budget: Arc<Budget>,
    amount: usize,
}

impl Budget {
    /// A budget of that much.
    pub fn new(amount: usize) -> Arc<Budget> {
        Arc::new(Budget { left: AtomicUsize::new(amount) })
    }

    /// Takes a part, if it is there.
    pub fn lease(self: &Arc<Budget>, amount: usize) -> Option<Lease> {
        let mut lease = Lease { budget: self.clone(), amount: 0 };
        lease.grow(amount).then_some(lease)
    }

    /// What nobody holds.
    pub fn left(&self) -> usize {
        self.left.load(Ordering::Relaxed)
    }
}

impl Lease {
    /// Takes more; false if there is not enough.
    pub fn grow(&mut self, by: usize) -> bool {
        let taken =
            self.budget.left.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(by)).is_ok();
        if taken {
            self.amount += by;
        }
        taken
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.budget.left.fetch_add(self.amount, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_leased_comes_back() {
        let budget = Budget::new(10);
        let mut first = budget.lease(4).unwrap();
        assert!(budget.lease(7).is_none());
        assert!(first.grow(6) && !first.grow(1));
        drop(first);
        assert_eq!(budget.left(), 10);
    }
}
