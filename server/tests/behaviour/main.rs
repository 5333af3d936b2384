//! Behaviour that Prisma 1 clients can see, as cases in plain text: a datamodel, calls, and what each of them answers.
//!
//! Every case has a service of its own on one `refract engine`, once a connector. `UPDATE_EXPECT=1` writes the answers
//! into the files, to be read before they are kept; `BEHAVIOUR=text` runs the cases whose file or title has that text.

#![expect(clippy::panic, reason = "all of this is tests")]
#![expect(clippy::disallowed_methods, reason = "what waits for another process waits by the real clock")]

mod away;
#[path = "../product/cloud.rs"]
#[allow(dead_code, reason = "these cases need its process alone")]
mod cloud;
mod export;
mod file;
mod listed;
mod management_schema;
mod placeholders;
#[path = "../support/postgres.rs"]
mod postgres;
mod quota;
mod run;
mod show;
mod together;
mod transfer;

use cloud::{Process, refract};
use file::CaseFile;
use postgres::Postgres;
use serde_json::{Value, json};
use std::{
    io::Write as _,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

/// The databases that the cases run on.
const CONNECTORS: &[&str] = &["sqlite", "postgres"];

/// Calls that are under way at the same time.
const THREADS: usize = 4;

/// Starts `refract engine` on a data folder; its origin.
fn start(database: &str, folder: &Path) -> (Process, String) {
    start_with(database, folder, &[])
}

/// The same, with more flags.
fn start_with(database: &str, folder: &Path, flags: &[&str]) -> (Process, String) {
    let data = folder.join("data").to_string_lossy().into_owned();
    let mut command = refract(&[&["engine", "--data", &data, "--port", "0"], flags].concat());
    command.env("PRISMA_CONFIG", format!("{{port: 4466, databases: {{default: {database}}}}}"));
    let process = Process::start(command);
    let origin = process.first_line.split(' ').find(|word| word.starts_with("http://")).unwrap_or_default();
    let origin = origin.trim_end_matches(',').to_owned();
    assert!(!origin.is_empty(), "no address in '{}'", process.first_line);
    (process, origin)
}

/// Sends a GraphQL document; what is answered.
fn ask(origin: &str, path: &str, query: &str) -> Value {
    let body = json!({ "query": query }).to_string();
    let request = ureq::post(format!("{origin}{path}")).header("content-type", "application/json");
    let mut answer = request.send(&body).expect("an answer");
    serde_json::from_str(&answer.body_mut().read_to_string().expect("a body")).expect("JSON")
}

/// Adds a service with stage `dev` and deploys to it.
fn deploy(origin: &str, service: &str, datamodel: &str) {
    let add =
        format!("mutation {{ addProject(input: {{ name: \"{service}\", stage: \"dev\" }}) {{ project {{ name }} }} }}");
    ask(origin, "/management", &add);
    let types = Value::from(datamodel);
    let deploy = format!(
        "mutation {{ deploy(input: {{ name: \"{service}\", stage: \"dev\", types: {types} }}) {{ errors {{ description }} }} }}"
    );
    let deployed = ask(origin, "/management", &deploy);
    assert_eq!(deployed["data"]["deploy"]["errors"], json!([]), "{deployed}");
}

/// Runs on SQLite and, where there is one, on a Postgres, whose database has that name: a configuration and a folder each.
fn on_each_database(name: &str, run: impl Fn(&str, &Path)) {
    let server = Postgres::start();
    let mut databases = vec!["{connector: sqlite}".to_owned()];
    match &server {
        Ok(server) => databases.push(server.configuration(name)),
        // Past the harness, which shows only what failing tests print.
        Err(why) => drop(std::io::stdout().write_all(format!("left out: {name} on postgres: {why}\n").as_bytes())),
    }
    for database in databases {
        let folder = tempfile::tempdir().expect("a folder");
        run(&database, folder.path());
    }
}

#[test]
fn cases() {
    let wanted = std::env::var_os("BEHAVIOUR").unwrap_or_default().to_string_lossy().into_owned();
    let updating = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut files = CaseFile::all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/behaviour/cases"));
    let mut wrong = Vec::new();
    let server = Postgres::start();
    for connector in CONNECTORS {
        let database = match (*connector, &server) {
            ("sqlite", _) => "{connector: sqlite, rawAccess: true}".to_owned(),
            (_, Ok(server)) => server.configuration("behaviour"),
            (_, Err(why)) => {
                // Past the harness, which shows only what failing tests print.
                let line = format!("left out: cases on {connector}: {why}\n");
                let _ = std::io::stdout().write_all(line.as_bytes());
                continue;
            }
        };
        let folder = tempfile::tempdir().expect("a folder");
        let (_process, origin) = start(&database, folder.path());
        let cases: Vec<_> = files
            .iter()
            .flat_map(|file| file.cases.iter().map(move |case| (file, case)))
            .filter(|(file, case)| file.name.contains(&wanted) || case.title.contains(&wanted))
            .filter(|(_, case)| case.only.as_ref().is_none_or(|only| only == connector))
            .collect();
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some((file, case)) = cases.get(index) else { return done };
                done.push((
                    index,
                    format!("{connector}: {}: {}", file.name, case.title),
                    run::case(case, &origin, index),
                ));
            }
        };
        let mut done: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
            threads.into_iter().flat_map(|thread| thread.join().expect("a thread without a panic")).collect()
        });
        done.sort_by_key(|(index, ..)| *index);
        println!("{connector}: {} cases", done.len());
        let mut answers = Vec::new();
        for (index, name, outcome) in done {
            match outcome {
                Ok(steps) => answers.push((cases[index].1.line, cases[index].0.path.clone(), steps)),
                Err(problem) => wrong.push(format!("{name}\n{problem}")),
            }
        }
        if updating {
            for (line, path, steps) in answers {
                let file = files.iter_mut().find(|file| file.path == path).expect("it was read");
                let case = file.cases.iter_mut().find(|case| case.line == line).expect("it was read");
                case.steps.iter_mut().zip(steps).for_each(|(step, answer)| step.expected = answer);
            }
            files.iter().for_each(CaseFile::write);
            continue;
        }
        for (line, path, steps) in answers {
            let file = files.iter().find(|file| file.path == path).expect("it was read");
            let case = file.cases.iter().find(|case| case.line == line).expect("it was read");
            for (step, got) in case.steps.iter().zip(steps) {
                if step.expected != got {
                    wrong.push(format!(
                        "{connector}: {}:{}: {}\n  expected\n    {}\n  got\n    {}",
                        file.name,
                        step.line,
                        case.title,
                        step.expected.join("\n    "),
                        got.join("\n    ")
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n\n{}", wrong.len(), wrong.join("\n\n"));
}
