//! Random datamodels, by seed.

use std::fmt::Write;

/// Few names, so that most of them mean something before and after.
const MODELS: [&str; 4] = ["A", "B", "C", "D"];
const FIELDS: [&str; 5] = ["a", "b", "c", "d", "e"];
const COLUMNS: [&str; 4] = ["x", "y", "a", "b"];
const RELATIONS: [&str; 3] = ["First", "Second", "AToB"];
const SCALARS: [&str; 6] = ["String", "Int", "Float", "E", "F", "ID"];

/// A datamodel with up to four models, and relations between them.
pub fn datamodel(dice: &mut Dice) -> String {
    let mut types: Vec<(&str, String, Vec<&str>)> = Vec::new();
    for name in MODELS {
        if dice.one_in(3) {
            continue;
        }
        let mut text = format!("type {name}");
        if dice.one_in(4) {
            write!(text, " @rename(oldName: \"{}\")", dice.pick(&MODELS)).unwrap();
        }
        if dice.one_in(5) {
            write!(text, " @db(name: \"{}\")", dice.pick(&["t", "u", "A", "A_a"])).unwrap();
        }
        text.push_str(" {\n");
        let id = dice.pick(&["id", "id", "id", "key"]);
        writeln!(text, "  {id}: {}! @id", dice.pick(&["ID", "ID", "ID", "Int", "UUID"])).unwrap();
        let mut free = Vec::new();
        for field in FIELDS {
            match dice.below(4) {
                0 | 1 => writeln!(text, "  {field}: {}", scalar_field(dice, field)).unwrap(),
                _ => free.push(field),
            }
        }
        types.push((name, text, free));
    }
    let mut relations = RELATIONS.to_vec();
    for _ in 0..dice.below(4) {
        if types.is_empty() || relations.is_empty() {
            break;
        }
        let (from, to) = (dice.below(types.len()), dice.below(types.len()));
        let relation = relations.remove(dice.below(relations.len()));
        add_relation(dice, &mut types, from, to, relation);
    }
    let types: String = types.into_iter().map(|(_, text, _)| text + "}\n").collect();
    types + "enum E { X Y }\nenum F { Y Z }\n"
}

fn scalar_field(dice: &mut Dice, field: &str) -> String {
    let scalar = dice.pick(&SCALARS);
    let mut text = match dice.below(4) {
        0 => format!("[{scalar}] @scalarList(strategy: RELATION)"),
        1 => format!("{scalar}! @unique"),
        2 => format!("{scalar}!"),
        _ => scalar.to_owned(),
    };
    text.push_str(&rename(dice, field));
    if dice.one_in(5) {
        write!(text, " @db(name: \"{}\")", dice.pick(&COLUMNS)).unwrap();
    }
    text
}

fn rename(dice: &mut Dice, field: &str) -> String {
    match dice.pick(&FIELDS) {
        old if dice.one_in(4) && old != field => format!(" @rename(oldName: \"{old}\")"),
        _ => String::new(),
    }
}

fn add_relation(dice: &mut Dice, types: &mut [(&str, String, Vec<&str>)], from: usize, to: usize, relation: &str) {
    let old = if dice.one_in(4) { format!(", oldName: \"{}\"", dice.pick(&RELATIONS)) } else { String::new() };
    let is_unnamed = dice.one_in(3);
    let directive = |link: &str| match (is_unnamed, link) {
        (true, "") => String::new(),
        (true, link) => format!(" @relation(link: {link})"),
        (false, "") => format!(" @relation(name: \"{relation}\"{old})"),
        (false, link) => format!(" @relation(name: \"{relation}\"{old}, link: {link})"),
    };
    let (is_list, has_back, back_is_list) = (dice.one_in(2), dice.one_in(2), dice.one_in(2));
    let link = match is_list {
        true if has_back && !back_is_list => dice.pick(&["", "TABLE"]),
        true => "",
        false => dice.pick(&["INLINE", "TABLE"]),
    };
    let mut add = |dice: &mut Dice, at: usize, target: usize, is_list: bool, link: &str| {
        let target = types[target].0;
        let (_, text, free) = &mut types[at];
        let Some(field) = free.pop() else { return };
        let field_type = match is_list {
            true => format!("[{target}]"),
            false => format!("{target}{}", dice.pick(&["", "", "!"])),
        };
        writeln!(text, "  {field}: {field_type}{}{}", directive(link), rename(dice, field)).unwrap();
    };
    add(dice, from, to, is_list, link);
    if has_back {
        add(dice, to, from, back_is_list, "");
    }
}

/// A small generator of random numbers (xorshift), so that a seed says everything.
pub struct Dice(pub u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        for (shift, left) in [(13, true), (7, false), (17, true)] {
            self.0 ^= if left { self.0 << shift } else { self.0 >> shift };
        }
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % n
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}
