//! The throttle as a client sees it: 10 at once, 25 in line, the rest refused.

use crate::cloud::{Answer, Cloud, Service, post};
use serde_json::json;

const NOTE: &str = "type Note { id: ID! @id text: String! }";

fn at_once(service: &Service, count: usize) -> Vec<Answer> {
    let calls: Vec<_> = (0..count)
        .map(|_| {
            let url = service.url.clone();
            std::thread::spawn(move || post(&url, &json!({ "query": "{ notes { text } }" }), None))
        })
        .collect();
    calls.into_iter().map(|call| call.join().expect("a call")).collect()
}

fn delay_ms(answer: &Answer) -> u64 {
    let header = answer.header("throttled-by").unwrap_or_else(|| panic!("no Throttled-By: {answer:?}"));
    header.trim_end_matches("ms").parse().expect("a number")
}

#[test]
fn of_40_requests_10_are_answered_at_once_25_wait_and_5_are_refused() {
    let cloud = Cloud::start();
    let service = cloud.deploy("noted", NOTE);
    let neighbour = cloud.deploy("quiet", NOTE);
    let calm = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(500));
        (0..5)
            .map(|_| delay_ms(&post(&neighbour.url, &json!({ "query": "{ notes { text } }" }), None)))
            .collect::<Vec<_>>()
    });
    let answers = at_once(&service, 40);
    let (refused, answered): (Vec<_>, Vec<_>) = answers.into_iter().partition(|a| a.status == 429);
    assert_eq!(refused.len(), 5, "refused");
    for answer in &refused {
        assert_eq!(answer.json()["errors"][0]["code"], 1004, "{answer:?}");
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
    }
    assert!(answered.iter().all(|a| a.json() == json!({ "data": { "notes": [] } })));
    let mut delays: Vec<u64> = answered.iter().map(delay_ms).collect();
    delays.sort_unstable();
    assert_eq!(delays.iter().filter(|d| **d == 0).count(), 10, "{delays:?}");
    // One more each second, in order: the n-th that waits is let in after about n seconds.
    for (place, delay) in delays[10..].iter().enumerate() {
        let due = (place as u64 + 1) * 1000;
        assert!(delay.abs_diff(due) < 400, "place {place}: {delays:?}");
    }
    assert_eq!(calm.join().expect("the neighbour"), vec![0; 5], "a second service is not slowed");
}
