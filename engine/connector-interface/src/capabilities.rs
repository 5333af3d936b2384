//! What a kind of database can do.

/// Capabilities of a connector, as `prisma1-server.md` §4.6 lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Name in configuration and `serverInfo.primaryConnector`: `sqlite`, `postgres`.
    pub name: &'static str,
    /// Character between service and stage in a project id: `_` for SQLite, `$` for Postgres.
    pub stage_separator: char,
    /// Longest name a user may choose, in bytes.
    pub name_bytes_max: usize,
}
