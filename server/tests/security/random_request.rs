//! Requests by a service's own schema, as its introspection tells it: every field and argument, values that mean harm as
//! literals and as variables, and a mark in everything that a stranger chooses.

use crate::{cloud::Service, mutation::Numbers};
use serde_json::{Map, Value, json};
use std::{collections::HashMap, fmt};

/// What every text, alias and name of a request begins with.
const MARK: &str = "mK4r7Zq";
/// What no statement may hold: the marks of texts and names, of whole numbers, decimals, dates and UUIDs.
pub const MARKS: [&str; 5] = [MARK, "161803398", "27182.81", "2031-07-19", "7ab5c1d0"];
/// Ends of texts.
const ENDS: [&str; 14] = [
    "",
    "",
    "",
    "'; DROP TABLE \"User\"; --",
    "\"",
    "\\",
    "%",
    "_",
    "$1",
    "?1",
    "{}",
    "\n",
    "\u{202e}é",
    "' OR '1'='1",
];
/// Fields that a document nests.
const DEPTH_MAX: usize = 4;

/// A schema.
pub struct Schema(HashMap<String, Type>);

struct Type {
    kind: String,
    fields: Vec<Field>,
    inputs: Vec<Argument>,
    values: Vec<String>,
}

struct Field {
    name: String,
    arguments: Vec<Argument>,
    of: TypeRef,
}

struct Argument {
    name: String,
    of: TypeRef,
}

#[derive(Clone)]
enum TypeRef {
    Named(String),
    List(Box<TypeRef>),
    Required(Box<TypeRef>),
}

/// A value before it is written as a literal or as JSON.
enum Input {
    Json(Value),
    /// A `Json`: a text in the document, itself among the variables.
    Inner(Value),
    Enum(String),
    List(Vec<Input>),
    Object(Vec<(String, Input)>),
    Variable(String),
}

const INTROSPECTION: &str = "{ __schema { types { kind name fields { name args { name type { ...T } } type { ...T } }
    inputFields { name type { ...T } } enumValues { name } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

impl Schema {
    /// The schema of a service.
    pub fn of(service: &Service) -> Schema {
        let answer = service.query(INTROSPECTION);
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
        let arguments = |value: &Value| -> Vec<Argument> {
            list(value).iter().map(|a| Argument { name: name(a), of: TypeRef::of(&a["type"]) }).collect()
        };
        let field = |f: &Value| Field { name: name(f), arguments: arguments(&f["args"]), of: TypeRef::of(&f["type"]) };
        let types = list(&answer["data"]["__schema"]["types"]);
        assert!(!types.is_empty(), "{answer}");
        let of = |t: &Value| Type {
            kind: t["kind"].as_str().unwrap_or_default().to_owned(),
            fields: list(&t["fields"]).iter().map(field).collect(),
            inputs: arguments(&t["inputFields"]),
            values: list(&t["enumValues"]).iter().map(name).collect(),
        };
        Schema(types.iter().map(|t| (name(t), of(t))).collect())
    }

    fn is_leaf(&self, field: &Field) -> bool {
        matches!(self.0[field.of.name()].kind.as_str(), "SCALAR" | "ENUM")
    }

    /// A document that fits the schema, and its variables.
    pub fn request(&self, numbers: &mut Numbers) -> (String, Value) {
        let mut draft = Draft { schema: self, numbers, variables: Vec::new(), count: 0 };
        let (kind, root) =
            draft.numbers.pick(&[&("query", "Query"), &("mutation", "Mutation"), &("mutation", "Mutation")]);
        let roots = draft.selection(root, 0);
        let declared: Vec<String> = draft.variables.iter().map(|(name, of, _)| format!("${name}: {of}")).collect();
        let declared = if declared.is_empty() { String::new() } else { format!("({})", declared.join(", ")) };
        let text = match draft.numbers.below(5) {
            0 => format!("{kind} {MARK}{declared} {{ ...{MARK}F }} fragment {MARK}F on {root} {roots}"),
            1 => format!("{kind}{declared} {{ ... on {root} {roots} }}"),
            _ => format!("{kind} {MARK}{declared} {roots}"),
        };
        let variables: Map<String, Value> =
            draft.variables.into_iter().map(|(name, _, input)| (name, input.json())).collect();
        (text, Value::Object(variables))
    }
}

