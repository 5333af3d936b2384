//! How much a datamodel may declare, and what the connector allows.

use datamodel::{CompileError, Limits, Rules, compile, syntax};

fn errors(text: &str, rules: &Rules) -> Vec<String> {
    match compile(text, None, rules, &mut || "c".to_owned()) {
        Err(CompileError::Invalid(errors)) => {
            errors.into_iter().map(|error| format!("{}: {}", error.type_name, error.description)).collect()
        }
        other => vec![format!("{other:?}")],
    }
}

#[test]
fn too_much_is_refused_alone() {
    let limits = Limits { types: 1, fields_per_type: 2, fields: 3, enums: 1 };
    let text = "type A { x: Y, y: Y, z: Y } type B { y: Y } enum C { a } enum D { b }";
    let expected = [
        "Global: The datamodel has 2 types. At most 1 are allowed.",
        "Global: The datamodel has 2 enums. At most 1 are allowed.",
        "Global: The datamodel has 4 fields. At most 3 are allowed.",
        "A: The type `A` has 3 fields. At most 2 are allowed.",
    ];
    assert_eq!(errors(text, &Rules { limits, ..Rules::default() }), expected);
}

#[test]
fn ids_that_the_connector_does_not_have() {
    let rules = Rules { uuid_ids: false, ..Rules::default() };
    let expected = "A: The field `id` is marked as id must have one of the following types: `ID!`,`Int!`.";
    assert_eq!(errors("type A { id: UUID! @id }", &rules), [expected]);
}

/// A text of any depth or length ends in an error, not in a full stack.
#[test]
fn depth_and_length() {
    let nested = |open: &str, count: usize| format!("type A {{ id: ID! @id(x: {} }}", open.repeat(count));
    for text in [
        nested("[", 100_000),
        nested("{a: ", 100_000),
        format!("type A {{ id: {}", "[".repeat(100_000)),
        format!("query {}", "{ a ".repeat(100_000)),
        format!("type A {{ id: ID! @id }} {}", "\"\"\"".repeat(33_333)),
        format!("type A {{ {} ? }}", "a: Int ".repeat(50_000)),
        "#".repeat(200_000),
        "type A {".repeat(20_000),
    ] {
        let error = syntax::parse(&text).expect_err("none of these is a document");
        assert!(error.message.contains(&format!("(line {}, column {})", error.line, error.column)));
    }
    assert!(syntax::parse(&format!("{}1{}) }}", nested("[", 64).trim_end_matches(" }"), "]".repeat(64))).is_ok());
    let error = syntax::parse(&nested("[", 65)).expect_err("too deep");
    assert!(error.message.contains("nested more than 64 levels deep (line 1, column 89)"), "{}", error.message);
}
