//! The data API against a model of it in plain memory: random datamodels, random operations, and every answer, every row
//! and every change as the model says; the same with kept plans and without.
//!
//! `REFRACT_MODEL_OPERATIONS` sets how many operations each database gets, `REFRACT_MODEL_SEED` repeats a run.

#![expect(clippy::panic, reason = "all of this is tests")]
#![expect(clippy::disallowed_methods, reason = "what waits for another process waits by the real clock")]

mod cascades;
mod changes;
mod datamodels;
mod expected;
mod failures;
mod filters;
mod inputs;
#[allow(dead_code, reason = "the datamodel's tests use more of it")]
#[path = "../../../engine/datamodel/tests/mutation/mod.rs"]
mod mutation;
#[path = "../support/postgres.rs"]
mod postgres;
mod random;
mod random_reads;
mod random_writes;
mod reads;
mod recorder;
mod refusals;
mod run;
mod state;
mod unread;
mod values;
mod world;
mod writes;

use connectors::{
    postgres::{PostgresConnector, PostgresOptions, SignIn, ensure_database},
    sqlite::{SqliteConnector, SqliteOptions},
};
use postgres::{Postgres, USER};
use run::Run;
use std::{io::Write as _, sync::Arc};
use world::World;

fn set_number(name: &str) -> Option<u64> {
    std::env::var_os(name)?.to_string_lossy().parse().ok()
}

/// Past the harness, which shows only what failing tests print.
fn say(line: &str) {
    drop(std::io::stdout().write_all(format!("{line}\n").as_bytes()));
}

fn seed() -> u64 {
    set_number("REFRACT_MODEL_SEED").unwrap_or_else(mutation::base_seed)
}

fn operations(otherwise: u64) -> u64 {
    set_number("REFRACT_MODEL_OPERATIONS").unwrap_or(otherwise)
}

#[test]
fn sqlite_answers_as_the_model() {
    let seed = seed();
    say(&format!("sqlite: REFRACT_MODEL_SEED={seed}"));
    let done = actix_web::rt::System::new().block_on(async {
        let limits = SqliteOptions { answer: unread::LIMITS, ..SqliteOptions::default() };
        let open = |folder: &std::path::Path| Arc::new(SqliteConnector::open(folder, limits)) as _;
        unread::changes_are_told(World::new(open).await).await;
        let open = |folder: &std::path::Path| Arc::new(SqliteConnector::open(folder, SqliteOptions::default())) as _;
        Run::new(World::new(open).await, seed, true).operations(operations(50_000)).await
    });
    say(&format!("sqlite: {done}"));
}

#[test]
fn postgres_answers_as_the_model() {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(why) => return say(&format!("left out: the model on Postgres: {why}")),
    };
    let seed = seed();
    say(&format!("postgres: REFRACT_MODEL_SEED={seed}"));
    let done = actix_web::rt::System::new().block_on(async {
        let sign_in =
            SignIn { host: "127.0.0.1", port: server.port, user: USER, password: None, database: "model", ssl: false };
        let options = PostgresOptions::of(&sign_in);
        ensure_database(&options).await.expect("a database");
        let limits = PostgresOptions { answer: unread::LIMITS, ..options.clone() };
        let open = |_: &std::path::Path| Arc::new(PostgresConnector::new(limits)) as _;
        unread::changes_are_told(World::new(open).await).await;
        let open = |_: &std::path::Path| Arc::new(PostgresConnector::new(options)) as _;
        Run::new(World::new(open).await, seed, false).operations(operations(10_000)).await
    });
    say(&format!("postgres: {done}"));
}
