//! Fields that share a response key must be the same field with the same arguments, or belong to types that no object
//! can have both; and even then they must have the same shape.
//!
//! The fields of an operation are looked at level by level, all selections of one response path together, so every
//! selection is looked at once (the expanded document is bounded). Within such a set each field is compared with the
//! first of its kind only: all others that agree with it agree with each other.

use super::Rules;
use crate::syntax::{Argument, Field, Selection};
use crate::types::{TypeId, TypeRef};
use ahash::AHashMap;

/// A selected field, with the type it is selected from.
struct Entry<'a> {
    field: &'a Field,
    parent: TypeId,
    field_type: Option<TypeRef>,
    /// The field whose selection set it is in: position in [`Overlap::entries`].
    within: Option<usize>,
}

struct Overlap<'a, 'r> {
    rules: &'r mut Rules<'a>,
    entries: Vec<Entry<'a>>,
}

impl<'a> Rules<'a> {
    /// Reports the conflicts in an operation. Its fragments must not contain themselves.
    pub(super) fn overlap(&mut self, selections: &'a [Selection], root: Option<TypeId>) {
        let mut overlap = Overlap { rules: self, entries: Vec::new() };
        let mut set = Vec::new();
        overlap.collect(selections, root, None, &mut set);
        overlap.same_fields(&set);
    }
}

impl<'a> Overlap<'a, '_> {
    /// Adds the fields of a selection set, fragments put in their places. What is selected from a type that is not
    /// known is left out: other rules tell that, and nothing can be said about it here.
    fn collect(
        &mut self,
        selections: &'a [Selection],
        parent: Option<TypeId>,
        within: Option<usize>,
        set: &mut Vec<usize>,
    ) {
        let Some(parent) = parent else { return };
        for selection in selections {
            match selection {
                Selection::Field(field) => {
                    let field_type = self.rules.field_of(parent, &field.name).map(|definition| definition.field_type);
                    set.push(self.entries.len());
                    self.entries.push(Entry { field, parent, field_type, within });
                }
                Selection::Inline(inline) => {
                    let of = match &inline.condition {
                        Some(condition) => self.rules.api.type_named(&condition.name),
                        None => Some(parent),
                    };
                    self.collect(&inline.selections, of, within, set);
                }
                Selection::Spread(spread) => {
                    if let Some(fragment) = self.rules.fragment_named(&spread.fragment) {
                        let of = self.rules.api.type_named(&fragment.condition.name);
                        self.collect(&fragment.selections, of, within, set);
                    }
                }
            }
        }
    }

    /// The fields below several fields, as one set.
    fn below(&mut self, fields: &[usize]) -> Vec<usize> {
        let mut set = Vec::new();
        for index in fields {
            let Entry { field, field_type, .. } = self.entries[*index];
            self.collect(&field.selections, field_type.map(|of| of.named), Some(*index), &mut set);
        }
        set
    }

    /// Fields of one response path that an object may have together.
    fn same_fields(&mut self, set: &[usize]) {
        for group in self.by_key(set) {
            let kinds = self.by_parent(&group);
            for kind in &kinds {
                for other in &kind[1..] {
                    if let Some(reason) = self.difference(kind[0], *other) {
                        self.conflict(kind[0], *other, reason);
                    }
                }
                let below = self.below(kind);
                self.same_fields(&below);
            }
            if kinds.len() > 1 {
                self.same_shapes(&group);
            }
        }
    }

    /// Fields of one response path that no object has together: only the shape of their values is compared.
    fn same_shapes(&mut self, group: &[usize]) {
        let first = group.iter().copied().find(|index| self.entries[*index].field_type.is_some());
        let Some(first) = first else { return };
        for other in group {
            if let Some(reason) = self.different_shapes(first, *other) {
                self.conflict(first, *other, reason);
            }
        }
        let below = self.below(group);
        for group in self.by_key(&below) {
            self.same_shapes(&group);
        }
    }

    /// The set by response key, in the order of first appearance.
    fn by_key(&self, set: &[usize]) -> Vec<Vec<usize>> {
        let mut place: AHashMap<&str, usize> = AHashMap::with_capacity(set.len());
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for index in set {
            let key = self.entries[*index].field.response_key();
            let at = *place.entry(key).or_insert(groups.len());
            if at == groups.len() {
                groups.push(Vec::new());
            }
            groups[at].push(*index);
        }
        groups
    }

    /// Fields of one response key by the type they are selected from. Those of the interface may meet any other and
    /// so stand in each group; they are leaves.
    fn by_parent(&self, group: &[usize]) -> Vec<Vec<usize>> {
        let is_anywhere = |index: &usize| self.entries[*index].parent == TypeId::Node;
        let anywhere: Vec<usize> = group.iter().copied().filter(is_anywhere).collect();
        let mut kinds: Vec<(TypeId, Vec<usize>)> = Vec::new();
        let mut place: AHashMap<TypeId, usize> = AHashMap::new();
        for index in group.iter().filter(|index| !is_anywhere(index)) {
            let object = self.entries[*index].parent;
            let at = *place.entry(object).or_insert(kinds.len());
            if at == kinds.len() {
                kinds.push((object, anywhere.clone()));
            }
            kinds[at].1.push(*index);
        }
        if kinds.is_empty() {
            return vec![anywhere];
        }
        kinds.into_iter().map(|(_, kind)| kind).collect()
    }

    fn difference(&self, a: usize, b: usize) -> Option<String> {
        let (first, other) = (self.entries[a].field, self.entries[b].field);
        if first.name != other.name {
            return Some(format!("'{}' and '{}' are different fields", first.name, other.name));
        }
        if !same_arguments(&first.arguments, &other.arguments) {
            return Some("they have differing arguments".to_owned());
        }
        self.different_shapes(a, b)
    }

    fn different_shapes(&self, a: usize, b: usize) -> Option<String> {
        let (first, other) = (self.entries[a].field_type?, self.entries[b].field_type?);
        let is_leaf = first.named.is_leaf() || other.named.is_leaf();
        if first.shape == other.shape && (!is_leaf || first.named == other.named) {
            return None;
        }
        let (first, other) = (self.rules.api.type_text(first), self.rules.api.type_text(other));
        Some(format!("they return conflicting types '{first}' and '{other}'"))
    }

    /// Tells a conflict from the place on where the two ways to it part.
    fn conflict(&mut self, a: usize, b: usize, reason: String) {
        let (mut a, mut b, mut reason) = (a, b, reason);
        let (mut of_a, mut of_b) = (vec![a], vec![b]);
        while let (Some(above_a), Some(above_b)) = (self.entries[a].within, self.entries[b].within)
            && !std::ptr::eq(self.entries[above_a].field, self.entries[above_b].field)
        {
            let key = self.entries[a].field.response_key();
            reason = format!("subfields '{key}' conflict because {reason}");
            (a, b) = (above_a, above_b);
            of_a.insert(0, a);
            of_b.insert(0, b);
        }
        let key = self.entries[a].field.response_key();
        let message = format!(
            "Field '{key}' conflict because {reason}. Use different aliases on the fields to fetch both if this was intentional."
        );
        let positions = of_a.iter().chain(&of_b).map(|index| self.entries[*index].field.position).collect();
        self.rules.report(message, positions);
    }
}

fn same_arguments(a: &[Argument], b: &[Argument]) -> bool {
    a.len() == b.len()
        && a.iter().all(|argument| {
            let same = b.iter().find(|other| other.name == argument.name);
            same.is_some_and(|other| other.value.is_same(&argument.value))
        })
}
