//! Root fields in the order of the query. async-graphql writes them in the order in which they are done, which differs
//! from run to run; clients of the original see that of their query.

use async_graphql::{
    Name, Value,
    parser::{
        parse_query,
        types::{DocumentOperations, ExecutableDocument, Selection, SelectionSet},
    },
};
use std::collections::{HashMap, HashSet};

/// Puts the fields of `data` in the order in which the operation asks for them.
pub fn in_order_of(query: &str, operation_name: Option<&str>, data: &mut Value) {
    let Value::Object(fields) = data else { return };
    if fields.len() < 2 {
        return;
    }
    let Ok(document) = parse_query(query) else { return };
    let operation = match (&document.operations, operation_name) {
        (DocumentOperations::Single(operation), _) => Some(operation),
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
        (DocumentOperations::Multiple(_), None) => None,
    };
    let Some(operation) = operation else { return };
    let mut order = Order { document: &document, spread: HashSet::new(), places: HashMap::new() };
    order.add(&operation.node.selection_set.node);
    fields.sort_by(|a, _, b, _| order.places.get(a).cmp(&order.places.get(b)));
}

struct Order<'a> {
    document: &'a ExecutableDocument,
    /// Fragments whose fields have their places already: none is walked twice.
    spread: HashSet<&'a Name>,
    places: HashMap<&'a Name, usize>,
}

impl<'a> Order<'a> {
    fn add(&mut self, selections: &'a SelectionSet) {
        for selection in &selections.items {
            match &selection.node {
                Selection::Field(field) => {
                    let next = self.places.len();
                    self.places.entry(&field.node.response_key().node).or_insert(next);
                }
                Selection::InlineFragment(inline) => self.add(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if self.spread.insert(name)
                        && let Some(fragment) = self.document.fragments.get(name)
                    {
                        self.add(&fragment.node.selection_set.node);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn root_fields_stand_as_they_were_asked_for() {
        let cases = [
            ("{ b a c }", None, "b a c"),
            ("{ c: x { a } ...F b } fragment F on Query { a ...F }", None, "c a b"),
            ("{ ... on Query { b } a b c }", None, "b a c"),
            ("query A { a b c } query B { c b a }", Some("B"), "c b a"),
            // Without a name nothing is known.
            ("query A { b a c } query B { c b a }", None, "a b c"),
            ("{ c", None, "a b c"),
        ];
        for (query, name, expected) in cases {
            let mut data = Value::from_json(json!({ "a": 1, "b": 2, "c": 3 })).unwrap();
            in_order_of(query, name, &mut data);
            let Value::Object(fields) = data else { panic!("{query}") };
            let keys: Vec<&str> = fields.keys().map(Name::as_str).collect();
            assert_eq!(keys.join(" "), expected, "{query}");
        }
    }
}
