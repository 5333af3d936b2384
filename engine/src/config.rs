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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseKind {
    /// Embedded, one file a service.
    Sqlite,
    /// A server, one schema a service.
    Postgres(PostgresServer),
}

/// Where a Postgres server is and how to sign in.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresServer {
    /// Name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Who signs in.
    pub user: String,
    /// With what; trusted servers need none.
    pub password: Option<String>,
    /// The database.
    pub database: String,
    /// The connection is encrypted; the server's certificate is not checked, as in the original.
    pub ssl: bool,
    /// Connections at once, if that is limited.
    pub connection_limit: Option<usize>,
}

impl std::fmt::Debug for PostgresServer {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}@{}:{}/{} ssl={} {:?}",
            self.user, self.host, self.port, self.database, self.ssl, self.connection_limit
        )
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not YAML, or not a mapping.
    #[error("Unable to load Prisma config: {0}")]
    Unreadable(String),
    /// A mapping without an entry.
    #[error("Expected hash under '{0}' to be non-empty")]
    Empty(String),
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
    #[error("the connector '{0}' is not served yet; use 'connector: postgres' or 'connector: sqlite'")]
    NotYet(String),
    /// A connector that nobody knows.
    #[error("there is no connector '{0}'; use 'connector: postgres' or 'connector: sqlite'")]
    UnknownConnector(String),
    /// Too few connections.
    #[error("The parameter connectionLimit must be set to at least 2.")]
    ConnectionLimit,
    /// A schema where databases have none.
    #[error("Only Postgres connectors are allowed to configure schema and database. For others please use database.")]
    SchemaElsewhere,
    /// A schema of no database.
    #[error(
        "Only Postgres connectors specify a schema. If they do they also need to specify a database. Other connectors only specify a database."
    )]
    SchemaAlone,
    /// All services in one schema.
    #[error("the setting 'schema' is not served yet: every service has a schema of its own; leave it out")]
    SharedSchema,
    /// A connection string that is none.
    #[error("the setting 'uri' is not of the form postgresql://USER:PASSWORD@HOST:PORT/DATABASE")]
    Uri,
}

const DEFAULT_PORT: u16 = 4466;
/// The original keeps one of its connections for the management API.
const CONNECTIONS_MIN: i32 = 2;
/// What Prisma 1 calls its database.
const DEFAULT_DATABASE: &str = "prisma";

impl PrismaConfig {
    /// Reads a configuration text.
    pub fn parse(yaml: &str) -> Result<PrismaConfig, ConfigError> {
        let unreadable = |e: serde_saphyr::Error| ConfigError::Unreadable(e.to_string());
        let root: Map<String, Value> = serde_saphyr::from_str(yaml).map_err(unreadable)?;
        let (name, database) = root
            .get("databases")
            .and_then(|databases| databases.as_object()?.iter().find(|(_, database)| !database.is_null()))
            .ok_or_else(|| ConfigError::Empty("databases".to_owned()))?;
        if database.as_object().is_none_or(|settings| settings.values().all(Value::is_null)) {
            return Err(ConfigError::Empty(name.clone()));
        }
        let port = match text(root.get("port")) {
            None => DEFAULT_PORT,
            Some(value) => value.parse().map_err(|_| ConfigError::NotANumber { key: "port", value })?,
        };
        Ok(PrismaConfig {
            port,
            management_api_secret: text(root.get("managementApiSecret")),
            database: Database {
                name: name.clone(),
                connector: connector(text(database.get("connector")), database)?,
                raw_access: text(database.get("rawAccess")).is_some_and(|v| v.eq_ignore_ascii_case("true")),
            },
        })
    }
}

fn connector(name: Option<String>, database: &Value) -> Result<DatabaseKind, ConfigError> {
    let name = name.ok_or_else(|| ConfigError::Missing("connector".to_owned()))?;
    match name.as_str() {
        "sqlite" | "sqlite-native" if text(database.get("schema")).is_some() => Err(ConfigError::SchemaElsewhere),
        "sqlite" | "sqlite-native" => Ok(DatabaseKind::Sqlite),
        "postgres" | "postgres-native" => postgres(database).map(DatabaseKind::Postgres),
        "mysql" | "mongo" | "mongo-native" => Err(ConfigError::NotYet(name)),
        _ => Err(ConfigError::UnknownConnector(name)),
    }
}

fn postgres(database: &Value) -> Result<PostgresServer, ConfigError> {
    let given = |key: &str| text(database.get(key));
    let needed = |key: &str| given(key).ok_or_else(|| ConfigError::Missing(key.to_owned()));
    // What is optional and does not parse is ignored.
    let connection_limit = given("connectionLimit").and_then(|limit| limit.parse::<i32>().ok());
    if connection_limit.is_some_and(|limit| limit < CONNECTIONS_MIN) {
        return Err(ConfigError::ConnectionLimit);
    }
    let connection_limit = connection_limit.and_then(|limit| usize::try_from(limit).ok());
    let ssl = given("ssl").is_some_and(|flag| flag.eq_ignore_ascii_case("true"));
    if let Some(uri) = given("uri") {
        let server = from_uri(&uri, ssl, connection_limit).ok_or(ConfigError::Uri)?;
        return if given("schema").is_some() { Err(ConfigError::SharedSchema) } else { Ok(server) };
    }
    let (host, user) = (needed("host")?, needed("user")?);
    let port = given("port").unwrap_or_else(|| "<unset>".to_owned());
    let port = port.parse().map_err(|_| ConfigError::NotANumber { key: "port", value: port })?;
    if given("schema").is_some() {
        return Err(if given("database").is_some() { ConfigError::SharedSchema } else { ConfigError::SchemaAlone });
    }
    Ok(PostgresServer {
        host,
        port,
        user,
        password: given("password"),
        database: given("database").unwrap_or_else(|| DEFAULT_DATABASE.to_owned()),
        ssl,
        connection_limit,
    })
}

