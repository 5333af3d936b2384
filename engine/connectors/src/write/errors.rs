//! What clients read when a write is refused (`prisma1-server.md` §5.1).

use super::Refused;
use connector_interface::{ConnectorError, ServiceError, Value, answer};
use datamodel::{Datamodel, Field, FieldId, FieldKind, Model, ModelId};

/// Why a plan was not carried out.
#[derive(Debug)]
pub enum Failure {
    /// A value is there already in a field of this model, of which only the database's own words are known.
    Unique {
        /// Whose rows were changed.
        model: ModelId,
        /// What the database says.
        broken: String,
    },
    /// Anything else.
    For(ConnectorError),
}

impl From<ConnectorError> for Failure {
    fn from(error: ConnectorError) -> Failure {
        Failure::For(error)
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Failure {
        Failure::For(error.into())
    }
}

/// An error of a statement that changed rows of `model`.
pub(super) fn refused(model: ModelId, refused: Refused) -> Failure {
    match refused {
        Refused::Unique(broken) => Failure::Unique { model, broken },
        Refused::NotNull => ServiceError::RequiredNull { field: String::new() }.into(),
        Refused::ForeignKey => ServiceError::ForeignKeyViolation.into(),
        Refused::For(error) => Failure::For(error),
    }
}

/// A broken unique constraint is told by the API name of its field, so the stored name is looked up in the model.
pub fn unique_violation(
    datamodel: &Datamodel,
    model: ModelId,
    is_broken: impl Fn(&Model, &Field) -> bool,
) -> Option<ConnectorError> {
    let model = datamodel.model(model);
    let field = model.fields.iter().find(|field| field.has_column() && is_broken(model, field))?;
    Some(ServiceError::UniqueViolation { model: model.name.clone(), field: field.name.clone() }.into())
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
    (datamodel.field(field).name.clone(), text_of(value))
}

/// A value as texts of the catalogue show it.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Json(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => java_double(*number),
        Value::Boolean(flag) => flag.to_string(),
        Value::DateTime(milliseconds) => date_time(*milliseconds),
        Value::Null | Value::List(_) => String::new(),
    }
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
