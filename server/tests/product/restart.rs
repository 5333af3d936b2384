//! A restart finds everything; a crash loses nothing that was acknowledged.

use crate::cloud::{Cloud, Process, Service, refract};
use serde_json::json;

const NOTE: &str = "type Note { id: ID! @id text: String! }";

/// Starts again on the folder and ports of a cloud that has ended.
fn start_again(data: &str, eu1: &str, us1: &str) -> Process {
    let port = |origin: &str| origin.rsplit(':').next().unwrap().to_owned();
    let (eu1, us1) = (port(eu1), port(us1));
    Process::start(refract(&[
        "up",
        "--json",
        "--data",
        data,
        "--eu1-port",
        &eu1,
        "--us1-port",
        &us1,
        "--console-port",
        "0",
    ]))
}

#[test]
fn a_restart_finds_everything() {
    let cloud = Cloud::start();
    let service = cloud.deploy("kept", NOTE);
    service.query(r#"mutation { createNote(data: { text: "before" }) { id } }"#);
    let Cloud { process, folder, eu1, us1, workspace, secret, .. } = cloud;
    let data = folder.path().join("data").to_string_lossy().into_owned();
    assert_eq!(process.stop(), Some(0), "it closes cleanly");

    let again = start_again(&data, &eu1, &us1);
    let greeting: serde_json::Value = serde_json::from_str(&again.first_line).unwrap();
    assert_eq!((&greeting["workspace"], &greeting["managementApiSecret"]), (&json!(workspace), &json!(secret)));
    assert_eq!(service.query("{ notes { text } }"), json!({ "data": { "notes": [{ "text": "before" }] } }));
}

#[test]
fn a_crash_loses_no_acknowledged_write() {
    let cloud = Cloud::start();
    let service = cloud.deploy("kept", NOTE);
    let writer = {
        let url = service.url.clone();
        std::thread::spawn(move || {
            let service = Service { url };
            // Ten are let in at once; what comes after them waits in line and is cut off by the crash.
            let mut acknowledged = Vec::new();
            for number in 0..10 {
                let answer =
                    service.query(&format!(r#"mutation {{ createNote(data: {{ text: "n{number}" }}) {{ text }} }}"#));
                acknowledged.push(answer["data"]["createNote"]["text"].as_str().expect("acknowledged").to_owned());
            }
            acknowledged
        })
    };
    let acknowledged = writer.join().expect("the writer");
    let Cloud { process, folder, eu1, us1, .. } = cloud;
    process.kill();
    let data = folder.path().join("data").to_string_lossy().into_owned();
    let _again = start_again(&data, &eu1, &us1);
    let found = service.query("{ notes(orderBy: text_ASC) { text } }");
    let expected: Vec<_> = acknowledged.iter().map(|text| json!({ "text": text })).collect();
    assert_eq!(found, json!({ "data": { "notes": expected } }));
}
