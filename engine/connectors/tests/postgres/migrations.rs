//! Random pairs of datamodels: a migration from one to the other ends in the same tables, columns, keys, indexes and
//! sequences as a first deploy of the other, and made once more it changes nothing.

use crate::{
    datamodels, layout,
    random_datamodel::{Dice, datamodel},
    service::{Service, first_deploy},
};
use connector_interface::SchemaChange;
use migrate::{infer_steps, schema_changes};

/// Pairs that are tried; about a third of them are two valid datamodels.
const SEEDS: std::ops::Range<u64> = 10_000..10_100;

pub async fn end_where_a_first_deploy_does(address: &str) {
    let mut compared = 0;
    for seed in SEEDS {
        let mut dice = Dice(seed);
        let (previous_text, next_text) = (datamodel(&mut dice), datamodel(&mut dice));
        let Ok((previous, _)) = datamodels::compile(&previous_text, None) else { continue };
        let Ok((next, renames)) = datamodels::compile(&next_text, Some(&previous)) else { continue };
        let Ok(steps) = infer_steps(&previous, &next, &renames) else { continue };
        compared += 1;
        let changes = schema_changes(&previous, &next, &steps);
        let about = format!("seed {seed}\n--- previous\n{previous_text}\n--- next\n{next_text}\n{changes:#?}");
        let migrated = layout_after(address, vec![first_deploy(&previous), changes], &about).await;
        let fresh = layout_after(address, vec![first_deploy(&next)], &about).await;
        let again = layout_after(address, vec![first_deploy(&next), first_deploy(&next)], &about).await;
        assert_eq!(migrated, fresh, "{about}");
        assert_eq!(again, fresh, "{about}");
    }
    assert!(compared > 20, "only {compared} pairs were compared");
}

async fn layout_after(address: &str, deploys: Vec<Vec<SchemaChange>>, about: &str) -> Vec<String> {
    let service = Service::empty(address, "ada~shop$dev").await;
    for changes in deploys {
        service.change(changes).await.unwrap_or_else(|error| panic!("{error}\n{about}"));
    }
    let layout = layout::of(&service.client, &service.placement.storage).await;
    service.remove().await;
    layout
}
