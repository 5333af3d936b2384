//! The bytes of an answer. The form of an error is the original's: `message`, `locations`, `path`, `code`.

use super::error::CloudError;
use async_graphql::{PathSegment, Response, ServerError, Value};
use serde::Serialize;

/// What goes back to the client, as `application/json`. Not to be printed: it may hold a token.
#[derive(Clone, PartialEq, Eq)]
pub struct CloudAnswer {
    /// HTTP status.
    pub status: u16,
    /// JSON text.
    pub body: String,
}

/// Errors of one answer.
const ERRORS_MAX: usize = region_config::limits::ERRORS_MAX;
/// Bytes of one message, which may quote what was sent.
const MESSAGE_BYTES_MAX: usize = 1_500;
/// Bytes of all messages but the first.
const MESSAGES_BYTES_MAX: usize = 2_000;

#[derive(Serialize)]
struct Wire<'a> {
    data: &'a Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<WireError<'a>>,
}

#[derive(Serialize)]
struct WireError<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<WireLocation>,
    #[serde(skip_serializing_if = "<[PathSegment]>::is_empty")]
    path: &'a [PathSegment],
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<i32>,
}

#[derive(Serialize)]
struct WireLocation {
    line: usize,
    column: usize,
}

impl CloudAnswer {
    /// The answer to a request that was executed.
    pub(super) fn of_response(response: &Response) -> CloudAnswer {
        let mut bytes = 0;
        let errors = response.errors.iter().take(ERRORS_MAX).map(WireError::of).take_while(|error| {
            let is_first = bytes == 0;
            bytes += error.message.len();
            is_first || bytes <= MESSAGES_BYTES_MAX
        });
        let errors = errors.collect();
        CloudAnswer::written(200, &Wire { data: &response.data, errors })
    }

    /// The answer to a request that was refused as a whole.
    pub(super) fn of_refusal(error: &CloudError) -> CloudAnswer {
        let message = error.to_string();
        let shown =
            WireError { message: shortened(&message), locations: Vec::new(), path: &[], code: Some(error.code()) };
        CloudAnswer::written(error.status(), &Wire { data: &Value::Null, errors: vec![shown] })
    }

    fn written(status: u16, wire: &Wire<'_>) -> CloudAnswer {
        let body = serde_json::to_string(wire).expect("values and texts are JSON");
        CloudAnswer { status, body }
    }
}

impl<'a> WireError<'a> {
    fn of(error: &'a ServerError) -> WireError<'a> {
        WireError {
            message: shortened(&error.message),
            locations: error.locations.iter().map(|at| WireLocation { line: at.line, column: at.column }).collect(),
            path: &error.path,
            code: error.source::<CloudError>().map(CloudError::code),
        }
    }
}

fn shortened(message: &str) -> &str {
    &message[..message.floor_char_boundary(MESSAGE_BYTES_MAX)]
}
