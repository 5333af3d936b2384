//! Random documents are valid for us exactly where they are valid for apollo-compiler, which knows the GraphQL
//! specification. Where the two may differ is a row of [`DIFFERENCES`]: what only one of them refuses must be refused
//! for these reasons alone, and each of them must come up.

mod api;
mod documents;
#[allow(dead_code, reason = "the datamodel's tests use more of it")]
#[path = "../../datamodel/tests/mutation/mod.rs"]
mod mutation;

use apollo_compiler::{ExecutableDocument, Schema, validation::Valid};
use query::{Api, ApiOptions, Document, DocumentError};
use std::collections::BTreeMap;

const DATAMODEL: &str = r#"
type User {
  id: ID! @id
  email: String! @unique
  name: String
  age: Int
  score: Float
  admin: Boolean
  role: Role
  seen: DateTime
  meta: Json
  ref: UUID
  tags: [String] @scalarList(strategy: RELATION)
  posts: [Post]
  boss: User @relation(name: "Boss", link: INLINE)
}
type Post {
  id: ID! @id
  title: String!
  author: User!
}
type Item {
  number: Int! @id
  kind: Role! @default(value: USER)
}
enum Role { ADMIN USER }
"#;

/// Where the two differ.
struct Difference {
    /// Who refuses what the other one takes.
    by: By,
    /// What its reason says.
    sign: &'static str,
    /// Whether it is this difference, and not another one with the same words.
    is_it: fn(&str, &Reason) -> bool,
    /// Why they differ. Rules of Sangria are those of version 1.3.3, below `src/main/scala/sangria`.
    #[expect(dead_code, reason = "for people")]
    why: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    Us,
    Apollo,
}

/// Why a document is refused.
struct Reason {
    message: String,
    /// Lines and columns.
    places: Vec<(usize, usize)>,
}

const DIFFERENCES: &[Difference] = &[
    Difference {
        by: By::Us,
        sign: "Date value expected",
        is_it: always,
        why: "apollo takes any literal for a scalar that the specification does not know",
    },
    Difference {
        by: By::Us,
        sign: "Not valid JSON",
        is_it: always,
        why: "apollo takes any literal for a scalar that the specification does not know",
    },
    Difference {
        by: By::Us,
        sign: "This is not a valid type 4 UUID.",
        is_it: always,
        why: "apollo takes any literal for a scalar that the specification does not know",
    },
    Difference {
        by: By::Us,
        sign: "There can be only one input field named",
        is_it: always,
        why: "apollo does not look for fields that are given twice; validation/rules/UniqueInputFieldNames.scala does",
    },
    Difference {
        by: By::Us,
        sign: "expected ':'",
        is_it: always,
        why: "apollo-parser takes an argument or a field of an object that has no value (grammar/argument.rs, value.rs)",
    },
    Difference {
        by: By::Us,
        sign: "is required and will never use the default value",
        is_it: always,
        why: "refused by the specification of 2016, as in validation/rules/DefaultValuesOfCorrectType.scala, no longer by \
              that of 2018",
    },
    Difference {
        by: By::Us,
        sign: "used in position expecting type",
        is_it: |text, reason| is_nested(text, reason) && is_of_the_same_name(reason),
        why: "apollo compares only the named type of a variable inside of objects and lists \
              (validation/value.rs, value_of_correct_type); validation/rules/VariablesInAllowedPosition.scala all of it",
    },
    Difference {
        by: By::Apollo,
        sign: "SubscriptionUsesConditionalSelection",
        is_it: always,
        why: "a rule of the specification of 2025; Sangria has none of it",
    },
];

/// Every rule of Sangria's `validation/QueryValidator.scala` that a document can break, with the words of its messages.
const RULES: &[(&str, &[&str])] = &[
    ("ArgumentsOfCorrectType", &["' expected type '"]),
    ("DefaultValuesOfCorrectType", &["has invalid default value", "will never use the default value"]),
    ("ExecutableDefinitions", &["definition is not executable"]),
    ("FieldsOnCorrectType", &["Cannot query field"]),
    ("FragmentsOnCompositeType", &["cannot condition on non composite type"]),
    ("KnownArgumentNames", &["Unknown argument"]),
    ("KnownDirectives", &["Unknown directive", "may not be used on"]),
    ("KnownFragmentNames", &["Unknown fragment"]),
    ("KnownTypeNames", &["Unknown type"]),
    ("LoneAnonymousOperation", &["must be the only defined operation"]),
    ("NoFragmentCycles", &["within itself."]),
    ("NoUndefinedVariables", &["' is not defined by operation '", "' is not defined. "]),
    ("NoUnusedFragments", &["Fragment 'Unused' is not used."]),
    ("NoUnusedVariables", &["' is not used in operation "]),
    ("OverlappingFieldsCanBeMerged", &["are different fields", "they have differing arguments"]),
    ("PossibleFragmentSpreads", &["can never be of type"]),
    ("ProvidedNonNullArguments", &["is required but not provided"]),
    ("ScalarLeafs", &["must not have a sub selection", "must have a sub selection"]),
    ("UniqueArgumentNames", &["There can be only one argument named"]),
    ("UniqueDirectivesPerLocation", &["can only be used once at this location"]),
    ("UniqueFragmentNames", &["There can only be one fragment named"]),
    ("UniqueInputFieldNames", &["There can be only one input field named"]),
    ("UniqueOperationNames", &["There can only be one operation named"]),
    ("UniqueVariableNames", &["There can be only one variable named"]),
    ("VariablesAreInputTypes", &["cannot be non input type"]),
    ("VariablesInAllowedPosition", &["used in position expecting type"]),
    ("one field of a subscription", &["must select only one top level field"]),
    ("the grammar", &["Syntax error while parsing GraphQL query"]),
];

