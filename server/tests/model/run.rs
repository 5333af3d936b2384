//! Services one after the other, each with random operations, each answer compared.

use crate::{
    changes, datamodels,
    expected::{Expected, Model},
    failures::Failure,
    inputs::Operation,
    random::{Numbers, Random},
    state::State,
    world::World,
    writes::UNKNOWN_ID,
};
use datamodel::Datamodel;
use region_config::Address;
use serde_json::Value as Json;
use std::{collections::BTreeMap, sync::Arc};

/// Operations of one service.
const OF_SERVICE: u64 = 250;
/// Mutations after which all rows are looked at.
const LOOK_EVERY: u64 = 4;
/// One operation in so many is answered by an engine that keeps nothing.
const ANEW_EVERY: usize = 25;

pub struct Run {
    world: World,
    numbers: Numbers,
    nulls_first: bool,
    /// Operations that were answered, by what came of them.
    counts: BTreeMap<String, u64>,
    mutations: u64,
    plans_kept: u64,
    anew: u64,
    changes: u64,
}

/// A service and what it holds by the model.
struct Service {
    address: Address,
    types: String,
    datamodel: Arc<Datamodel>,
    state: State,
}

impl Run {
    pub fn new(world: World, seed: u64, nulls_first: bool) -> Run {
        let numbers = Numbers::new(seed);
        Run { world, numbers, nulls_first, counts: BTreeMap::new(), mutations: 0, plans_kept: 0, anew: 0, changes: 0 }
    }

    /// Runs so many operations; what was done.
    pub async fn operations(mut self, wanted: u64) -> String {
        let mut done = 0;
        let mut number = 0;
        while done < wanted {
            let mut service = self.deploy(number).await;
            number += 1;
            let end = (done + OF_SERVICE).min(wanted);
            while done < end {
                done += self.operation(&mut service, end - done).await;
            }
        }
        let ok = self.counts.get("ok").copied().unwrap_or_default();
        assert!(ok * 3 > done, "most operations were refused: {:?}", self.counts);
        assert!(self.plans_kept * 5 > done, "plans are made anew: {} of {done} were kept", self.plans_kept);
        format!(
            "{done} operations on {number} services, {} of them mutations with {} changes; {} with kept plans, {} with a fresh engine; {:?}",
            self.mutations, self.changes, self.plans_kept, self.anew, self.counts
        )
    }

    async fn deploy(&mut self, number: usize) -> Service {
        let types = datamodels::datamodel(number, &mut self.numbers);
        let service = self.world.deploy(&format!("s{number}"), &types).await;
        let (address, datamodel) = (service.record.address.clone(), service.datamodel.clone());
        Service { address, types, state: State::new(&datamodel), datamodel }
    }

    /// One operation, mostly followed by the same text with other values; how many.
    async fn operation(&mut self, service: &mut Service, at_most: u64) -> u64 {
        let mut random = Random { numbers: &mut self.numbers, datamodel: &service.datamodel, state: &service.state };
        let mut operation = if random.is(55) { random.mutation() } else { random.query() };
        operation.choose_variables(&mut random);
        let times = (1 + random.numbers.below(4) as u64).min(at_most);
        for time in 0..times {
            let drawn = match time {
                0 => operation.clone(),
                _ => operation.drawn_again(&mut Random {
                    numbers: &mut self.numbers,
                    datamodel: &service.datamodel,
                    state: &service.state,
                }),
            };
            self.one(service, &drawn).await;
        }
        times
    }

    async fn one(&mut self, service: &mut Service, operation: &Operation) {
        let body = operation.body();
        let now = self.world.tick();
        let is_anew = self.numbers.below(ANEW_EVERY) == 0;
        let prepared = self.world.recorder.prepared();
        let answer = match is_anew && operation.is_mutation {
            true => self.world.ask_anew(&service.address, body.clone()).await,
            false => self.world.ask(&service.address, body.clone()).await,
        };
        let context = || format!("{}\n{body}", service.types);
        let told = self.world.recorder.take_changes();
        self.plans_kept += u64::from(self.world.recorder.prepared() == prepared);
        self.anew += u64::from(is_anew);
        if is_anew && !operation.is_mutation {
            let anew = self.world.ask_anew(&service.address, body.clone()).await;
            assert_eq!(answer, anew, "with kept plans and without\n{}", context());
        }
        let datamodel = service.datamodel.clone();
        let model = Model { datamodel: &datamodel, nulls_first: self.nulls_first, now };
        let expected = model.expect(operation, &service.state, &told);
        self.compare(&answer, &expected, context);
        if let Some(problem) = changes::problem(&datamodel, &told, &expected.made, &service.state, &expected.state) {
            panic!("{}\n{problem}", context());
        }
        service.state = expected.state;
        if !operation.is_mutation {
            return;
        }
        self.mutations += 1;
        self.changes += told.len() as u64;
        if self.mutations.is_multiple_of(LOOK_EVERY) {
            let everything = model.everything();
            let stored = self.world.ask(&service.address, everything.body()).await;
            let expected = model.expect(&everything, &service.state, &[]);
            let context = || format!("all rows after\n{}\n{body}", service.types);
            check(&stored, &expected, context);
        }
    }

    fn compare(&mut self, answer: &Json, expected: &Expected, context: impl Fn() -> String) {
        let codes = check(answer, expected, context);
        let count = codes.first().map_or_else(|| "ok".to_owned(), i64::to_string);
        *self.counts.entry(count).or_default() += 1;
    }
}

/// Compares an answer; the codes of its errors.
fn check(answer: &Json, expected: &Expected, context: impl Fn() -> String) -> Vec<i64> {
    let errors: Vec<Failure> = answer["errors"].as_array().into_iter().flatten().map(failure).collect();
    let fits = |error: &Failure, group: &Vec<Failure>| group.iter().any(|one| is_told(one, error));
    let all_expected = errors.iter().all(|error| expected.errors.iter().any(|group| fits(error, group)));
    let all_told = expected.errors.iter().all(|group| errors.iter().any(|error| fits(error, group)));
    assert!(
        answer["data"] == expected.data && all_expected && all_told,
        "{}\nanswered {answer}\nexpected {}\n         {:?}",
        context(),
        expected.data,
        expected.errors
    );
    errors.into_iter().map(|error| error.code).collect()
}

fn failure(error: &Json) -> Failure {
    let text = error["message"].as_str().unwrap_or_default().to_owned();
    Failure { code: error["code"].as_i64().unwrap_or_default(), text }
}

/// Whether an error is the expected one. Which of two unique fields is named is the database's choice, and an id that was
/// made and rolled back is known to nobody.
fn is_told(expected: &Failure, told: &Failure) -> bool {
    let [expected_text, told_text] =
        [expected, told].map(|failure| failure.text.split(" Field name = ").next().unwrap_or_default());
    let is_text = match expected_text.split_once(UNKNOWN_ID) {
        Some((head, tail)) => {
            told_text.starts_with(head) && told_text.ends_with(tail.trim_start_matches(char::is_numeric))
        }
        None => expected_text == told_text,
    };
    expected.code == told.code && is_text
}
