//! No text ends the process or keeps it busy: random token sequences, and documents built to grow when fragments are
//! put in their places. A document that would take exponential time hangs here.

mod api;

use proptest::prelude::*;
use query::{Api, ApiOptions, Document, validate_subscription};
use serde_json::Map;

const DATAMODEL: &str = r"
type User {
  id: ID! @id
  name: String
  posts: [Post]
}
type Post {
  id: ID! @id
  title: String!
  author: User!
}
";

fn api() -> Api {
    api::api(DATAMODEL, ApiOptions::default())
}

/// Parses, and plans what can be planned.
fn take(api: &Api, text: &str) {
    let _ = validate_subscription(api, text);
    if let Ok(document) = Document::parse(api, text) {
        let _ = document.is_introspection_only(None);
        let _ = document.plan(api, None, &Map::new());
    }
}

/// Pieces of documents, most of them in good order.
const PIECES: [&str; 40] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ":",
    "!",
    "=",
    "$",
    "@",
    "...",
    "|",
    "query",
    "mutation",
    "subscription",
    "fragment",
    "on",
    "users",
    "user",
    "posts",
    "createUser",
    "where",
    "data",
    "id",
    "name",
    "\"a\"",
    "\"\"\"b\"\"\"",
    "1",
    "-1.5e3",
    "null",
    "true",
    "$x",
    "User",
    "Node",
    "UserWhereInput",
    "...F",
    "@include(if: true)",
    "__typename",
    "\"\\ud83d\\ude00",
];

proptest! {
    #[test]
    fn any_sequence_of_tokens(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..60)) {
        take(&api(), &pieces.join(" "));
    }

    #[test]
    fn any_text(text in "\\PC{0,80}") {
        take(&api(), &text);
    }

    #[test]
    fn a_document_with_a_bite_taken_out(start in 0usize..400, length in 0usize..12, put in "\\PC{0,3}") {
        let document = "query Q($w: UserWhereInput = {name_in: [\"a\", \"b\"], AND: [{id: 1}]}, $n: Int!) \
            { users(where: $w, first: $n) @skip(if: false) { id, x: name ...F } } \
            fragment F on User { posts(orderBy: title_ASC) { title author { ... on Node { id } } } } # end\n\
            mutation M { createUser(data: { name: \"\"\"b\"\"\", posts: { create: { title: \"t\\n\" } } }) { id } }";
        let bite = |at: usize| document.char_indices().map(|(i, _)| i).nth(at).unwrap_or(document.len());
        let text = format!("{}{put}{}", &document[..bite(start)], &document[bite(start + length)..]);
        take(&api(), &text);
    }
}

#[test]
fn documents_that_grow() {
    let doubling = |depth: usize, body: &str| {
        let mut text = "{ users { ...F0 } }".to_owned();
        for i in 0..depth {
            text += &format!(" fragment F{i} on User {{ {} }}", body.replace("NEXT", &format!("F{}", i + 1)));
        }
        text + &format!(" fragment F{depth} on User {{ id }}")
    };
    let api = api();
    let refused = |text: &str| assert!(Document::parse(&api, text).is_err(), "{text:.60}");
    refused(&doubling(60, "...NEXT ...NEXT"));
    refused(&doubling(60, "a: posts { author { ...NEXT } } b: posts { author { ...NEXT } }"));
    refused(&doubling(190, "id ...NEXT"));
    refused(&doubling(30, "... on User { ...NEXT } ... on Node { ... on User { ...NEXT } }"));
    refused(&format!("{{ users(where: {}1{}) {{ id }} }}", "[".repeat(10_000), "]".repeat(10_000)));
    refused(&format!("{{ {}id{} }}", "users { ".repeat(10_000), " }".repeat(10_000)));
    refused(&format!("query($x: {}Int{}) {{ users(first: $x) {{ id }} }}", "[".repeat(60), "]".repeat(60)));
    let wide = "posts { author { id } } ".repeat(3_000);
    assert!(Document::parse(&api, &format!("{{ users {{ {wide} }} }}")).is_ok(), "merges into one field");
    // Selections that lead from types to fields to types again.
    let round = "fields { type { ofType { ofType { ";
    let text = format!("{{ __schema {{ types {{ {}name{} }} }} }}", round.repeat(6), " } } } }".repeat(6));
    take(&api, &text);
}
