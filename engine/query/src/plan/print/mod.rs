//! Plans as compact text, for snapshots and for people: a line a thing, what belongs to it indented below.
//!
//! ```text
//! query
//! users!: many
//!   User as "User"
//!   where name:Text = $0
//!   order id:Text
//!   id: column id:Text!
//! slots
//!   $0: constant Text("Ada")
//! ```

mod read;
mod write;

use crate::operation::{CountValue, Demand, OperationKind, OperationPlan, RootField, SlotSource, WriteAnswer};
use crate::operation::{VariableSlot, VariableStep};
use connector_interface::Slot;
use datamodel::{Datamodel, FieldId, ModelId};
use std::fmt;

impl OperationPlan {
    /// The plan as text. `datamodel`: the one it was made for.
    pub fn display<'a>(&'a self, datamodel: &'a Datamodel) -> impl fmt::Display + 'a {
        Display { plan: self, datamodel }
    }
}

struct Display<'a> {
    plan: &'a OperationPlan,
    datamodel: &'a Datamodel,
}

impl fmt::Display for Display<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Lines { datamodel: self.datamodel, text: String::new(), depth: 0 };
        lines.plan(self.plan);
        f.write_str(&lines.text)
    }
}

/// The text so far, and how deep the next line is indented.
struct Lines<'a> {
    datamodel: &'a Datamodel,
    text: String,
    depth: usize,
}

impl Lines<'_> {
    fn line(&mut self, line: impl AsRef<str>) {
        self.text.extend(std::iter::repeat_n("  ", self.depth));
        self.text.push_str(line.as_ref());
        self.text.push('\n');
    }

    /// A line with what belongs to it.
    fn block(&mut self, line: impl AsRef<str>, inside: impl FnOnce(&mut Self)) {
        self.line(line);
        self.depth += 1;
        inside(self);
        self.depth -= 1;
    }

    fn model_name(&self, model: ModelId) -> &str {
        &self.datamodel.model(model).name
    }

    fn field_name(&self, field: FieldId) -> &str {
        &self.datamodel.field(field).name
    }

    fn plan(&mut self, plan: &OperationPlan) {
        self.line(match plan.kind {
            OperationKind::Query => "query",
            OperationKind::Mutation => "mutation",
            OperationKind::Subscription => "subscription",
        });
        for root in &plan.roots {
            let head = format!("{}{}:", root.key, if root.required { "!" } else { "" });
            match &root.field {
                RootField::Read(read) => self.read(&head, read),
                RootField::Write { plan, answer } => {
                    self.write_plan(&head, plan);
                    self.depth += 1;
                    self.answer(answer);
                    self.depth -= 1;
                }
                RootField::ExecuteRaw { statement } => self.line(format!("{head} raw {}", slot(*statement))),
                RootField::Static(json) => self.line(format!("{head} static {json}")),
                RootField::Failed(error) => self.line(format!("{head} failed {} {error}", error.code())),
            }
        }
        if !plan.slots.is_empty() {
            self.block("slots", |lines| {
                for (index, source) in plan.slots.iter().enumerate() {
                    lines.line(format!("${index}: {}", slot_source(source)));
                }
            });
        }
    }

    fn answer(&mut self, answer: &WriteAnswer) {
        match answer {
            WriteAnswer::Node { read, id } => self.read(&format!("answer for {}:", slot(*id)), read),
            WriteAnswer::Saved(read) => self.read("answer:", read),
            WriteAnswer::Count(entries) => {
                let entries = entries.iter().map(|entry| match entry.value {
                    CountValue::Count => format!("{}=count", entry.key),
                    CountValue::Typename => format!("{}=typename", entry.key),
                });
                let entries = joined(entries, ", ");
                self.line(format!("answer: {entries}"));
            }
        }
    }
}

fn slot(slot: Slot) -> String {
    format!("${}", slot.0)
}

fn joined(parts: impl Iterator<Item = String>, between: &str) -> String {
    parts.collect::<Vec<_>>().join(between)
}

fn slot_source(source: &SlotSource) -> String {
    match source {
        SlotSource::Constant(value) => format!("constant {value:?}"),
        SlotSource::Variable(variable) => format!("variable {}", variable_slot(variable)),
        SlotSource::List(items) => format!("list [{}]", joined(items.iter().map(slot_source), ", ")),
        SlotSource::Late => "late".to_owned(),
    }
}

fn variable_slot(slot: &VariableSlot) -> String {
    let steps = slot.path.iter().map(|step| match step {
        VariableStep::Key(key) => format!(".{key}"),
        VariableStep::Index(index) => format!("[{index}]"),
    });
    let demand = match &slot.demand {
        Demand::None => String::new(),
        Demand::NotNegative(argument) => format!(", {argument} not negative"),
        Demand::LengthAtMost { max, field } => format!(", {field} at most {max} characters"),
        Demand::IdText(scalar) => format!(", text of an id of type {}", scalar.name()),
    };
    format!("{}{} as {:?}, root {}{demand}", slot.variable, joined(steps, ""), slot.kind, slot.root)
}
