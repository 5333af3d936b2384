//! One view on argument values, wherever they stand: as literals in the document, as defaults of variables, or in the
//! variables of the request, also mixed (`{ name: $name, tags: [$a, "b"] }`).

use super::Planner;
use crate::{
    operation::VariableStep,
    syntax::{Field, Value, ValueKind},
};
use serde_json::Value as Json;

/// A given value; may be null. What is not given has none.
#[derive(Debug, Clone)]
pub(crate) enum Input<'d> {
    /// In the document; variables are resolved, those further down may still stand there.
    Literal(&'d Value),
    /// In the variables.
    Variable {
        /// The value.
        value: &'d Json,
        /// Name of the variable.
        variable: &'d str,
        /// Way down to the value.
        path: Vec<VariableStep>,
    },
}

impl<'d> Input<'d> {
    pub fn is_null(&self) -> bool {
        match self {
            Input::Literal(value) => matches!(value.kind, ValueKind::Null),
            Input::Variable { value, .. } => value.is_null(),
        }
    }

    pub fn boolean(&self) -> Option<bool> {
        match self {
            Input::Literal(Value { kind: ValueKind::Boolean(value), .. }) => Some(*value),
            Input::Variable { value, .. } => value.as_bool(),
            Input::Literal(_) => None,
        }
    }

    /// The name of an enum value: a name in the document, a string in the variables.
    pub fn enum_name(&self) -> Option<&'d str> {
        match self {
            Input::Literal(Value { kind: ValueKind::Enum(name), .. }) => Some(name),
            Input::Variable { value, .. } => value.as_str(),
            Input::Literal(_) => None,
        }
    }

    /// A string.
    pub fn text(&self) -> Option<&'d str> {
        match self {
            Input::Literal(Value { kind: ValueKind::String(text), .. }) => Some(text),
            Input::Variable { value, .. } => value.as_str(),
            Input::Literal(_) => None,
        }
    }
}

impl<'d> Planner<'d> {
    /// The value of an argument; none when it is not given or its variable is not.
    pub fn argument(&self, field: &'d Field, name: &str) -> Option<Input<'d>> {
        self.resolve(field.argument(name)?)
    }

    /// An argument that is given and not null.
    pub fn argument_value(&self, field: &'d Field, name: &str) -> Option<Input<'d>> {
        self.argument(field, name).filter(|input| !input.is_null())
    }

    /// What a literal stands for.
    pub fn resolve(&self, value: &'d Value) -> Option<Input<'d>> {
        let ValueKind::Variable(name) = &value.kind else { return Some(Input::Literal(value)) };
        match self.variables.get(&**name) {
            Some(value) => Some(Input::Variable { value, variable: name, path: Vec::new() }),
            None => self.defaults.get(&**name).copied().flatten().map(Input::Literal),
        }
    }

    /// The value of an object's field, if it is given.
    pub fn get(&self, input: &Input<'d>, key: &str) -> Option<Input<'d>> {
        match input {
            Input::Literal(Value { kind: ValueKind::Object(fields), .. }) => {
                let field = fields.iter().find(|field| &*field.name == key)?;
                self.resolve(&field.value)
            }
            Input::Literal(_) => None,
            Input::Variable { value, variable, path } => {
                let value = value.as_object()?.get(key)?;
                Some(Input::Variable { value, variable, path: below(path, VariableStep::Key(key.to_owned())) })
            }
        }
    }

    /// The value of an object's field, if it is given and not null.
    pub fn get_value(&self, input: &Input<'d>, key: &str) -> Option<Input<'d>> {
        self.get(input, key).filter(|input| !input.is_null())
    }

    /// The given fields of an object.
    pub fn entries(&self, input: &Input<'d>) -> Vec<(&'d str, Input<'d>)> {
        match input {
            Input::Literal(Value { kind: ValueKind::Object(fields), .. }) => fields
                .iter()
                .filter_map(|field| self.resolve(&field.value).map(|input| (&*field.name, input)))
                .collect(),
            Input::Literal(_) => Vec::new(),
            Input::Variable { value, variable, path } => value
                .as_object()
                .into_iter()
                .flatten()
                .map(|(key, value)| {
                    let path = below(path, VariableStep::Key(key.clone()));
                    (key.as_str(), Input::Variable { value, variable, path })
                })
                .collect(),
        }
    }

    /// The items of a list, those that are given and not null; a single value stands for a list of one.
    pub fn items(&self, input: &Input<'d>) -> Vec<Input<'d>> {
        let items = match input {
            Input::Literal(Value { kind: ValueKind::List(items), .. }) => {
                items.iter().filter_map(|item| self.resolve(item)).collect()
            }
            Input::Variable { value: Json::Array(items), variable, path } => items
                .iter()
                .enumerate()
                .map(|(index, value)| {
                    let path = below(path, VariableStep::Index(index));
                    Input::Variable { value, variable, path }
                })
                .collect(),
            single => vec![single.clone()],
        };
        items.into_iter().filter(|item| !item.is_null()).collect()
    }
}

fn below(path: &[VariableStep], step: VariableStep) -> Vec<VariableStep> {
    let mut below = Vec::with_capacity(path.len() + 1);
    below.extend_from_slice(path);
    below.push(step);
    below
}
