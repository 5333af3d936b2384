//! `executeRaw`: a stranger's statement (`prisma1-server.md` §5.10), on the whole database, as the original had it: it is
//! switched on by whoever runs an engine of one tenant.

use super::failure::{failure, is_lost};
use connector_interface::{ConnectorError, ServiceError, answer::AnswerLimits};
use futures::TryStreamExt as _;
use serde_json::{Map, Number, Value as Json};
use std::pin::pin;
use tokio_postgres::{
    Client, SimpleQueryMessage,
    types::{Kind, Type},
};

/// Runs a statement: JSON of its rows, or of the number of changed rows. Rows beyond the limits are not waited for.
pub async fn execute(client: &Client, statement: &str, limits: AnswerLimits) -> Result<String, ConnectorError> {
    // Preparing refuses more than one statement and tells the types; the values are then taken as texts.
    let prepared = client.prepare(statement).await.map_err(refused)?;
    if prepared.columns().is_empty() {
        return Ok(client.execute(&prepared, &[]).await.map_err(refused)?.to_string());
    }
    let mut messages = pin!(client.simple_query_raw(statement).await.map_err(refused)?);
    let (mut rows, mut bytes) = (Vec::new(), 0);
    while let Some(message) = messages.try_next().await.map_err(refused)? {
        let SimpleQueryMessage::Row(row) = message else { continue };
        bytes += (0..row.len()).filter_map(|index| row.get(index)).map(str::len).sum::<usize>();
        if rows.len() == limits.rows_max || bytes > limits.bytes_max {
            let AnswerLimits { rows_max, bytes_max } = limits;
            let message = format!("The answer has more than {rows_max} rows or {bytes_max} bytes, which is the limit.");
            return Err(ServiceError::TooMuch { message }.into());
        }
        let cells = prepared.columns().iter().enumerate().map(|(index, column)| {
            (column.name().to_owned(), row.get(index).map_or(Json::Null, |text| value(text, column.type_())))
        });
        rows.push(Json::Object(cells.collect::<Map<_, _>>()));
    }
    Ok(Json::Array(rows).to_string())
}

/// A value in the database's text form as JSON.
fn value(text: &str, of: &Type) -> Json {
    if let Kind::Array(item) = of.kind() {
        return array(text, item);
    }
    match *of {
        Type::BOOL => Json::Bool(text == "t"),
        Type::INT2 | Type::INT4 | Type::INT8 | Type::OID | Type::FLOAT4 | Type::FLOAT8 | Type::NUMERIC => {
            number(text).map_or_else(|| Json::String(text.to_owned()), Json::Number)
        }
        // As Java shows times: with a fraction, however small.
        Type::TIMESTAMP if !text.contains('.') => Json::String(format!("{text}.0")),
        _ => Json::String(text.to_owned()),
    }
}

fn number(text: &str) -> Option<Number> {
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
        _ => text,
    };
    whole.parse::<i64>().ok().map(Number::from).or_else(|| Number::from_f64(text.parse().ok()?))
}

/// `{1,NULL,"a\"b"}`, with lists inside where it has several dimensions.
fn array(text: &str, item: &Type) -> Json {
    let mut open: Vec<Vec<Json>> = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '{' => open.push(Vec::new()),
            '}' => {
                let Some(done) = open.pop() else { break };
                match open.last_mut() {
                    Some(outer) => outer.push(Json::Array(done)),
                    None => return Json::Array(done),
                }
            }
            ',' => {}
            '"' => {
                let mut quoted = String::new();
                while let Some(character) = characters.next() {
                    match character {
                        '"' => break,
                        '\\' => quoted.extend(characters.next()),
                        other => quoted.push(other),
                    }
                }
                if let Some(list) = open.last_mut() {
                    list.push(value(&quoted, item));
                }
            }
            first => {
                let mut plain = String::from(first);
                while let Some(next) = characters.next_if(|next| !matches!(next, ',' | '}')) {
                    plain.push(next);
                }
                let item = if plain == "NULL" { Json::Null } else { value(&plain, item) };
                if let Some(list) = open.last_mut() {
                    list.push(item);
                }
            }
        }
    }
    Json::String(text.to_owned())
}

/// The database's own words; the code is that of the original's driver, which has none.
fn refused(error: tokio_postgres::Error) -> ConnectorError {
    match error.as_db_error() {
        Some(database) if !is_lost(&error) => {
            let at = match database.position() {
                Some(tokio_postgres::error::ErrorPosition::Original(at)) => format!("\n  Position: {at}"),
                _ => String::new(),
            };
            let detail = database.detail().map(|detail| format!("\n  Detail: {detail}")).unwrap_or_default();
            let message = format!("{}: {}{detail}{at}", database.severity(), database.message());
            ServiceError::Raw { message, code: 0 }.into()
        }
        _ => failure(error),
    }
}
