//! The arrows of the design's map: which package may name which.

use crate::{files, none, packages, parsed, read, shown};

/// Package, and the packages of ours that it may depend on.
const ARROWS: &[(&str, &[&str])] = &[
    ("region-config", &[]),
    ("datamodel", &[]),
    ("loadtests", &[]),
    ("shared-state", &["region-config"]),
    ("control-store", &["region-config"]),
    ("connector-interface", &["datamodel"]),
    ("gateway", &["shared-state", "region-config"]),
    ("console-web", &["control-store", "shared-state", "region-config"]),
    ("connectors", &["connector-interface", "datamodel"]),
    ("migrate", &["connector-interface", "datamodel"]),
    ("query", &["connector-interface", "datamodel"]),
    (
        "engine",
        &["migrate", "query", "connector-interface", "datamodel", "control-store", "shared-state", "region-config"],
    ),
    ("cli", &["datamodel", "region-config"]),
    (
        "refract",
        &[
            "engine",
            "cli",
            "gateway",
            "console-web",
            "connectors",
            "migrate",
            "query",
            "connector-interface",
            "datamodel",
            "control-store",
            "shared-state",
            "region-config",
        ],
    ),
];

/// A driver or framework, and the packages whose sources may name it. In `engine` only below `http`.
const IMPORTS: &[(&str, &[&str])] = &[
    ("rusqlite", &["connectors", "control-store"]),
    ("tokio_postgres", &["connectors", "control-store"]),
    ("actix_web", &["gateway", "console-web", "refract", "engine/http"]),
    ("redis", &["shared-state"]),
];

#[test]
fn packages_depend_only_along_the_arrows() {
    let ours: Vec<String> = packages().into_iter().map(|(name, _)| name).collect();
    let mut wrong = Vec::new();
    for (name, folder) in packages() {
        let allowed = ARROWS.iter().find(|(package, _)| *package == name);
        let Some((_, allowed)) = allowed else {
            wrong.push(format!("{name} has no row in the table of arrows"));
            continue;
        };
        let manifest = parsed(&folder.join("Cargo.toml"));
        let dependencies = manifest.get("dependencies").and_then(|d| d.as_table()).cloned().unwrap_or_default();
        for dependency in dependencies.keys().filter(|d| ours.contains(d)) {
            if !allowed.contains(&dependency.as_str()) {
                wrong.push(format!("{name} -> {dependency}"));
            }
        }
    }
    none("arrows that the map does not have", wrong);
}

#[test]
fn drivers_and_frameworks_stay_where_they_belong() {
    let mut wrong = Vec::new();
    for (name, folder) in packages() {
        for file in files(&folder.join("src"), ".rs") {
            let text = read(&file);
            let place = if shown(&file).starts_with("engine/src/http/") { "engine/http" } else { name.as_str() };
            for (import, allowed) in IMPORTS {
                let names_it = text.lines().any(|line| {
                    let line = line.trim_start();
                    !line.starts_with("//")
                        && (line.contains(&format!("{import}::")) || line.contains(&format!("use {import}")))
                });
                if names_it && !allowed.contains(&place) {
                    wrong.push(format!("{} names {import}", shown(&file)));
                }
            }
        }
    }
    none("imports in the wrong place", wrong);
}
