//! The text of a syntax error.

use super::SyntaxError;

pub(super) fn explain(text: &str, _from: usize, furthest: usize) -> SyntaxError {
    let cause = match text[furthest..].chars().next() {
        Some(c) => format!("Invalid input '{}'", c.escape_debug()),
        None => "Unexpected end of input".to_owned(),
    };
    error_at(text, furthest, &cause)
}

/// An error with its place, in the words of the original.
pub(super) fn error_at(text: &str, at: usize, cause: &str) -> SyntaxError {
    let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[..at].matches('\n').count() + 1;
    let column = text[line_start..at].encode_utf16().count() + 1;
    let source = text[line_start..].split('\n').next().unwrap_or_default();
    let caret = " ".repeat(column - 1);
    let message = format!(
        "Syntax error while parsing GraphQL query. {cause} (line {line}, column {column}):\n{source}\n{caret}^"
    );
    SyntaxError { message, line, column }
}
