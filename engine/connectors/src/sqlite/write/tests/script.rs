//! Cases as text: a datamodel, then mutations and queries with what comes of them.
//!
//! ```text
//! # What the case is about.
//! type User { id: ID! @id }
//!
//! createUser {"data": {}}
//! -> id1; created User id1
//! SELECT id FROM User
//! -> id1
//! ====
//! ```
//!
//! A line that starts with `type`, `enum`, a blank or `}` belongs to the datamodel, until the first step. A step is one
//! line; a mutation without `->` must just succeed.

use super::service::Service;
use connector_interface::{ChangeKind, SavedRow, ServiceError, Value, WriteOutcome, Written};
use datamodel::Datamodel;

/// Runs every case of a file.
pub fn check(cases: &str) {
    for case in cases.split("====\n") {
        let is_datamodel = |line: &&str| {
            line.is_empty()
                || [' ', '}', '#'].iter().any(|c| line.starts_with(*c))
                || line.starts_with("type ")
                || line.starts_with("enum ")
        };
        let datamodel: Vec<&str> = case.lines().take_while(is_datamodel).collect();
        let mut steps = case.lines().skip(datamodel.len()).filter(|line| !line.is_empty()).peekable();
        let service = Service::of(super::compiled(&datamodel.join("\n")));
        while let Some(step) = steps.next() {
            let expected = steps.next_if(|line| line.starts_with("->")).map(|line| line[2..].trim());
            let (mutation, arguments) = step.split_once(' ').unwrap_or((step, "null"));
            let found = if mutation == "SELECT" {
                service.query(step)
            } else {
                let arguments = serde_json::from_str(arguments).unwrap_or_else(|error| panic!("{step}\n{error}"));
                let outcome = service.write(mutation, arguments);
                match (&outcome, expected) {
                    (Ok(_), None) => continue,
                    _ => shown(&service.datamodel, &outcome),
                }
            };
            assert_eq!(found, expected.unwrap_or_default(), "{}\n{step}", datamodel[0]);
        }
    }
}

fn shown(datamodel: &Datamodel, outcome: &Result<WriteOutcome, ServiceError>) -> String {
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(error) => return format!("{} {error}", error.code()).trim_end().to_owned(),
    };
    let written = match &outcome.written {
        Written::Node { id } => cell(id),
        Written::Deleted(SavedRow { columns, lists }) => {
            let columns = columns.iter().map(|(name, value)| format!("{name}: {}", cell(value)));
            let lists = lists.iter().map(|(table, values)| format!("{table}: {}", cell(&Value::List(values.clone()))));
            format!("{{{}}}", columns.chain(lists).collect::<Vec<_>>().join(", "))
        }
        Written::Count(count) => count.to_string(),
        Written::Done => "done".to_owned(),
        Written::Imported(refusals) => format!("imported, refused: {refusals:?}"),
    };
    let changes = outcome.changes.iter().map(|change| {
        let kind = match change.kind {
            ChangeKind::Created => "created",
            ChangeKind::Updated => "updated",
            ChangeKind::Deleted => "deleted",
        };
        format!("{kind} {} {}", datamodel.model(change.model).name, cell(&change.id))
    });
    let changes: Vec<String> = changes.collect();
    if changes.is_empty() { written } else { format!("{written}; {}", changes.join(", ")) }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(flag) => flag.to_string(),
        Value::Int(number) | Value::DateTime(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Text(text) | Value::Json(text) => text.clone(),
        Value::List(values) => format!("[{}]", values.iter().map(cell).collect::<Vec<_>>().join(", ")),
    }
}
