//! What a deploy would do to existing rows (`prisma1-server.md` §6.5): questions to ask of the data, and what to say
//! when the answers are known.

mod fields;
mod relations;
mod texts;
mod versions;

use crate::Step;
use crate::matching::Matching;
use crate::names::Names;
use connector_interface::DataCheck;
use datamodel::{Datamodel, EnumId, EnumType, FieldId, FieldKind, ModelId};
use std::collections::{HashMap, HashSet};

/// Questions about existing rows, and what follows from the answers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Assessment {
    /// To be asked of the database, in this order.
    pub questions: Vec<DataCheck>,
    findings: Vec<Finding>,
}

/// A warning or an error for the one who deploys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Model, relation, or `Global`.
    pub type_name: String,
    /// The field, if it is about one.
    pub field: Option<String>,
    /// The text.
    pub description: String,
}

#[derive(Debug, Clone, PartialEq)]
struct Finding {
    /// Positions of questions: holds when one of them is answered with yes. Without questions it always holds.
    when: Vec<usize>,
    severity: Severity,
    notice: Notice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Severity {
    /// Can be forced.
    Warning,
    Error,
}

/// Finds out what to ask before the steps may be applied.
pub fn assess(previous: &Datamodel, next: &Datamodel, steps: &[Step]) -> Assessment {
    let mut assessor = Assessor {
        previous,
        next,
        previous_names: Names::of(previous),
        next_names: Names::of(next),
        matching: Matching::from_steps(previous, next, steps),
        enum_users: enum_users(previous),
        assessment: Assessment::default(),
        any_row: HashMap::new(),
    };
    for step in steps {
        assessor.step(step);
    }
    assessor.timestamp_directives(steps);
    assessor.assessment
}

impl Assessment {
    /// Warnings and errors, given one answer a question. With errors there are no warnings, as in the original: the
    /// deploy cannot be forced. A question without an answer counts as a yes.
    pub fn judge(&self, answers: &[bool]) -> (Vec<Notice>, Vec<Notice>) {
        let is_yes = |question: &usize| answers.get(*question).copied().unwrap_or(true);
        let of = |severity| {
            let holds = |finding: &&Finding| {
                finding.severity == severity && (finding.when.is_empty() || finding.when.iter().any(is_yes))
            };
            self.findings.iter().filter(holds).map(|finding| finding.notice.clone()).collect::<Vec<_>>()
        };
        let errors = of(Severity::Error);
        (if errors.is_empty() { of(Severity::Warning) } else { Vec::new() }, errors)
    }
}

struct Assessor<'a> {
    previous: &'a Datamodel,
    next: &'a Datamodel,
    previous_names: Names<'a>,
    next_names: Names<'a>,
    matching: Matching,
    /// Previous fields by their enum.
    enum_users: HashMap<EnumId, Vec<FieldId>>,
    assessment: Assessment,
    /// Tables that are already asked for any row, with the question's position.
    any_row: HashMap<String, usize>,
}

