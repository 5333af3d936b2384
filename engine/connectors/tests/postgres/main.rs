//! Storage on a real Postgres server, which is started once for all of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails where something is wrong")]

#[path = "../../../migrate/tests/support/mod.rs"]
#[allow(dead_code, reason = "its tables without a database are for other tests")]
mod datamodels;
#[path = "../support/declared.rs"]
mod declared;
mod generated;
#[path = "../../../datamodel/tests/grammar/mod.rs"]
mod grammar;
mod layout;
mod migrations;
#[allow(dead_code, reason = "the datamodel's tests use more of it")]
#[path = "../../../datamodel/tests/mutation/mod.rs"]
mod mutation;
#[path = "../../../migrate/tests/support/random_datamodel.rs"]
mod random_datamodel;
#[path = "../../../../server/tests/support/postgres.rs"]
#[expect(clippy::disallowed_methods, reason = "it waits for the server in real time")]
mod server;
mod service;
mod storage;

use connectors::postgres::ensure_database;

#[test]
fn postgres() {
    let server = match server::Postgres::start() {
        Ok(server) => server,
        Err(reason) => return eprintln!("left out: {reason}"),
    };
    let address = format!("postgresql://{}@127.0.0.1:{}/storage", server::USER, server.port);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        ensure_database(&service::options(&address)).await.unwrap();
        storage::is_what_prisma_1_makes(&address).await;
        storage::hostile_names_stay_in_their_schema(&address).await;
        storage::all_changes_or_none(&address).await;
        storage::a_migration_waits_for_locks_but_not_for_ever(&address).await;
        generated::datamodels_are_stored_as_they_are_and_nowhere_else(&address).await;
        migrations::end_where_a_first_deploy_does(&address).await;
    });
}
