//! The data folder (design D23): `refract.toml`, `keys/`, `control/`, `services/`, a lock file, and a note of where the
//! running process listens. One process at a time holds the lock; commands look in beside it.

use crate::failure::Failure;
use region_config::{
    SystemChance,
    keys::{Keys, Secret},
};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
};

/// Layout of the folder that this build writes.
const LAYOUT: u32 = 1;

/// An opened data folder.
pub struct DataFolder {
    path: PathBuf,
}

/// Holds the folder for one process; free again when this is dropped.
pub struct FolderLock {
    _file: File,
}

/// Where a running cloud is reached: written by `up`, read by commands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// Origin of the console.
    pub console: String,
    /// Name and origin of each region, the default one first.
    pub regions: Vec<(String, String)>,
    /// Whether its data lies in Postgres.
    #[serde(default)]
    pub postgres: bool,
}

impl DataFolder {
    /// Opens the folder, and makes it when it is not there.
    pub fn open_or_make(path: &Path) -> Result<DataFolder, Failure> {
        let folder = DataFolder { path: path.to_owned() };
        for part in ["", "keys", "control", "services"] {
            let part = folder.path.join(part);
            fs::create_dir_all(&part).map_err(|e| {
                Failure::Failed(format!("cannot make the folder {}: {e}; choose another with --data", part.display()))
            })?;
        }
        for part in ["keys", "control", "services"] {
            restrict(&folder.path.join(part), 0o700)?;
        }
        folder.check_layout()?;
        Ok(folder)
    }

    /// Opens a folder that an earlier `refract up` has made.
    pub fn open(path: &Path) -> Result<DataFolder, Failure> {
        let folder = DataFolder { path: path.to_owned() };
        if !folder.layout_file().exists() {
            return Err(Failure::Configuration(format!(
                "there is no installation in {}; start 'refract up' first, or name its folder with --data",
                path.display()
            )));
        }
        folder.check_layout()?;
        Ok(folder)
    }

    /// Takes the folder for this process.
    pub fn lock(&self) -> Result<FolderLock, Failure> {
        let path = self.path.join("lock");
        let file = File::create(&path).map_err(|e| self.unwritable(e))?;
        match file.try_lock() {
            Ok(()) => Ok(FolderLock { _file: file }),
            Err(_) => Err(Failure::Failed(format!(
                "another refract uses the folder {}; stop it, or choose another folder with --data",
                self.path.display()
            ))),
        }
    }

    /// The installation's keys; made on the first start, readable by their owner alone.
    pub fn keys(&self) -> Result<Keys, Failure> {
        let path = self.path.join("keys").join("installation-1.key");
        if !path.exists() {
            let secret = Secret::random(&SystemChance);
            write_secret(&path, &secret.to_text()).map_err(|e| self.unwritable(e))?;
        }
        let text = fs::read_to_string(&path).map_err(|e| Failure::of(&format!("cannot read {}", path.display()), e))?;
        let secret = Secret::from_text(&text).ok_or_else(|| {
            Failure::Configuration(format!("{} is not a key; restore it from a backup", path.display()))
        })?;
        Ok(Keys::new(secret))
    }

    /// File of a control store.
    pub fn control(&self, name: &str) -> PathBuf {
        self.path.join("control").join(format!("{name}.sqlite"))
    }

    /// The folder itself; the connector keeps the services' files below it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The settings file.
    pub fn settings(&self) -> PathBuf {
        self.path.join("refract.toml")
    }

    /// Notes where this process listens.
    pub fn write_running(&self, running: &Running) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(running).map_err(|e| Failure::of("cannot note the addresses", e))?;
        fs::write(self.running_file(), text).map_err(|e| self.unwritable(e))
    }

    /// Where the last `refract up` on this folder listened.
    pub fn running(&self) -> Result<Running, Failure> {
        let never =
            || Failure::Configuration(format!("nothing ever ran on {}; start 'refract up' first", self.path.display()));
        let text = fs::read_to_string(self.running_file()).map_err(|_| never())?;
        serde_json::from_str(&text).map_err(|_| never())
    }

    fn running_file(&self) -> PathBuf {
        self.path.join("running.json")
    }

    fn layout_file(&self) -> PathBuf {
        self.path.join("layout")
    }

    fn check_layout(&self) -> Result<(), Failure> {
        let file = self.layout_file();
        let Ok(text) = fs::read_to_string(&file) else {
            return fs::write(&file, format!("{LAYOUT}\n")).map_err(|e| self.unwritable(e));
        };
        match text.trim().parse::<u32>() {
            Ok(layout) if layout <= LAYOUT => Ok(()),
            Ok(layout) => Err(Failure::Failed(format!(
                "{} was written by a newer refract (layout {layout}, this one knows {LAYOUT}); start that version, or choose another folder with --data",
                self.path.display()
            ))),
            Err(_) => Err(Failure::Failed(format!(
                "{} is not a layout number; is this a data folder? Choose another with --data",
                file.display()
            ))),
        }
    }

    fn unwritable(&self, error: std::io::Error) -> Failure {
        Failure::Failed(format!(
            "cannot write to the folder {}: {error}; choose another with --data",
            self.path.display()
        ))
    }
}

/// Writes a file that only its owner may read, complete or not at all.
fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    let draft = path.with_extension("draft");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    fs::rename(&draft, path)
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
        .map_err(|e| Failure::of(&format!("cannot restrict {}", path.display()), e))
}

#[cfg(not(unix))]
fn restrict(_: &Path, _: u32) -> Result<(), Failure> {
    Ok(())
}
