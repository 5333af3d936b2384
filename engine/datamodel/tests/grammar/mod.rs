//! Datamodels by the grammar: every directive of the version 1.1, every layout of a relation, and names that mean harm
//! within what may be called so. Nearly all of them are valid.

use crate::mutation::Numbers;
use std::fmt::Write as _;

/// Names of types: words of SQL, of GraphQL and of databases, and as long as may be.
const TYPES: &[&str] = &[
    "User",
    "post",
    "Order",
    "Select",
    "table",
    "GROUP",
    "rowid",
    "oid",
    "pg_class",
    "public",
    "information_schema",
    "_A",
    "sqlit",
    "Edge",
    "Aggregate",
    "Where",
    "x_Y_1",
    "Null",
    "input",
    "type",
    "enum",
    "Index",
    "Comment",
    "NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN1",
];
/// Names of fields.
const FIELDS: &[&str] = &[
    "name",
    "order",
    "SELECT",
    "from",
    "where",
    "_rowid_",
    "nodeId",
    "position",
    "value",
    "A",
    "B",
    "data",
    "first",
    "AND",
    "OR",
    "create",
    "connect",
    "set",
    "count",
    "node",
    "edges",
    "cursor",
    "type",
    "on",
    "true",
    "null",
    "primary",
    "default",
    "user",
    "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff_1",
];
/// Names in the database, which may hold anything but NUL.
const STORED: &[&str] = &[
    "plain",
    "a b",
    "a\\\"b",
    "it's",
    "x\\\"; DROP SCHEMA public CASCADE; --",
    "é",
    "名前",
    "\\u202eabc",
    "$1",
    "$$",
    "?",
    "%s",
    "a.b",
    "back\\\\slash",
    "--",
    "/*",
    "select",
    "new\\nline",
    "~@$",
    "`",
    "[x]",
];
const VALUES: &[&str] = &[
    "String",
    "Int!",
    "Float @default(value: 1.5)",
    "Boolean! @default(value: true)",
    "Json @default(value: \"[1]\")",
    "DateTime! @createdAt",
    "DateTime @updatedAt",
    "DateTime @default(value: \"2018\")",
    "Kind",
    "Order_By",
    "Kind! @default(value: MEMBER)",
    "[Kind!]! @scalarList(strategy: RELATION)",
    "[Int!] @scalarList(strategy: RELATION)",
    "[String] @scalarList(strategy: RELATION)",
    "String! @unique",
    "UUID",
    "ID",
    "String @default(value: \"it's \\\"); DROP TABLE x; --\")",
    "String! @default(value: \"null\")",
    "Int @default(value: -2147483648) @unique",
    "UUID @unique",
    "DateTime @unique",
    "Float! @unique",
];
const IDS: &[&str] = &[
    "ID! @id",
    "ID! @id",
    "ID! @id(strategy: NONE)",
    "UUID! @id(strategy: NONE)",
    "UUID! @id",
    "Int! @id",
    "Int! @id(strategy: SEQUENCE)",
];
const ENUMS: &str = "enum Kind { GUEST MEMBER A_1 }\nenum Order_By { ASC, DESC }\n";

/// A type on its way.
struct Type {
    name: &'static str,
    head: String,
    fields: Vec<String>,
    /// Names that no field has yet.
    free: Vec<&'static str>,
    /// What stands behind it.
    behind: String,
}

/// A datamodel.
pub fn generated(numbers: &mut Numbers) -> String {
    let count = 1 + numbers.below(5);
    let mut types: Vec<Type> = chosen(numbers, TYPES, count).into_iter().map(|name| a_type(numbers, name)).collect();
    for number in 0..numbers.below(6) {
        relate(numbers, &mut types, number);
    }
    let mut text = numbers.pick(&["", "# a comment \" { \n", ",,\u{feff}\r\n"]).to_owned();
    let enums_first = numbers.below(2) == 0;
    if enums_first {
        text.push_str(ENUMS);
    }
    for Type { head, fields, behind, .. } in types {
        let separator = numbers.pick(&["\n  ", " ", ",", " # }\n", "\r\n\t"]);
        let _ = writeln!(text, "{head} {{ {}\n}}\n{behind}", fields.join(separator));
    }
    if !enums_first {
        text.push_str(ENUMS);
    }
    text
}