impl Assessor<'_> {
    fn step(&mut self, step: &Step) {
        match step {
            Step::DeleteModel { name } => self.deleted_model(name),
            Step::UpdateModel { new_name, .. } => self.updated_model(new_name),
            Step::CreateField { model, name, .. } => self.created_field(model, name),
            Step::DeleteField { model, name } => self.deleted_field(model, name),
            Step::UpdateField { new_model, name, new_name, .. } => {
                self.updated_field(new_model, new_name.as_ref().unwrap_or(name));
            }
            Step::UpdateEnum { name, .. } => self.updated_enum(name),
            Step::CreateRelation { name, .. } => self.created_relation(name),
            Step::DeleteRelation { name } => self.deleted_relation(name),
            Step::UpdateRelation { name, new_name, .. } => {
                self.updated_relation(new_name.as_ref().unwrap_or(name));
            }
            Step::CreateModel { .. } | Step::CreateEnum { .. } | Step::DeleteEnum { .. } | Step::UpdateSecrets {} => {}
        }
    }

    fn deleted_model(&mut self, name: &str) {
        let Some(model) = self.previous_names.model(name) else { return };
        let has_rows = self.ask_any_row(model);
        self.warn(vec![has_rows], name, None, texts::DATA_LOSS_MODEL.to_owned());
    }

    /// Two things that no other step says: another field has become the id, or a field has got another enum.
    fn updated_model(&mut self, new_name: &str) {
        let Some(model) = self.next_names.model(new_name) else { return };
        let Some(was) = self.matching.previous_model(model) else { return };
        let (was_id, is_id) = (self.previous.id_field(was), self.next.id_field(model));
        if self.matching.next_field(was_id) != Some(is_id) {
            let (model, field) = (&self.previous.model(was).name, &self.previous.field(was_id).name);
            let text = texts::other_id_field(field, &self.next.field(is_id).name, model);
            let has_rows = self.ask_any_row(was);
            self.error(vec![has_rows], model, Some(field), text);
        }
        for (id, field) in self.next.fields(model) {
            let Some(was_id) = self.matching.previous_field(id) else { continue };
            if let (FieldKind::Enum(was), FieldKind::Enum(is)) = (self.previous.field(was_id).kind, field.kind)
                && self.matching.previous_enum(is) != Some(was)
            {
                self.enum_values_gone(self.previous.enum_type(was), self.next.enum_type(is), &[was_id]);
            }
        }
    }

    fn updated_enum(&mut self, name: &str) {
        let Some(was) = self.previous_names.enum_type(name) else { return };
        let Some(is) = self.matching.next_enum(was) else { return };
        let users = self.enum_users.remove(&was).unwrap_or_default();
        self.enum_values_gone(self.previous.enum_type(was), self.next.enum_type(is), &users);
    }

    /// An error for each value that an enum loses and that one of the fields has in some row.
    fn enum_values_gone(&mut self, was: &EnumType, is: &EnumType, users: &[FieldId]) {
        let values: HashSet<_> = is.values.iter().collect();
        for value in was.values.iter().filter(|value| !users.is_empty() && !values.contains(value)) {
            let questions = users.iter().map(|id| self.ask(self.value_used(*id, value))).collect();
            self.error(questions, "Global", None, texts::enum_value_used(value, &was.name));
        }
    }

    fn value_used(&self, id: FieldId, value: &str) -> DataCheck {
        let (model, field) = (self.previous.model(id.model), self.previous.field(id));
        let (table, column) = match field.is_list {
            true => (model.list_table(field), "value"),
            false => (model.table().to_owned(), field.column()),
        };
        DataCheck::ValueUsed { table, column: column.to_owned(), value: value.to_owned() }
    }

    fn ask(&mut self, question: DataCheck) -> usize {
        self.assessment.questions.push(question);
        self.assessment.questions.len() - 1
    }

    /// Asks whether a previous model has rows, once a table.
    fn ask_any_row(&mut self, model: ModelId) -> usize {
        let table = self.previous.model(model).table();
        if let Some(question) = self.any_row.get(table) {
            return *question;
        }
        let question = self.ask(DataCheck::AnyRow { table: table.to_owned() });
        self.any_row.insert(table.to_owned(), question);
        question
    }

    fn warn(&mut self, when: Vec<usize>, type_name: &str, field: Option<&str>, description: String) {
        self.find(when, Severity::Warning, type_name, field, description);
    }

    fn error(&mut self, when: Vec<usize>, type_name: &str, field: Option<&str>, description: String) {
        self.find(when, Severity::Error, type_name, field, description);
    }

    fn find(
        &mut self,
        when: Vec<usize>,
        severity: Severity,
        type_name: &str,
        field: Option<&str>,
        description: String,
    ) {
        let notice = Notice { type_name: type_name.to_owned(), field: field.map(str::to_owned), description };
        self.assessment.findings.push(Finding { when, severity, notice });
    }
}

fn enum_users(datamodel: &Datamodel) -> HashMap<EnumId, Vec<FieldId>> {
    let mut users: HashMap<_, Vec<_>> = HashMap::new();
    for (id, field) in datamodel.models().flat_map(|(model, _)| datamodel.fields(model)) {
        if let FieldKind::Enum(enum_type) = field.kind {
            users.entry(enum_type).or_default().push(id);
        }
    }
    users
}
