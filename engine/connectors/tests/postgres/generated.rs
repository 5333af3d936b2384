//! BI-1 on a real server: datamodels by the grammar, deployed one over the other. The catalogue says what the model says,
//! and nothing is made, changed or lost outside the service's schema.

use crate::{
    datamodels,
    declared::{Stored, columns},
    grammar::generated,
    layout,
    mutation::{Numbers, base_seed},
    service::Service,
};
use datamodel::Datamodel;
use migrate::{infer_steps, schema_changes};
use tokio_postgres::Client;

/// Datamodels that are deployed; `DATAMODELS=2000` deploys more.
const ROUNDS: u64 = 300;

const SCHEMA: &str = "ada~shop$dev";

pub async fn datamodels_are_stored_as_they_are_and_nowhere_else(address: &str) {
    let base = base_seed();
    let said = std::env::var_os("DATAMODELS");
    let rounds = said.map_or(ROUNDS, |said| said.to_string_lossy().parse().unwrap());
    let mut deployed = 0;
    let mut service = Service::empty(address, SCHEMA).await;
    let elsewhere = layout::elsewhere(&service.client, SCHEMA).await;
    let mut previous = Datamodel::default();
    for round in 0..rounds {
        let seed = base.wrapping_add(round);
        let text = generated(&mut Numbers::new(seed));
        let about = format!("seed {seed}:\n{text}");
        if round % 4 == 0 {
            service.remove().await;
            service = Service::empty(address, SCHEMA).await;
            previous = Datamodel::default();
        }
        let Ok((next, renames)) = datamodels::compile(&text, Some(&previous)) else { continue };
        let Ok(steps) = infer_steps(&previous, &next, &renames) else { continue };
        let changes = schema_changes(&previous, &next, &steps);
        service.change(changes).await.unwrap_or_else(|error| panic!("{error}, {about}"));
        assert_eq!(stored(&service.client).await, columns(&next), "{about}");
        assert_eq!(layout::elsewhere(&service.client, SCHEMA).await, elsewhere, "{about}");
        previous = next;
        deployed += 1;
    }
    service.remove().await;
    println!("{deployed} of {rounds} datamodels deployed");
    assert!(deployed * 10 >= rounds * 9, "seed {base}: only {deployed} were deployed");
}

async fn stored(client: &Client) -> Vec<Stored> {
    let sql = "SELECT table_name || '.' || column_name, \
               (SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid \
                JOIN pg_namespace n ON n.oid = t.relnamespace \
                WHERE n.nspname = table_schema AND t.relname = table_name AND a.attname = column_name), \
               is_nullable = 'NO' FROM information_schema.columns WHERE table_schema = $1";
    let rows = client.query(sql, &[&SCHEMA]).await.unwrap();
    let mut all: Vec<Stored> = rows
        .iter()
        .map(|row| {
            let kind: String = row.get(1);
            // What the model can say; anything else is shown as it is nowhere said.
            let known = ["text", "character varying(25)", "uuid", "integer", "numeric(65,30)", "boolean"];
            let known = known
                .into_iter()
                .chain(["timestamp(3) without time zone", "character(25)"])
                .find(|known| *known == kind);
            Stored { place: row.get(0), kind: known.unwrap_or("another type"), required: row.get(2) }
        })
        .collect();
    all.sort();
    all
}
