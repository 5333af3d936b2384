//! Dependencies: declared once, with a reason; at least the version that mended a security fault.

use crate::{none, packages, parsed, read, root};

#[test]
fn every_dependency_is_declared_once_with_a_reason() {
    let text = read(&root().join("Cargo.toml"));
    let mut wrong = Vec::new();
    let section = text.split("[workspace.dependencies]").nth(1).and_then(|s| s.split("\n[").next()).unwrap_or_default();
    let mut reason = false;
    for line in section.lines().map(str::trim) {
        match line {
            "" => reason = false,
            comment if comment.starts_with('#') => reason = true,
            // Several lines may share a reason, as long as nothing stands between them.
            dependency if !reason => wrong.push(format!("no reason: {dependency}")),
            _ => {}
        }
    }
    for (name, folder) in packages() {
        let manifest = parsed(&folder.join("Cargo.toml"));
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(table) = manifest.get(kind).and_then(|t| t.as_table()) else { continue };
            for (dependency, value) in table {
                if value.get("workspace").and_then(|w| w.as_bool()) != Some(true) {
                    wrong.push(format!("{name}: {dependency} is not taken from the workspace"));
                }
            }
        }
    }
    none("dependencies that break the rules", wrong);
}

#[test]
fn nothing_locked_is_older_than_the_version_that_mended_it() {
    let policy = parsed(&root().join("deny.toml"));
    let denied = policy["bans"]["deny"].as_array().expect("bans.deny").clone();
    let lock = parsed(&root().join("Cargo.lock"));
    let locked = lock["package"].as_array().expect("packages").clone();
    let mut wrong = Vec::new();
    let mut compared = 0;
    for ban in &denied {
        let rule = Rule::parse(ban["crate"].as_str().expect("a crate"));
        let wrappers: Vec<&str> =
            ban.get("wrappers").and_then(|w| w.as_array()).into_iter().flatten().filter_map(|w| w.as_str()).collect();
        for package in locked.iter().filter(|p| p["name"].as_str() == Some(rule.name)) {
            compared += 1;
            let version = package["version"].as_str().expect("a version");
            let excused =
                !wrappers.is_empty() && users(&locked, rule.name).iter().all(|u| wrappers.contains(&u.as_str()));
            if rule.bans(version) && !excused {
                wrong.push(format!("{} {version} is locked, which deny.toml bans", rule.name));
            }
        }
    }
    assert!(compared >= 10, "only {compared} locked packages have a rule: is deny.toml still read?");
    none("banned versions", wrong);
}

fn numbers(version: &str) -> Vec<u64> {
    let version = version.split(['-', '+']).next().unwrap_or_default();
    version.split('.').map(|part| part.parse().unwrap_or(0)).collect()
}

/// `name`, `name@<1.2.3` or `name@=1.2.3`.
struct Rule<'a> {
    name: &'a str,
    below: Option<Vec<u64>>,
    exactly: Option<Vec<u64>>,
}

impl Rule<'_> {
    fn parse(rule: &str) -> Rule<'_> {
        match rule.split_once('@') {
            None => Rule { name: rule, below: None, exactly: None },
            Some((name, version)) => Rule {
                name,
                below: version.strip_prefix('<').map(numbers),
                exactly: version.strip_prefix('=').map(numbers),
            },
        }
    }

    fn bans(&self, version: &str) -> bool {
        let version = numbers(version);
        match (&self.below, &self.exactly) {
            (Some(below), _) => version < *below,
            (_, Some(exactly)) => version == *exactly,
            (None, None) => true,
        }
    }
}

/// Locked packages that depend on one.
fn users(locked: &[toml::Value], name: &str) -> Vec<String> {
    let names = |package: &toml::Value| -> Vec<String> {
        let dependencies = package.get("dependencies").and_then(|d| d.as_array());
        dependencies
            .into_iter()
            .flatten()
            .filter_map(|d| d.as_str())
            .map(|d| d.split(' ').next().unwrap_or(d).to_owned())
            .collect()
    };
    locked
        .iter()
        .filter(|package| names(package).iter().any(|n| n == name))
        .filter_map(|package| package["name"].as_str().map(str::to_owned))
        .collect()
}

#[test]
fn rules_ban_what_they_say() {
    for (rule, version, banned) in [
        ("a@<1.2.3", "1.2.2", true),
        ("a@<1.2.3", "1.2.3", false),
        ("a@<1.2.3", "1.10.0", false),
        ("a@=0.15.0", "0.15.0", true),
        ("a@=0.15.0", "0.14.9", false),
        ("a", "9.9.9", true),
    ] {
        assert_eq!(Rule::parse(rule).bans(version), banned, "{rule} {version}");
    }
}
