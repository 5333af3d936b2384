//! SQLite and Postgres agree: random nested mutations on random layouts of a relation get the same answers from both,
//! and leave the same nodes, lists and links. The writes that are one statement on Postgres are among them.

use crate::{
    Postgres, ask,
    mutation::{Numbers, base_seed},
    start,
};
use serde_json::{Value, json};
use std::{fmt::Write as _, io::Write as _};

/// Services, and mutations of each.
const SERVICES: usize = 24;
const MUTATIONS: usize = 25;
/// How deep mutations nest.
const DEPTH_MAX: usize = 3;
/// Nodes of a model that are named, so that mutations meet.
const NAMES: usize = 4;

/// The field of `A`, that of `B`, and where the relation may be stored: in the one, the other, a link table.
const LAYOUTS: [(&str, &str, &[&str]); 9] = [
    ("B!", "A!", &["A", "B", "table"]),
    ("B!", "A", &["A", "B", "table"]),
    ("B", "A!", &["A", "B", "table"]),
    ("B", "A", &["A", "B", "table"]),
    ("[B]", "A!", &["B", "table"]),
    ("[B]", "A", &["B", "table"]),
    ("B!", "[A]", &["A", "table"]),
    ("B", "[A]", &["A", "table"]),
    ("[B]", "[A]", &["table"]),
];

/// Everything that is stored. Only ids of lists, whose order nothing asks for, are sorted by [`without_chance`].
const ALL: &str =
    "{ as(orderBy: id_ASC) { id a n tags bs { id } cs { id } } bs(orderBy: id_ASC) { id b n as { id } cs { id } }
    cs(orderBy: id_ASC) { id c n a { id } b { id } } }";

/// A model, how its relation fields are called and what they hold.
type Fields = (&'static str, [(&'static str, &'static str, &'static str); 2]);

fn fields(model: &str, of_a: &'static str, of_b: &'static str) -> Fields {
    match model {
        "A" => ("A", [("bs", "B", of_a), ("cs", "C", "[C]")]),
        "B" => ("B", [("as", "A", of_b), ("cs", "C", "[C]")]),
        _ => ("C", [("a", "A", "A"), ("b", "B", "B")]),
    }
}

