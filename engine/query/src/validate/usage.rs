//! Variables of operations: declared, used, and where they stand. Fragments are looked up once each, however often
//! they are spread.

use super::Rules;
use crate::syntax::{Operation, Value, ValueKind, VariableDefinition};
use crate::types::{TypeId, TypeRef};
use ahash::{AHashMap, AHashSet};
use connector_interface::Position;

/// Variables used in an operation's or a fragment's own text.
#[derive(Default)]
pub(super) struct Usages<'a> {
    found: Vec<Usage<'a>>,
    /// What was found already: a second use of the same kind tells nothing new.
    known: AHashSet<(&'a str, Option<TypeRef>)>,
}

impl<'a> Usages<'a> {
    fn add(&mut self, usage: Usage<'a>) {
        if self.known.insert((usage.name, usage.expected)) {
            self.found.push(usage);
        }
    }
}

/// A variable used as a value.
struct Usage<'a> {
    name: &'a str,
    position: Position,
    /// The type expected there, if it is known.
    expected: Option<TypeRef>,
}

impl<'a> Rules<'a> {
    /// Goes through a value: collects variables with the types expected of them, and reports fields that are given
    /// twice.
    pub(super) fn value(&mut self, value: &'a Value, expected: Option<TypeRef>, usages: &mut Usages<'a>) {
        match &value.kind {
            ValueKind::Variable(name) => usages.add(Usage { name, position: value.position, expected }),
            ValueKind::List(items) => {
                let item = expected.filter(|expected| expected.is_list()).map(TypeRef::item);
                for value in items {
                    self.value(value, item, usages);
                }
            }
            ValueKind::Object(fields) => {
                let mut known: AHashMap<&str, Position> = AHashMap::with_capacity(fields.len());
                for field in fields {
                    match known.get(&*field.name) {
                        Some(first) => {
                            let message = format!("There can be only one input field named '{}'.", field.name);
                            self.report(message, vec![*first, field.position]);
                        }
                        None => {
                            known.insert(&field.name, field.position);
                        }
                    }
                    let expected = match expected.map(|expected| expected.named) {
                        Some(TypeId::Input(input)) => self.api.input_field(input, &field.name).map(|f| f.input_type),
                        _ => None,
                    };
                    self.value(&field.value, expected, usages);
                }
            }
            _ => {}
        }
    }

    /// The rules that need all uses of an operation's variables.
    pub(super) fn variables_of(&mut self, operation: &'a Operation, own: &Usages<'a>, fragments: &[Usages<'a>]) {
        if self.is_full() {
            return;
        }
        let mut used_fragments = AHashSet::new();
        self.used_fragments(&operation.selections, &mut used_fragments);
        let mut order: Vec<usize> = used_fragments.into_iter().collect();
        order.sort_unstable();
        let usages = || own.found.iter().chain(order.iter().flat_map(|index| &fragments[*index].found));

        let mut declared: AHashMap<&str, &VariableDefinition> = AHashMap::with_capacity(operation.variables.len());
        for variable in &operation.variables {
            declared.insert(&variable.name, variable);
        }
        for usage in usages().filter(|usage| !declared.contains_key(usage.name)) {
            if self.is_full() {
                return;
            }
            let by = operation.name.as_ref().map(|name| format!(" by operation '{name}'")).unwrap_or_default();
            let message = format!("Variable '${}' is not defined{by}.", usage.name);
            self.report(message, vec![usage.position, operation.position]);
        }
        let used: AHashSet<&str> = usages().map(|usage| usage.name).collect();
        for variable in operation.variables.iter().filter(|variable| !used.contains(&*variable.name)) {
            let within = operation.name.as_ref().map(|name| format!(" in operation {name}")).unwrap_or_default();
            self.report(format!("Variable '${}' is not used{within}.", variable.name), vec![variable.position]);
        }
        let types: AHashMap<&str, Option<TypeRef>> =
            declared.iter().map(|(name, variable)| (*name, self.declared(&variable.declared_type))).collect();
        for usage in usages() {
            let (Some(variable), Some(Some(declared)), Some(expected)) =
                (declared.get(usage.name), types.get(usage.name), usage.expected)
            else {
                continue;
            };
            // A default value makes up for null.
            let shape = if variable.default.is_some() { declared.shape.required() } else { declared.shape };
            if declared.named != expected.named || !shape.fits(expected.shape) {
                let message = format!(
                    "Variable '${}' of type '{}' used in position expecting type '{}'.",
                    usage.name,
                    self.api.type_text(*declared),
                    self.api.type_text(expected)
                );
                self.report(message, vec![variable.position, usage.position]);
            }
        }
    }
}
