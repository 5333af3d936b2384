//! The commands around a running cloud, and what a start is refused with: one line, the cause, the flag, not 0.

use crate::cloud::{ACCOUNT, Cloud, refract};
use std::{net::TcpListener, process::Output};

fn run(arguments: &[&str]) -> Output {
    refract(arguments).output().expect("it runs")
}

/// The single line a failed start says.
fn refusal(arguments: &[&str]) -> String {
    let output = run(arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "it started: {said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    said
}

#[test]
fn a_refused_start_says_the_cause_and_the_flag() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").to_string_lossy().into_owned();
    let free = ["--us1-port", "0", "--console-port", "0"];
    let up = |more: &[&str]| {
        let mut arguments = vec!["up", "--data", &data];
        arguments.extend(free);
        arguments.extend(more);
        refusal(&arguments)
    };
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = up(&["--eu1-port", &port]);
    assert!(said.contains("is taken") && said.contains("--eu1-port"), "{said}");

    let said = up(&["--eu1-port", "0", "--open", "--listen", "127.0.0.1"]);
    assert!(said.contains("--open"), "{said}");

    std::fs::write(folder.path().join("data/refract.toml"), "ports = 1\n").unwrap();
    let said = up(&["--eu1-port", "0"]);
    assert!(said.contains("refract.toml is broken"), "{said}");
    std::fs::remove_file(folder.path().join("data/refract.toml")).unwrap();

    std::fs::write(folder.path().join("data/layout"), "99\n").unwrap();
    let said = up(&["--eu1-port", "0"]);
    assert!(said.contains("newer refract") && said.contains("--data"), "{said}");

    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let inside = file.join("data").to_string_lossy().into_owned();
    let said = refusal(&["up", "--data", &inside, "--eu1-port", "0", "--us1-port", "0", "--console-port", "0"]);
    assert!(said.contains("cannot make the folder") && said.contains("--data"), "{said}");

    let said = refusal(&["admin", "key", "--account", "a@b.c", "--data", &inside]);
    assert!(said.contains("there is no installation"), "{said}");
}

#[test]
fn a_folder_serves_one_process_and_its_commands() {
    let cloud = Cloud::start();
    let data = cloud.data();
    let said = refusal(&["up", "--data", &data, "--eu1-port", "0", "--us1-port", "0", "--console-port", "0"]);
    assert!(said.contains("another refract uses the folder"), "{said}");

    assert_eq!(cloud.session_key().split('.').count(), 3, "a session key is a JWT");
    let said = refusal(&["admin", "key", "--account", "nobody@example.test", "--data", &data]);
    assert!(!said.contains("panicked"), "{said}");

    let lines = run(&["env", "--data", &data]);
    let lines = String::from_utf8_lossy(&lines.stdout).into_owned();
    assert!(lines.contains(&format!("export PRISMA_MANAGEMENT_API_SECRET={}", cloud.secret)), "{lines}");
    let lines = run(&["env", "cloud", "--data", &data]);
    assert!(String::from_utf8_lossy(&lines.stdout).contains(&format!("export CLOUD_API_ENDPOINT={}/cloud", cloud.eu1)));

    let link = run(&["admin", "link", "--account", ACCOUNT, "--data", &data]);
    assert!(String::from_utf8_lossy(&link.stdout).starts_with(&cloud.console));
}

#[test]
fn quotas_are_shown_and_set_while_the_cloud_runs() {
    let cloud = Cloud::start_on(tempfile::tempdir().unwrap(), &["--service-bytes", "1000000"]);
    let service = cloud.deploy("shop", "type Note { id: ID! @id text: String! }");
    let name = format!("{}/shop/dev", cloud.workspace);
    let data = cloud.data();
    let quota = |more: &[&str]| {
        let output = run(&[&["admin", "quota", &name, "--json", "--data", &data], more].concat());
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
    };
    let create = |length: usize| {
        service.query(&format!("mutation {{ createNote(data: {{ text: \"{}\" }}) {{ id }} }}", "x".repeat(length)))
    };
    // The limit stands in the settings of the process that runs alone, so the command is told a service's own.
    assert_eq!(quota(&[])["usedBytes"], 0);
    assert!(create(900_000).get("errors").is_none());
    assert_eq!(quota(&[])["usedBytes"], 900_000 + 24 + 25);
    let refused = create(200_000);
    let error = &refused["errors"][0];
    assert_eq!(
        (&error["code"], &error["usedBytes"], &error["limitBytes"]),
        (&6013.into(), &900_049.into(), &1_000_000.into())
    );
    assert_eq!(quota(&["--limit", "2MB"])["limitBytes"], 2_000_000);
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let raised = create(200_000);
    assert!(raised.get("errors").is_none(), "{raised}");
    assert_eq!(quota(&["--limit", "0"])["limitBytes"], 0);
    assert!(create(900_000)["errors"][0]["code"] == 6013, "a lowered limit holds");
    let said = refusal(&["admin", "quota", "nobody/shop/dev", "--data", &data]);
    assert!(said.contains("there is no service"), "{said}");
    let said = refusal(&["admin", "quota", &name, "--region", "mars", "--data", &data]);
    assert!(said.contains("there is no region 'mars'"), "{said}");
}

#[test]
fn check_judges_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("datamodel.prisma");
    let path = file.to_string_lossy().into_owned();
    std::fs::write(&file, "type User { id: ID! @id }").unwrap();
    assert!(run(&["check", &path]).status.success());
    std::fs::write(&file, "type User { id: ID! }").unwrap();
    let refused = run(&["check", "--json", &path]);
    assert_eq!(refused.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert_eq!(report["errors"][0]["place"], "User");
}

#[test]
fn an_old_datamodel_is_upgraded() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("datamodel.graphql");
    let path = file.to_string_lossy().into_owned();
    std::fs::write(&file, "type User { id: ID! @unique createdAt: DateTime! name: String }").unwrap();
    let upgraded = run(&["datamodel", "upgrade", &path]);
    assert!(upgraded.status.success());
    assert!(String::from_utf8_lossy(&upgraded.stderr).contains("--force"));
    std::fs::write(&file, &upgraded.stdout).unwrap();
    assert!(run(&["check", &path]).status.success(), "{}", String::from_utf8_lossy(&upgraded.stdout));
    let again = run(&["datamodel", "upgrade", &path]);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("it is a datamodel 1.1 already"));
}
