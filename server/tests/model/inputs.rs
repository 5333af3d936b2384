//! Values of arguments as they are written: in the document, or as variables beside it.

use crate::random::Random;
use datamodel::{FieldId, ModelId};
use serde_json::{Map, Value as Json, json};
use std::fmt::Write as _;

#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// Not given.
    Absent,
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    /// A value of an enum.
    Name(String),
    Json(Json),
    List(Vec<Input>),
    Object(Vec<(String, Input)>),
}

/// How another value of the same kind is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// There is no other one.
    Fixed,
    Scalar(FieldId),
    Scalars(FieldId),
    /// A value that some row may have.
    Unique(FieldId),
    Order(ModelId),
    Number,
    Cursor(ModelId),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    pub data: Data,
    /// The type of its place; empty where no variable may stand.
    pub place: String,
    pub kind: Kind,
    /// Number of the variable that stands for it.
    pub variable: Option<usize>,
    /// The variable's default.
    pub default: Option<Data>,
    /// The variable is not given, so that its default counts.
    pub is_left_out: bool,
}

/// A field that is selected, a root field too.
#[derive(Debug, Clone)]
pub struct Selected {
    pub key: String,
    pub name: String,
    pub arguments: Vec<(String, Input)>,
    pub below: Vec<Selected>,
    /// `@include` or `@skip`.
    pub condition: Option<Condition>,
    /// Stands in a fragment.
    pub is_in_fragment: bool,
}

/// Whether something is selected hangs on a variable.
#[derive(Debug, Clone)]
pub struct Condition {
    variable: usize,
    is_skip: bool,
    value: bool,
}

#[derive(Debug, Clone)]
pub struct Operation {
    pub is_mutation: bool,
    pub roots: Vec<Selected>,
}

impl Input {
    pub fn new(data: Data, place: impl Into<String>, kind: Kind) -> Input {
        Input { data, place: place.into(), kind, variable: None, default: None, is_left_out: false }
    }

    pub fn fixed(data: Data) -> Input {
        Input::new(data, "", Kind::Fixed)
    }

    pub fn object(fields: Vec<(String, Input)>) -> Input {
        Input::fixed(Data::Object(fields))
    }

    /// A field that is given.
    pub fn get(&self, key: &str) -> Option<&Input> {
        self.fields().find(|(name, _)| *name == key).map(|(_, input)| input)
    }

    /// A field that is given and not null.
    pub fn get_value(&self, key: &str) -> Option<&Input> {
        self.get(key).filter(|input| input.data != Data::Null)
    }

