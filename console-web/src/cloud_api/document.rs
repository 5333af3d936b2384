//! Bounds of a document, before and after parsing. The library's own checks walk fragments again for every spread, so
//! that a few hundred bytes could cost seconds; here every fragment is counted once.

use super::error::CloudError;
use async_graphql::{
    Positioned, Value,
    parser::{
        parse_query,
        types::{ExecutableDocument, Selection, SelectionSet},
    },
};
use region_config::{document_scan::scan, limits::STATIC_DOCUMENT};
use std::collections::HashMap;

/// Selected fields once fragments are expanded.
const SELECTIONS_MAX: usize = 500;

/// Parses a document that is small enough.
pub(super) fn read(text: &str) -> Result<ExecutableDocument, CloudError> {
    scan(text, &STATIC_DOCUMENT)?;
    let document = parse_query(text).map_err(|error| CloudError::Document(error.to_string()))?;
    let mut counted = HashMap::new();
    let mut selections = 0;
    for (_, operation) in document.operations.iter() {
        selections += count(&operation.node.selection_set.node, &document, &mut counted)?;
    }
    for name in document.fragments.keys() {
        count_fragment(name, &document, &mut counted)?;
    }
    if selections > SELECTIONS_MAX {
        return Err(CloudError::Document(format!("the document selects more than {SELECTIONS_MAX} fields.")));
    }
    Ok(document)
}

/// Fields of a fragment once it was counted; none while it is being counted, which is how a circle shows.
type Counted<'a> = HashMap<&'a str, Option<usize>>;

fn count<'a>(
    selections: &'a SelectionSet,
    document: &'a ExecutableDocument,
    counted: &mut Counted<'a>,
) -> Result<usize, CloudError> {
    let mut sum = 0usize;
    for Positioned { node, .. } in &selections.items {
        sum = sum.saturating_add(match node {
            Selection::Field(field) => count(&field.node.selection_set.node, document, counted)?.saturating_add(1),
            Selection::InlineFragment(inline) => count(&inline.node.selection_set.node, document, counted)?,
            Selection::FragmentSpread(spread) => {
                count_fragment(spread.node.fragment_name.node.as_str(), document, counted)?
            }
        });
    }
    Ok(sum)
}

fn count_fragment<'a>(
    name: &'a str,
    document: &'a ExecutableDocument,
    counted: &mut Counted<'a>,
) -> Result<usize, CloudError> {
    match counted.get(name) {
        Some(Some(fields)) => return Ok(*fields),
        Some(None) => return Err(CloudError::Document(format!("the fragment '{name}' contains itself."))),
        None => {}
    }
    // A spread without its fragment is left to validation.
    let Some(fragment) = document.fragments.get(name) else { return Ok(0) };
    counted.insert(name, None);
    let fields = count(&fragment.node.selection_set.node, document, counted)?;
    counted.insert(name, Some(fields));
    Ok(fields)
}

/// How deep a value of a variable nests.
pub(super) fn value_depth(value: &Value) -> usize {
    match value {
        Value::List(items) => 1 + items.iter().map(value_depth).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(value_depth).max().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_bounded_before_they_are_validated() {
        let doubling = (1..24).fold("fragment f0 on Query { me { id } }".to_owned(), |text, n| {
            format!("{text} fragment f{n} on Query {{ ...f{m} ...f{m} }}", m = n - 1)
        });
        for (name, text, fits) in [
            ("small", "{ me { id } }".to_owned(), true),
            ("fragments", "{ ...a } fragment a on Query { me { ...b } } fragment b on User { id }".to_owned(), true),
            ("a circle", "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }".to_owned(), false),
            ("a circle that is not used", "{ me { id } } fragment a on Query { ...a }".to_owned(), false),
            ("doubling", format!("{{ ...f23 }} {doubling}"), false),
            ("wide", format!("{{ {} }}", "me { id }".repeat(499)), false),
            ("deep values", format!("{{ cloudTokenRequest(secret: {}) }}", "[".repeat(2000)), false),
            ("nonsense", "{ me {".to_owned(), false),
            ("empty", String::new(), false),
        ] {
            assert_eq!(read(&text).is_ok(), fits, "{name}");
        }
    }
}