impl TypeRef {
    fn of(json: &Value) -> TypeRef {
        let inner = || Box::new(TypeRef::of(&json["ofType"]));
        match json["kind"].as_str() {
            Some("NON_NULL") => TypeRef::Required(inner()),
            Some("LIST") => TypeRef::List(inner()),
            _ => TypeRef::Named(json["name"].as_str().unwrap_or_default().to_owned()),
        }
    }

    fn name(&self) -> &str {
        match self {
            TypeRef::Named(name) => name,
            TypeRef::List(inner) | TypeRef::Required(inner) => inner.name(),
        }
    }

    fn is_required(&self) -> bool {
        matches!(self, TypeRef::Required(_))
    }
}

impl fmt::Display for TypeRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TypeRef::Named(name) => f.write_str(name),
            TypeRef::List(inner) => write!(f, "[{inner}]"),
            TypeRef::Required(inner) => write!(f, "{inner}!"),
        }
    }
}

/// A document that is being written.
struct Draft<'a> {
    schema: &'a Schema,
    numbers: &'a mut Numbers,
    /// Name, type and value.
    variables: Vec<(String, String, Input)>,
    /// Aliases and variables so far.
    count: usize,
}

impl Draft<'_> {
    fn is(&mut self, percent: usize) -> bool {
        self.numbers.below(100) < percent
    }

    fn fresh(&mut self) -> String {
        self.count += 1;
        format!("{MARK}{}", self.count)
    }

    fn selection(&mut self, of: &str, depth: usize) -> String {
        let schema = self.schema;
        let fields: Vec<&Field> = schema.0[of].fields.iter().collect();
        let offered: Vec<&Field> =
            fields.into_iter().filter(|field| depth < DEPTH_MAX || schema.is_leaf(field)).collect();
        let mut parts = Vec::new();
        for _ in 0..1 + self.numbers.below(3) {
            if offered.is_empty() {
                break;
            }
            let field = offered[self.numbers.below(offered.len())];
            // Raw access and the end of all data are asked for elsewhere.
            if field.name == "executeRaw" {
                continue;
            }
            parts.push(self.field(field, depth));
        }
        if parts.is_empty() || self.is(20) {
            parts.push("__typename".to_owned());
        }
        if of == "Node" {
            parts.push("... on User { name }".to_owned());
        }
        format!("{{ {} }}", parts.join(" "))
    }

    fn field(&mut self, field: &Field, depth: usize) -> String {
        let mut arguments = Vec::new();
        for argument in &field.arguments {
            // Both ends of a list are rarely asked for: that is refused.
            let wanted = match argument.name.as_str() {
                "first" => 75,
                "last" if arguments.iter().any(|argument: &String| argument.starts_with("first")) => 1,
                "last" => 75,
                _ => 35,
            };
            if argument.of.is_required() || self.is(wanted) {
                let value = self.argument(argument);
                arguments.push(format!("{}: {value}", argument.name));
            }
        }
        let has_alias = !arguments.is_empty() || depth == 0 || self.is(20);
        let alias = if has_alias { format!("{}: ", self.fresh()) } else { String::new() };
        let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        let selected = match self.schema.is_leaf(field) {
            true => String::new(),
            false => format!(" {}", self.selection(field.of.name(), depth + 1)),
        };
        format!("{alias}{}{arguments}{selected}", field.name)
    }

    fn argument(&mut self, argument: &Argument) -> String {
        if matches!(argument.name.as_str(), "first" | "last" | "skip") && self.is(90) {
            return self.numbers.below(4).to_string();
        }
        self.input(&argument.of, 0).literal()
    }

    /// A value; now and then it is that of a variable.
    fn input(&mut self, of: &TypeRef, depth: usize) -> Input {
        let is_inside_variable = depth >= 100;
        if is_inside_variable || !self.is(25) {
            return self.value(of, depth);
        }
        let value = self.value(of, 100 + depth);
        let name = self.fresh();
        self.variables.push((name.clone(), of.to_string(), value));
        Input::Variable(name)
    }

    fn value(&mut self, of: &TypeRef, depth: usize) -> Input {
        match of {
            TypeRef::Required(inner) => self.given(inner, depth),
            _ if self.is(8) => Input::Json(Value::Null),
            _ => self.given(of, depth),
        }
    }

    fn given(&mut self, of: &TypeRef, depth: usize) -> Input {
        let name = match of {
            TypeRef::List(inner) => {
                let items = if depth % 100 > 5 { 0 } else { self.numbers.below(3) };
                return Input::List((0..items).map(|_| self.input(inner, depth + 1)).collect());
            }
            of => of.name(),
        };
        let schema = self.schema;
        let known = &schema.0[name];
        match known.kind.as_str() {
            "ENUM" => Input::Enum(known.values[self.numbers.below(known.values.len())].clone()),
            "INPUT_OBJECT" => {
                let wanted = 60 / (1 + 2 * (depth % 100)) / (1 + known.inputs.len() / 12);
                let is_unique = name.ends_with("WhereUniqueInput");
                let only = self.numbers.below(known.inputs.len());
                let mut fields = Vec::new();
                for (index, field) in known.inputs.iter().enumerate() {
                    let is_chosen = if is_unique { index == only } else { self.is(wanted) };
                    if field.of.is_required() || is_chosen {
                        fields.push((field.name.clone(), self.input(&field.of, depth + 1)));
                    }
                }
                Input::Object(fields)
            }
            _ => self.scalar(name),
        }
    }

    fn scalar(&mut self, name: &str) -> Input {
        let number = self.numbers.below(20);
        Input::Json(match name {
            "Boolean" => json!(number > 9),
            "Int" | "Long" if number > 12 => json!(number),
            "Int" | "Long" => json!(161_803_398),
            "Float" => json!(27_182.812_5),
            "DateTime" => json!(format!("2031-07-19T03:05:07.0{number:02}Z")),
            "UUID" => json!(format!("7ab5c1d0-5eed-4bad-8bad-0000000000{number:02}")),
            "Json" => return Input::Inner(json!({ MARK: [number, null, self.numbers.pick(&ENDS)] })),
            "ID" => json!(format!("{MARK}{number}")),
            _ => json!(format!("{MARK}{number}{}", self.numbers.pick(&ENDS))),
        })
    }
}

impl Input {
    fn literal(&self) -> String {
        match self {
            Input::Json(value) => value.to_string(),
            Input::Inner(value) => json!(value.to_string()).to_string(),
            Input::Enum(name) => name.clone(),
            Input::Variable(name) => format!("${name}"),
            Input::List(items) => format!("[{}]", items.iter().map(Input::literal).collect::<Vec<_>>().join(", ")),
            Input::Object(fields) => {
                let fields: Vec<String> = fields.iter().map(|(name, v)| format!("{name}: {}", v.literal())).collect();
                format!("{{{}}}", fields.join(", "))
            }
        }
    }

    fn json(self) -> Value {
        match self {
            Input::Json(value) | Input::Inner(value) => value,
            Input::Enum(name) | Input::Variable(name) => Value::String(name),
            Input::List(items) => items.into_iter().map(Input::json).collect(),
            Input::Object(fields) => Value::Object(fields.into_iter().map(|(name, v)| (name, v.json())).collect()),
        }
    }
}
