//! Settings of `refract up`: default < `refract.toml` < environment < flag (design D23).

use crate::failure::Failure;
use console_web::SignUp;
use serde::Deserialize;
use std::{net::IpAddr, path::Path};

/// What `refract.toml` may hold. Unknown keys are refused, so that a typing error is not a silent default.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SettingsFile {
    /// Who may sign up: `open`, `invitation` or `closed`. Default `invitation`.
    pub sign_up: Option<String>,
    /// Port of region eu1. Default 4466.
    pub eu1_port: Option<u16>,
    /// Port of region us1. Default 4467.
    pub us1_port: Option<u16>,
    /// Port of the console. Default 3000, which `CONSOLE_ENDPOINT=dev` of the old CLI opens.
    pub console_port: Option<u16>,
    /// Further addresses to listen on. Default: loopback only.
    pub listen: Vec<IpAddr>,
    /// The Postgres database that holds everything but keys and settings. Default: none, so that all is in this folder.
    pub postgres: Option<String>,
    /// Bytes that a service may hold unless `refract admin quota` gave it a limit of its own. Default 100,000,000.
    pub service_bytes: Option<u64>,
}

/// Settings in force.
#[derive(Debug)]
pub struct Settings {
    /// Who may sign up.
    pub sign_up: SignUp,
    /// Port of region eu1.
    pub eu1_port: u16,
    /// Port of region us1.
    pub us1_port: u16,
    /// Port of the console.
    pub console_port: u16,
    /// Further addresses to listen on.
    pub listen: Vec<IpAddr>,
    /// Bytes that a service may hold unless it has a limit of its own.
    pub service_bytes: u64,
}

impl SettingsFile {
    /// Reads a settings file; none at all is an empty one.
    pub fn read(path: &Path) -> Result<SettingsFile, Failure> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(SettingsFile::default()),
            Err(error) => return Err(Failure::Configuration(format!("cannot read {}: {error}", path.display()))),
        };
        toml::from_str(&text).map_err(|error| {
            // Not the error's own text, which quotes the line: that may hold a password.
            let line = error
                .span()
                .and_then(|span| text.get(..span.start))
                .map_or(1, |before| before.matches('\n').count() + 1);
            let reason = error.message().replace('\n', " ");
            Failure::Configuration(format!("{} is broken at line {line}: {reason}", path.display()))
        })
    }
}

/// Reads who may sign up.
pub fn parse_sign_up(text: &str) -> Result<SignUp, String> {
    match text {
        "open" => Ok(SignUp::Open),
        "invitation" => Ok(SignUp::Invitation),
        "closed" => Ok(SignUp::Closed),
        other => Err(format!("sign_up is 'open', 'invitation' or 'closed', not '{other}'")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_or_refused_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("refract.toml");
        assert!(SettingsFile::read(&path).unwrap().eu1_port.is_none());
        std::fs::write(&path, "eu1_port = 5000\nsign_up = \"open\"\nlisten = [\"192.0.2.1\"]\n").unwrap();
        let file = SettingsFile::read(&path).unwrap();
        assert_eq!((file.eu1_port, file.sign_up.as_deref(), file.listen.len()), (Some(5000), Some("open"), 1));
        for broken in ["eu1_port = \"x\"", "port = 1", "eu1_port = 70000", "="] {
            std::fs::write(&path, broken).unwrap();
            let error = SettingsFile::read(&path).err().unwrap().to_string();
            assert!(error.contains("refract.toml is broken at line 1: ") && !error.contains('\n'), "{error}");
        }
        for secret in [
            "postgres = \"postgresql://u:s3cret@h",
            "postgres = [\"s3cret\"]",
            "sign_up = \"open\"\npostgres = 's3cret' x",
        ] {
            std::fs::write(&path, secret).unwrap();
            let error = SettingsFile::read(&path).err().unwrap().to_string();
            assert!(error.contains("is broken") && !error.contains("s3cret"), "{error}");
        }
        assert!(parse_sign_up("everybody").is_err());
    }
}
