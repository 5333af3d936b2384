//! Random documents for an API: right in every way, except for a few mistakes, each of which breaks one rule.

mod selections;
mod values;

use crate::mutation::Numbers;
use query::Api;
use query::types::TypeId;

/// Writes one document.
pub struct Writer<'a> {
    api: &'a Api,
    numbers: Numbers,
    /// Mistakes that may still be made.
    mistakes: usize,
    /// Of the operation at hand.
    variables: Vec<Variable>,
    /// Of the operation at hand: whatever stands in them uses its variables.
    fragments: Vec<Fragment>,
    /// Written so far.
    definitions: Vec<String>,
    /// Makes names different.
    names: usize,
}

/// A variable as it is declared.
struct Variable {
    name: String,
    declared: String,
    default: Option<String>,
}

/// A fragment that can be spread once more.
struct Fragment {
    name: String,
    of: TypeId,
    /// It is written; until then to spread it again makes a cycle.
    is_whole: bool,
}

/// A random document.
pub fn document(api: &Api, seed: u64) -> String {
    let mut numbers = Numbers::new(seed);
    let mistakes = [0, 0, 1, 1, 1, 2][numbers.below(6)];
    let writer = Writer {
        api,
        numbers,
        mistakes,
        variables: Vec::new(),
        fragments: Vec::new(),
        definitions: Vec::new(),
        names: 0,
    };
    writer.document()
}

impl Writer<'_> {
    fn document(mut self) -> String {
        let operations = if self.chance(6) { 2 } else { 1 };
        for index in 0..operations {
            self.operation(index, operations > 1);
        }
        if self.errs(6) {
            self.definitions.push("fragment Unused on User { id }".to_owned());
        }
        if self.errs(15) {
            let again = self.definitions[self.numbers.below(self.definitions.len())].clone();
            self.definitions.push(again);
        }
        if self.errs(30) {
            let more = self.pick(&["type A { a: Int }", "scalar B", "{ users { id } }"]);
            self.definitions.push(more.to_owned());
        }
        let text = self.definitions.join("\n");
        if self.errs(12) { self.bitten(&text) } else { text }
    }

    fn operation(&mut self, index: usize, is_one_of_many: bool) {
        let (keyword, root) = match self.numbers.below(10) {
            0 => ("subscription", TypeId::Subscription),
            1..=3 => ("mutation", TypeId::Mutation),
            _ => ("query", TypeId::Query),
        };
        (self.variables, self.fragments) = (Vec::new(), Vec::new());
        let fields = match root {
            TypeId::Subscription if !self.errs(4) => 1,
            _ => 1 + self.numbers.below(2),
        };
        let selections = self.selections(root, fields, 0);
        if self.errs(12) {
            let declared = self.pick(&["Int", "String!", "[UserWhereInput!]"]).to_owned();
            self.declare(declared, None);
        }
        if self.errs(12) && !self.variables.is_empty() {
            let Variable { name, declared, .. } = &self.variables[0];
            let again = Variable { name: name.clone(), declared: declared.clone(), default: None };
            self.variables.push(again);
        }
        let directives = if self.errs(12) { self.directives("operation") } else { String::new() };
        let is_named = is_one_of_many && !self.errs(6) || self.chance(2);
        let name = if is_named { format!(" Q{}", if self.errs(6) { 0 } else { index }) } else { String::new() };
        let declared: Vec<String> = self.variables.iter().map(Variable::text).collect();
        let declared = if declared.is_empty() { String::new() } else { format!("({})", declared.join(", ")) };
        let head = format!("{keyword}{name}{declared}{directives}");
        let head = if head == "query" && self.chance(2) { String::new() } else { head };
        self.definitions.push(format!("{head} {selections}"));
    }

    fn declare(&mut self, declared: String, default: Option<String>) -> String {
        let name = self.name("v");
        self.variables.push(Variable { name: name.clone(), declared, default });
        name
    }

    fn name(&mut self, start: &str) -> String {
        self.names += 1;
        format!("{start}{}", self.names)
    }

    /// One time in so many.
    fn chance(&mut self, times: usize) -> bool {
        self.numbers.below(times) == 0
    }

    /// Whether a mistake is made here, one time in so many as long as there are mistakes left.
    fn errs(&mut self, times: usize) -> bool {
        let errs = self.mistakes > 0 && self.chance(times);
        self.mistakes -= usize::from(errs);
        errs
    }

    fn pick(&mut self, choices: &[&'static str]) -> &'static str {
        choices[self.numbers.below(choices.len())]
    }

    /// The text without a word, with one twice, or with another one in its place.
    fn bitten(&mut self, text: &str) -> String {
        let mut words: Vec<&str> = text.split(' ').collect();
        let at = self.numbers.below(words.len());
        match self.numbers.below(3) {
            0 => drop(words.remove(at)),
            1 => words.insert(at, words[at]),
            _ => {
                words[at] =
                    self.pick(&["{", "}", "(", ")", "[", ":", "!", "...", "on", "$", "@", "1", "\"", "null", "a", "#"])
            }
        }
        words.join(" ")
    }
}

impl Variable {
    fn text(&self) -> String {
        let default = self.default.as_ref().map(|default| format!(" = {default}")).unwrap_or_default();
        format!("${}: {}{default}", self.name, self.declared)
    }
}
