//! What clients read when a write is refused (`prisma1-server.md` §5.1).

use crate::sqlite::failure::failure;
use connector_interface::{ConnectorError, ServiceError, Value, answer};
use datamodel::{Datamodel, FieldId, FieldKind, ModelId};
use rusqlite::ffi;

/// An error of a statement that changed rows of `model`. A broken unique constraint is told by the API name of its
/// field, so the stored names are looked up in the model.
pub(super) fn refused(datamodel: &Datamodel, model: ModelId, error: rusqlite::Error) -> ConnectorError {
    let rusqlite::Error::SqliteFailure(code, Some(message)) = &error else { return failure(error) };
    match code.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            let model = datamodel.model(model);
            let broken = model.fields.iter().find(|field| {
                field.has_column()
                    && *message == format!("UNIQUE constraint failed: {}.{}", model.table(), field.column())
            });
            match broken {
                Some(field) => {
                    ServiceError::UniqueViolation { model: model.name.clone(), field: field.name.clone() }.into()
                }
                None => failure(error),
            }
        }
        ffi::SQLITE_CONSTRAINT_NOTNULL => ServiceError::RequiredNull { field: String::new() }.into(),
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => ServiceError::ForeignKeyViolation.into(),
        _ => failure(error),
    }
}

/// There is no node with this value in this field.
pub(super) fn not_found(datamodel: &Datamodel, field: FieldId, value: &Value) -> ConnectorError {
    let (field_name, value) = shown(datamodel, field, value);
    ServiceError::NodeNotFound { model: datamodel.model(field.model).name.clone(), field: field_name, value }.into()
}

/// The relation field of a parent does not hold that child. `parent` is an id; a child is named by field and value.
pub(super) fn not_connected(
    datamodel: &Datamodel,
    field: FieldId,
    parent: Option<&Value>,
    child: Option<(FieldId, &Value)>,
) -> ConnectorError {
    let FieldKind::Relation { relation, target, .. } = datamodel.field(field).kind else {
        return not_a_relation(datamodel, field);
    };
    ServiceError::NotConnected {
        relation: datamodel.relation(relation).name.clone(),
        parent: datamodel.model(field.model).name.clone(),
        parent_where: parent.map(|id| shown(datamodel, datamodel.id_field(field.model), id)),
        child: datamodel.model(target).name.clone(),
        child_where: child.map(|(field, value)| shown(datamodel, field, value)),
    }
    .into()
}

/// A required relation would lose its node.
pub(super) fn required_relation(datamodel: &Datamodel, field: FieldId) -> ConnectorError {
    let FieldKind::Relation { relation, .. } = datamodel.field(field).kind else {
        return not_a_relation(datamodel, field);
    };
    let relation = datamodel.relation(relation);
    ServiceError::RequiredRelationViolation {
        relation: relation.name.clone(),
        model_a: datamodel.model(relation.model_a).name.clone(),
        model_b: datamodel.model(relation.model_b).name.clone(),
    }
    .into()
}

/// A plan that treats a scalar as a relation: a fault of ours.
pub(super) fn not_a_relation(datamodel: &Datamodel, field: FieldId) -> ConnectorError {
    let (model, field) = (&datamodel.model(field.model).name, &datamodel.field(field).name);
    ConnectorError::Database(format!("the plan treats {model}.{field} as a relation"))
}

/// Field name and value as texts of the catalogue show them.
fn shown(datamodel: &Datamodel, field: FieldId, value: &Value) -> (String, String) {
    let value = match value {
        Value::Text(text) | Value::Json(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => java_double(*number),
        Value::Boolean(flag) => flag.to_string(),
        Value::DateTime(milliseconds) => date_time(*milliseconds),
        Value::Null | Value::List(_) => String::new(),
    };
    (datamodel.field(field).name.clone(), value)
}

/// A time as answers have it, without the quotes.
fn date_time(milliseconds: i64) -> String {
    let mut quoted = Vec::new();
    answer::date_time(&mut quoted, milliseconds);
    String::from_utf8_lossy(&quoted).trim_matches('"').to_owned()
}

/// A number as Java writes it: always with a fraction, and with an exponent when it is very large or very small.
fn java_double(number: f64) -> String {
    if number == 0.0 || (1e-3..1e7).contains(&number.abs()) {
        return format!("{number:?}");
    }
    let text = format!("{number:E}");
    match text.split_once('E') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0E{exponent}"),
        _ => text,
    }
}
