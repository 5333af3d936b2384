//! Prints steps, questions, notices and changes, one a line.

use connector_interface::{ColumnSpec, ColumnType, DataCheck, LinkColumn, SchemaChange};
use datamodel::Sequence;
use migrate::{Notice, Step};

/// The step's type and its other stored keys.
pub fn print_step(step: &Step) -> String {
    let mut stored = serde_json::to_value(step).unwrap();
    let kind = stored.as_object_mut().unwrap().shift_remove("discriminator").unwrap();
    assert_eq!(kind, step.type_name());
    format!("{} {stored}", step.type_name())
}

/// Warnings or errors.
pub fn print_notices((warnings, errors): &(Vec<Notice>, Vec<Notice>)) -> String {
    let print = |kind: &'static str, notices: &[Notice]| {
        let line = |notice: &Notice| {
            let field = notice.field.as_ref().map_or(String::new(), |field| format!(".{field}"));
            format!("  {kind} {}{field}: {}\n", notice.type_name, notice.description)
        };
        notices.iter().map(line).collect::<String>()
    };
    print("W", warnings) + &print("E", errors)
}

/// A question about the data.
pub fn print_question(question: &DataCheck) -> String {
    match question {
        DataCheck::AnyRow { table } => format!("any row of {table}?"),
        DataCheck::SeveralRows { table } => format!("several rows of {table}?"),
        DataCheck::AnyNull { table, column } => format!("any null in {table}.{column}?"),
        DataCheck::AnyValue { table, column } => format!("any value in {table}.{column}?"),
        DataCheck::AnyDuplicate { table, column } => format!("any duplicate in {table}.{column}?"),
        DataCheck::AnyUnlinked { id, table, link_table, link_column } => {
            format!("any {table}.{} not in {link_table}.{link_column}?", id.name)
        }
        DataCheck::ValueUsed { table, column, value } => format!("{value} in {table}.{column}?"),
    }
}

/// A change of the tables.
pub fn print_change(change: &SchemaChange) -> String {
    match change {
        SchemaChange::CreateTable { table, id, sequence } => {
            format!("create table {table} ({}){}", print_column(id), print_sequence(sequence))
        }
        SchemaChange::DropTable { table } => format!("drop table {table}"),
        SchemaChange::RenameTable { from, to } => format!("rename table {from} to {to}"),
        SchemaChange::AddColumn { table, column, fill } => {
            format!("add column {table}.{}{}", print_column(column), print_fill(fill))
        }
        SchemaChange::DropColumn { table, column } => format!("drop column {table}.{column}"),
        SchemaChange::AlterColumn { table, from, to, fill } => {
            format!("alter column {table}.{} to {}{}", print_column(from), print_column(to), print_fill(fill))
        }
        SchemaChange::ReplaceId { table, from, to, sequence } => {
            let (from, to) = (print_column(from), print_column(to));
            format!("replace id {table}.{from} by {to}{}", print_sequence(sequence))
        }
        SchemaChange::ChangeSequence { table, id, from, to } => {
            format!("change sequence of {table}.{} from{} to{}", id.name, print_sequence(from), print_sequence(to))
        }
        SchemaChange::CreateListTable { table, model_table, model_id, value } => {
            let id = print_column(model_id);
            format!("create list table {table} of {} for {model_table}.{id}", print_type(*value))
        }
        SchemaChange::CreateLinkTable { table, a, b, id_column } => {
            let id = id_column.as_ref().map_or(String::new(), |id| format!("{id}, "));
            format!("create link table {table} ({id}{}, {})", print_link(a), print_link(b))
        }
        SchemaChange::DropLinkId { table, column } => format!("drop link id {table}.{column}"),
        SchemaChange::RenameLinkColumns { table, renames } => {
            let renames: Vec<_> = renames.iter().map(|(from, to)| format!("{from} to {to}")).collect();
            format!("rename link columns {table}: {}", renames.join(", "))
        }
        SchemaChange::AddRelationColumn { table, column } => {
            format!("add relation column {table}.{}", print_link(column))
        }
        SchemaChange::DropRelationColumn { table, column } => format!("drop relation column {table}.{column}"),
        SchemaChange::RenameRelationColumn { table, from, to } => {
            format!("rename relation column {table}.{from} to {to}")
        }
    }
}

fn print_column(column: &ColumnSpec) -> String {
    let required = if column.required { "!" } else { "" };
    let unique = if column.unique { " unique" } else { "" };
    format!("{}: {}{required}{unique}", column.name, print_type(column.column_type))
}

fn print_type(column_type: ColumnType) -> &'static str {
    match column_type {
        ColumnType::Scalar(scalar) => scalar.name(),
        ColumnType::Enum => "Enum",
    }
}

fn print_fill(fill: &Option<connector_interface::Value>) -> String {
    fill.as_ref().map_or(String::new(), |value| format!(" fill {value:?}"))
}

fn print_sequence(sequence: &Option<Sequence>) -> String {
    sequence.as_ref().map_or(String::new(), |s| format!(" sequence {} from {}", s.name, s.initial_value))
}

fn print_link(link: &LinkColumn) -> String {
    format!("{} -> {}.{}: {}", link.name, link.table, link.id.name, print_type(link.id.column_type))
}
