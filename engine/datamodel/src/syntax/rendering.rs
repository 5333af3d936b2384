//! Literals as messages show them.

use super::document::{Argument, Value};

impl Value {
    /// The literal in a spelling of its own: strings keep their quotes, objects take a line a field.
    pub(crate) fn pretty(&self) -> String {
        let mut text = String::new();
        write(self, 0, &mut text);
        text
    }
}

fn write(value: &Value, indent: usize, text: &mut String) {
    match value {
        Value::Int(number) | Value::Float(number) | Value::Enum(number) => text.push_str(number),
        Value::Boolean(value) => text.push_str(&value.to_string()),
        Value::Null => text.push_str("null"),
        Value::Variable(name) => {
            text.push('$');
            text.push_str(name);
        }
        Value::String { text: content, block: false } => write_string(content, text),
        Value::String { text: content, block: true } => write_block(content, indent, text),
        Value::List(values) => {
            text.push('[');
            for (position, value) in values.iter().enumerate() {
                text.push_str(if position == 0 { "" } else { ", " });
                write(value, indent, text);
            }
            text.push(']');
        }
        Value::Object(fields) => {
            text.push_str("{\n");
            for (position, Argument { name, value }) in fields.iter().enumerate() {
                text.push_str(if position == 0 { "" } else { "\n" });
                text.push_str(&"  ".repeat(indent + 1));
                text.push_str(name);
                text.push_str(": ");
                write(value, indent + 1, text);
            }
            text.push('\n');
            text.push_str(&"  ".repeat(indent));
            text.push('}');
        }
    }
}

fn write_string(content: &str, text: &mut String) {
    text.push('"');
    for c in content.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            ' '..='\u{7f}' => text.push(c),
            _ => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| text.push_str(&format!("\\u{unit:04X}"))),
        }
    }
    text.push('"');
}

fn write_block(content: &str, indent: usize, text: &mut String) {
    if content.trim().is_empty() {
        return text.push_str("\"\"");
    }
    let margin = "  ".repeat(indent + 1);
    text.push_str("\"\"\"\n");
    for line in content.replace("\"\"\"", "\\\"\"\"").split('\n') {
        text.push_str(&format!("{margin}{line}\n"));
    }
    text.push_str(&format!("{margin}\"\"\""));
}
