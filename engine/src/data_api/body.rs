//! The body of a data API request: an object, or an array of objects.

use region_config::limits;
use serde::Deserialize;
use serde_json::{Map, Value};

/// One operation to run.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct GraphQlRequest {
    /// The document; absent is empty, which is a syntax error.
    #[serde(default)]
    pub query: String,
    /// Which of its operations.
    #[serde(rename = "operationName", default, deserialize_with = "empty_is_none")]
    pub operation_name: Option<String>,
    /// Values of its variables; `null` is an empty object.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub variables: Map<String, Value>,
}

/// A body as it was sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// An object.
    One(GraphQlRequest),
    /// An array.
    Many(Vec<GraphQlRequest>),
}

/// Why a body cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Not JSON, or not of the expected form.
    #[error("the body is not a GraphQL request: {0}. Send an object with a 'query', or an array of such objects.")]
    Malformed(String),
    /// An array with too many operations.
    #[error("the array holds {0} operations; at most {max} are allowed", max = limits::BATCH_MAX)]
    Batch(usize),
}

/// Reads a body. Its size and depth have been bounded before.
pub fn parse_body(bytes: &[u8]) -> Result<Body, BodyError> {
    let malformed = |e: serde_json::Error| BodyError::Malformed(e.to_string());
    match bytes.iter().find(|b| !b.is_ascii_whitespace()) {
        Some(b'[') => {
            let requests: Vec<GraphQlRequest> = serde_json::from_slice(bytes).map_err(malformed)?;
            match requests.len() {
                0..=limits::BATCH_MAX => Ok(Body::Many(requests)),
                more => Err(BodyError::Batch(more)),
            }
        }
        Some(b'{') => serde_json::from_slice(bytes).map(Body::One).map_err(malformed),
        _ => Err(BodyError::Malformed("request malformed".to_owned())),
    }
}

fn null_is_empty<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    Ok(Option::<Map<String, Value>>::deserialize(deserializer)?.unwrap_or_default())
}

fn empty_is_none<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.filter(|name| !name.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_read_as_the_original_reads_them() {
        for (body, expected) in [
            (r#"{"query":"{a}"}"#, "One {a} None 0"),
            (r#" {"query":"{a}","variables":null,"operationName":null}"#, "One {a} None 0"),
            (r#"{"query":"{a}","variables":{"x":1},"operationName":"A"}"#, "One {a} Some(\"A\") 1"),
            (r#"{"query":"{a}","operationName":""}"#, "One {a} None 0"),
            (r#"{}"#, "One  None 0"),
            (r#"[{"query":"{a}"},{"query":"{b}"}]"#, "Many 2"),
            ("[]", "Many 0"),
            (r#"{"query":"{a}","variables":[1]}"#, "error"),
            (r#"{"query":1}"#, "error"),
            ("1", "error"),
            ("", "error"),
            ("{", "error"),
            (r#"{"query":"\ud800"}"#, "error"),
        ] {
            let shown = match parse_body(body.as_bytes()) {
                Ok(Body::One(r)) => format!("One {} {:?} {}", r.query, r.operation_name, r.variables.len()),
                Ok(Body::Many(r)) => format!("Many {}", r.len()),
                Err(_) => "error".to_owned(),
            };
            assert_eq!(shown, expected, "{body}");
        }
        let many = format!("[{}]", vec!["{}"; 51].join(","));
        assert_eq!(parse_body(many.as_bytes()), Err(BodyError::Batch(51)));
    }
}
