//! Answers as lines: the data as JSON, then each error as `! code path place: message`.

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

/// Longest JSON on one line.
const LINE_CHARACTERS_MAX: usize = 150;

/// The body of a GraphQL answer; `data` byte for byte.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body<'a> {
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(default)]
    errors: Vec<Value>,
}

/// The answer of a GraphQL API, or any other text.
pub fn answer(status: u16, answer: &str) -> Vec<String> {
    let mut lines = Vec::new();
    if status != 200 {
        lines.push(format!("status {status}"));
    }
    if let Ok(answers) = serde_json::from_str::<Vec<&RawValue>>(answer) {
        if answers.is_empty() {
            lines.push("[]".to_owned());
        }
        for answer in answers {
            lines.push("-".to_owned());
            lines.extend(self::answer(200, answer.get()));
        }
    } else if let Ok(body) = serde_json::from_str::<Body<'_>>(answer) {
        lines.extend(body.data.into_iter().flat_map(json));
        // `null` is data as well, unlike no data at all.
        if body.data.is_none() && answer.starts_with("{\"data\":") {
            lines.push("null".to_owned());
        }
        lines.extend(errors(&body.errors));
    } else {
        lines.push(answer.to_owned());
    }
    lines
}

fn errors(errors: &[Value]) -> Vec<String> {
    let words = |list: &Value, word: fn(&Value) -> String| {
        list.as_array().map(|list| list.iter().map(word).collect::<Vec<_>>()).unwrap_or_default()
    };
    errors
        .iter()
        .map(|error| {
            let code = error.get("code").map_or("-".to_owned(), Value::to_string);
            let path = words(&error["path"], |part| part.to_string().trim_matches('"').to_owned()).join(".");
            let places = words(&error["locations"], |place| format!("{}:{}", place["line"], place["column"])).join(" ");
            let message = error["message"].as_str().unwrap_or_default().replace('\n', "\\n");
            let place = [path, places].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ");
            format!("! {code} {place}: {message}").replace(" : ", ": ")
        })
        .collect()
}

/// What a deploy says.
pub fn deploy(answer: &Value) -> Vec<String> {
    let payload = &answer["data"]["deploy"];
    let Some(payload) = payload.as_object() else { return self::answer(200, &answer.to_string()) };
    let list = |name: &str| payload.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let finding = |kind: &str, finding: &Value| {
        let field = finding["field"].as_str().map(|field| format!(".{field}")).unwrap_or_default();
        let text = finding["description"].as_str().unwrap_or_default().replace('\n', "\\n");
        format!("{kind} {}{field}: {text}", finding["type"].as_str().unwrap_or_default())
    };
    let mut lines: Vec<String> = list("errors").iter().map(|error| finding("error", error)).collect();
    lines.extend(list("warnings").iter().map(|warning| finding("warning", warning)));
    lines.extend(list("steps").iter().map(step));
    let migration = &payload["migration"];
    lines.push(match migration["revision"].as_i64() {
        None => "no migration".to_owned(),
        Some(revision) => {
            let errors = migration["errors"].as_array().map(Vec::len).unwrap_or_default();
            let failed = if errors > 0 { format!(", {}", migration["errors"]) } else { String::new() };
            let status = migration["status"].as_str().unwrap_or_default();
            format!("migration {revision} {status}, {} applied{failed}", migration["applied"])
        }
    });
    lines
}

/// A step in one line: its type, then what it says besides nulls.
fn step(step: &Value) -> String {
    let Some(step) = step.as_object() else { return String::new() };
    let mut line = step["type"].as_str().unwrap_or_default().to_owned();
    for (name, value) in step.iter().filter(|(name, value)| *name != "type" && !value.is_null()) {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Object(storage) => {
                let texts = storage.values().filter_map(Value::as_str);
                format!("({})", texts.collect::<Vec<_>>().join(" "))
            }
            Value::Bool(true) => {
                line.push_str(&format!(" {name}"));
                continue;
            }
            Value::Bool(false) if name.starts_with("is") || name == "unique" => continue,
            other => other.to_string(),
        };
        match name.as_str() {
            "model" | "name" => line.push_str(&format!(" {value}")),
            _ => line.push_str(&format!(" {name}={value}")),
        }
    }
    line
}

/// JSON as it is on one line if it is short; else one line an item of the outermost lists and objects.
fn json(value: &RawValue) -> Vec<String> {
    let text = value.get();
    if text.chars().count() <= LINE_CHARACTERS_MAX {
        return vec![text.to_owned()];
    }
    let inside = |items: Vec<(String, &RawValue)>, open: &str, close: &str| {
        let last = items.len().saturating_sub(1);
        let mut lines = vec![open.to_owned()];
        for (index, (key, item)) in items.into_iter().enumerate() {
            let mut item = json(item);
            if let Some(first) = item.first_mut() {
                *first = key + first;
            }
            if let Some(end) = item.last_mut().filter(|_| index < last) {
                end.push(',');
            }
            lines.extend(item.into_iter().map(|line| format!("  {line}")));
        }
        lines.push(close.to_owned());
        lines
    };
    if let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(text) {
        return inside(items.into_iter().map(|item| (String::new(), item)).collect(), "[", "]");
    }
    match serde_json::from_str::<Fields<'_>>(text) {
        Ok(fields) => inside(fields.0.into_iter().map(|(key, item)| (format!("\"{key}\":"), item)).collect(), "{", "}"),
        Err(_) => vec![text.to_owned()],
    }
}

/// The fields of an object in their order.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}