/// Reads `postgresql://USER:PASSWORD@HOST:PORT/DATABASE?ssl=1`; port and database may be left out.
fn from_uri(uri: &str, ssl: bool, connection_limit: Option<usize>) -> Option<PostgresServer> {
    let rest = uri.strip_prefix("postgresql://").or_else(|| uri.strip_prefix("postgres://"))?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (server, database) = rest.split_once('/').unwrap_or((rest, ""));
    let (sign_in, address) = server.rsplit_once('@')?;
    let (user, password) = match sign_in.split_once(':') {
        Some((user, password)) => (user, Some(percent_decoded(password)?)),
        None => (sign_in, None),
    };
    let (host, port) = match address.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        _ => (address, 5432),
    };
    let database = if database.is_empty() { DEFAULT_DATABASE.to_owned() } else { percent_decoded(database)? };
    let asks_for_ssl = query.split('&').any(|part| part == "ssl=1" || part == "ssl=true" || part == "sslmode=require");
    // An address of version 6 stands in brackets, which are no part of it.
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let user = percent_decoded(user)?;
    let named = !host.is_empty() && !user.is_empty();
    named.then(|| PostgresServer {
        host: host.to_owned(),
        port,
        user,
        password,
        database,
        ssl: ssl || asks_for_ssl,
        connection_limit,
    })
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
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
            ("port: 1", "Expected hash under 'databases' to be non-empty"),
            ("databases: {}", "Expected hash under 'databases' to be non-empty"),
            ("databases:\n  d: {}", "Expected hash under 'd' to be non-empty"),
            ("databases:\n  d: {host: db}", "Expected connector to be non-empty"),
            (
                "databases:\n  d: {connector: sqlite, schema: b}",
                "Only Postgres connectors are allowed to configure schema and database. For others please use database.",
            ),
            (
                "databases:\n  d: {connector: mysql}",
                "the connector 'mysql' is not served yet; use 'connector: postgres' or 'connector: sqlite'",
            ),
            (
                "databases:\n  d: {connector: oracle}",
                "there is no connector 'oracle'; use 'connector: postgres' or 'connector: sqlite'",
            ),
            ("databases:\n  d: {connector: postgres}", "Expected host to be non-empty"),
            ("databases:\n  d: {connector: postgres, host: db}", "Expected user to be non-empty"),
            ("databases:\n  d: {connector: postgres, host: db, user: u}", "Expected Int for field port, got <unset>"),
            (
                "databases:\n  d: {connector: postgres, host: db, port: 1, user: u, connectionLimit: -1}",
                "The parameter connectionLimit must be set to at least 2.",
            ),
            (
                "databases:\n  d: {connector: postgres, host: db, port: 5432, user: u, schema: b}",
                "Only Postgres connectors specify a schema. If they do they also need to specify a database. Other connectors only specify a database.",
            ),
            (
                "databases:\n  d: {connector: postgres, host: db, port: x, user: u}",
                "Expected Int for field port, got x",
            ),
            (
                "databases:\n  d: {connector: postgres, host: db, port: 5432, user: u, database: a, schema: b}",
                "the setting 'schema' is not served yet: every service has a schema of its own; leave it out",
            ),
            (
                "databases:\n  d: {connector: postgres, uri: 'mysql://u@h/d'}",
                "the setting 'uri' is not of the form postgresql://USER:PASSWORD@HOST:PORT/DATABASE",
            ),
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
        for (yaml, expected) in [
            ("host: db, port: '5433', user: prisma, password: secret", "prisma@db:5433/prisma ssl=false None"),
            (
                "host: db, port: 5432, user: u, database: a, ssl: TRUE, connectionLimit: 2",
                "u@db:5432/a ssl=true Some(2)",
            ),
            (
                "uri: 'postgres://u%40x:p%2Fw@h:6432/my%20db?ssl=1', connectionLimit: many",
                "u@x@h:6432/my db ssl=true None",
            ),
            ("uri: 'postgresql://u@h'", "u@h:5432/prisma ssl=false None"),
            ("uri: 'postgresql://u@[::1]'", "u@::1:5432/prisma ssl=false None"),
            ("uri: 'postgresql://u@[fd00::2]:6432/d'", "u@fd00::2:6432/d ssl=false None"),
        ] {
            let yaml = format!("databases: {{d: {{connector: postgres, {yaml}}}}}");
            let config = PrismaConfig::parse(&yaml).unwrap();
            let DatabaseKind::Postgres(server) = config.database.connector else { panic!("{yaml}") };
            assert_eq!(format!("{server:?}"), expected);
            assert!(!format!("{server:?}").contains("secret"));
        }
        for broken in ["port: [", "- a", "\u{0}", "a: &a [*a]"] {
            assert!(PrismaConfig::parse(broken).is_err(), "{broken}");
        }
    }
}
