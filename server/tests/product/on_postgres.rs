//! `refract up` with everything but keys and settings in a Postgres database.

use crate::{
    cloud::{ACCOUNT, Cloud, Management, Process, Service, post, refract},
    postgres::{Postgres, USER},
};
use serde_json::{Value, json};
use std::{
    fs,
    io::Write as _,
    process::Command,
    time::{Duration, Instant},
};

const NOTE: &str = "type Note { id: ID! @id text: String! }";

/// A real server, if there is one to be started.
fn server() -> Option<Postgres> {
    let left_out = |why| {
        let _ = std::io::stdout().write_all(format!("left out: 'up' on Postgres: {why}\n").as_bytes());
    };
    Postgres::start().map_err(left_out).ok()
}

fn url(server: &Postgres, database: &str) -> String {
    format!("postgresql://{USER}:a-password@127.0.0.1:{}/{database}?sslmode=disable", server.port)
}

/// A command on a data folder, with the database in its environment.
fn command(arguments: &[&str], data: &str, url: &str) -> Command {
    let mut command = refract(arguments);
    command.args(["--data", data]).env("REFRACT_POSTGRES", url);
    command
}

fn start(folder: tempfile::TempDir, url: &str) -> Cloud {
    Cloud::start_as(folder, &[], |command| {
        command.env("REFRACT_POSTGRES", url);
    })
}

/// Deploys a service of the same name in a region.
fn deploy(cloud: &Cloud, region: &str, name: &str, datamodel: &str) -> Service {
    let management = Management { url: format!("{region}/management"), secret: cloud.secret.clone() };
    management.add(&format!("{}~{name}", cloud.workspace), "dev");
    management.deploy(&format!("{}~{name}", cloud.workspace), "dev", datamodel);
    Service { url: format!("{region}/{}/{name}/dev", cloud.workspace) }
}

