//! Two engines on one database, without a crash: what one deploys, the other serves, also when it stood still meanwhile;
//! and of two deploys at once one wins.

use crate::{
    Cell,
    engines::{Engines, Setup},
    judge::{NEW, OLD, add, assert_serves, deploy, ended, errors},
    postgres::Postgres,
};
use serde_json::json;

/// No fault has this name.
const NOTHING: Cell = Cell { setup: Setup::TwoEngines, point: "nowhere", fault: "error" };

#[test]
fn an_engine_that_stood_still_serves_nothing_old() {
    let Ok(server) = Postgres::start() else { return println!("left out: there is no Postgres") };
    let engines = Engines::start(NOTHING, Some(&server));
    let (first, second) = (engines.first(), engines.working());
    add(first);
    assert_eq!(deploy(first, OLD).as_ref().map(errors), Some(Vec::new()));
    assert_eq!(ended(first)["status"], "SUCCESS");
    assert_serves(NOTHING, second, OLD);
    engines.signal_second("-STOP");
    assert_eq!(deploy(first, NEW).as_ref().map(errors), Some(Vec::new()));
    assert_eq!(ended(first)["status"], "SUCCESS", "nobody waits for it for ever");
    engines.signal_second("-CONT");
    assert_serves(NOTHING, second, NEW);
}

#[test]
fn of_two_deploys_at_once_one_wins() {
    let Ok(server) = Postgres::start() else { return println!("left out: there is no Postgres") };
    let engines = Engines::start(NOTHING, Some(&server));
    let (first, second) = (engines.first(), engines.working());
    add(first);
    let mut refused = 0;
    for round in 0..10 {
        let types = |engine: &str| format!("type Note {{ id: ID! @id {engine}{round}: Int }}");
        let answers = std::thread::scope(|scope| {
            let asked = [(first, "a"), (second, "b")].map(|(origin, name)| {
                let types = types(name);
                scope.spawn(move || deploy(origin, &types))
            });
            asked.map(|asked| errors(&asked.join().unwrap().unwrap()))
        });
        for error in answers.iter().flatten() {
            assert_eq!(error["code"], 4008, "{answers:?}");
            refused += 1;
        }
        assert!(answers.iter().any(Vec::is_empty), "one wins: {answers:?}");
        assert_eq!((&ended(first)["status"], &ended(second)["errors"]), (&json!("SUCCESS"), &json!([])));
        // Whichever came last is what both serve.
        let newest = ended(second)["datamodel"].as_str().unwrap().to_owned();
        assert!(["a", "b"].map(types).contains(&newest), "{newest}");
        assert_serves(NOTHING, first, &newest);
        assert_serves(NOTHING, second, &newest);
    }
    println!("{refused} of 20 were refused");
}
