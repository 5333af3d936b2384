//! Where links are stored makes no difference: the same mutations do the same to every layout of a relation, and no
//! end ever holds more than its arity allows.

use super::{
    matrix::{ENDS, datamodel, links, storages},
    service::Service,
};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// A mutation of `P` or `C` with small numbers for names. `set` is for lists only.
fn mutation(parent: &str, child: &str) -> impl Strategy<Value = (String, Json)> + use<> {
    let (parent_is_list, child_is_list) = (parent.starts_with('['), child.starts_with('['));
    (any::<bool>(), 1..5u8, prop::collection::vec(1..5u8, 1..3), 0..11u8).prop_map(
        move |(from_p, own, others, kind)| {
            let (model, own_name, relation, other_name, is_list) =
                if from_p { ("P", "p", "cs", "c", parent_is_list) } else { ("C", "c", "ps", "p", child_is_list) };
            let name =
                |field: &str, number: u8| json!({"id": format!("{field}{number}"), field: format!("{field}{number}")});
            let selector = |number: &u8| json!({"id": format!("{other_name}{number}")});
            let target = json!({"id": format!("{own_name}{own}")});
            let selectors: Vec<Json> = others.iter().map(selector).collect();
            let one = selectors[0].clone();
            let created = name(other_name, others[0]);
            let nested = match kind {
                0 | 1 => return (format!("create{model}"), json!({"data": name(own_name, own)})),
                2 => return (format!("delete{model}"), json!({"where": target})),
                3 | 4 => {
                    let mut data = name(own_name, own);
                    data[relation] = if kind == 3 { json!({"create": created}) } else { json!({"connect": one}) };
                    return (format!("create{model}"), json!({"data": data}));
                }
                5 => json!({"create": created}),
                6 => json!({"connect": selectors}),
                7 => json!({"disconnect": one}),
                8 if is_list => json!({"set": selectors}),
                8 => json!({"connect": one}),
                9 => json!({"delete": one}),
                _ => json!({"upsert": {"where": one, "create": created, "update": {}}}),
            };
            (format!("update{model}"), json!({"where": target, "data": {relation: nested}}))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_storage_does_the_same(
        ((parent, child), mutations) in prop::sample::select(ENDS.to_vec()).prop_flat_map(|(parent, child)| {
            (Just((parent, child)), prop::collection::vec(mutation(parent, child), 1..40))
        }),
    ) {
        let services: Vec<Service> =
            storages(parent, child).into_iter().map(|storage| Service::of(datamodel(parent, child, storage))).collect();
        for (mutation, arguments) in mutations {
            let results = services.iter().map(|service| {
                let outcome = service.write(&mutation, arguments.clone()).map(|outcome| outcome.written);
                (outcome.map_err(|error| error.to_string()).map(drop), links(service))
            });
            let results: Vec<_> = results.collect();
            for result in &results[1..] {
                prop_assert_eq!(result, &results[0], "c: {}, p: {}: {} {}", parent, child, mutation, arguments);
            }
            let ends: Vec<(&str, &str)> = results[0].1.split_whitespace().filter_map(|l| l.split_once('-')).collect();
            for (p, c) in &ends {
                let of_p = ends.iter().filter(|(other, _)| other == p).count();
                let of_c = ends.iter().filter(|(_, other)| other == c).count();
                prop_assert!(of_p == 1 || parent.starts_with('['), "{} {}", mutation, results[0].1);
                prop_assert!(of_c == 1 || child.starts_with('['), "{} {}", mutation, results[0].1);
            }
        }
    }
}
