//! The throttle's contract, seen from outside: many requests at once to a service at rest.
//!
//! Of 40, 10 are answered at once, 25 wait and are answered one a second with a growing `Throttled-By`, and 5 are refused
//! at once with 429, `Retry-After` and code 1004. With `--leave`, every second waiting client disconnects: those behind
//! move up, so the last answer comes after as many seconds as there are clients left.
//!
//! The exit code is 1 when the contract is not met. Let the service rest for 10 seconds before.

use clap::Parser;
use loadtests::call::{Answer, Call, Url};
use serde::Serialize;
use std::{io, process::ExitCode, thread, time::Duration};

/// How long an answer may take. The last of a full line comes after 25 seconds.
const PATIENCE: Duration = Duration::from_secs(60);
/// Time in which everything that is answered at once is answered.
const AT_ONCE: Duration = Duration::from_millis(500);
/// How far a delay may be off, in milliseconds.
const TOLERANCE_MS: u64 = 300;

const BURST: usize = 10;
const WAITING_MAX: usize = 25;

/// Sends many requests at once and checks what the throttle does with them.
#[derive(Parser)]
struct Arguments {
    /// URL of a service's data API, with the scheme http
    url: Url,
    /// How many requests to send at once
    #[arg(long, default_value_t = 40)]
    requests: usize,
    /// Let every second waiting client disconnect
    #[arg(long)]
    leave: bool,
    /// The query to send. One of introspection alone would not be counted
    #[arg(long, default_value = "{ users { id } }")]
    query: String,
    /// Service token, if the service has a secret
    #[arg(long)]
    token: Option<String>,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

/// What was seen.
#[derive(Serialize)]
struct Report {
    sent: usize,
    at_once: Vec<Answer>,
    in_order: Vec<Answer>,
    refused: Vec<Answer>,
    left: usize,
    /// What is not as it should be.
    complaints: Vec<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let report = match run(&arguments) {
        Ok(report) => report,
        Err(error) => {
            eprintln!("cannot call {}: {error}", arguments.url.authority);
            return ExitCode::FAILURE;
        }
    };
    if arguments.json {
        println!("{}", serde_json::json!(report));
    } else {
        print(&report);
    }
    if report.complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run(arguments: &Arguments) -> io::Result<Report> {
    let request = arguments.url.graphql_request(&arguments.query, arguments.token.as_deref());
    let connections: Vec<_> =
        (0..arguments.requests).map(|_| arguments.url.connect(PATIENCE)).collect::<io::Result<_>>()?;
    let mut calls: Vec<_> =
        connections.into_iter().map(|connection| Call::send(connection, &request)).collect::<io::Result<_>>()?;
    thread::sleep(AT_ONCE);

    let (mut at_once, mut refused, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
    for mut call in calls.drain(..) {
        if !call.is_answered()? {
            waiting.push(call);
            continue;
        }
        let answer = call.answer()?;
        if answer.status == 429 { refused.push(answer) } else { at_once.push(answer) }
    }
    let mut left = 0;
    if arguments.leave {
        let mut place = 0;
        waiting.retain(|_| {
            place += 1;
            place % 2 == 0
        });
        left = place - waiting.len();
    }
    // Everyone is read by a thread of its own, so that each tells its own time.
    let readers: Vec<_> = waiting.into_iter().map(|call| thread::spawn(|| call.answer())).collect();
    let mut in_order = Vec::new();
    for reader in readers {
        in_order.push(reader.join().map_err(|_| io::Error::other("a reader panicked"))??);
    }
    in_order.sort_by_key(|answer| answer.ms);
    let mut report = Report { sent: arguments.requests, at_once, in_order, refused, left, complaints: Vec::new() };
    report.complaints = complaints(&report);
    Ok(report)
}

/// The contract.
fn complaints(report: &Report) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut expect = |holds: bool, complaint: String| {
        if !holds {
            complaints.push(complaint);
        }
    };
    let expected = report.sent.min(BURST);
    expect(report.at_once.len() == expected, format!("{} answered at once, not {expected}", report.at_once.len()));
    let expected = report.sent.saturating_sub(BURST).min(WAITING_MAX);
    let waiting = report.in_order.len() + report.left;
    expect(waiting == expected, format!("{waiting} had to wait, not {expected}"));
    let expected = report.sent.saturating_sub(BURST + WAITING_MAX);
    expect(report.refused.len() == expected, format!("{} refused, not {expected}", report.refused.len()));

    for answer in &report.at_once {
        let fine = answer.status == 200 && answer.throttled_ms == Some(0);
        expect(fine, format!("answered at once with {} and Throttled-By {:?}", answer.status, answer.throttled_ms));
    }
    for (place, answer) in (1u64..).zip(&report.in_order) {
        let near = |ms: u64| ms.abs_diff(place * 1000) <= TOLERANCE_MS;
        let fine = answer.status == 200 && answer.throttled_ms.is_some_and(near);
        expect(
            fine,
            format!("number {place} of the line: status {}, Throttled-By {:?}", answer.status, answer.throttled_ms),
        );
    }
    for answer in &report.refused {
        let fine = answer.retry_after_s.is_some_and(|seconds| seconds >= 1) && answer.body.contains("1004");
        expect(fine, format!("refused with Retry-After {:?} and {}", answer.retry_after_s, answer.body));
    }
    complaints
}

fn print(report: &Report) {
    println!("sent at once    {:>4}", report.sent);
    println!("answered        {:>4}", report.at_once.len());
    println!("waited          {:>4}", report.in_order.len());
    println!("left the line   {:>4}", report.left);
    println!("refused         {:>4}", report.refused.len());
    for answer in &report.in_order {
        println!("  after {:>6} ms, Throttled-By {:>6} ms", answer.ms, answer.throttled_ms.unwrap_or_default());
    }
    for complaint in &report.complaints {
        println!("not as it should be: {complaint}");
    }
}
