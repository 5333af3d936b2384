//! What strangers write, taken in by the pure parts as the engine does it: a text may be refused, it may not end the
//! process, and what is accepted holds what the rest of the product relies on.

pub mod datamodel;
pub mod document;
pub mod route;
pub mod variables;

use std::sync::Arc;

/// The model of a text, with ids that follow from their number.
fn compile(text: &str, previous: Option<&::datamodel::Datamodel>) -> Option<::datamodel::Compiled> {
    let mut count = previous.map_or(0, |previous| previous.models.len());
    let mut new_id = || {
        count += 1;
        format!("model{count}")
    };
    ::datamodel::compile(text, previous, &::datamodel::Rules::default(), &mut new_id).ok()
}

/// A service with a field of every kind and every layout of a relation.
fn every_kind() -> query::Api {
    let compiled = compile(include_str!("../seeds/every_kind.graphql"), None).expect("a valid datamodel");
    query::Api::new(Arc::new(compiled.datamodel), query::ApiOptions::default())
}
