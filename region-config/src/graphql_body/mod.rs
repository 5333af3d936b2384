//! The check that a body of GraphQL passes before anything else reads it: JSON of bounded depth that everybody reads
//! alike, of the shape that the original reads (`prisma1-server.md` §1.3), with documents of bounded size (design D9).
//! The gateway makes it before a request counts or waits; the engine, where it stands alone.

mod json_depth;
mod sound_json;

use crate::{
    document_scan::{self, DocumentTooLarge},
    limits::{BATCH_MAX, JSON_DEPTH_MAX, QUERY_DOCUMENT},
};
use json_depth::nests_deeper;
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use sound_json::SoundObject;
use std::{borrow::Cow, fmt};

/// Bytes of what is said about JSON that cannot be read.
const REASON_BYTES_MAX: usize = 300;

/// Why a body is not handed on.
#[derive(Debug, thiserror::Error)]
pub enum BodyRefused {
    /// The original's text for JSON that cannot be read, followed by what is wrong.
    #[error("The request content was malformed:\n{0}")]
    Malformed(String),
    /// The original's text for JSON that is neither object nor array.
    #[error("request malformed")]
    NoOperation,
    /// Nesting of its JSON.
    #[error("the body is nested deeper than {JSON_DEPTH_MAX} levels. Flatten it, or use several requests.")]
    Nesting,
    /// A document in it.
    #[error(transparent)]
    Document(#[from] DocumentTooLarge),
}

/// One operation. A derived reader would take an array of its parts as well.
struct Operation<'a>(Parts<'a>);

/// The parts of an operation, read only as far as their shape goes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parts<'a> {
    #[serde(borrow, default)]
    query: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "operationName")]
    _operation_name: Option<Cow<'a, str>>,
    #[serde(default, rename = "variables")]
    _variables: Option<SoundObject>,
}

/// The operations of an array body.
struct Operations<'a>(Vec<Operation<'a>>);

/// Checks a body of the data API, the management API or the cloud API, and yields its documents. No document at all is
/// the empty document: the parser says what is wrong with it.
pub fn documents(body: &[u8]) -> Result<Vec<Cow<'_, str>>, BodyRefused> {
    check_depth(body)?;
    let operations = match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => vec![serde_json::from_slice::<Operation<'_>>(body)?],
        Some(b'[') => serde_json::from_slice::<Operations<'_>>(body)?.0,
        _ => {
            serde_json::from_slice::<serde::de::IgnoredAny>(body)?;
            return Err(BodyRefused::NoOperation);
        }
    };
    let documents: Vec<_> = operations.into_iter().map(|operation| operation.0.query.unwrap_or_default()).collect();
    for document in &documents {
        document_scan::scan(document, &QUERY_DOCUMENT)?;
    }
    Ok(documents)
}

/// Checks a JSON body that holds no GraphQL.
pub fn check_depth(body: &[u8]) -> Result<(), BodyRefused> {
    if nests_deeper(body, JSON_DEPTH_MAX) { Err(BodyRefused::Nesting) } else { Ok(()) }
}

impl From<serde_json::Error> for BodyRefused {
    fn from(error: serde_json::Error) -> Self {
        let mut reason = error.to_string();
        // The reader quotes what it found, however long that is. Where it was found stands at the end.
        if reason.len() > REASON_BYTES_MAX {
            let start = reason.floor_char_boundary(REASON_BYTES_MAX / 2);
            let end = reason.ceil_char_boundary(reason.len() - REASON_BYTES_MAX / 2);
            reason.replace_range(start..end, " … ");
        }
        BodyRefused::Malformed(reason)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Operation<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Parts<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an operation")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Parts::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_map(Object).map(Operation)
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
        match documents(body.as_bytes()) {
            Ok(documents) => format!("ok {}", documents.join("|")),
            Err(error) => error.to_string().lines().last().unwrap_or_default().to_owned(),
        }
    }

    #[test]
    fn bodies_have_the_shape_that_the_original_reads() {
        for (body, expected) in [
            (r#"{"query":"{ users { id } }"}"#, "ok { users { id } }"),
            (r#" [{"query":"{ a }"},{"query":"{ b }","variables":null}]"#, "ok { a }|{ b }"),
            (r#"{"query":"{ a }","operationName":null,"variables":{"x":[1]},"extensions":{"a":1}}"#, "ok { a }"),
            (r#"{"query":null}"#, "ok "),
            ("{}", "ok "),
            ("[]", "ok "),
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
            (r#"[{"query":"a"},1]"#, "invalid type: integer `1`, expected an operation at line 1 column 16"),
            (r#"[["{ a }"]]"#, "invalid type: sequence, expected an operation at line 1 column 1"),
            ("[[]]", "invalid type: sequence, expected an operation at line 1 column 1"),
        ] {
            assert_eq!(verdict(body), expected, "{body}");
        }
    }

    #[test]
    fn hostile_sizes_are_refused() {
        let nested = |n: usize| format!(r#"{{"query":"","variables":{{"a":{}{}}}}}"#, "[".repeat(n), "]".repeat(n));
        assert_eq!(verdict(&nested(62)), "ok ");
        assert_eq!(
            verdict(&nested(63)),
            "the body is nested deeper than 64 levels. Flatten it, or use several requests."
        );
        assert_eq!(verdict(&nested(100_000)), verdict(&nested(63)));
        let batch = |n: usize| format!("[{}]", vec!["{}"; n].join(","));
        assert_eq!(verdict(&batch(50)), format!("ok {}", "|".repeat(49)));
        assert!(verdict(&batch(51)).starts_with("more than 50 operations in one array"));
        let literal = |n: usize| format!(r#"{{"query":"{{ a(x: {}{}) }}"}}"#, "[".repeat(n), "]".repeat(n));
        assert!(verdict(&literal(62)).starts_with("ok { a"));
        assert!(verdict(&literal(2_000)).starts_with("the document is nested deeper than 64 levels at line 1"));
        let long = format!(r#"{{"query":"","variables":"{}"}}"#, "é".repeat(100_000));
        let said = verdict(&long);
        assert!(said.len() < 320 && said.contains("expected an object at line 1"), "{said}");
    }
}
