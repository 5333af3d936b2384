//! A write whose answer is too long has happened all the same, and its changes are told.

use crate::world::World;
use connector_interface::answer::AnswerLimits;
use serde_json::json;

/// Answers of three rows are too long.
pub const LIMITS: AnswerLimits = AnswerLimits { bytes_max: 100_000, rows_max: 2 };

const TYPES: &str = "type A { id: ID! @id n: Int bs: [B] } type B { id: ID! @id a: A @relation(link: INLINE) }";
const MUTATIONS: [&str; 2] = [
    "mutation { createA(data: { id: \"a\", bs: { create: [{} {}] } }) { id bs { id } } }",
    "mutation { updateA(where: { id: \"a\" }, data: { n: 1, bs: { create: [{} {}] } }) { id bs { id } } }",
];

pub async fn changes_are_told(world: World) {
    let service = world.deploy("unread", TYPES).await;
    for mutation in MUTATIONS {
        let answer = world.ask(&service.record.address, json!({ "query": mutation }).to_string()).await;
        assert_eq!(answer["errors"].as_array().map(Vec::len), Some(1), "{answer}");
        let told = world.recorder.take_changes();
        assert_eq!(told.len(), 3, "{mutation}\n{answer}\n{told:#?}");
    }
}
