//! The crash test: at every point of a deploy and of a delete the engine is killed, stopped, made to fail or to panic, on
//! SQLite and on Postgres, alone and with a second engine beside it; and then everything that was acknowledged is there,
//! the service is as before or as deployed, and the next deploy works (`limits-and-security.md` §4.2).
//!
//! A few cells run always, chosen by a seed that is printed. All of them, with a report:
//!
//!     REFRACT_CRASH_CELLS=all REFRACT_CRASH_REPORT=crash.tsv cargo test --release -p refract --test crash
//!
//! `REFRACT_CRASH_CELLS` may also name some, as the report does: `postgres-D3-kill,sqlite-X1-stop`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "all of this is tests")]
#![expect(clippy::disallowed_methods, reason = "what waits for another process waits by the real clock")]

mod acknowledged;
#[allow(dead_code, reason = "the product's tests use more of it")]
#[path = "../product/cloud.rs"]
mod cloud;
mod engines;
mod judge;
#[allow(dead_code, reason = "the datamodel's tests use more of it")]
#[path = "../../../engine/datamodel/tests/mutation/mod.rs"]
mod mutation;
#[path = "../support/patient.rs"]
mod patient;
#[path = "../support/postgres.rs"]
mod postgres;
mod side_by_side;

use engines::{Engines, Setup};
use mutation::{Numbers, base_seed};
use std::{
    fmt,
    io::Write as _,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// Where it happens: of a deploy, of a delete.
const POINTS: [&str; 11] = ["D0", "D1", "D2", "D3", "D4", "D5", "D6", "D7", "X0", "X1", "X2"];
const FAULTS: [&str; 4] = ["kill", "stop", "error", "panic"];
const SETUPS: [Setup; 3] = [Setup::Sqlite, Setup::Postgres, Setup::TwoEngines];
/// Cells of the short form.
const SOME: usize = 10;
/// Cells at once.
const AT_ONCE: usize = 4;
/// How long a stopped process stands still.
const STANDS_STILL: Duration = Duration::from_secs(30);

/// One fault at one point.
#[derive(Debug, Clone, Copy)]
struct Cell {
    setup: Setup,
    point: &'static str,
    fault: &'static str,
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.setup.name(), self.point, self.fault)
    }
}

fn all_cells() -> Vec<Cell> {
    let mut cells = Vec::new();
    for setup in SETUPS {
        for point in POINTS {
            cells.extend(FAULTS.map(|fault| Cell { setup, point, fault }));
        }
    }
    cells
}

/// The cells that were asked for, else some.
fn cells() -> Vec<Cell> {
    let mut cells = all_cells();
    match std::env::var("REFRACT_CRASH_CELLS").as_deref() {
        Ok("all") => {}
        Ok(named) => {
            let named: Vec<&str> = named.split(',').collect();
            cells.retain(|cell| named.contains(&cell.to_string().as_str()));
            assert_eq!(cells.len(), named.len(), "cells are called like sqlite-D3-kill");
        }
        Err(_) => {
            let mut numbers = Numbers::new(base_seed());
            while cells.len() > SOME {
                cells.swap_remove(numbers.below(cells.len()));
            }
            println!("cells {}", cells.iter().map(Cell::to_string).collect::<Vec<_>>().join(","));
        }
    }
    cells
}

#[test]
fn whatever_happens_to_a_deploy_it_ends() {
    let server = postgres::Postgres::start();
    let mut cells = cells();
    let server = match server {
        Ok(server) => Some(server),
        Err(why) => {
            println!("left out: cells on Postgres: {why}");
            cells.retain(|cell| matches!(cell.setup, Setup::Sqlite));
            None
        }
    };
    let (next, lines) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(cell) = cells.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let engines = Engines::start(*cell, server.as_ref());
                    let line = judge::run(*cell, engines);
                    println!("{line}");
                    lines.lock().unwrap().push(line);
                }
            });
        }
    });
    let mut lines = lines.into_inner().unwrap();
    assert_eq!(lines.len(), cells.len(), "each cell has its verdict");
    lines.sort();
    if let Ok(path) = std::env::var("REFRACT_CRASH_REPORT") {
        let mut report = std::fs::File::create(Path::new(&path)).unwrap();
        writeln!(report, "cell\tafterwards\tseconds until it had ended\tacknowledged writes\tviolations").unwrap();
        lines.iter().for_each(|line| writeln!(report, "{line}").unwrap());
    }
}
