//! Tables of leaves: as literal or JSON, for which kind, and what becomes of it.

use super::*;
use crate::syntax::{Selection, parse};

fn datamodel() -> Datamodel {
    let colours = datamodel::EnumType { name: "Colour".into(), values: vec!["RED".into(), "BLUE".into()] };
    Datamodel { enums: vec![colours], ..Datamodel::default() }
}

fn kind(name: &str) -> InputKind {
    match name.strip_prefix('[') {
        Some(item) => kind(item.trim_end_matches(']')).list(),
        None => ScalarType::named(name).map_or(InputKind::Enum(EnumId(0)), InputKind::Scalar),
    }
}

fn literal(text: &str) -> Literal {
    let ast = parse(&format!("{{ f(a: {text}) }}"), 10).expect(text);
    let Selection::Field(field) = &ast.operations[0].selections[0] else { panic!("a field") };
    field.arguments[0].value.clone()
}

fn shown(result: Result<Value, CoercionError>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.to_string(),
    }
}

const KNOWN: &str = "Enum value 'PINK' is undefined in enum type 'Colour'. Known values are: RED, BLUE.";
const FLOAT: &str = "Float or Int value is too big to fit in double";
const UUID: &str = "550e8400-e29b-41d4-a716-446655440000";

#[test]
fn literals() {
    let uuid_literal = format!("\"{}\"", UUID.to_uppercase());
    let uuid_value = format!("Text({UUID:?})");
    let cases = [
        ("Int", "5", "Int(5)"),
        ("Int", "-2147483648", "Int(-2147483648)"),
        ("Int", "2147483648", "Value is too big to fit in Int"),
        ("Int", "99999999999999999999", "Value is too big to fit in Int"),
        ("Int", "1.0", "Int value expected"),
        ("Int", "\"1\"", "Int value expected"),
        ("Int", "null", "Int value expected"),
        ("Float", "5", "Float(5.0)"),
        ("Float", "5.5", "Float(5.5)"),
        ("Float", "\"5\"", "Float or Int value expected"),
        ("Float", "null", "Float or Int value expected"),
        ("Float", "-0", "Float(0.0)"),
        ("Float", "0.00", "Float(0.0)"),
        ("Float", "-1.50e-3", "Float(-0.0015)"),
        ("Float", "0.1E+2", "Float(10.0)"),
        ("Float", "1e22", "Float(1e22)"),
        ("Float", "1e23", "Float(1e23)"),
        ("Float", "9007199254740993", FLOAT),
        ("Float", "9007199254740994", "Float(9007199254740994.0)"),
        ("Float", "100000000000000000000000", FLOAT),
        ("Float", "3.141592653589793", "Float(3.141592653589793)"),
        ("Float", "3.14159265358979323", FLOAT),
        ("Float", "1e400", FLOAT),
        ("Float", "1e-400", FLOAT),
        ("Float", "1e99999999999999999999", FLOAT),
        ("Boolean", "true", "Boolean(true)"),
        ("Boolean", "1", "Boolean value expected"),
        ("String", "\"a\"", "Text(\"a\")"),
        ("String", "\"null\"", "Text(\"null\")"),
        ("String", "\"a\\u0000\"", "Text must not contain the character U+0000"),
        ("String", "RED", "String value expected"),
        ("ID", "\"a\"", "Text(\"a\")"),
        ("ID", "7", "Text(\"7\")"),
        ("ID", "-0", "Text(\"0\")"),
        ("ID", "123456789012345678901234567890", "Text(\"123456789012345678901234567890\")"),
        ("ID", "\"null\"", "Null"),
        ("ID", "7.5", "String or Int value expected"),
        ("UUID", uuid_literal.as_str(), uuid_value.as_str()),
        ("UUID", "\"1-2-3-4-5\"", "Text(\"00000001-0002-0003-0004-000000000005\")"),
        ("UUID", "\"x\"", "This is not a valid type 4 UUID."),
        ("UUID", "\"1-2-3-4-5-6\"", "This is not a valid type 4 UUID."),
        ("Colour", "RED", "Text(\"RED\")"),
        ("Colour", "PINK", KNOWN),
        ("Colour", "\"RED\"", "Enum value expected"),
        ("DateTime", "\"2020\"", "DateTime(1577836800000)"),
        ("DateTime", "2020", "Date value expected"),
        ("Json", "\"{\\\"a\\\": 1}\"", "Json(\"{\\\"a\\\": 1}\")"),
        ("Json", "\"{\"", "Not valid JSON"),
        ("Json", "{a: 1}", "Not valid JSON"),
        ("[Int]", "[1, 2]", "List([Int(1), Int(2)])"),
        ("[Int]", "1", "List([Int(1)])"),
        ("[Int]", "[null]", "Int value expected"),
        ("[Colour]", "[RED]", "List([Text(\"RED\")])"),
        ("[ID]", "[\"null\", \"a\"]", "List([Text(\"a\")])"),
    ];
    for (name, text, expected) in cases {
        assert_eq!(shown(kind(name).coerce_literal(&datamodel(), &literal(text))), expected, "{name} {text}");
    }
}

