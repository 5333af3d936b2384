//! Names that no table, column or API can have. These checks are our own; the original finds out later.

use super::context::Context;
use crate::rules::Diagnostic;
use crate::syntax::{Directives, Value};

/// What the smallest of the databases can hold as a name.
const NAME_BYTES_MAX: usize = 63;

/// Prefix of the fields that the inference adds.
pub(crate) const HIDDEN_FIELD: &str = "_MagicalBackRelation_";

/// Scalars of the API that no type and no enum may replace.
const SCALARS: [&str; 9] = ["String", "Int", "Float", "Boolean", "ID", "UUID", "DateTime", "Json", "Long"];

/// Columns that Postgres gives to every table.
const SYSTEM_COLUMNS: [&str; 6] = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

pub(super) fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    let (table_directive, column_directive) = context.database_directives();
    for definition in &context.document.types {
        let name = &definition.name;
        let mut found: Vec<_> = too_long("type", name).into_iter().collect();
        found.extend(database_names(&definition.directives, table_directive));
        found.extend(of_the_api("type", name));
        if context.enum_named(name).is_some() {
            found.push(format!("The name `{name}` is used by a type and by an enum. Please rename one of them."));
        }
        let table = definition.directives.text(table_directive, "name");
        let table = table.as_ref().unwrap_or(name).to_ascii_lowercase();
        // What belongs to a table (lists, indexes) is called after it: of one called `sqlite`, `sqlite_…`.
        if table == "sqlite" || table.starts_with("sqlite_") {
            found.push("The names of tables must not be `sqlite` or start with `sqlite_`.".to_owned());
        }
        errors.extend(found.into_iter().map(|description| Diagnostic::on_type(name, description)));

        for field in &definition.fields {
            let field_name = &field.name;
            let mut found: Vec<_> = too_long("field", field_name).into_iter().collect();
            found.extend(database_names(&field.directives, column_directive));
            if field_name.starts_with(HIDDEN_FIELD) || field_name.starts_with("__") {
                found.push(format!("The field name `{field_name}` is reserved. Please rename it."));
            }
            let column = field.directives.text(column_directive, "name");
            let column = column.as_ref().unwrap_or(field_name);
            if SYSTEM_COLUMNS.contains(&column.to_ascii_lowercase().as_str()) {
                let hint = format!("Please choose another one with `@{column_directive}(name: \"…\")`.");
                found.push(format!("The database reserves the column name `{column}`. {hint}"));
            }
            errors.extend(found.into_iter().map(|text| Diagnostic::on_field(name, field_name, text)));
        }
    }
    for definition in &context.document.enums {
        let name = &definition.name;
        let found = too_long("enum", name).into_iter().chain(of_the_api("enum", name));
        errors.extend(found.map(|description| Diagnostic::on_type(name, description)));
    }
    errors
}

/// `@db(name:)`, or what it is called, and `@sequence(name:)`.
fn database_names(directives: &Directives, database: &str) -> Vec<String> {
    let mut errors = Vec::new();
    for (directive, what) in [(database, "database"), ("sequence", "sequence")] {
        let Some(given) = directives.get(directive) else { continue };
        match given.argument("name") {
            Some(Value::List(_) | Value::Object(_) | Value::Null | Value::Variable(_)) => {
                errors.push("This argument must be a String.".to_owned());
            }
            Some(value) => {
                let name = value.text().unwrap_or_default();
                if name.is_empty() || name.contains('\0') {
                    errors.push(format!("The {what} name must not be empty or contain a NUL character."));
                }
                errors.extend(too_long(&format!("{what} name"), &name));
            }
            None => {}
        }
    }
    errors
}

pub(super) fn too_long(what: &str, name: &str) -> Option<String> {
    (name.len() > NAME_BYTES_MAX).then(|| {
        format!("The {what} `{name}` has {} bytes. Names must not have more than {NAME_BYTES_MAX} bytes.", name.len())
    })
}

fn of_the_api(what: &str, name: &str) -> Option<String> {
    (SCALARS.contains(&name) || name.starts_with("__"))
        .then(|| format!("The {what} name `{name}` is reserved. Please rename it."))
}
