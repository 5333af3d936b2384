//! What becomes of datamodels, as text.

use datamodel::{
    Behaviour, CompileError, Compiled, Datamodel, DefaultValue, Diagnostic, Field, FieldKind, OnDelete,
    RelationStorage, Rules, compile,
};

/// Compiles one text over the other and tells the outcome of the last one. Ids count from c1.
pub fn of(texts: &[&str]) -> String {
    let mut count = 0;
    let mut new_id = || {
        count += 1;
        format!("c{count}")
    };
    let mut previous: Option<Datamodel> = None;
    for (position, text) in texts.iter().enumerate() {
        let outcome = compile(text, previous.as_ref(), &Rules::default(), &mut new_id);
        if position + 1 == texts.len() {
            return describe(&outcome);
        }
        previous = Some(outcome.expect("earlier datamodels of a case compile").datamodel);
    }
    String::new()
}

fn describe(outcome: &Result<Compiled, CompileError>) -> String {
    match outcome {
        Err(CompileError::Syntax(error)) => format!("syntax error at {}:{}: {error}\n", error.line, error.column),
        Err(CompileError::Invalid(errors)) => errors.iter().map(|error| diagnostic("error", error)).collect(),
        Err(CompileError::RelationNames(error)) => format!("{error}\n"),
        Ok(compiled) => {
            let warnings: String = compiled.warnings.iter().map(|warning| diagnostic("warning", warning)).collect();
            warnings + &model(&compiled.datamodel)
        }
    }
}

fn diagnostic(kind: &str, Diagnostic { type_name, field, description }: &Diagnostic) -> String {
    let field = field.as_ref().map(|field| format!(".{field}")).unwrap_or_default();
    format!("{kind} {type_name}{field}: {description}\n")
}

fn model(datamodel: &Datamodel) -> String {
    let mut text = String::new();
    for (id, model) in datamodel.models() {
        let table = model.database_name.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
        text.push_str(&format!("{} {}{table}\n", model.name, model.stable_identifier));
        for (_, field) in datamodel.fields(id) {
            text.push_str(&format!("  {}\n", describe_field(datamodel, field)));
        }
    }
    for relation in &datamodel.relations {
        let end = |id, on_delete| {
            let cascade = if on_delete == OnDelete::Cascade { " cascades" } else { "" };
            format!("{}{cascade}", datamodel.model(id).name)
        };
        let (a, b) = (end(relation.model_a, relation.on_delete_a), end(relation.model_b, relation.on_delete_b));
        let storage = match &relation.storage {
            RelationStorage::Inline { side, column } => format!("column {column} of {side}"),
            RelationStorage::Table { table, column_a, column_b, id_column } => {
                let id = id_column.as_ref().map(|id| format!(" with {id}")).unwrap_or_default();
                format!("table {table}({column_a}, {column_b}){id}")
            }
        };
        text.push_str(&format!("relation {}: A {a}, B {b}, {storage}\n", relation.name));
    }
    for enum_type in &datamodel.enums {
        text.push_str(&format!("enum {}: {}\n", enum_type.name, enum_type.values.join(" ")));
    }
    text
}

fn describe_field(datamodel: &Datamodel, field: &Field) -> String {
    let kind = match field.kind {
        FieldKind::Scalar(scalar) => scalar.name().to_owned(),
        FieldKind::Enum(id) => datamodel.enum_type(id).name.clone(),
        FieldKind::Relation { target, .. } => datamodel.model(target).name.clone(),
    };
    let kind = if field.is_list { format!("[{kind}]") } else { kind };
    let required = if field.is_required { "!" } else { "" };
    let mut parts = vec![format!("{}: {kind}{required}", field.name)];
    if let FieldKind::Relation { relation, side, .. } = field.kind {
        parts.push(format!("{side} of {}", datamodel.relation(relation).name));
    }
    parts.extend(field.database_name.as_ref().map(|name| format!("in {name}")));
    parts.extend(field.is_unique.then(|| "unique".to_owned()));
    parts.extend(field.is_hidden.then(|| "hidden".to_owned()));
    parts.extend(field.default.as_ref().map(|default| format!("default {}", describe_default(default))));
    parts.extend(field.behaviour.as_ref().map(|behaviour| match behaviour {
        Behaviour::Id { strategy, sequence: None } => format!("id {strategy:?}"),
        Behaviour::Id { strategy, sequence: Some(sequence) } => {
            let (name, first, size) = (&sequence.name, sequence.initial_value, sequence.allocation_size);
            format!("id {strategy:?} from {name} {first} {size}")
        }
        other => format!("{other:?}"),
    }));
    parts.join(", ")
}

fn describe_default(default: &DefaultValue) -> String {
    match default {
        DefaultValue::String(text) => format!("{text:?}"),
        other => format!("{other:?}"),
    }
}
