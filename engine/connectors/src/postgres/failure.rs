//! What an error of Postgres means to the engine.

use connector_interface::{ConnectorError, ServiceError};
use tokio_postgres::{Error, error::SqlState};

/// Sorts an error of Postgres: not usable right now, stopped, a value that cannot be stored, or a fault of ours. Broken
/// constraints and `executeRaw`, which have a meaning to clients, are looked at before by whoever knows the statement.
pub fn failure(error: Error) -> ConnectorError {
    let Some(database) = error.as_db_error() else {
        // No answer of the server: the connection, or a value that does not fit its parameter.
        return match std::error::Error::source(&error) {
            Some(source) if !is_lost(&error) => ConnectorError::Database(format!("{error}: {source}")),
            Some(source) => ConnectorError::Unavailable(format!("{error}: {source}")),
            None => ConnectorError::Unavailable(error.to_string()),
        };
    };
    let text = format!("{} ({})", database.message(), database.code().code());
    match database.code() {
        &SqlState::QUERY_CANCELED => ConnectorError::TimedOut { limit_ms: 0 },
        &SqlState::STRING_DATA_RIGHT_TRUNCATION => unstorable("a text that is longer than its column"),
        &SqlState::CHARACTER_NOT_IN_REPERTOIRE => unstorable("a text with the character NUL or one that is no UTF-8"),
        &SqlState::NUMERIC_VALUE_OUT_OF_RANGE => unstorable("a number that is too large"),
        &SqlState::DATETIME_FIELD_OVERFLOW => unstorable("a time that is too far away"),
        // Of all limits of the server, the one of a row of an index is within reach of a client.
        &SqlState::PROGRAM_LIMIT_EXCEEDED => unstorable("a text that long in a unique field"),
        code if is_unavailable(code) => ConnectorError::Unavailable(text),
        _ => ConnectorError::Database(text),
    }
}

/// Whether the connection is gone, so that another one may succeed.
pub fn is_lost(error: &Error) -> bool {
    match error.as_db_error() {
        Some(database) => {
            let code = database.code();
            code.code().starts_with("08")
                || [
                    &SqlState::ADMIN_SHUTDOWN,
                    &SqlState::CRASH_SHUTDOWN,
                    &SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
                ]
                .contains(&code)
        }
        None => {
            error.is_closed() || std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
        }
    }
}

/// Whether a prepared statement no longer fits the tables and has to be prepared again.
pub fn is_stale(error: &Error) -> bool {
    let is = |code| error.code() == Some(code);
    // "cached plan must not change result type"; a statement that the server does not know (any more).
    is(&SqlState::FEATURE_NOT_SUPPORTED) || is(&SqlState::INVALID_SQL_STATEMENT_NAME)
}

fn is_unavailable(code: &SqlState) -> bool {
    // 08: connections; 53: out of memory, disk, connections; 57P: shutting down, starting up; 58: files.
    ["08", "53", "57P", "58"].iter().any(|class| code.code().starts_with(class))
        || [
            &SqlState::READ_ONLY_SQL_TRANSACTION,
            &SqlState::LOCK_NOT_AVAILABLE,
            &SqlState::T_R_DEADLOCK_DETECTED,
            &SqlState::T_R_SERIALIZATION_FAILURE,
            &SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        ]
        .contains(&code)
}

fn unstorable(what: &str) -> ConnectorError {
    ServiceError::TooMuch { message: format!("The database cannot store {what}.") }.into()
}
