//! The check that a body of GraphQL passes before it counts against a limit or waits in a line: JSON of bounded depth,
//! of the shape that the original reads (`prisma1-server.md` §1.3), with documents of bounded size (design D9).

use crate::body::{introspection::is_introspection_alone, json_depth::nests_deeper, sound_json::SoundObject};
use region_config::{
    document_scan::{self, DocumentTooLarge},
    limits::{BATCH_MAX, JSON_DEPTH_MAX, QUERY_DOCUMENT},
};
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, SeqAccess, Visitor},
};
use std::{borrow::Cow, fmt};

/// Why a body is not handed on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DocumentRefused {
    /// The original's text for JSON that cannot be read, followed by what is wrong.
    #[error("The request content was malformed:\n{0}")]
    Malformed(String),
    /// The original's text for JSON that is neither object nor array.
    #[error("request malformed")]
    NoOperation,
    #[error("the body is nested deeper than {JSON_DEPTH_MAX} levels. Flatten it, or use several requests.")]
    Nesting,
    #[error(transparent)]
    Document(#[from] DocumentTooLarge),
}

/// What was seen of a body that may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Nothing but introspection is asked for.
    pub introspection_alone: bool,
}

/// One operation, read only as far as its shape goes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Operation<'a> {
    #[serde(borrow, default)]
    query: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "operationName")]
    _operation_name: Option<Cow<'a, str>>,
    #[serde(default, rename = "variables")]
    _variables: Option<SoundObject>,
}

/// The operations of an array body.
struct Operations<'a>(Vec<Operation<'a>>);

/// Checks a body of the data API, the management API or the cloud API.
pub(crate) fn check(body: &[u8]) -> Result<Seen, DocumentRefused> {
    check_depth(body)?;
    let operations = match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => vec![serde_json::from_slice(body)?],
        Some(b'[') => serde_json::from_slice::<Operations<'_>>(body)?.0,
        _ => {
            serde_json::from_slice::<serde::de::IgnoredAny>(body)?;
            return Err(DocumentRefused::NoOperation);
        }
    };
    let mut introspection_alone = !operations.is_empty();
    for operation in &operations {
        // No document at all is the empty document: the parser says what is wrong with it.
        let document = operation.query.as_deref().unwrap_or_default();
        document_scan::scan(document, &QUERY_DOCUMENT)?;
        introspection_alone = introspection_alone && is_introspection_alone(document);
    }
    Ok(Seen { introspection_alone })
}

/// Checks a JSON body that holds no GraphQL.
pub(crate) fn check_depth(body: &[u8]) -> Result<(), DocumentRefused> {
    if nests_deeper(body, JSON_DEPTH_MAX) { Err(DocumentRefused::Nesting) } else { Ok(()) }
}

impl From<serde_json::Error> for DocumentRefused {
    fn from(error: serde_json::Error) -> Self {
        DocumentRefused::Malformed(error.to_string())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Operations<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Vec<Operation<'de>>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of operations")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut operations = Vec::new();
                while let Some(operation) = seq.next_element()? {
                    if operations.len() == BATCH_MAX {
                        return Err(A::Error::custom(format_args!("more than {BATCH_MAX} operations in one array")));
                    }
                    operations.push(operation);
                }
                Ok(operations)
            }
        }
        deserializer.deserialize_seq(Collect).map(Operations)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(body: &str) -> String {
        match check(body.as_bytes()) {
            Ok(Seen { introspection_alone: true }) => "introspection".to_owned(),
            Ok(Seen { introspection_alone: false }) => "ok".to_owned(),
            Err(error) => error.to_string().lines().last().unwrap_or_default().to_owned(),
        }
    }

    #[test]
    fn bodies_have_the_shape_that_the_original_reads() {
        for (body, expected) in [
            (r#"{"query":"{ users { id } }"}"#, "ok"),
            (r#" [{"query":"{ a }"},{"query":"{ b }","variables":null}]"#, "ok"),
            (r#"{"query":"{ a }","operationName":null,"variables":{"x":[1]},"extensions":{"a":1}}"#, "ok"),
            (r#"{"query":null}"#, "ok"),
            ("{}", "ok"),
            ("[]", "ok"),
            (r#"{"query":"{ __schema { types { name } } }"}"#, "introspection"),
            (r#"[{"query":"{ __typename }"},{"query":"{ a }"}]"#, "ok"),
            ("1", "request malformed"),
            ("null", "request malformed"),
            (r#""{}""#, "request malformed"),
            ("", "EOF while parsing a value at line 1 column 0"),
            (r#"{"query":"{ a }""#, "EOF while parsing an object at line 1 column 16"),
            (r#"{"query":1}"#, "invalid type: integer `1`, expected a string at line 1 column 10"),
            (
                r#"{"query":"","variables":"{}"}"#,
                r#"invalid type: string "{}", expected an object at line 1 column 28"#,
            ),
            (r#"{"query":"","variables":[]}"#, "invalid type: sequence, expected an object at line 1 column 24"),
            (r#"{"query":"","query":""}"#, "duplicate field `query` at line 1 column 19"),
            (r#"{"query":"","variables":{"a":1e400}}"#, "number out of range at line 1 column 34"),
            (r#"[{"query":"a"},1]"#, "invalid type: integer `1`, expected struct Operation at line 1 column 16"),
        ] {
            assert_eq!(verdict(body), expected, "{body}");
        }
    }

    #[test]
    fn hostile_sizes_are_refused() {
        let nested = |n: usize| format!(r#"{{"query":"","variables":{{"a":{}{}}}}}"#, "[".repeat(n), "]".repeat(n));
        assert_eq!(verdict(&nested(62)), "ok");
        assert_eq!(
            verdict(&nested(63)),
            "the body is nested deeper than 64 levels. Flatten it, or use several requests."
        );
        assert_eq!(verdict(&nested(100_000)), verdict(&nested(63)));
        let batch = |n: usize| format!("[{}]", vec!["{}"; n].join(","));
        assert_eq!(verdict(&batch(50)), "ok");
        assert!(verdict(&batch(51)).starts_with("more than 50 operations in one array"));
        let literal = |n: usize| format!(r#"{{"query":"{{ a(x: {}{}) }}"}}"#, "[".repeat(n), "]".repeat(n));
        assert_eq!(verdict(&literal(62)), "ok");
        assert!(verdict(&literal(2_000)).starts_with("the document is nested deeper than 64 levels at line 1"));
    }
}
