//! Selections: fields with the same response key are one field, over fragments and inline fragments, and what
//! `@skip` and `@include` leave out is left out. Validation has bounded what fragments inside fragments can make of a
//! document.

use crate::{
    plan::Planner,
    syntax::{Directive, Field, Selection},
};
use std::collections::{HashMap, HashSet};

/// One field of an answer: the first selection of its key, and the sub-selections of all of them.
pub(crate) struct Merged<'d> {
    /// The first selection of this key; the others have the same name and arguments.
    pub field: &'d Field,
    /// The sub-selections of all of them.
    pub sets: Vec<&'d [Selection]>,
}

/// The object type that is selected from, to judge type conditions.
#[derive(Clone, Copy)]
pub(crate) struct SelectedType<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether it implements `Node`.
    pub is_node: bool,
}

impl SelectedType<'_> {
    fn meets(self, condition: &str) -> bool {
        condition == self.name || self.is_node && condition == "Node"
    }
}

impl<'d> Planner<'d> {
    /// The fields selected from an object of this type, in answer order.
    pub fn merged(&self, sets: &[&'d [Selection]], of: SelectedType<'_>) -> Vec<Merged<'d>> {
        let mut merge = Merge { fields: Vec::new(), keys: HashMap::new(), spread: HashSet::new() };
        for set in sets {
            self.merge(set, of, &mut merge);
        }
        merge.fields
    }

    fn merge(&self, set: &'d [Selection], of: SelectedType<'_>, merge: &mut Merge<'d>) {
        for selection in set {
            if self.is_left_out(selection.directives()) {
                continue;
            }
            match selection {
                Selection::Field(field) => merge.add(field),
                Selection::Inline(inline) => {
                    if inline.condition.as_ref().is_none_or(|condition| of.meets(&condition.name)) {
                        self.merge(&inline.selections, of, merge);
                    }
                }
                Selection::Spread(spread) => {
                    let Some(fragment) = self.fragments.get(&*spread.fragment).copied() else { continue };
                    // A second use in the same object adds nothing.
                    if merge.spread.insert(&fragment.name) && of.meets(&fragment.condition.name) {
                        self.merge(&fragment.selections, of, merge);
                    }
                }
            }
        }
    }

    fn is_left_out(&self, directives: &'d [Directive]) -> bool {
        directives.iter().any(|directive| {
            let condition = directive.argument("if").and_then(|value| self.resolve(value));
            let condition = condition.and_then(|input| input.boolean());
            match &*directive.name {
                "skip" => condition == Some(true),
                "include" => condition == Some(false),
                _ => false,
            }
        })
    }
}

struct Merge<'d> {
    fields: Vec<Merged<'d>>,
    keys: HashMap<&'d str, usize>,
    spread: HashSet<&'d str>,
}

impl<'d> Merge<'d> {
    fn add(&mut self, field: &'d Field) {
        let index = *self.keys.entry(field.response_key()).or_insert(self.fields.len());
        if index == self.fields.len() {
            self.fields.push(Merged { field, sets: Vec::new() });
        }
        if !field.selections.is_empty() {
            self.fields[index].sets.push(&field.selections);
        }
    }
}
