//! The figures that the docs quote: how fast the product is there, a deploy done, a cold service awake; what the gateway's
//! corridor costs; how many reads a second the engine answers. Run by `./bench`, which writes `docs/measured.json`.
//!
//! Every figure is the median of several runs on this machine, each on an empty folder below the temporary folder and on
//! free ports of loopback. Server and client share the machine's cores, so read the ratios rather than the times.

mod server;

use clap::Parser;
use loadtests::call::{Line, Url, now};
use serde::Serialize;
use serde_json::{Value, json};
use server::{PATIENCE, Server};
use std::{fs, io, path::PathBuf, process::ExitCode, thread, time::Duration};

/// Five types, as a first project has them.
const BLOG: &str = "
type User { id: ID! @id email: String! @unique name: String! role: Role! @default(value: READER) posts: [Post] comments: [Comment] }
type Post { id: ID! @id title: String! text: String published: Boolean! @default(value: false) createdAt: DateTime! @createdAt
  author: User @relation(link: INLINE) comments: [Comment] tags: [Tag] category: Category @relation(link: INLINE) }
type Comment { id: ID! @id text: String! author: User @relation(link: INLINE) post: Post @relation(link: INLINE) }
type Tag { id: ID! @id label: String! @unique posts: [Post] }
type Category { id: ID! @id name: String! @unique posts: [Post] }
enum Role { READER WRITER }
";
const LIST: &str = "{ users { name posts(orderBy: title_ASC) { title } } }";
const ONE: &str = "query($email: String!) { user(where: { email: $email }) { id name } }";

/// Services that the corridor is measured on: each may send a burst.
const SERVICES: usize = 8;
const BURST: usize = 10;
/// Time in which a service has its whole burst again.
const REST: Duration = Duration::from_secs(11);
const USERS: usize = 1_000;
const READERS: usize = 8;
const READ_FOR: Duration = Duration::from_secs(2);

/// Measures the product and writes the figures down.
#[derive(Parser)]
struct Arguments {
    /// The release binary
    #[arg(long)]
    binary: PathBuf,
    /// File to write
    #[arg(long)]
    out: PathBuf,
    /// What machine this is
    #[arg(long)]
    machine: String,
    /// Today
    #[arg(long)]
    date: String,
    /// Runs a figure
    #[arg(long, default_value_t = 7)]
    runs: usize,
}

