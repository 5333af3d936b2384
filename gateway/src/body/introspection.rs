//! Tells documents of introspection alone, which are not counted (design D7), by their words, without a parser.
//!
//! It errs on one side only: a document that it takes for introspection has nothing but fields that start with `__` at
//! the root of every operation. Whatever it does not understand is counted like any other request.

use std::borrow::Cow;

/// Whether a body has documents, and all of them ask for introspection and for nothing else.
pub(crate) fn are_introspection_alone(documents: &[Cow<'_, str>]) -> bool {
    !documents.is_empty() && documents.iter().all(|document| is_introspection_alone(document))
}

/// Whether every operation of a document asks for introspection and for nothing else.
fn is_introspection_alone(document: &str) -> bool {
    document.contains("__") && introspection_operations(document).is_some_and(|operations| operations > 0)
}

/// How many operations a document has, if all of them ask for introspection alone. Nothing here means "no, or not
/// understood", and so it does below.
fn introspection_operations(document: &str) -> Option<usize> {
    let mut words = Words { rest: document }.peekable();
    let mut operations = 0;
    while let Some(word) = words.next() {
        match word {
            "fragment" => {
                words.by_ref().find(|word| *word == "{")?;
                skip_block(&mut words)?;
            }
            "{" => {
                skip_root(&mut words)?;
                operations += 1;
            }
            "query" => {
                skip_head(&mut words)?;
                skip_root(&mut words)?;
                operations += 1;
            }
            _ => return None,
        }
    }
    Some(operations)
}

/// Skips name, variables and directives of an operation, and the bracket that opens its selection.
fn skip_head<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<()> {
    loop {
        match words.next()? {
            "{" => return Some(()),
            "(" => skip_block(words)?,
            _ => {}
        }
    }
}

/// Skips to the bracket that closes the one just read.
fn skip_block<'a>(words: &mut impl Iterator<Item = &'a str>) -> Option<()> {
    let mut depth = 1;
    while depth > 0 {
        match words.next()? {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
    }
    Some(())
}

/// Skips the root selection of an operation, behind its opening bracket, if it is introspection alone.
fn skip_root<'a, I: Iterator<Item = &'a str>>(words: &mut std::iter::Peekable<I>) -> Option<()> {
    loop {
        match words.next()? {
            "}" => return Some(()),
            "{" | "(" => skip_block(words)?,
            "@" => {
                words.next();
            }
            name => {
                let field = if words.next_if_eq(&":").is_some() { words.next()? } else { name };
                if !field.starts_with("__") {
                    return None;
                }
            }
        }
    }
}

/// The words of a document: names and numbers, each other character by itself; strings as a quote, no comments.
struct Words<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r', ',', '\u{feff}']);
            match self.rest.strip_prefix('#') {
                Some(comment) => self.rest = comment.trim_start_matches(|c| c != '\n' && c != '\r'),
                None => break,
            }
        }
        let first = self.rest.chars().next()?;
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let length = match first {
            '"' => string_length(self.rest),
            c if is_word(c) => self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len()),
            c => c.len_utf8(),
        };
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(if first == '"' { "\"" } else { word })
    }
}

/// Bytes of the string at the start of a text. An open one takes all the rest, and with it the brackets that would end
/// the operation.
fn string_length(text: &str) -> usize {
    if let Some(block) = text.strip_prefix("\"\"\"") {
        let mut at = 0;
        while let Some(found) = block[at..].find("\"\"\"") {
            at += found + 3;
            if !block[..at - 3].ends_with('\\') {
                return at + 3;
            }
        }
        return text.len();
    }
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_other_document_makes_a_body_count() {
        let introspection = Cow::from("{ __schema { types { name } } }");
        assert!(are_introspection_alone(&[introspection.clone(), introspection.clone()]));
        assert!(!are_introspection_alone(&[introspection, Cow::from("{ users { id } }")]));
        assert!(!are_introspection_alone(&[]));
    }

    #[test]
    fn only_introspection_is_taken_for_it() {
        for (document, expected) in [
            ("{ __schema { types { name } } }", true),
            ("{ __typename }", true),
            ("query { __type(name: \"User\") { name } }", true),
            (
                "query IntrospectionQuery($a: X = {b: 1}) @d(x: 1) { s: __schema @include(if: $a) { ...F } }\n\
              fragment F on __Schema { types { name } }",
                true,
            ),
            ("fragment F on __Schema { types { name } } { __schema { ...F } }", true),
            ("# users\n{ # users }\n __schema { types { name } } }", true),
            ("{ __type(name: \"} users {\") { name } }", true),
            ("{ __type(name: \"\"\"} \\\"\"\" users {\"\"\") { name } }", true),
            ("{ users { __typename } }", false),
            ("{ __schema { types { name } } users { id } }", false),
            ("{ __typename: users { id } }", false),
            ("{ ...F } fragment F on Query { users { id } __typename }", false),
            ("{ ... on Query { users { id } } __typename }", false),
            ("mutation { __typename }", false),
            ("subscription { __typename }", false),
            ("{ __typename } mutation { deleteManyUsers { count } }", false),
            ("query A { __typename } query B { users { id } }", false),
            ("fragment F on __Schema { types { name } }", false),
            ("{ __schema", false),
            ("{ __type(name: \"open) { name } }", false),
            ("__typename", false),
            ("", false),
        ] {
            assert_eq!(is_introspection_alone(document), expected, "{document}");
        }
    }
}