#[test]
fn variables() {
    let cases = [
        ("Int", "1.0", "Int(1)"),
        ("Int", "1.5", "Int value expected"),
        ("Int", "1e300", "Value is too big to fit in Int"),
        ("Int", "3000000000", "Value is too big to fit in Int"),
        ("Int", "null", "Int value expected"),
        ("Float", "1", "Float(1.0)"),
        ("Float", "\"1\"", "Float or Int value expected"),
        ("Float", "9007199254740993", FLOAT),
        ("Float", "-9007199254740994", "Float(-9007199254740994.0)"),
        ("Float", "1e300", "Float(1e300)"),
        ("Boolean", "\"true\"", "Boolean value expected"),
        ("String", "1", "String value expected"),
        ("String", "\"\\u0000\"", "Text must not contain the character U+0000"),
        ("ID", "5", "Text(\"5\")"),
        ("ID", "5.0", "Text(\"5\")"),
        ("ID", "5.5", "String or Int value expected"),
        ("Colour", "\"BLUE\"", "Text(\"BLUE\")"),
        ("Colour", "\"PINK\"", KNOWN),
        ("Colour", "1", "Enum value expected"),
        ("DateTime", "\"1970-01-01T00:00:01Z\"", "DateTime(1000)"),
        ("Json", "{\"a\": [1, null]}", "Json(\"{\\\"a\\\":[1,null]}\")"),
        ("Json", "[]", "Json(\"[]\")"),
        ("Json", "\"{}\"", "Not valid JSON"),
        ("Json", "5", "Not valid JSON"),
        ("[String]", "[]", "List([])"),
        ("[String]", "\"a\"", "List([Text(\"a\")])"),
        ("[String]", "[\"a\", 1]", "String value expected"),
    ];
    for (name, text, expected) in cases {
        let json = serde_json::from_str(text).expect(text);
        assert_eq!(shown(kind(name).coerce_json(&datamodel(), &json)), expected, "{name} {text}");
    }
}

#[test]
fn dates() {
    let cases = [
        ("2020-02-29", Some("2020-02-29T00:00:00Z")),
        ("2019-02-29", None),
        ("2020-2-9", Some("2020-02-09T00:00:00Z")),
        ("2020-02", Some("2020-02-01T00:00:00Z")),
        ("2020-060", Some("2020-02-29T00:00:00Z")),
        ("2020-366", Some("2020-12-31T00:00:00Z")),
        ("2019-366", None),
        ("2020-W01", Some("2019-12-30T00:00:00Z")),
        ("2020-W53-7", Some("2021-01-03T00:00:00Z")),
        ("2019-W53", None),
        ("2020-W01-8", None),
        ("2020-01-01T", Some("2020-01-01T00:00:00Z")),
        ("2020-01-01T10", Some("2020-01-01T10:00:00Z")),
        ("2020-01-01T10.5", Some("2020-01-01T10:30:00Z")),
        ("2020-01-01T10:30,25", Some("2020-01-01T10:30:15Z")),
        ("2020-01-01T10:30:15.1", Some("2020-01-01T10:30:15.1Z")),
        ("2020-01-01T10:30:15.123456789123", Some("2020-01-01T10:30:15.123Z")),
        ("2020-01-01T10:30:15.", None),
        ("2020-01-01t10:30:15z", Some("2020-01-01T10:30:15Z")),
        ("2020-01-01T10:30:15+02:00", Some("2020-01-01T08:30:15Z")),
        ("2020-01-01T10:30:15-0530", Some("2020-01-01T16:00:15Z")),
        ("2020-01-01T10:30:15+02", Some("2020-01-01T08:30:15Z")),
        ("2020-01-01T+02:00", Some("2019-12-31T22:00:00Z")),
        ("2020-01-01T10:30:15+2", None),
        ("2020-01-01T24:00", None),
        ("2020-01-01T10:60", None),
        ("2020-01-01 10:30", None),
        ("2020-01-01T10:30:15 ", None),
        ("T10:30", Some("1970-01-01T10:30:00Z")),
        ("T", None),
        ("-0001-01-01", Some("-000001-01-01T00:00:00Z")),
        ("1969-12-31T23:59:59.999Z", Some("1969-12-31T23:59:59.999Z")),
        ("0000-02-29", Some("0000-02-29T00:00:00Z")),
        ("1900-02-29", None),
        ("2000-02-29", Some("2000-02-29T00:00:00Z")),
        ("2004-W53-6", Some("2005-01-01T00:00:00Z")),
        ("2008-W01-1", Some("2007-12-31T00:00:00Z")),
        ("2020-W00", None),
        ("2020-000", None),
        ("2020-00-10", None),
        ("2020-13", None),
        ("20200101", None),
        ("", None),
        ("today", None),
        ("٢٠٢٠", None),
    ];
    for (text, expected) in cases {
        let expected = expected.map(|e| e.parse::<jiff::Timestamp>().expect(e).as_millisecond());
        assert_eq!(parse_date_time(text), expected, "{text}");
    }
    // Past the end of the library that tells the expectations.
    assert_eq!(parse_date_time("11979-01-01T10:33:59.828Z"), Some(315_853_554_839_828));
    assert_eq!(parse_date_time("294276-01-01"), None);
}

#[test]
fn every_day_follows_the_one_before() {
    let first = jiff::civil::date(-4712, 1, 1);
    let days = first.until(jiff::civil::date(9999, 12, 31)).expect("days").get_days();
    let epoch = first.until(jiff::civil::date(1970, 1, 1)).expect("days").get_days();
    // A prime step, so that every month, weekday and kind of year is met.
    for day in (0..days).step_by(97) {
        let date = first.checked_add(jiff::Span::new().days(day)).expect("a date");
        let week = date.iso_week_date();
        let sign = if date.year() < 0 { "-" } else { "" };
        let weekday = week.weekday().to_monday_one_offset();
        let texts = [
            format!("{sign}{:04}-{:02}-{:02}", date.year().abs(), date.month(), date.day()),
            format!("{sign}{:04}-{:03}", date.year().abs(), date.day_of_year()),
            format!("{}{:04}-W{:02}-{weekday}", if week.year() < 0 { "-" } else { "" }, week.year().abs(), week.week()),
        ];
        for text in texts {
            assert_eq!(parse_date_time(&text), Some(i64::from(day - epoch) * 86_400_000), "{text}");
        }
    }
}
