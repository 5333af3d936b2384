//! An installation: its data folder, and where its control stores and services lie.

use super::postgres::Database;
use crate::{data_folder::DataFolder, failure::Failure, open_files, settings::SettingsFile};
use clap::Args;
use connector_interface::{Connector, Faults};
use connectors::sqlite::{SqliteConnector, SqliteOptions};
use control_store::Place;
use std::{path::PathBuf, sync::Arc};

/// Flags that say which installation.
#[derive(Args)]
pub struct InstallationArguments {
    /// Folder of the installation: settings, keys and, without Postgres, everything else.
    #[arg(long, env = "REFRACT_DATA", default_value = "./refract-data")]
    pub data: PathBuf,
    /// Keeps accounts, services and their data in this Postgres database: postgresql://USER:PASSWORD@HOST:PORT/DATABASE.
    /// The other users of this machine see flags; the variable and refract.toml are for addresses with a password.
    #[arg(long, env = "REFRACT_POSTGRES", hide_env_values = true)]
    pub postgres: Option<String>,
}

/// Where control stores and services lie.
#[derive(Debug)]
pub enum Storage {
    /// In files of the data folder.
    Files,
    /// In schemas of a database.
    Postgres(Box<Database>),
}

impl Storage {
    /// That of an installation. One that has begun in one place is not begun anew in the other.
    pub async fn of(arguments: &InstallationArguments, folder: &DataFolder) -> Result<Storage, Failure> {
        let file = SettingsFile::read(&folder.settings())?;
        let url = arguments.postgres.clone().or(file.postgres).filter(|url| !url.is_empty());
        let path = folder.path().display();
        let Some(url) = url else {
            if folder.running().is_ok_and(|running| running.postgres) {
                return Err(Failure::Configuration(format!(
                    "the installation in {path} keeps its data in Postgres; name the database with REFRACT_POSTGRES, or with 'postgres' in refract.toml"
                )));
            }
            return Ok(Storage::Files);
        };
        if folder.control("console").exists() {
            return Err(Failure::Configuration(format!(
                "the installation in {path} keeps its data in that folder; choose another with --data for one on Postgres"
            )));
        }
        Ok(Storage::Postgres(Box::new(Database::of_url(&url).await?)))
    }

    /// The place of a control store: `console`, or a region's name. Nobody reads another's tables.
    pub fn control(&self, folder: &DataFolder, name: &str) -> Place {
        match self {
            Storage::Files => Place::File(folder.control(name)),
            Storage::Postgres(database) => database.control(format!("refract_{name}")),
        }
    }

    /// A connector to the services.
    pub fn connector(&self, folder: &DataFolder) -> Arc<dyn Connector> {
        match self {
            Storage::Files => {
                let options = SqliteOptions::within_open_files(open_files::raised());
                Arc::new(SqliteConnector::open(folder.path(), options))
            }
            Storage::Postgres(database) => Arc::new(database.connector(Faults::default())),
        }
    }

    /// Whether it is a database of Postgres.
    pub fn is_postgres(&self) -> bool {
        matches!(self, Storage::Postgres(_))
    }
}