fn datamodel(of_a: &str, of_b: &str, stored: &str, cascade: &str) -> String {
    let link = |model: &str| match stored {
        "table" if model == "A" => ", link: TABLE",
        stored if stored == model => ", link: INLINE",
        _ => "",
    };
    let (a, b) = (link("A"), link("B"));
    format!(
        "type A {{ id: ID! @id a: String! @unique n: Int tags: [String] @scalarList(strategy: RELATION)
            bs: {of_a} @relation(name: \"R\"{a}{cascade}) cs: [C] }}
         type B {{ id: ID! @id b: String! @unique n: Int as: {of_b} @relation(name: \"R\"{b}) cs: [C] }}
         type C {{ id: ID! @id c: String! @unique n: Int a: A @relation(link: INLINE) b: B @relation(link: INLINE) }}"
    )
}

/// Writes random mutations for one layout.
struct Random<'a> {
    numbers: &'a mut Numbers,
    of_a: &'static str,
    of_b: &'static str,
}

impl Random<'_> {
    fn is(&mut self, percent: usize) -> bool {
        self.numbers.below(100) < percent
    }

    fn name(&mut self, model: &str) -> String {
        format!("{}{}", model.to_lowercase(), 1 + self.numbers.below(NAMES))
    }

    fn selector(&mut self, model: &str) -> String {
        let (name, by_id) = (self.name(model), self.is(50));
        format!("{{ {}: \"{name}\" }}", if by_id { "id".to_owned() } else { model.to_lowercase() })
    }

    /// The `data` of a node; `from` is the model that it stands in, whose field it does not have there.
    fn data(&mut self, model: &str, is_new: bool, depth: usize, from: &str) -> String {
        let mut data = "{ ".to_owned();
        if is_new {
            let name = self.name(model);
            let _ = write!(data, "id: \"{name}\" {}: \"{name}\" ", model.to_lowercase());
        }
        if self.is(40) {
            let _ = write!(data, "n: {} ", self.numbers.below(3));
        }
        if model == "A" && self.is(30) {
            data +=
                self.numbers.pick(&["tags: { set: [] } ", "tags: { set: [\"x\"] } ", "tags: { set: [\"y\", \"x\"] } "]);
        }
        for (field, target, holds) in fields(model, self.of_a, self.of_b).1 {
            let is_needed = is_new && holds.ends_with('!');
            let is_wanted = depth < DEPTH_MAX && self.is(70 / (2 * depth + 1));
            if target != from && (is_needed || is_wanted) {
                let nested = self.nested(model, target, holds, is_new, depth + 1);
                let _ = write!(data, "{field}: {{ {nested} }} ");
            }
        }
        data + "}"
    }

    fn nested(&mut self, model: &str, target: &str, holds: &str, is_new: bool, depth: usize) -> String {
        const OPERATIONS: [&str; 9] =
            ["create", "connect", "update", "upsert", "delete", "disconnect", "set", "updateMany", "deleteMany"];
        let is_list = holds.starts_with('[');
        let offered = match is_list {
            _ if is_new => 2,
            true => OPERATIONS.len(),
            false if holds.ends_with('!') => 4,
            false => 6,
        };
        let operation = self.numbers.pick(&OPERATIONS[..offered]);
        let items = if is_list && self.is(40) { 2 } else { 1 };
        let items: Vec<String> = (0..items).map(|_| self.item(operation, model, target, is_list, depth)).collect();
        if is_list { format!("{operation}: [{}]", items.join(", ")) } else { format!("{operation}: {}", items[0]) }
    }

    fn item(&mut self, operation: &str, model: &str, target: &str, is_list: bool, depth: usize) -> String {
        match operation {
            "create" => self.data(target, true, depth, model),
            "connect" | "set" => self.selector(target),
            "delete" | "disconnect" if is_list => self.selector(target),
            "delete" | "disconnect" => "true".to_owned(),
            "updateMany" => format!("{{ where: {{ n_gt: 0 }} data: {{ n: {} }} }}", self.numbers.below(3)),
            "deleteMany" => format!("{{ n: {} }}", self.numbers.below(3)),
            _ => {
                let (update, selector) = (self.data(target, false, depth, model), self.selector(target));
                let create = if operation == "upsert" { self.data(target, true, depth, model) } else { String::new() };
                match (operation, is_list) {
                    ("update", false) => update,
                    ("update", true) => format!("{{ where: {selector} data: {update} }}"),
                    (_, false) => format!("{{ create: {create} update: {update} }}"),
                    (_, true) => format!("{{ where: {selector} create: {create} update: {update} }}"),
                }
            }
        }
    }

    fn mutation(&mut self) -> String {
        let model = self.numbers.pick(&["A", "B", "C"]);
        let (selector, kind) = (self.selector(model), self.numbers.below(10));
        let call = match kind {
            0..5 => format!("create{model}(data: {})", self.data(model, true, 0, "")),
            5..8 => format!("update{model}(where: {selector}, data: {})", self.data(model, false, 0, "")),
            8 => format!("delete{model}(where: {selector})"),
            _ => {
                let (create, update) = (self.data(model, true, 0, ""), self.data(model, false, 0, ""));
                format!("upsert{model}(where: {selector}, create: {create}, update: {update})")
            }
        };
        format!("mutation {{ {call} {{ id n }} }}")
    }
}

/// Without what two servers may choose: ids of requests, the order of links, and which of two unique fields is named.
fn without_chance(mut answer: Value) -> Value {
    match &mut answer {
        Value::Object(fields) => {
            fields.remove("requestId");
            fields.values_mut().for_each(|value| *value = without_chance(value.take()));
        }
        Value::Array(items) => {
            items.iter_mut().for_each(|value| *value = without_chance(value.take()));
            if items.iter().all(|item| item.as_object().is_some_and(|item| item.len() == 1)) {
                items.sort_by_key(|item| item["id"].as_str().map(str::to_owned));
            }
        }
        Value::String(text) => {
            if let Some((what, _)) = text.split_once("Field name = ") {
                *text = what.to_owned();
            }
        }
        _ => {}
    }
    answer
}

#[test]
fn both_databases_do_the_same() {
    let server = match Postgres::start() {
        Ok(server) => server,
        Err(why) => {
            drop(std::io::stdout().write_all(format!("left out: both databases: {why}\n").as_bytes()));
            return;
        }
    };
    let folders = [tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder")];
    let (_sqlite, sqlite) = start("{connector: sqlite}", folders[0].path());
    let (_postgres, postgres) = start(&server.configuration("agree"), folders[1].path());
    let mut numbers = Numbers::new(base_seed());
    let mut succeeded = 0;
    for service in 0..SERVICES {
        let (of_a, of_b, places) = LAYOUTS[service % LAYOUTS.len()];
        let (stored, cascade) = (numbers.pick(places), numbers.pick(&["", ", onDelete: CASCADE"]));
        let types = datamodel(of_a, of_b, stored, cascade);
        let both =
            |path: &str, query: &str| [&sqlite, &postgres].map(|origin| without_chance(ask(origin, path, query)));
        let name = format!("s{service}");
        both(
            "/management",
            &format!(
                "mutation {{ addProject(input: {{ name: \"{name}\", stage: \"dev\" }}) {{ project {{ name }} }} }}"
            ),
        );
        let deploy = format!(
            "mutation {{ deploy(input: {{ name: \"{name}\", stage: \"dev\", types: {} }}) {{ errors {{ description }} }} }}",
            json!(types)
        );
        for deployed in both("/management", &deploy) {
            assert_eq!(deployed["data"]["deploy"]["errors"], json!([]), "{types}");
        }
        let path = format!("/{name}/dev");
        for _ in 0..MUTATIONS {
            let mutation = Random { numbers: &mut numbers, of_a, of_b }.mutation();
            let [on_sqlite, on_postgres] = both(&path, &mutation);
            assert_eq!(on_sqlite, on_postgres, "{types}\n{mutation}");
            let text = on_sqlite.to_string();
            assert!(
                !text.contains("internal server error") && !text.contains("Argument '"),
                "{types}\n{mutation}\n{text}"
            );
            succeeded += usize::from(on_sqlite.get("errors").is_none());
            let [on_sqlite, on_postgres] = both(&path, ALL);
            assert!(
                on_sqlite.get("errors").is_none() || is_about_nulls(&on_sqlite),
                "{types}\n{mutation}\n{on_sqlite}"
            );
            assert_eq!(on_sqlite, on_postgres, "{types}\n{mutation}");
        }
    }
    assert!(succeeded > SERVICES, "only {succeeded} mutations succeeded");
}

/// A required relation that lost its node, as `set` may do in the original, is an error where it is read.
fn is_about_nulls(answer: &Value) -> bool {
    answer["errors"]
        .as_array()
        .is_some_and(|errors| errors.iter().all(|error| error["message"] == "Cannot return null for non-nullable type"))
}