/// A figure of several runs.
#[derive(Serialize)]
struct Figure {
    median: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    goal_below: Option<f64>,
    runs: Vec<f64>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match measure(&arguments) {
        Ok(missed) if missed.is_empty() => ExitCode::SUCCESS,
        Ok(missed) => {
            eprintln!("missed: {}", missed.join(", "));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("cannot measure: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures everything and writes it down; the figures that miss their goal.
fn measure(arguments: &Arguments) -> io::Result<Vec<String>> {
    let (mut start, mut deploy, mut cold) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..arguments.runs {
        let times = first_minute(arguments)?;
        start.push(times[0]);
        deploy.push(times[1]);
        cold.push(times[2]);
    }
    let [engine, up, ratio] = corridor(arguments)?;
    let figures = [
        ("start_ms", figure(start, Some(200.0))),
        ("deploy_five_types_ms", figure(deploy, Some(300.0))),
        ("cold_query_ms", figure(cold, Some(50.0))),
        ("engine_request_us", figure(engine, None)),
        ("up_request_us", figure(up, None)),
        ("up_to_engine_ratio", figure(ratio, None)),
        ("reads_per_second", figure(reads(arguments)?, None)),
    ];
    let missed = figures.iter().filter(|(_, f)| f.goal_below.is_some_and(|goal| f.median >= goal));
    let missed = missed.map(|(name, _)| (*name).to_owned()).collect();
    for (name, figure) in &figures {
        println!("{name:<22} {:>10}", figure.median);
    }
    let figures: serde_json::Map<String, Value> =
        figures.into_iter().map(|(name, figure)| (name.to_owned(), json!(figure))).collect();
    let report = json!({ "machine": arguments.machine, "date": arguments.date, "figures": figures });
    fs::write(&arguments.out, format!("{report:#}\n"))?;
    Ok(missed)
}

/// From nothing to a first answer, a deploy, and after a restart the first query of the service; in milliseconds.
fn first_minute(arguments: &Arguments) -> io::Result<[f64; 3]> {
    let begin = now();
    let server = Server::up(&arguments.binary, None)?;
    let management = server.url("/management")?;
    Line::connect(&management, PATIENCE)?.ask(&management.graphql_request("{ serverInfo { version } }", None))?;
    let start = ms(begin.elapsed());

    let begin = now();
    server.deploy("blog", BLOG)?;
    let deploy = ms(begin.elapsed());
    let service = server.url("/blog/dev")?;
    ask(&mut Line::connect(&service, PATIENCE)?, &service, &json!({ "query": seed(20) }))?;

    let server = Server::up(&arguments.binary, Some(server.stop()?))?;
    let service = server.url("/blog/dev")?;
    let mut line = Line::connect(&service, PATIENCE)?;
    let begin = now();
    ask(&mut line, &service, &json!({ "query": LIST }))?;
    Ok([start, deploy, ms(begin.elapsed())])
}

/// The same query with and without the gateway before it, one after the other: microseconds with the engine alone, in the
/// whole product, and their ratio, a run.
fn corridor(arguments: &Arguments) -> io::Result<[Vec<f64>; 3]> {
    let up = Server::up(&arguments.binary, None)?;
    let engine = Server::engine(&arguments.binary)?;
    let mut all = Vec::new();
    for server in [&engine, &up] {
        let mut services = Vec::new();
        for number in 0..SERVICES {
            let name = format!("s{number}");
            server.deploy(&name, BLOG)?;
            let url = server.url(&format!("/{name}/dev"))?;
            ask(&mut Line::connect(&url, PATIENCE)?, &url, &json!({ "query": seed(20) }))?;
            services.push(url);
        }
        all.push(services);
    }
    let mut seen = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..arguments.runs {
        thread::sleep(REST);
        let open = |services: &Vec<Url>| Line::connect(&services[0], PATIENCE);
        let mut lines = all.iter().map(open).collect::<io::Result<Vec<_>>>()?;
        let mut times = [Vec::new(), Vec::new()];
        for number in 0..SERVICES {
            for round in 0..BURST {
                for ((line, services), times) in lines.iter_mut().zip(&all).zip(&mut times) {
                    let begin = now();
                    ask(line, &services[number], &json!({ "query": LIST }))?;
                    // The first of a burst wakes what has rested.
                    if round > 0 {
                        times.push(begin.elapsed().as_secs_f64() * 1e6);
                    }
                }
            }
        }
        let [engine, up] = times.map(median);
        seen[0].push(engine);
        seen[1].push(up);
        seen[2].push(up / engine);
    }
    Ok(seen)
}

/// Reads of one row by a unique key, by several clients at once, each on its own connection: answers a second.
fn reads(arguments: &Arguments) -> io::Result<Vec<f64>> {
    let engine = Server::engine(&arguments.binary)?;
    engine.deploy("blog", BLOG)?;
    let url = engine.url("/blog/dev")?;
    let mut line = Line::connect(&url, PATIENCE)?;
    for first in (0..USERS).step_by(50) {
        let create =
            |n: usize| format!("u{n}: createUser(data: {{ email: \"{n}@example.test\", name: \"{n}\" }}) {{ id }}");
        let document = format!("mutation {{ {} }}", (first..first + 50).map(create).collect::<Vec<_>>().join(" "));
        ask(&mut line, &url, &json!({ "query": document }))?;
    }
    (0..arguments.runs).map(|_| read_for_a_while(&url)).collect()
}

fn read_for_a_while(url: &Url) -> io::Result<f64> {
    let begin = now();
    let readers: Vec<_> = (0..READERS)
        .map(|reader| {
            let url = url.clone();
            thread::spawn(move || -> io::Result<usize> {
                let mut line = Line::connect(&url, PATIENCE)?;
                let mut answered = 0;
                while begin.elapsed() < READ_FOR {
                    // A walk over all users that no two readers share.
                    let user = (answered * 7 + reader * 131) % USERS;
                    let body = json!({ "query": ONE, "variables": { "email": format!("{user}@example.test") } });
                    ask(&mut line, &url, &body)?;
                    answered += 1;
                }
                Ok(answered)
            })
        })
        .collect();
    let mut answered = 0;
    for reader in readers {
        answered += reader.join().map_err(|_| io::Error::other("a reader panicked"))??;
    }
    Ok(answered as f64 / begin.elapsed().as_secs_f64())
}

/// Sends an operation that must succeed.
fn ask(line: &mut Line, url: &Url, body: &Value) -> io::Result<()> {
    let answer = line.ask(&url.request(body, None))?;
    if answer.status == 200 && answer.body.starts_with("{\"data\":{") && !answer.body.contains("\"errors\"") {
        return Ok(());
    }
    Err(io::Error::other(format!("{} {}", answer.status, answer.body)))
}

/// One user with posts, in one request.
fn seed(posts: usize) -> String {
    let posts = (0..posts).map(|n| format!("{{ title: \"post {n}\" }}")).collect::<Vec<_>>().join(" ");
    format!(
        "mutation {{ createUser(data: {{ email: \"a@example.test\", name: \"Ada\", posts: {{ create: [{posts}] }} }}) {{ id }} }}"
    )
}

fn figure(runs: Vec<f64>, goal_below: Option<f64>) -> Figure {
    let runs: Vec<f64> = runs.into_iter().map(rounded).collect();
    Figure { median: median(runs.clone()), goal_below, runs }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Three digits tell all that a run is worth.
fn rounded(value: f64) -> f64 {
    let scale = 10f64.powf(2.0 - value.abs().log10().floor());
    if scale.is_finite() { (value * scale).round() / scale } else { value }
}
