//! What an error of SQLite means to the engine.

use connector_interface::ConnectorError;
use rusqlite::ErrorCode;

/// Sorts an error of SQLite: not usable right now, or a fault of ours. Broken constraints and `executeRaw`, which have
/// a meaning to clients, are looked at before by whoever knows the statement.
pub fn failure(error: rusqlite::Error) -> ConnectorError {
    let text = error.to_string();
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::DiskFull
            | ErrorCode::CannotOpen
            | ErrorCode::SystemIoFailure
            | ErrorCode::OutOfMemory
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::ReadOnly,
        ) => ConnectorError::Unavailable(text),
        _ => ConnectorError::Database(text),
    }
}