/// How many documents are judged.
const COUNT: u64 = 100_000;

#[test]
fn documents_are_valid_for_both_or_for_none() {
    let raw_access = Some(vec!["default".to_owned()]);
    let api = api::api(DATAMODEL, ApiOptions { raw_access, ..ApiOptions::default() });
    let schema = Schema::parse_and_validate(api.schema_text(), "schema.graphql").expect("a valid schema");
    let base = mutation::base_seed();
    let mut tally = Tally::default();
    for seed in (0..COUNT).map(|number| base.wrapping_add(number)) {
        let text = documents::document(&api, seed);
        tally.judge(seed, &text, our_reasons(&api, &text), their_reasons(&schema, &text));
    }
    tally.show();
    tally.check();
}

/// What came up.
#[derive(Default)]
struct Tally {
    valid: usize,
    differences: BTreeMap<(By, &'static str), usize>,
    /// By the words of a rule.
    rules: BTreeMap<&'static str, usize>,
    /// By the beginning of the reason: the shortest document that both should judge alike.
    wrong: BTreeMap<String, String>,
}

impl Tally {
    fn judge(&mut self, seed: u64, text: &str, ours: Vec<Reason>, theirs: Vec<Reason>) {
        for words in RULES.iter().flat_map(|(_, words)| *words) {
            let is_met = ours.iter().any(|reason| reason.message.contains(words));
            *self.rules.entry(words).or_default() += usize::from(is_met);
        }
        self.valid += usize::from(ours.is_empty() && theirs.is_empty());
        let (by, reasons) = match (ours.is_empty(), theirs.is_empty()) {
            (false, true) => (By::Us, ours),
            (true, false) => (By::Apollo, theirs),
            _ => return,
        };
        for reason in reasons {
            let matches =
                |row: &&Difference| row.by == by && reason.message.contains(row.sign) && (row.is_it)(text, &reason);
            match DIFFERENCES.iter().find(matches) {
                Some(row) => *self.differences.entry((by, row.sign)).or_default() += 1,
                None => {
                    let told = format!("seed {seed}, only {by:?}: {}\n{text}\n", reason.message);
                    let shortest = self.wrong.entry(format!("{by:?} {:.30}", reason.message)).or_insert(told.clone());
                    if told.len() < shortest.len() {
                        *shortest = told;
                    }
                }
            }
        }
    }

    fn show(&self) {
        println!("{COUNT} documents, {} valid for both", self.valid);
        println!("refused by one alone: {:#?}\nrules: {:#?}", self.differences, self.rules);
    }

    fn check(&self) {
        let wrong: Vec<&str> = self.wrong.values().map(String::as_str).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        let idle = DIFFERENCES.iter().map(|row| (row.by, row.sign));
        let idle: Vec<_> = idle.filter(|row| !self.differences.contains_key(row)).collect();
        assert!(idle.is_empty(), "differences that do not come up: {idle:?}");
        let idle: Vec<_> = self.rules.iter().filter(|(_, met)| **met == 0).collect();
        assert!(idle.is_empty(), "words that do not come up: {idle:?}");
    }
}

fn our_reasons(api: &Api, text: &str) -> Vec<Reason> {
    let places = |locations: &[connector_interface::Position]| {
        locations.iter().map(|place| (place.line as usize, place.column as usize)).collect()
    };
    match Document::parse(api, text) {
        Ok(_) => Vec::new(),
        Err(DocumentError::Syntax(message)) => vec![Reason { message, places: Vec::new() }],
        Err(DocumentError::Invalid(errors)) => errors
            .into_iter()
            .map(|error| Reason { places: places(&error.locations), message: error.message })
            .collect(),
    }
}

fn their_reasons(schema: &Valid<Schema>, text: &str) -> Vec<Reason> {
    let Err(refused) = ExecutableDocument::parse_and_validate(schema, text, "document.graphql") else {
        return Vec::new();
    };
    let reasons = refused.errors.iter().map(|found| {
        let rule = found.error.unstable_error_name().unwrap_or("Syntax");
        Reason { message: format!("{rule}: {}", found.error), places: Vec::new() }
    });
    reasons.collect()
}

fn always(_: &str, _: &Reason) -> bool {
    true
}

/// Whether its last place is inside of an object or a list.
fn is_nested(text: &str, reason: &Reason) -> bool {
    let Some((line, column)) = reason.places.last() else { return false };
    let before = text.lines().nth(line - 1).unwrap_or_default().chars().take(column - 1);
    let mut open = Vec::new();
    for bracket in before {
        match bracket {
            '(' | '[' | '{' => open.push(bracket),
            ')' | ']' | '}' => drop(open.pop()),
            _ => {}
        }
    }
    open.last().is_some_and(|bracket| *bracket != '(')
}

/// Whether the types that it tells have the same name.
fn is_of_the_same_name(reason: &Reason) -> bool {
    let told = |before: &str| {
        let rest = reason.message.split_once(before).map_or("", |(_, rest)| rest);
        rest.split('\'').next().unwrap_or_default().trim_matches(['[', ']', '!']).to_owned()
    };
    told("' of type '") == told("expecting type '")
}
