//! Checks of enums.

use std::collections::{HashMap, HashSet};

use super::context::Context;
use crate::declared::is_upper_camel;
use crate::rules::Diagnostic;
use crate::syntax::EnumDefinition;

pub(super) fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let enums = &context.document.enums;
    let mut seen = HashMap::new();
    let mut twice = Vec::new();
    for definition in enums {
        let count = seen.entry(&definition.name).or_insert(0);
        *count += 1;
        if *count == 2 {
            let name = &definition.name;
            let description =
                format!("The enum type `{name}` is defined twice in the schema. Enum names must be unique.");
            twice.push(Diagnostic::on_type(name, description));
        }
    }
    twice.into_iter().chain(enums.iter().filter_map(wrong_values)).collect()
}

fn wrong_values(definition: &EnumDefinition) -> Option<Diagnostic> {
    let name = &definition.name;
    let refuse = |reason: String| {
        Some(Diagnostic::on_type(name, format!("The enum type `{name}` contains invalid enum values. {reason}")))
    };
    if definition.values.iter().any(|value| value.starts_with(|c: char| c.is_ascii_lowercase())) {
        return refuse("The first character of each value must be an uppercase letter.".to_owned());
    }
    let is_valid = |value: &str| value.len() <= 191 && is_upper_camel(value);
    let invalid: Vec<_> = definition.values.iter().filter(|v| !is_valid(v)).map(|v| format!("`{v}`")).collect();
    if !invalid.is_empty() {
        return refuse(format!("Those are invalid: {}.", invalid.join(", ")));
    }
    // The original has no such check, and no API for such an enum either.
    let mut seen = HashSet::new();
    let twice = definition.values.iter().find(|value| !seen.insert(value.as_str()))?;
    refuse(format!("The value `{twice}` occurs more than once."))
}
