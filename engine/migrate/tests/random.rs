//! Random pairs of datamodels: whatever changes between two of them, the planned changes can be made one after the
//! other and end in the tables of the next one.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "support/random_datamodel.rs"]
mod random_datamodel;
mod support;

use migrate::{assess, infer_steps, schema_changes, steps_from_json, steps_to_json};
use random_datamodel::{Dice, datamodel};
use support::tables::Tables;

#[test]
fn planned_changes_lead_to_the_next_tables() {
    let (mut tried, mut compared) = (0, 0);
    for seed in 1..6000 {
        let mut dice = Dice(seed);
        let (previous_text, next_text) = (datamodel(&mut dice), datamodel(&mut dice));
        tried += 1;
        let Ok((previous, _)) = support::compile(&previous_text, None) else { continue };
        let Ok((next, renames)) = support::compile(&next_text, Some(&previous)) else { continue };
        let Ok(steps) = infer_steps(&previous, &next, &renames) else { continue };
        compared += 1;
        let about = || format!("seed {seed}\n--- previous\n{previous_text}\n--- next\n{next_text}\n{steps:#?}");

        let changes = schema_changes(&previous, &next, &steps);
        let mut tables = Tables::of(&previous);
        tables.apply_all(&changes).unwrap_or_else(|error| panic!("{error}\n{}\n{changes:#?}", about()));
        assert_eq!(tables, Tables::of(&next), "{}\n{changes:#?}", about());
        assert_eq!(steps_from_json(&steps_to_json(&steps)).unwrap(), steps, "{}", about());
        assert_eq!(infer_steps(&next, &next, &renames).unwrap(), [], "{}", about());
        let assessment = assess(&previous, &next, &steps);
        assessment.judge(&vec![true; assessment.questions.len()]);
    }
    assert!(compared * 5 > tried, "only {compared} of {tried} pairs are datamodels");
}
