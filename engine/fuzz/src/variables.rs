//! The variables of a request: the first byte chooses a document, the rest is the JSON of its variables.

use crate::{document::run, every_kind};
use query::{Api, Document};
use region_config::graphql_body;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

static API: LazyLock<Api> = LazyLock::new(every_kind);

static DOCUMENTS: LazyLock<Vec<(String, Document)>> = LazyLock::new(|| {
    let texts = include_str!("../seeds/documents.graphql").split("\n\n").map(str::trim);
    texts.map(|text| (text.to_owned(), Document::parse(&API, text).unwrap_or_else(|e| panic!("{e}\n{text}")))).collect()
});

/// Takes one input.
pub fn take(bytes: &[u8]) {
    let Some((first, variables)) = bytes.split_first() else { return };
    let (text, document) = &DOCUMENTS[usize::from(*first) % DOCUMENTS.len()];
    let body = [br#"{"query":"#, json!(text).to_string().as_bytes(), br#","variables":"#, variables, b"}"].concat();
    if graphql_body::documents(&body).is_err() {
        return;
    }
    let body: Body = serde_json::from_slice(&body).expect("what passes the check can be read");
    run(&API, document, None, &body.variables.unwrap_or_default());
}

/// As the engine reads it: what else stands in a body is passed over.
#[derive(serde::Deserialize)]
struct Body {
    variables: Option<Map<String, Value>>,
}
