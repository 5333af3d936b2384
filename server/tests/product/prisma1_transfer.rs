//! `prisma1 export` and `prisma1 import` with their archive, and `refract export` and `refract import` with the same files
//! in a folder: what one writes the other reads.

use crate::{
    clients::{Clients, has},
    cloud::{Cloud, post, refract},
    prisma1_shell::Shell,
};
use serde_json::{Value, json};

const DATAMODEL: &str = "type Note {\n  id: ID! @id\n  text: String!\n  tags: [String] @scalarList(strategy: RELATION)\n  next: Note @relation(name: \"Next\", link: INLINE)\n}\n";
const NOTES: &str = "{ notes(orderBy: id_ASC) { id text tags next { id } } }";

#[test]
fn the_archive_of_the_command_line_goes_out_and_comes_in() {
    let Some(clients) = Clients::installed() else { return };
    let cloud = Cloud::start();
    let mut shell = Shell::plain(&clients);
    shell.set("PRISMA_MANAGEMENT_API_SECRET", &cloud.secret);
    shell.write("prisma.yml", &format!("endpoint: {}/shop/dev\ndatamodel: datamodel.prisma\n", cloud.eu1));
    shell.write("datamodel.prisma", DATAMODEL);
    shell.ok(&["deploy"]);
    let url = format!("{}/shop/dev", cloud.eu1);
    let ask = |query: &str, variables: Value| {
        post(&url, &json!({ "query": query, "variables": variables }), None).json()["data"].take()
    };
    // Three bundles: a client that stops after the first one would lose some.
    let create = "mutation($id: ID!, $t: String!) { createNote(data: { id: $id, text: $t, tags: { set: [\"a\", \"é\"] } }) { id } }";
    for id in ["n1", "n2", "n3", "n4", "n5"] {
        ask(create, json!({ "id": id, "t": "x\u{1f60b}".repeat(150_000) }));
    }
    ask(
        "mutation { updateNote(where: { id: \"n1\" }, data: { next: { connect: { id: \"n5\" } } }) { id } }",
        json!({}),
    );
    let before = ask(NOTES, json!({}));
    assert_eq!(before["notes"].as_array().expect("notes").len(), 5);

    shell.ok(&["export", "--path", "all.zip"]);
    shell.ok(&["reset", "--force"]);
    assert_eq!(ask(NOTES, json!({})), json!({ "notes": [] }));
    has(&shell.ok(&["import", "--data", "all.zip"]), &["Uploading nodes done", "Uploading relations done"]);
    assert_eq!(ask(NOTES, json!({})), before);
    // Once more it changes nothing.
    shell.ok(&["import", "--data", "all.zip"]);
    assert_eq!(ask(NOTES, json!({})), before);

    let (data, service) = (cloud.data(), format!("{}/shop/dev", cloud.workspace));
    let folder = shell.project().join("out").to_string_lossy().into_owned();
    let run = |arguments: &[&str]| {
        let output = refract(arguments).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code(), said)
    };
    let (code, said) = run(&["export", &service, &folder, "--json", "--data", &data]);
    let counted: Value = serde_json::from_str(&said).expect("JSON");
    let numbers = ["nodes", "lists", "relations"].map(|kind| counted[kind].as_u64());
    assert_eq!((code, numbers), (Some(0), [Some(5), Some(5), Some(1)]), "{said}");
    assert!(!run(&["export", &service, &folder, "--data", &data]).1.contains("panicked"));
    shell.ok(&["reset", "--force"]);
    has(&shell.ok(&["import", "--data", "out"]), &["Uploading relations done"]);
    assert_eq!(ask(NOTES, json!({})), before);

    shell.ok(&["reset", "--force"]);
    let (code, said) = run(&["import", &service, &folder, "--data", &data]);
    assert_eq!(code, Some(0), "{said}");
    has(&said, &["5 nodes, 5 lists, 1 relations"]);
    assert_eq!(ask(NOTES, json!({})), before);

    let bad = json!({ "valueType": "nodes", "values": [{ "_typeName": "Note", "id": "n6" }] });
    shell.write("out/nodes/000009.json", &bad.to_string());
    let (code, said) = run(&["import", &service, &folder, "--data", &data]);
    assert_eq!(code, Some(3), "{said}");
    has(&said, &["nodes/000009.json: Failure inserting Note with Id: n6.", "1 element was refused"]);
    shell.write("out/nodes/000009.json", "{}");
    let (code, said) = run(&["import", &service, &folder, "--data", &data]);
    assert_eq!(code, Some(1), "{said}");
    has(&said, &["nodes/000009.json", "run it again"]);
    for (arguments, expected) in [
        (["export", &service, &folder], "is not empty"),
        (["import", &service, "/nowhere"], "there is nothing to import in /nowhere"),
        (["import", "nobody/shop/dev", &folder], "there is no service nobody/shop/dev"),
        (["import", "shop", &folder], "WORKSPACE/SERVICE/STAGE"),
    ] {
        let (code, said) = run(&[&arguments[..], &["--data", &data]].concat());
        assert_eq!(code, Some(2), "{said}");
        has(&said, &[expected]);
    }
}
