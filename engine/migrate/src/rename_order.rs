//! An order for renames in which nothing takes a name that another thing still has.
//!
//! `a → b` must wait for `b → c`. Where names go round in a circle, one thing steps aside under a passing name first.

use std::collections::{HashMap, HashSet};

/// One rename of the thing at position `of`. A thing that steps aside has two; only the later one is the `last`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rename {
    pub(crate) of: usize,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) last: bool,
}

/// Orders the renames of everything in one namespace. Things that keep their names stand among them (their names are
/// taken as well) and come back with `from` equal to `to`.
///
/// Letter case is ignored where names are compared, as some databases do.
pub(crate) fn order(names: &[(String, String)]) -> Vec<Rename> {
    let mut order = Order::new(names);
    for start in 0..names.len() {
        order.clear_the_way_for(start);
    }
    order.renames
}

struct Order<'a> {
    names: &'a [(String, String)],
    /// Names as they are by now.
    current: Vec<String>,
    /// Who has a name and has not been renamed for good.
    holders: HashMap<String, Vec<usize>>,
    /// Every name before and after.
    all_names: HashSet<String>,
    is_waiting: Vec<bool>,
    is_done: Vec<bool>,
    passing_names: u32,
    renames: Vec<Rename>,
}

impl<'a> Order<'a> {
    fn new(names: &'a [(String, String)]) -> Order<'a> {
        let mut holders: HashMap<_, Vec<_>> = HashMap::new();
        for (i, (from, _)) in names.iter().enumerate() {
            holders.entry(folded(from)).or_default().push(i);
        }
        let current = names.iter().map(|(from, _)| from.clone()).collect();
        let all_names = names.iter().flat_map(|(from, to)| [folded(from), folded(to)]).collect();
        Order {
            names,
            current,
            holders,
            all_names,
            is_waiting: vec![false; names.len()],
            is_done: vec![false; names.len()],
            passing_names: 0,
            renames: Vec::new(),
        }
    }

    /// Renames `start`, and before that everything that stands in the way of what stands in its way.
    fn clear_the_way_for(&mut self, start: usize) {
        let mut waiting = vec![start];
        while let Some(&i) = waiting.last() {
            self.is_waiting[i] = true;
            match self.in_the_way_of(i).filter(|_| !self.is_done[i]) {
                Some(other) if self.is_waiting[other] => {
                    let aside = self.passing_name();
                    self.rename(other, aside, false);
                }
                Some(other) => waiting.push(other),
                None => {
                    waiting.pop();
                    self.is_waiting[i] = false;
                    if !std::mem::replace(&mut self.is_done[i], true) {
                        self.rename(i, self.names[i].1.clone(), true);
                    }
                }
            }
        }
    }

    fn in_the_way_of(&self, i: usize) -> Option<usize> {
        let holders = self.holders.get(&folded(&self.names[i].1))?;
        holders.iter().copied().find(|other| *other != i)
    }

    fn rename(&mut self, of: usize, to: String, last: bool) {
        let from = std::mem::replace(&mut self.current[of], to.clone());
        if let Some(holders) = self.holders.get_mut(&folded(&from)) {
            holders.retain(|holder| *holder != of);
        }
        self.renames.push(Rename { of, from, to, last });
    }

    fn passing_name(&mut self) -> String {
        loop {
            let name = format!("_moving_{}", self.passing_names);
            self.passing_names += 1;
            if !self.all_names.contains(&name) {
                return name;
            }
        }
    }
}

fn folded(name: &str) -> String {
    name.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &[(&str, &str)], expected: &[&str]) {
        let names: Vec<_> = names.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        let renames: Vec<_> = order(&names).iter().map(|r| format!("{} {}", r.from, r.to)).collect();
        assert_eq!(renames, expected);
    }

    #[test]
    fn nothing_takes_a_name_that_another_still_has() {
        check(&[("a", "a"), ("b", "c")], &["a a", "b c"]);
        check(&[("a", "b"), ("b", "c"), ("c", "d")], &["c d", "b c", "a b"]);
        check(&[("a", "b"), ("b", "a")], &["a _moving_0", "b a", "_moving_0 b"]);
        check(
            &[("a", "b"), ("b", "c"), ("c", "a"), ("_moving_0", "_moving_0")],
            &["a _moving_1", "c a", "b c", "_moving_1 b", "_moving_0 _moving_0"],
        );
        check(&[("User", "x"), ("other", "USER")], &["User x", "other USER"]);
        check(&[("other", "USER"), ("User", "x")], &["User x", "other USER"]);
    }

    #[test]
    fn a_name_wanted_twice_ends_as_well() {
        check(&[("a", "c"), ("b", "c"), ("c", "a")], &["a _moving_0", "c a", "_moving_0 c", "b c"]);
    }
}
