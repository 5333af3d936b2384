//! Texts of the cases with random changes. Everything follows from a seed.

use std::{
    hash::{BuildHasher, RandomState},
    path::Path,
};

/// A seed that is another one in every run, printed so that the run can be repeated.
pub fn base_seed() -> u64 {
    let seed = RandomState::new().hash_one("seed");
    println!("seed {seed}");
    seed
}

/// Numbers that follow from a seed.
pub struct Numbers(u64);

impl Numbers {
    pub fn new(seed: u64) -> Self {
        Numbers(seed)
    }

    /// A number below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }

    pub fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }
}

/// The datamodels of all case files.
pub fn case_texts(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the cases are there") {
        let text = std::fs::read_to_string(entry.expect("the cases are readable").path()).expect("the cases are text");
        for case in text.split("=== ").skip(1) {
            let (_, rest) = case.split_once('\n').expect("a case has a title line");
            let datamodels = rest.split("--- expect").next().unwrap_or_default();
            texts.extend(datamodels.split("--- then\n").map(str::to_owned));
        }
    }
    texts
}

/// A text with a few random changes.
pub fn mutated(text: &str, numbers: &mut Numbers) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=numbers.below(2) {
        let from = numbers.below(chars.len() + 1);
        let to = (from + numbers.below(8)).min(chars.len());
        match numbers.below(4) {
            0 => drop(chars.splice(from..to, [])),
            1 => drop(chars.splice(from..to, numbers.pick(SNIPPETS).chars())),
            2 => drop(chars.splice(from..from, numbers.pick(SNIPPETS).chars())),
            _ => {
                let copy = chars[from..to].to_vec();
                let at = numbers.below(chars.len() + 1);
                chars.splice(at..at, copy);
            }
        }
    }
    chars.into_iter().collect()
}

const SNIPPETS: &[&str] = &[
    " ",
    "\n",
    "\r\n",
    "\r",
    "\t",
    ",",
    "#",
    "# x\n",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "!",
    ":",
    "@",
    "$",
    "|",
    "=",
    "&",
    "...",
    "\"",
    "\"\"\"",
    "\\",
    "\\\"\"\"",
    "\\u00e9",
    "\\ud83d",
    "\u{feff}",
    "\u{0}",
    "é",
    "😀",
    "0",
    "-1",
    "1.5",
    "1e",
    ".5",
    "01",
    "_",
    "a",
    "type ",
    "enum ",
    "extend type ",
    "implements ",
    "query ",
    "fragment ",
    "on ",
    "scalar ",
    "union ",
    "input ",
    "interface ",
    "directive ",
    "schema ",
    "true",
    "null",
    "type A { id: ID! @id }",
    "@id",
    "@unique",
    "@unique @unique",
    "@default(value: \"x\")",
    "@relation(name: \"R\")",
    "@relation(link: INLINE)",
    "@db(name: \"x\")",
    "@relationTable",
    "@rename(oldName: \"B\")",
    "@scalarList(strategy: RELATION)",
    "User",
    "Post",
    "Role",
    "[User!]!",
    "Int",
    "{a: [1, {b: null}]}",
    "$x",
];
