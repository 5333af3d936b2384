//! A datamodel v1 -> the text of the datamodel 1.1 that means the same storage.
//!
//! Deployed over the v1 it changes no row and no link: what v1 had by name is written down with its directive, the hidden
//! id and times become visible, and relations say `link: TABLE`. What 1.1 does not know is left out: comments, directives
//! without a meaning, and defaults of ids.

use thiserror::Error;

use crate::compile::CompileError;
use crate::declared::{At, Content, Declared, DeclaredField, DeclaredRelation, DeclaredType, DeclaredValue, ValueKind};
use crate::fixed_names::ID;
use crate::model::{Behaviour, DefaultValue, OnDelete, ScalarType, Version};
use crate::rules::Rules;
use crate::syntax::{Directives, EnumDefinition, TypeDefinition, Value, parse};
use crate::validation::validate;

/// Why there is no newer text.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum UpgradeError {
    /// It is no datamodel.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// It is no v1.
    #[error("it is a datamodel 1.1 already")]
    IsNew,
}

/// The text of the datamodel 1.1.
pub fn upgrade(text: &str, rules: &Rules) -> Result<String, UpgradeError> {
    let document = parse(text).map_err(CompileError::from)?;
    if Version::of(&document) != Version::V1 {
        return Err(UpgradeError::IsNew);
    }
    let validated = validate(&document, Version::V1, rules).map_err(CompileError::Invalid)?;
    let declared = &validated.declared;
    let types = document.types.iter().enumerate().map(|(owner, definition)| type_text(declared, owner, definition));
    let enums = document.enums.iter().map(enum_text);
    Ok(types.chain(enums).collect::<Vec<_>>().join("\n"))
}

fn type_text(declared: &Declared, owner: usize, definition: &TypeDefinition) -> String {
    let DeclaredType { name, database_name, fields, .. } = &declared.types[owner];
    let mut head = format!("type {name}");
    head.extend(database_name.as_ref().map(|table| format!(" @db(name: {})", quoted(table))));
    head.extend(renamed(&definition.directives));
    // The id comes first, the times last.
    let (ids, times): (Vec<_>, Vec<_>) = fields.iter().filter(|field| field.is_hidden).partition(|f| f.name == ID);
    let written = definition.fields.iter().enumerate().map(|(index, field)| {
        let declared_field = &fields[index];
        let directives = match &declared_field.content {
            Content::Value(value) => value_directives(declared_field, value),
            Content::Relation(relation) => {
                relation_directive(declared, At { owner, field: index }, relation, &field.directives)
            }
        };
        let renamed = renamed(&field.directives).unwrap_or_default();
        format!("  {}: {}{directives}{renamed}\n", field.name, field.field_type.text)
    });
    let lines = ids.into_iter().map(hidden_line).chain(written).chain(times.into_iter().map(hidden_line));
    format!("{head} {{\n{}}}\n", lines.collect::<String>())
}

/// A field that v1 did not write down.
fn hidden_line(field: &DeclaredField) -> String {
    match &field.content {
        Content::Value(value) => {
            let type_name = if value.is_id() { "ID!" } else { "DateTime!" };
            format!("  {}: {type_name}{}\n", field.name, value_directives(field, value))
        }
        Content::Relation(_) => String::new(),
    }
}

fn enum_text(definition: &EnumDefinition) -> String {
    let values: String = definition.values.iter().map(|value| format!("  {value}\n")).collect();
    let renamed = renamed(&definition.directives).unwrap_or_default();
    format!("enum {}{renamed} {{\n{values}}}\n", definition.name)
}

fn value_directives(field: &DeclaredField, value: &DeclaredValue) -> String {
    let behaviour = match &value.behaviour {
        Some(Behaviour::Id { .. }) => " @id",
        Some(Behaviour::CreatedAt) => " @createdAt",
        Some(Behaviour::UpdatedAt) => " @updatedAt",
        Some(Behaviour::ScalarList) => " @scalarList(strategy: RELATION)",
        None => "",
    };
    let unique = if value.is_unique && !value.is_id() { " @unique" } else { "" };
    let default = default_text(value).map(|text| format!(" @default(value: {text})"));
    let column = field.database_name.as_ref().map(|column| format!(" @db(name: {})", quoted(column)));
    format!("{behaviour}{unique}{}{}", default.unwrap_or_default(), column.unwrap_or_default())
}

/// The literal of a default, where 1.1 takes one.
fn default_text(value: &DeclaredValue) -> Option<String> {
    if value.behaviour.is_some() || value.kind == ValueKind::Scalar(ScalarType::Id) {
        return None;
    }
    value.default.as_ref().map(literal)
}

fn literal(default: &DefaultValue) -> String {
    match default {
        DefaultValue::String(text) | DefaultValue::DateTime(text) | DefaultValue::Json(text) => quoted(text),
        DefaultValue::Int(int) => int.to_string(),
        DefaultValue::Float(float) => format!("{float:?}"),
        DefaultValue::Boolean(value) => value.to_string(),
        DefaultValue::Enum(name) => name.clone(),
        DefaultValue::List(values) => format!("[{}]", values.iter().map(literal).collect::<Vec<_>>().join(", ")),
    }
}

/// `@relation`, with the link table where 1.1 would otherwise choose a column, or ask.
fn relation_directive(declared: &Declared, at: At, relation: &DeclaredRelation, written: &Directives) -> String {
    let related = (at, declared.field(at), relation);
    let opposite = declared.opposite(related);
    let is_first = opposite.is_none_or(|(back, ..)| (at.owner, at.field) < (back.owner, back.field));
    let is_one = !related.1.is_list || opposite.is_some_and(|(_, back, _)| !back.is_list);
    let name = relation.name.as_ref().map(|name| format!("name: {}", quoted(name)));
    let old_name = written.text("relation", "oldName").map(|name| format!("oldName: {}", quoted(&name)));
    let on_delete = (relation.on_delete == OnDelete::Cascade).then(|| "onDelete: CASCADE".to_owned());
    let link = (is_first && is_one).then(|| "link: TABLE".to_owned());
    let arguments: Vec<_> = [name, old_name, on_delete, link].into_iter().flatten().collect();
    if arguments.is_empty() { String::new() } else { format!(" @relation({})", arguments.join(", ")) }
}

fn renamed(directives: &Directives) -> Option<String> {
    let old_name = directives.text("rename", "oldName")?;
    Some(format!(" @rename(oldName: {})", quoted(&old_name)))
}

fn quoted(text: &str) -> String {
    Value::String { text: text.to_owned(), block: false }.pretty()
}
