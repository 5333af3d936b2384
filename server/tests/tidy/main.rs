//! Invariants of the tree (design §1): the arrows between packages, who may use which driver, a `//!` in every source
//! file, a reason for every dependency, minimum versions of what had security faults, nothing of one machine.

#![expect(clippy::panic, reason = "all of this is tests")]

mod arrows;
mod dependencies;
mod docs;
mod figures;
mod sources;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the server package lies in the workspace").to_owned()
}

/// The packages of the workspace: name and folder.
fn packages() -> Vec<(String, PathBuf)> {
    let manifest = parsed(&root().join("Cargo.toml"));
    let members = manifest["workspace"]["members"].as_array().expect("members").clone();
    members
        .iter()
        .map(|member| {
            let folder = root().join(member.as_str().expect("a path"));
            let name = parsed(&folder.join("Cargo.toml"))["package"]["name"].as_str().expect("a name").to_owned();
            (name, folder)
        })
        .collect()
}

fn parsed(path: &Path) -> toml::Table {
    read(path).parse().unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Every file below a folder whose name ends so, in order; build output aside.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.expect("an entry").path();
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            if path.is_dir() {
                if !matches!(name.as_str(), "target" | ".git" | ".test" | "node_modules" | "refract-data" | "vendor") {
                    open.push(path);
                }
            } else if name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A path as people read it.
fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// Fails with everything that was found wrong.
fn none(what: &str, mut found: Vec<String>) {
    found.sort();
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}