/// Some of a list, in an order of their own.
fn chosen(numbers: &mut Numbers, from: &[&'static str], count: usize) -> Vec<&'static str> {
    let mut left = from.to_vec();
    (0..count).map(|_| left.swap_remove(numbers.below(left.len()))).collect()
}

fn a_type(numbers: &mut Numbers, name: &'static str) -> Type {
    let mut head = format!("type {name}");
    if numbers.below(4) == 0 {
        let _ = write!(head, " @db(name: \"{}{}\")", numbers.pick(STORED), name.len());
    }
    let mut free = chosen(numbers, FIELDS, FIELDS.len());
    let id = numbers.pick(&["id", "id", "id", "key", "_"]);
    // Names of sequences and of the tables of lists are put together, and may be no longer than others.
    let is_long = |field: &str| name.len() + field.len() > 50;
    let mut fields = vec![format!("{id}: {}", if is_long(id) { "ID! @id" } else { numbers.pick(IDS) })];
    if fields[0].ends_with("SEQUENCE)") && numbers.below(2) == 0 {
        let _ = write!(fields[0], " @sequence(name: \"{name}'s\", initialValue: 7, allocationSize: 3)");
    }
    for index in 0..numbers.below(8) {
        let Some(field) = free.pop() else { break };
        let value = Some(numbers.pick(VALUES)).filter(|v| !(v.starts_with('[') && is_long(field))).unwrap_or("Int");
        let column = if numbers.below(4) == 0 {
            format!(" @db(name: \"{}{index}\")", numbers.pick(STORED))
        } else {
            String::new()
        };
        fields.push(format!("{field}: {value}{column}"));
    }
    Type { name, head, fields, free, behind: String::new() }
}

/// What a side of a relation holds, that of the other side (`None`: no field there), and which side says where its links
/// are stored: inline may only be asked of one that holds one node.
fn layout(numbers: &mut Numbers) -> (&'static str, Option<&'static str>, [&'static str; 2]) {
    let (one, other) = match numbers.below(8) {
        0 => ("TARGET", None),
        1 => ("TARGET!", None),
        2 => ("[TARGET]", None),
        3 => (numbers.pick(&["TARGET", "TARGET!"]), Some(numbers.pick(&["TARGET", "TARGET!"]))),
        4 | 5 => (numbers.pick(&["TARGET", "TARGET!"]), Some(numbers.pick(&["[TARGET]", "[TARGET!]!"]))),
        6 => ("[TARGET!]!", Some("TARGET")),
        _ => ("[TARGET]", Some("[TARGET]")),
    };
    let is_list = |field: &str| field.starts_with('[');
    let mut links = vec![["link: TABLE", ""]];
    if !is_list(one) {
        links.push(["link: INLINE", ""]);
    }
    if let Some(other) = other {
        links.push(["", "link: TABLE"]);
        if !is_list(other) {
            links.push(["", "link: INLINE"]);
        }
    }
    if is_list(one) || other.is_some_and(is_list) {
        links.push(["", ""]);
    }
    (one, other, links[numbers.below(links.len())])
}

fn relate(numbers: &mut Numbers, types: &mut [Type], number: usize) {
    let (from, to) = (numbers.below(types.len()), numbers.below(types.len()));
    let (one, other, links) = layout(numbers);
    let name = format!("Relation{number}{}", if numbers.below(6) == 0 { "N".repeat(45) } else { String::new() });
    let cascade = numbers.pick(&["", "", "onDelete: CASCADE", "onDelete: SET_NULL"]);
    let targets = [types[to].name, types[from].name];
    if links == ["link: TABLE", ""] && from != to && numbers.below(3) == 0 {
        let id = numbers.pick(&["", "id: ID! @id, "]);
        let [one, other] = targets;
        types[0].behind +=
            &format!("type {name} @relationTable {{ {id}one: {one}! other: {other}! @db(name: \"o'\\\"\") }}\n");
    }
    for (place, (at, holds, link)) in [(from, Some(one), links[0]), (to, other, links[1])].into_iter().enumerate() {
        let Some(holds) = holds else { continue };
        let Some(field) = types[at].free.pop() else { return };
        let holds = holds.replace("TARGET", targets[place]);
        let cascade = if place == 0 { cascade } else { "" };
        types[at].fields.push(format!("{field}: {holds} @relation(name: \"{name}\" {link} {cascade})"));
    }
}
