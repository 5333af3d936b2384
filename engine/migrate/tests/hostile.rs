//! BI-1, the pure part: datamodels by the grammar and with random changes, each over the one before it. Every text has an
//! answer, soon and in little memory, and what is accepted says which tables it wants.
//!
//! `DATAMODELS=300000` tries more than usual.

#![expect(clippy::unwrap_used, clippy::panic, reason = "all of this is tests")]

#[path = "../../datamodel/tests/grammar/mod.rs"]
mod grammar;
#[path = "../../datamodel/tests/mutation/mod.rs"]
mod mutation;
mod support;

use datamodel::{Datamodel, stored};
use grammar::generated;
use migrate::{infer_steps, schema_changes};
use mutation::{Numbers, base_seed, case_texts, mutated};
use std::path::Path;
use support::tables::Tables;

/// Datamodels of each kind.
const ROUNDS: u64 = 20_000;
/// Processor time that one may take.
const CPU_MAX_MS: f64 = 50.0;
/// Memory that all of them together may hold at once, above what the test held before: more than one alone.
const MEMORY_MAX_KIB: u64 = 32 * 1024;

/// Processor time of this thread, in milliseconds.
fn cpu_ms() -> f64 {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    line.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e6
}

/// Memory of this process, in KiB: now (`VmRSS`) or at most so far (`VmHWM`).
fn memory_kib(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(what)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// The model of a text that is deployed over another one, with what is derived from it; `None` where it is refused.
fn deployed(text: &str, previous: &Datamodel, about: &str) -> Option<Datamodel> {
    let (next, renames) = support::compile(text, Some(previous)).ok()?;
    assert_eq!(stored::from_json(&stored::to_json(&next)).as_ref(), Ok(&next), "stored, {about}");
    let steps = infer_steps(previous, &next, &renames).ok()?;
    let mut tables = Tables::of(previous);
    let changed = tables.apply_all(&schema_changes(previous, &next, &steps));
    changed.unwrap_or_else(|error| panic!("{error}, {about}"));
    assert_eq!(tables, Tables::of(&next), "{about}");
    Some(next)
}

/// Deploys what is made, one over the other; how many were accepted, and the most that one cost.
fn deploy_all(base: u64, make: impl Fn(&mut Numbers) -> String) -> (u64, f64) {
    let empty = Datamodel::default();
    let (mut previous, mut previous_text) = (empty.clone(), String::new());
    let (mut accepted, mut dearest) = (0, 0.0_f64);
    for round in 0..rounds() {
        let seed = base.wrapping_add(round);
        let text = make(&mut Numbers::new(seed));
        let about = format!("seed {seed}, over {previous_text:?}:\n{text}");
        let mut costs: Vec<f64> = Vec::new();
        // What one try cost may be the system's doing; the least of some is not.
        let outcome = loop {
            let before = cpu_ms();
            let outcome = deployed(&text, &previous, &about);
            costs.push(cpu_ms() - before);
            if costs.len() == 5 || costs[costs.len() - 1] <= CPU_MAX_MS {
                break outcome;
            }
        };
        let cost = costs.into_iter().fold(f64::MAX, f64::min);
        assert!(cost <= CPU_MAX_MS, "{cost:.1} ms of processor time, {about}");
        dearest = dearest.max(cost);
        accepted += u64::from(outcome.is_some());
        // Now and then the next one is a first deploy.
        let kept = outcome.filter(|_| round % 4 > 0);
        previous_text = if kept.is_some() { text } else { String::new() };
        previous = kept.unwrap_or_else(|| empty.clone());
    }
    (accepted, dearest)
}

fn rounds() -> u64 {
    let said = std::env::var_os("DATAMODELS");
    said.map_or(ROUNDS, |said| said.to_string_lossy().parse().expect("DATAMODELS is a number"))
}

/// One test, so that nothing else uses memory meanwhile.
#[test]
fn datamodels_have_an_answer_soon_and_in_little_memory() {
    let base = base_seed();
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../datamodel/tests/cases");
    let texts = case_texts(&cases);
    let before = memory_kib("VmRSS");
    let (valid, dearest) = deploy_all(base, generated);
    println!("{valid} of {} by the grammar accepted, the dearest {dearest:.2} ms", rounds());
    let (broken, dearest) = deploy_all(base, |numbers| {
        let text = if numbers.below(2) == 0 { texts[numbers.below(texts.len())].clone() } else { generated(numbers) };
        mutated(&text, numbers)
    });
    println!("{broken} of {} with changes accepted, the dearest {dearest:.2} ms", rounds());
    let used = memory_kib("VmHWM") - before;
    println!("at most {used} KiB of memory");
    assert!(used <= MEMORY_MAX_KIB, "seed {base}: {used} KiB of memory");
    assert!(valid * 100 >= rounds() * 98, "seed {base}: {valid} of {} by the grammar are accepted", rounds());
    assert!(broken * 20 >= rounds() && broken < rounds(), "seed {base}: {broken} with changes are accepted");
}
