//! The variables of a request against their declared types, with the original's messages (`prisma1-server.md` §1.7).

use crate::api::Api;
use crate::document::Document;
use crate::operation::RequestError;
use crate::syntax::{Name, Operation};
use crate::types::{InputType, TypeId, TypeRef};
use crate::validate::{Mismatch, declared_type, input_kind, known_enum_value, quoted};
use connector_interface::Position;
use serde_json::{Map, Value as Json};

/// A variable of an operation, with what a message about its value needs; a plan keeps them.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredVariable {
    name: Name,
    expected: TypeRef,
    /// The type as it was written.
    written: String,
    position: Position,
    /// The place of the declaration as messages show it.
    place: String,
}

impl DeclaredVariable {
    /// The variables that an operation of the document declares.
    pub fn all(api: &Api, document: &Document, operation: &Operation) -> Vec<DeclaredVariable> {
        let source = document.source();
        let declared = operation.variables.iter().filter_map(|definition| {
            Some(DeclaredVariable {
                name: definition.name.clone(),
                // Validation has refused every declaration whose type is not an input type.
                expected: declared_type(api, &definition.declared_type)?,
                written: definition.declared_type.to_string(),
                position: definition.position,
                place: source.place(definition.position),
            })
        });
        declared.collect()
    }
}

/// Checks the values of an operation's variables. Values for which none is declared are ignored.
pub fn check_variables(
    api: &Api,
    declared: &[DeclaredVariable],
    variables: &Map<String, Json>,
) -> Result<(), Vec<RequestError>> {
    let mut errors = Vec::new();
    for variable in declared {
        let value = variables.get(&*variable.name);
        let mut check = Check { api, found: Vec::new() };
        check.value(variable.expected, value);
        if check.found.is_empty() {
            continue;
        }
        let got = match value {
            Some(value) => format!("got: {}", quoted(value)),
            None => "value is undefined".to_owned(),
        };
        errors.extend(check.found.iter().map(|mismatch| mismatch_error(variable, &got, mismatch)));
    }
    errors.truncate(api.options().limits.errors_max);
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn mismatch_error(variable: &DeclaredVariable, got: &str, mismatch: &Mismatch) -> RequestError {
    let DeclaredVariable { name, written, position, place, .. } = variable;
    let reason = mismatch.message();
    let message = format!("Variable '${name}' expected value of type '{written}' but {got}. Reason: {reason}{place}");
    RequestError { message, locations: vec![*position] }
}

struct Check<'a> {
    api: &'a Api,
    found: Vec<Mismatch>,
}

impl Check<'_> {
    fn value(&mut self, expected: TypeRef, value: Option<&Json>) {
        if self.found.len() >= self.api.options().limits.errors_max {
            return;
        }
        let before = self.found.len();
        match value {
            None | Some(Json::Null) if !expected.is_required() => {}
            None => self.found.push(Mismatch::new("Expected non-null value, found null.".to_owned())),
            Some(Json::Null) if expected.is_list() => self.found.push(Mismatch::new("Invalid value".to_owned())),
            Some(Json::Array(items)) if expected.is_list() => {
                for item in items {
                    self.value(expected.item(), Some(item));
                }
                // The original names the first place whichever item it is.
                self.move_down(before, "[0]");
            }
            // One value stands for a list of one.
            Some(_) if expected.is_list() => {
                self.value(expected.item(), value);
                self.move_down(before, "[0]");
            }
            Some(value) => match (expected.named, value) {
                (TypeId::Input(input), Json::Object(fields)) => self.object(input, fields),
                (TypeId::Input(_), _) => {
                    let name = self.api.type_name(expected.named);
                    self.found.push(Mismatch::new(format!("Expected '{name}', found not an object.")));
                }
                (leaf, _) => {
                    if let Err(reason) = leaf_value(self.api, leaf, value) {
                        self.found.push(Mismatch::new(reason));
                    }
                }
            },
        }
    }

    fn object(&mut self, input: InputType, fields: &Map<String, Json>) {
        let start = self.found.len();
        let mut unknown = Vec::new();
        let mut order = Vec::new();
        for (name, value) in fields {
            let Some(definition) = self.api.input_field(input, name) else {
                let of = self.api.type_name(TypeId::Input(input));
                let reason = format!("Field '{name}' is not defined in the input type '{of}'.");
                unknown.push(Mismatch::new(reason).below(&format!(".{name}"), None));
                continue;
            };
            let before = self.found.len();
            self.value(definition.input_type, Some(value));
            self.move_down(before, &format!(".{name}"));
            order.resize(self.found.len() - start, name.clone());
        }
        if input.has_required_fields() {
            for missing in self.api.input_fields(input) {
                if missing.input_type.is_required() && !fields.contains_key(&*missing.name) {
                    let before = self.found.len();
                    self.value(missing.input_type, None);
                    self.move_down(before, &format!(".{}", missing.name));
                    order.resize(self.found.len() - start, missing.name.to_string());
                }
            }
        }
        if order.len() > 1 {
            // As the original tells them: in the order of the type, unknown fields last.
            let known = self.api.input_fields(input);
            let place = |name: &String| known.iter().position(|definition| definition.name == **name);
            let mut sorted: Vec<_> = order.iter().map(place).zip(self.found.drain(start..)).collect();
            sorted.sort_by_key(|(place, _)| *place);
            self.found.extend(sorted.into_iter().map(|(_, mismatch)| mismatch));
        }
        self.found.extend(unknown);
    }

    fn move_down(&mut self, from: usize, step: &str) {
        let moved: Vec<Mismatch> = self.found.drain(from..).map(|mismatch| mismatch.below(step, None)).collect();
        self.found.extend(moved);
    }
}

fn leaf_value(api: &Api, leaf: TypeId, value: &Json) -> Result<(), String> {
    match (input_kind(leaf), value) {
        (Some(kind), _) => match kind.coerce_json(api.datamodel(), value) {
            Ok(_) => Ok(()),
            Err(reason) => Err(reason.to_string()),
        },
        (None, Json::String(name)) => known_enum_value(api, leaf, name),
        (None, _) => Err("Enum value expected".to_owned()),
    }
}
