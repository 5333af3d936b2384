//! `PRISMA_CONFIG`, as people have it in their compose files (`prisma1-server.md` §10): what the engine role reads of
//! it today. Values are read through their text, as in the original: `"4466"` is 4466.

use serde_json::{Map, Value};

/// Settings of the engine role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrismaConfig {
    /// Port of the listener.
    pub port: u16,
    /// Secret of the management API; none: everybody may deploy.
    pub management_api_secret: Option<String>,
    /// The first database.
    pub database: Database,
}

/// A configured database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// Its name: the key under `databases`.
    pub name: String,
    /// Which connector.
    pub connector: DatabaseKind,
    /// `executeRaw` is allowed.
    pub raw_access: bool,
}

/// Connectors that are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// Embedded, one file a service.
    Sqlite,
}

/// Why a configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not YAML, or not a mapping.
    #[error("Unable to load Prisma config: {0}")]
    Unreadable(String),
    /// No database.
    #[error("No databases defined")]
    NoDatabase,
    /// A value that must be there.
    #[error("Expected {0} to be non-empty")]
    Missing(String),
    /// A number that is none.
    #[error("Expected Int for field {key}, got {value}")]
    NotANumber {
        /// Which.
        key: &'static str,
        /// As it stands.
        value: String,
    },
    /// A connector that is not served.
    #[error("the connector '{0}' is not served yet; use 'connector: sqlite'")]
    NotYet(String),
    /// A connector that nobody knows.
    #[error("there is no connector '{0}'; use 'connector: sqlite'")]
    UnknownConnector(String),
}

const DEFAULT_PORT: u16 = 4466;

impl PrismaConfig {
    /// Reads a configuration text.
    pub fn parse(yaml: &str) -> Result<PrismaConfig, ConfigError> {
        let unreadable = |e: serde_saphyr::Error| ConfigError::Unreadable(e.to_string());
        let root: Map<String, Value> = serde_saphyr::from_str(yaml).map_err(unreadable)?;
        let databases = root.get("databases").and_then(Value::as_object).ok_or(ConfigError::NoDatabase)?;
        let (name, database) = databases.iter().next().ok_or(ConfigError::NoDatabase)?;
        let port = match text(root.get("port")) {
            None => DEFAULT_PORT,
            Some(value) => value.parse().map_err(|_| ConfigError::NotANumber { key: "port", value })?,
        };
        Ok(PrismaConfig {
            port,
            management_api_secret: text(root.get("managementApiSecret")),
            database: Database {
                name: name.clone(),
                connector: connector(text(database.get("connector")))?,
                raw_access: text(database.get("rawAccess")).is_some_and(|v| v.eq_ignore_ascii_case("true")),
            },
        })
    }
}

fn connector(name: Option<String>) -> Result<DatabaseKind, ConfigError> {
    let name = name.ok_or_else(|| ConfigError::Missing("connector".to_owned()))?;
    match name.as_str() {
        "sqlite" | "sqlite-native" => Ok(DatabaseKind::Sqlite),
        "postgres" | "postgres-native" | "mysql" | "mongo" | "mongo-native" => Err(ConfigError::NotYet(name)),
        _ => Err(ConfigError::UnknownConnector(name)),
    }
}

/// A scalar as text; empty counts as absent.
fn text(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configurations_are_read_as_people_wrote_them() {
        for (yaml, expected) in [
            (
                "port: 4466\nmanagementApiSecret: my-secret\ndatabases:\n  default:\n    connector: sqlite\n    rawAccess: true\n",
                "4466 Some(\"my-secret\") default raw=true",
            ),
            ("port: \"60\"\ndatabases:\n  d:\n    connector: sqlite\n", "60 None d raw=false"),
            (
                "databases:\n  d:\n    connector: sqlite\n    rawAccess: 'TRUE'\nmanagementApiSecret: ''",
                "4466 None d raw=true",
            ),
            ("port: many\ndatabases:\n  d: {connector: sqlite}", "Expected Int for field port, got many"),
            ("port: 1", "No databases defined"),
            ("databases: {}", "No databases defined"),
            ("databases:\n  d: {}", "Expected connector to be non-empty"),
            ("databases:\n  d: {connector: mysql}", "the connector 'mysql' is not served yet; use 'connector: sqlite'"),
            ("databases:\n  d: {connector: oracle}", "there is no connector 'oracle'; use 'connector: sqlite'"),
        ] {
            let shown = match PrismaConfig::parse(yaml) {
                Ok(c) => format!(
                    "{} {:?} {} raw={}",
                    c.port, c.management_api_secret, c.database.name, c.database.raw_access
                ),
                Err(error) => error.to_string(),
            };
            assert_eq!(shown, expected, "{yaml}");
        }
        for broken in ["port: [", "- a", "\u{0}", "a: &a [*a]"] {
            assert!(PrismaConfig::parse(broken).is_err(), "{broken}");
        }
    }
}