fn note(service: &Service, text: &str) {
    let made = service.query(&format!(r#"mutation {{ createNote(data: {{ text: "{text}" }}) {{ text }} }}"#));
    assert_eq!(made["data"]["createNote"]["text"], text, "{made}");
}

fn notes(service: &Service) -> Value {
    service.query("{ notes { text } }")["data"]["notes"].clone()
}

#[test]
fn a_cloud_lives_in_a_database_and_is_there_after_a_restart() {
    let Some(server) = server() else { return };
    let url = url(&server, "cloud");
    let cloud = start(tempfile::tempdir().unwrap(), &url);
    // A service of this name in each region, and one with the longest of names.
    let (eu1, us1) = (deploy(&cloud, &cloud.eu1, "shop", NOTE), deploy(&cloud, &cloud.us1, "shop", NOTE));
    let long = "s".repeat(30);
    let long = deploy(&cloud, &cloud.eu1, &long, NOTE);
    for (service, text) in [(&eu1, "eu1"), (&us1, "us1"), (&long, "long")] {
        note(service, text);
    }
    for (service, text) in [(&eu1, "eu1"), (&us1, "us1"), (&long, "long")] {
        assert_eq!(notes(service), json!([{ "text": text }]));
    }
    for (region, services) in [(&cloud.eu1, 2), (&cloud.us1, 1)] {
        let management = Management { url: format!("{region}/management"), secret: cloud.secret.clone() };
        let listed = management.call("{ listProjects { name stage } }", json!({}));
        assert_eq!(listed["data"]["listProjects"].as_array().map(Vec::len), Some(services), "{listed}");
    }
    let Cloud { process, folder, eu1: eu1_origin, us1: us1_origin, secret, .. } = cloud;
    let data = folder.path().join("data").to_string_lossy().into_owned();
    let control = fs::read_dir(folder.path().join("data/control")).unwrap().count();
    assert_eq!(control, 0, "nothing of it lies in the folder");
    let key = command(&["admin", "key", "--account", ACCOUNT], &data, &url).output().unwrap();
    assert!(key.status.success(), "{}", String::from_utf8_lossy(&key.stderr));
    let quota = command(&["admin", "quota", "--json", &service_of(&eu1)], &data, &url).output().unwrap();
    assert!(String::from_utf8_lossy(&quota.stdout).contains("\"limitBytes\":100000000"), "{quota:?}");
    assert_eq!(process.stop(), Some(0), "it closes cleanly");

    // Without its database the installation is not begun anew on SQLite.
    let lost = refract(&["up", "--data", &data, "--eu1-port", "0", "--us1-port", "0", "--console-port", "0"]).output();
    let lost = lost.unwrap();
    let said = String::from_utf8_lossy(&lost.stderr).into_owned();
    assert_eq!(lost.status.code(), Some(2), "{said}");
    assert!(said.contains("keeps its data in Postgres"), "{said}");

    // The settings file names it as well as the environment.
    fs::write(folder.path().join("data/refract.toml"), format!("postgres = \"{url}\"\n")).unwrap();
    let port = |origin: &str| origin.rsplit(':').next().unwrap().to_owned();
    let (eu1_port, us1_port) = (port(&eu1_origin), port(&us1_origin));
    let ports = ["--eu1-port", &eu1_port, "--us1-port", &us1_port, "--console-port", "0"];
    let mut again = refract(&["up", "--json", "--data", &data]);
    again.args(ports);
    let again = Process::start(again);
    let greeting: Value = serde_json::from_str(&again.first_line).unwrap();
    assert_eq!(greeting["managementApiSecret"], json!(secret));
    for (service, text) in [(&eu1, "eu1"), (&us1, "us1"), (&long, "long")] {
        assert_eq!(notes(service), json!([{ "text": text }]));
    }
}

/// WORKSPACE/SERVICE/STAGE of a service.
fn service_of(service: &Service) -> String {
    service.url.splitn(4, '/').nth(3).unwrap().to_owned()
}

#[test]
fn a_lost_database_costs_errors_and_no_restart() {
    let Some(mut server) = server() else { return };
    let url = url(&server, "cloud");
    let cloud = start(tempfile::tempdir().unwrap(), &url);
    let service = deploy(&cloud, &cloud.eu1, "shop", NOTE);
    note(&service, "before");
    let unknown = format!("{}/{}/nothing/dev", cloud.eu1, cloud.workspace);
    let sign_in = format!("{}/sign-in", cloud.console);

    server.stop();
    let begun = Instant::now();
    let answer = service.query("{ notes { text } }");
    assert!(answer["errors"][0]["message"].is_string(), "{answer}");
    let body = json!({ "query": "{ notes { text } }" });
    assert!(post(&unknown, &body, None).status >= 500, "whether it exists cannot be told");
    let management = Management { url: format!("{}/management", cloud.eu1), secret: cloud.secret.clone() };
    let listed = management.call("{ listProjects { name } }", json!({}));
    assert!(listed["errors"][0]["message"].is_string(), "{listed}");
    assert_eq!(crate::cloud::get(&sign_in).status, 200, "a page that needs no data is served");
    assert!(begun.elapsed() < Duration::from_secs(60), "nobody waits for ever");

    server.start_again();
    let end = Instant::now() + Duration::from_secs(30);
    while notes(&service) != json!([{ "text": "before" }]) {
        assert!(Instant::now() < end, "the database is used again");
        std::thread::sleep(Duration::from_millis(1500));
    }
    deploy(&cloud, &cloud.us1, "later", NOTE);
}

#[test]
fn a_database_that_cannot_be_used_is_named_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").to_string_lossy().into_owned();
    for (url, code, expected) in [
        ("postgresql://u:s3cret@127.0.0.1:1/d", 1, "cannot use the Postgres database 'd': "),
        ("postgresql://u:s3cret@127.0.0.1:x/d", 2, "it is not of the form postgresql://"),
        ("mysql://u:s3cret@127.0.0.1/d", 2, "it is not of the form postgresql://"),
        ("postgresql:///d?password=s3cret", 2, "it names no host"),
    ] {
        for flag in [false, true] {
            let mut up = refract(&["up", "--data", &data, "--eu1-port", "0", "--us1-port", "0", "--console-port", "0"]);
            if flag {
                up.args(["--postgres", url]);
            } else {
                up.env("REFRACT_POSTGRES", url);
            }
            let output = up.output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(code), "{said}");
            assert!(said.contains(expected) && !said.contains("s3cret"), "{said}");
            assert_eq!(said.trim_end().lines().count(), 1, "{said}");
        }
    }
    // An installation on SQLite is not left behind.
    let cloud = Cloud::start();
    let data = cloud.data();
    assert_eq!(cloud.process.stop(), Some(0));
    let moved = command(&["up"], &data, "postgresql://u@127.0.0.1:1/d").output().unwrap();
    assert!(String::from_utf8_lossy(&moved.stderr).contains("keeps its data in that folder"), "{moved:?}");
}
