//! Whether every table, sequence and column of the database gets a name of its own.
//!
//! Names are compared without regard to case, since not every database tells them apart.

use std::collections::{HashMap, HashSet};

use super::names::too_long;
use crate::declared::{Declared, Related, Storage};
use crate::model::Behaviour;
use crate::rules::Diagnostic;

pub(super) fn check(declared: &Declared) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    let mut tables = Names::default();
    for (position, declared_type) in declared.types.iter().enumerate() {
        let place = Place { owner: &declared_type.name, field: None };
        errors.extend(tables.claim(declared_type.table(), "table", place));
        let mut columns = Names::default();
        for (field, value) in declared_type.values() {
            let place = Place { owner: &declared_type.name, field: Some(&field.name) };
            if let Some(Behaviour::Id { sequence: Some(sequence), .. }) = &value.behaviour {
                let text = too_long("name of the id's sequence", &sequence.name);
                errors.extend(text.map(|text| Diagnostic::on_field(place.owner, &field.name, text)));
                errors.extend(tables.claim(&sequence.name, "sequence", place));
            }
            if !field.is_list {
                errors.extend(columns.claim(field.column(), "column", place));
                continue;
            }
            let table = format!("{}_{}", declared_type.table(), field.column());
            let text = too_long("name of the list's table", &table);
            errors.extend(text.map(|text| Diagnostic::on_field(place.owner, &field.name, text)));
            errors.extend(tables.claim(&table, "table", place));
        }
        for (_, field, _) in declared.relations_of(position).filter(|related| has_column(declared, *related)) {
            let place = Place { owner: &declared_type.name, field: Some(&field.name) };
            errors.extend(columns.claim(field.column(), "column", place));
        }
    }
    errors.extend(generated_link_tables(declared, &mut tables));
    errors
}

/// Fields of a link table have columns, fields of a model where the links are stored there.
fn has_column(declared: &Declared, related @ (at, ..): Related<'_>) -> bool {
    declared.type_of(at).is_link_table || declared.storage(related) == Storage::Inline(at)
}

/// Tables of relations that no type describes.
fn generated_link_tables(declared: &Declared, tables: &mut Names) -> Vec<Diagnostic> {
    let mut relations = HashSet::new();
    let mut errors = Vec::new();
    for related @ (at, field, _) in declared.relations() {
        let name = declared.relation_name(related);
        let is_first = relations.insert(name.clone());
        if is_first && declared.storage(related) == Storage::Table(None) {
            let place = Place { owner: &declared.type_of(at).name, field: Some(&field.name) };
            errors.extend(tables.claim(&format!("_{name}"), "table", place));
        }
    }
    errors
}

#[derive(Clone, Copy)]
struct Place<'a> {
    owner: &'a str,
    field: Option<&'a str>,
}

/// Names given so far, and to what.
#[derive(Default)]
struct Names {
    /// Tables or columns, in lower case.
    folded: HashMap<String, String>,
    /// Tables and sequences: only databases that tell cases apart have sequences.
    exact: HashMap<String, String>,
}

impl Names {
    fn claim(&mut self, name: &str, what: &str, place: Place<'_>) -> Option<Diagnostic> {
        let exact = self.exact.insert(name.to_owned(), place.holder());
        let earlier = match what {
            "sequence" => exact,
            _ => self.folded.insert(name.to_lowercase(), place.holder()).or(exact),
        };
        earlier.map(|earlier| place.clash(name, what, &earlier))
    }
}

impl Place<'_> {
    fn holder(&self) -> String {
        let owner = self.owner;
        self.field.map_or(format!("the type `{owner}`"), |field| format!("the field `{field}` of the type `{owner}`"))
    }

    fn clash(&self, name: &str, what: &str, earlier: &str) -> Diagnostic {
        let subject = self.field.map_or(format!("type `{}`", self.owner), |field| format!("field `{field}`"));
        let hint = if what == "sequence" { "" } else { " Names are compared without regard to case." };
        let description =
            format!("The {subject} uses the {what} name `{name}` in the database, and so does {earlier}.{hint}");
        Diagnostic { type_name: self.owner.to_owned(), field: self.field.map(str::to_owned), description }
    }
}