    /// The fields that are given.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Input)> {
        let fields = match &self.data {
            Data::Object(fields) => fields.as_slice(),
            _ => &[],
        };
        fields.iter().filter(|(_, input)| input.data != Data::Absent).map(|(name, input)| (name.as_str(), input))
    }

    pub fn items(&self) -> &[Input] {
        match &self.data {
            Data::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    fn is_required(&self) -> bool {
        self.place.ends_with('!')
    }

    /// Lets variables stand for some of the values in it.
    fn choose_variables(&mut self, random: &mut Random<'_>, next: &mut usize) {
        if !self.place.is_empty() && self.data != Data::Absent && random.is(25) {
            self.variable = Some(*next);
            *next += 1;
            let has_default = !self.is_required() && self.kind != Kind::Fixed && random.is(20);
            self.default = has_default.then(|| self.data.clone());
            return;
        }
        match &mut self.data {
            Data::List(items) => items.iter_mut().for_each(|item| item.choose_variables(random, next)),
            Data::Object(fields) => fields.iter_mut().for_each(|(_, field)| field.choose_variables(random, next)),
            _ => {}
        }
    }

    /// Draws the values of variables anew: other ones, null, or none.
    fn draw(&mut self, random: &mut Random<'_>, in_variable: bool) {
        let varies = in_variable || self.variable.is_some();
        if varies && !self.place.is_empty() && !self.is_required() && random.is(12) {
            let is_leaf = !matches!(self.data, Data::Object(_));
            self.data = if is_leaf && random.is(50) { Data::Null } else { Data::Absent };
            if let (Data::Absent, Some(default)) = (&self.data, &self.default) {
                self.data = default.clone();
                self.is_left_out = true;
            }
            return;
        }
        match (&mut self.data, self.kind) {
            (Data::Object(fields), _) => fields.iter_mut().for_each(|(_, field)| field.draw(random, varies)),
            (Data::List(items), Kind::Fixed) => items.iter_mut().for_each(|item| item.draw(random, varies)),
            (data, kind) if varies => {
                if let Some(drawn) = random.value(kind) {
                    *data = drawn;
                }
            }
            _ => {}
        }
    }

    fn json(&self) -> Json {
        match &self.data {
            Data::Absent | Data::Null => Json::Null,
            Data::Bool(value) => json!(value),
            Data::Int(value) => json!(value),
            Data::Float(value) => json!(value),
            Data::Text(text) | Data::Name(text) => json!(text),
            Data::Json(json) => json.clone(),
            Data::List(items) => items.iter().map(Input::json).collect(),
            Data::Object(_) => self.fields().map(|(name, input)| (name.to_owned(), input.json())).collect(),
        }
    }

    fn write(&self, text: &mut String, written: &mut Written) {
        if let Some(number) = self.variable {
            let _ = write!(text, "$v{number}");
            let mut declared = format!("$v{number}: {}", self.place);
            if let Some(default) = &self.default {
                declared += " = ";
                Input::fixed(default.clone()).write(&mut declared, written);
            }
            written.declared.push(declared);
            if self.data != Data::Absent && !self.is_left_out {
                written.variables.insert(format!("v{number}"), self.json());
            }
            return;
        }
        match &self.data {
            Data::Json(json) => *text += &json!(json.to_string()).to_string(),
            Data::Name(name) => *text += name,
            Data::List(items) => {
                text.push('[');
                items.iter().for_each(|item| {
                    item.write(text, written);
                    text.push(' ');
                });
                text.push(']');
            }
            Data::Object(fields) => {
                text.push('{');
                write_fields(fields, text, written);
                text.push('}');
            }
            _ => *text += &self.json().to_string(),
        }
    }
}

#[derive(Default)]
struct Written {
    declared: Vec<String>,
    variables: Map<String, Json>,
}

fn write_fields(fields: &[(String, Input)], text: &mut String, written: &mut Written) {
    for (name, input) in fields {
        if input.data != Data::Absent || input.variable.is_some() {
            let _ = write!(text, "{name}: ");
            input.write(text, written);
            text.push(' ');
        }
    }
}

impl Selected {
    /// A field without arguments.
    pub fn leaf(name: &str) -> Selected {
        Selected {
            key: name.to_owned(),
            name: name.to_owned(),
            arguments: Vec::new(),
            below: Vec::new(),
            condition: None,
            is_in_fragment: false,
        }
    }

    /// Puts conditions and fragments around some of what is below. The first field stays as it is, so that something is
    /// selected.
    fn choose_conditions(&mut self, random: &mut Random<'_>, next: &mut usize) {
        for below in self.below.iter_mut().skip(1) {
            if random.is(6) {
                below.condition = Some(Condition { variable: *next, is_skip: random.is(50), value: random.is(50) });
                *next += 1;
            }
            below.is_in_fragment = random.is(6);
        }
        self.below.iter_mut().for_each(|below| below.choose_conditions(random, next));
    }

    fn draw_conditions(&mut self, random: &mut Random<'_>) {
        if let Some(condition) = &mut self.condition {
            condition.value = random.is(50);
        }
        self.below.iter_mut().for_each(|below| below.draw_conditions(random));
    }

    /// Without what is not selected after all.
    fn keep_selected(&mut self) {
        self.below.retain(|below| below.condition.as_ref().is_none_or(|is| is.value != is.is_skip));
        self.below.iter_mut().for_each(Selected::keep_selected);
    }

    /// An argument that is given and not null.
    pub fn argument(&self, name: &str) -> Option<&Input> {
        let (_, input) = self.arguments.iter().find(|(given, _)| given == name)?;
        (!matches!(input.data, Data::Null | Data::Absent)).then_some(input)
    }

    fn each_input(&mut self, act: &mut impl FnMut(&mut Input)) {
        self.arguments.iter_mut().for_each(|(_, input)| act(input));
        self.below.iter_mut().for_each(|below| below.each_input(act));
    }

    fn write(&self, text: &mut String, written: &mut Written) {
        if self.is_in_fragment {
            *text += "... { ";
        }
        if self.key != self.name {
            let _ = write!(text, "{}: ", self.key);
        }
        *text += &self.name;
        let is_given = |(_, input): &(String, Input)| input.data != Data::Absent || input.variable.is_some();
        if self.arguments.iter().any(is_given) {
            text.push('(');
            write_fields(&self.arguments, text, written);
            text.push(')');
        }
        if let Some(Condition { variable, is_skip, value }) = self.condition {
            let _ = write!(text, " @{}(if: $c{variable})", if is_skip { "skip" } else { "include" });
            written.declared.push(format!("$c{variable}: Boolean!"));
            written.variables.insert(format!("c{variable}"), json!(value));
        }
        if !self.below.is_empty() {
            *text += " {";
            self.below.iter().for_each(|below| {
                text.push(' ');
                below.write(text, written);
            });
            *text += " }";
        }
        if self.is_in_fragment {
            *text += " }";
        }
    }
}

impl Operation {
    pub fn choose_variables(&mut self, random: &mut Random<'_>) {
        let mut next = 0;
        for root in &mut self.roots {
            root.each_input(&mut |input| input.choose_variables(random, &mut next));
            root.choose_conditions(random, &mut next);
        }
    }

    /// The same text with other values.
    pub fn drawn_again(&self, random: &mut Random<'_>) -> Operation {
        let mut drawn = self.clone();
        for root in &mut drawn.roots {
            root.each_input(&mut |input| input.draw(random, false));
            root.draw_conditions(random);
        }
        drawn
    }

    /// What is selected when conditions have been looked at.
    pub fn selected(&self) -> Operation {
        let mut selected = self.clone();
        selected.roots.iter_mut().for_each(Selected::keep_selected);
        selected
    }

    /// The body of a request.
    pub fn body(&self) -> String {
        let (mut text, mut written) = (String::new(), Written::default());
        for root in &self.roots {
            root.write(&mut text, &mut written);
            text.push(' ');
        }
        let kind = if self.is_mutation { "mutation" } else { "query" };
        let declared = written.declared.join(", ");
        let declared = if declared.is_empty() { declared } else { format!("({declared})") };
        json!({ "query": format!("{kind}{declared} {{ {text}}}"), "variables": written.variables }).to_string()
    }
}
