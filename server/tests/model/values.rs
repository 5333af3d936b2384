//! Values of cells and their order.

use serde_json::{Value as Json, json};
use std::cmp::Ordering;

#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// Strings, ids, UUIDs and enum values.
    Text(String),
    /// Milliseconds since 1970.
    Time(i64),
    Json(Json),
    List(Vec<Cell>),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Id {
    Number(i64),
    Text(String),
}

/// Times as clients write them, and what they are.
pub const TIMES: [(&str, i64); 6] = [
    ("2019-01-31", 1_548_892_800_000),
    ("2020-02-29T12:34:56.789Z", 1_582_979_696_789),
    ("2020-02-29T14:34:56.789+02:00", 1_582_979_696_789),
    ("1970-01-01T00:00:00.000Z", 0),
    ("1969-12-31T23:59:59.999Z", -1),
    ("2038-01-19T03:14:08Z", 2_147_483_648_000),
];

pub fn date_time(text: &str) -> i64 {
    TIMES.iter().find(|(written, _)| *written == text).expect("a time of the table").1
}

impl Cell {
    /// The order of two values that are not null.
    pub fn order(&self, other: &Cell) -> Ordering {
        match (self, other) {
            (Cell::Bool(one), Cell::Bool(other)) => one.cmp(other),
            (Cell::Int(one), Cell::Int(other)) | (Cell::Time(one), Cell::Time(other)) => one.cmp(other),
            (Cell::Float(one), Cell::Float(other)) => one.total_cmp(other),
            (Cell::Text(one), Cell::Text(other)) => one.cmp(other),
            _ => panic!("{self:?} and {other:?} have no order"),
        }
    }

    pub fn id(&self) -> Id {
        match self {
            Cell::Int(number) => Id::Number(*number),
            Cell::Text(text) => Id::Text(text.clone()),
            _ => panic!("{self:?} is no id"),
        }
    }

    pub fn json(&self) -> Json {
        match self {
            Cell::Null => Json::Null,
            Cell::Bool(value) => json!(value),
            Cell::Int(value) => json!(value),
            // Answers have no trailing zeros.
            Cell::Float(value) if value.fract() == 0.0 && value.abs() < 1e15 => json!(*value as i64),
            Cell::Float(value) => json!(value),
            Cell::Text(text) => json!(text),
            Cell::Time(milliseconds) => json!(written_time(*milliseconds)),
            Cell::Json(json) => json.clone(),
            Cell::List(items) => items.iter().map(Cell::json).collect(),
        }
    }
}

impl Id {
    pub fn cell(&self) -> Cell {
        match self {
            Id::Number(number) => Cell::Int(*number),
            Id::Text(text) => Cell::Text(text.clone()),
        }
    }

    pub fn text(&self) -> String {
        match self {
            Id::Number(number) => number.to_string(),
            Id::Text(text) => text.clone(),
        }
    }
}

fn written_time(milliseconds: i64) -> String {
    const DAY: i64 = 86_400_000;
    let (mut days, rest) = (milliseconds.div_euclid(DAY), milliseconds.rem_euclid(DAY));
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut year = 1970;
    while days < 0 {
        year -= 1;
        days += if is_leap(year) { 366 } else { 365 };
    }
    while days >= if is_leap(year) { 366 } else { 365 } {
        days -= if is_leap(year) { 366 } else { 365 };
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let (seconds, milliseconds) = (rest / 1000, rest % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z", days + 1)
}
