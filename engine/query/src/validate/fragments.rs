//! Rules about fragments as a whole: they must not contain themselves, and must be used.

use super::Rules;
use crate::syntax::{Fragment, Selection, Spread};
use ahash::{AHashMap, AHashSet};

/// What the search for cycles has seen so far.
#[derive(Default)]
pub(super) struct Cycles<'a> {
    visited: AHashSet<&'a str>,
    path: Vec<&'a Spread>,
    /// Length of the path at which a fragment was entered.
    entered: AHashMap<&'a str, usize>,
}

impl<'a> Rules<'a> {
    /// Reports the cycles that are found from this fragment on and were not found before.
    pub(super) fn cycles(&mut self, fragment: &'a Fragment, cycles: &mut Cycles<'a>) {
        if self.is_full() || !cycles.visited.insert(&fragment.name) {
            return;
        }
        cycles.entered.insert(&fragment.name, cycles.path.len());
        for spread in spreads(&fragment.selections) {
            if let Some(start) = cycles.entered.get(&*spread.fragment).filter(|_| !self.is_full()) {
                let via = &cycles.path[*start..];
                let names: Vec<String> = via.iter().map(|spread| format!("'{}'", spread.fragment)).collect();
                let via_text = if names.is_empty() { String::new() } else { format!(" via {}", names.join(", ")) };
                let positions = via.iter().map(|via| via.position).chain([spread.position]).collect();
                let message = format!("Cannot spread fragment '{}' within itself{via_text}.", spread.fragment);
                self.report(message, positions);
                continue;
            }
            cycles.path.push(spread);
            if let Some(inner) = self.fragment_named(&spread.fragment) {
                self.cycles(inner, cycles);
            }
            cycles.path.pop();
        }
        cycles.entered.remove(&*fragment.name);
    }

    /// Whether any fragment contains itself.
    pub(super) fn has_cycles(&self) -> bool {
        /// Fragments that are being looked through, and those that are done.
        struct Seen(Vec<bool>, Vec<bool>);
        fn visit(rules: &Rules<'_>, index: usize, seen: &mut Seen) -> bool {
            if seen.1[index] {
                return false;
            }
            if std::mem::replace(&mut seen.0[index], true) {
                return true;
            }
            let found = rules.spread_by[index].iter().any(|inner| visit(rules, *inner, seen));
            seen.1[index] = true;
            found
        }
        let count = self.ast.fragments.len();
        let mut seen = Seen(vec![false; count], vec![false; count]);
        (0..count).any(|index| visit(self, index, &mut seen))
    }

    /// Reports fragments that no operation uses.
    pub(super) fn unused_fragments(&mut self) {
        let mut used = AHashSet::new();
        for operation in &self.ast.operations {
            self.used_fragments(&operation.selections, &mut used);
        }
        let names: AHashSet<&str> = used.iter().map(|index| &*self.ast.fragments[*index].name).collect();
        for fragment in self.ast.fragments.iter().filter(|fragment| !names.contains(&*fragment.name)) {
            self.report(format!("Fragment '{}' is not used.", fragment.name), vec![fragment.position]);
        }
    }

    /// Adds the fragments that selections use, directly or through other fragments.
    pub(super) fn used_fragments(&self, selections: &'a [Selection], used: &mut AHashSet<usize>) {
        let of = |spread: &Spread| self.fragments.get(&*spread.fragment).copied();
        let mut open: Vec<usize> = spreads(selections).into_iter().filter_map(of).collect();
        while let Some(index) = open.pop() {
            if used.insert(index) {
                open.extend(&self.spread_by[index]);
            }
        }
    }
}

/// The fragments that stand in a fragment, each once.
pub(super) fn spread_in(fragment: &Fragment, fragments: &AHashMap<&str, usize>) -> Vec<usize> {
    let mut indexes: Vec<usize> =
        spreads(&fragment.selections).iter().filter_map(|spread| fragments.get(&*spread.fragment).copied()).collect();
    indexes.sort_unstable();
    indexes.dedup();
    indexes
}

/// The spreads in selections, at any depth.
pub(super) fn spreads(selections: &[Selection]) -> Vec<&Spread> {
    fn collect<'a>(selections: &'a [Selection], found: &mut Vec<&'a Spread>) {
        for selection in selections {
            match selection {
                Selection::Spread(spread) => found.push(spread),
                Selection::Field(field) => collect(&field.selections, found),
                Selection::Inline(inline) => collect(&inline.selections, found),
            }
        }
    }
    let mut found = Vec::new();
    collect(selections, &mut found);
    found
}
