//! A document of the data API: scanned, parsed, validated, planned, and given no variables.

use crate::every_kind;
use query::{Api, Document, DocumentError, RequestError, validate_subscription};
use region_config::{document_scan, limits::QUERY_DOCUMENT};
use std::sync::LazyLock;

static API: LazyLock<Api> = LazyLock::new(every_kind);

/// Takes one input.
pub fn take(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if document_scan::scan(text, &QUERY_DOCUMENT).is_err() {
        return;
    }
    let _ = validate_subscription(&API, text);
    let document = match Document::parse(&API, text) {
        Ok(document) => document,
        Err(DocumentError::Syntax(message)) => return assert!(!message.is_empty()),
        Err(DocumentError::Invalid(errors)) => return assert_told(&errors),
    };
    let names = document.ast().operations.iter().map(|operation| operation.name.as_deref()).collect::<Vec<_>>();
    for name in names.into_iter().chain([None, Some("no such operation")]) {
        let _ = document.is_introspection_only(name);
        run(&API, &document, name, &serde_json::Map::new());
    }
}

/// Plans an operation and coerces its values.
pub fn run(api: &Api, document: &Document, name: Option<&str>, variables: &serde_json::Map<String, serde_json::Value>) {
    let plan = match document.plan(api, name, variables) {
        Ok(plan) => plan,
        Err(errors) => return assert_told(&errors),
    };
    match plan.parameters(api, variables) {
        Ok(parameters) => assert_eq!(parameters.values.len(), plan.slots.len(), "a value a slot"),
        Err(errors) => assert_told(&errors),
    }
}

/// What is refused is refused in words, and not because of a fault of ours.
fn assert_told(errors: &[RequestError]) {
    assert!(!errors.is_empty(), "refused without a word");
    for error in errors {
        assert!(!error.message.is_empty() && !error.message.contains("internal"), "{}", error.message);
    }
}
