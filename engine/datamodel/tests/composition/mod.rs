//! Datamodels put together at random from parts that may go together.

use crate::mutation::Numbers;

/// A datamodel of types that refer to each other, with directives that mostly fit.
pub fn composed(numbers: &mut Numbers) -> String {
    let names = ["Alpha", "beta", "Gamma_2", "Delta", "Epsilon"];
    let names = &names[..1 + numbers.below(names.len())];
    let mut text = String::from("enum Role { ADMIN USER }\n");
    for name in names {
        let table = numbers.pick(&[
            "",
            "",
            "",
            " @db(name: \"table\")",
            " @rename(oldName: \"Alpha\")",
            " @db(name: \"é\\\"x\")",
        ]);
        text.push_str(&format!("type {name}{table} {{\n  id: {}\n", numbers.pick(IDS)));
        for index in 0..numbers.below(6) {
            text.push_str(&format!("  f{index}: {}\n", field(names, numbers)));
        }
        text.push_str("}\n");
    }
    if one_in(numbers, 4) {
        let (one, other) = (numbers.pick(names), numbers.pick(names));
        let id = numbers.pick(&["", "", "id: ID! @id "]);
        text.push_str(&format!("type R0 @relationTable {{ {id}one: {one}! other: {other}! @db(name: \"o\") }}\n"));
    }
    text
}

const IDS: &[&str] = &["ID! @id", "ID! @id", "UUID! @id(strategy: NONE)", "Int! @id", "Int! @id(strategy: SEQUENCE)"];

fn field(names: &[&str], numbers: &mut Numbers) -> String {
    if one_in(numbers, 2) {
        return numbers.pick(VALUES).to_owned();
    }
    let target = numbers.pick(names);
    let shape = match numbers.below(3) {
        0 => target.to_owned(),
        1 => format!("{target}!"),
        _ => format!("[{target}!]!"),
    };
    let name = format!("name: \"R{}\"", numbers.below(4));
    let arguments = [
        if one_in(numbers, 4) { "" } else { &name },
        numbers.pick(&["", "", "link: INLINE", "link: TABLE"]),
        numbers.pick(&["", "onDelete: CASCADE", "oldName: \"R9\""]),
    ]
    .join(" ");
    if arguments.trim().is_empty() { shape } else { format!("{shape} @relation({arguments})") }
}

const VALUES: &[&str] = &[
    "String",
    "Int!",
    "Float @default(value: 1.5)",
    "Boolean! @default(value: true)",
    "Json @default(value: \"[1]\")",
    "DateTime! @createdAt",
    "DateTime @updatedAt",
    "DateTime @default(value: \"2018\")",
    "Role",
    "Role! @default(value: USER)",
    "[Role!]! @scalarList(strategy: RELATION)",
    "[Int!] @scalarList(strategy: RELATION)",
    "String! @unique @db(name: \"column\")",
    "UUID @unique",
    "ID",
];

fn one_in(numbers: &mut Numbers, count: usize) -> bool {
    numbers.below(count) == 0
}
