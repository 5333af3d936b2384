//! Migration steps: what the management API shows of them, and the form in which a migration row keeps them.
//!
//! The stored form is Prisma 1's (`discriminator` and the step's own names) with the shown attributes beside it, so
//! that a list of migrations can be shown without reading the datamodels before and after each of them.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use thiserror::Error;

/// One migration step. `Option`s of the `Update…` steps are `None` unless the attribute changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "discriminator", rename_all_fields = "camelCase")]
pub enum Step {
    /// A new model; its fields follow as `CreateField`.
    CreateModel {
        /// The model.
        name: String,
    },
    /// A model goes, with its fields.
    DeleteModel {
        /// The model.
        name: String,
    },
    /// Anything about a model or its fields differs.
    UpdateModel {
        /// Name so far.
        name: String,
        /// Name from now on, often the same.
        new_name: String,
    },
    /// A new field.
    CreateField {
        /// Its model, by the new name.
        model: String,
        /// The field.
        name: String,
        /// Scalar type, `Enum`, or the related model.
        type_name: String,
        /// Declared with `!`.
        is_required: bool,
        /// Declared as a list.
        is_list: bool,
        /// Ids are.
        unique: bool,
        /// The enum.
        #[serde(rename = "enum", default, skip_serializing_if = "Option::is_none")]
        enum_name: Option<String>,
        /// `None`, or `Some(StringGCValue(x))`: how Scala prints the optional default.
        default: String,
        /// The relation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        relation: Option<String>,
    },
    /// A field goes.
    DeleteField {
        /// Its model, by the old name.
        model: String,
        /// The field.
        name: String,
    },
    /// Name, type, uniqueness, nullability, list-ness, database name or behaviour of a field differ.
    UpdateField {
        /// Its model, by the old name.
        model: String,
        /// Its model, by the new name. Stored, not shown.
        new_model: String,
        /// Name so far.
        name: String,
        /// New name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        new_name: Option<String>,
        /// New type.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        type_name: Option<String>,
        /// Whether it is required now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        is_required: Option<bool>,
        /// Whether it is a list now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        is_list: Option<bool>,
        /// Whether it is unique now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unique: Option<bool>,
        /// The new enum; `None` also when there is none any more.
        #[serde(rename = "enum", default, skip_serializing_if = "Option::is_none")]
        enum_name: Option<String>,
        /// `StringGCValue(x)`: the new default; `None` also when there is none any more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default: Option<String>,
        /// The new relation; `None` also when there is none any more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        relation: Option<String>,
    },
    /// A new enum.
    CreateEnum {
        /// The enum.
        name: String,
        /// Its values.
        values: Vec<String>,
    },
    /// An enum goes.
    DeleteEnum {
        /// The enum.
        name: String,
    },
    /// Name or values of an enum differ.
    UpdateEnum {
        /// Name so far.
        name: String,
        /// New name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        new_name: Option<String>,
        /// New values.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        values: Option<Vec<String>>,
    },
    /// A new relation.
    CreateRelation {
        /// The relation.
        name: String,
        /// Model on side A.
        left_model: String,
        /// Model on side B.
        right_model: String,
        /// Where its links are kept.
        after: Manifestation,
    },
    /// A relation goes.
    DeleteRelation {
        /// The relation.
        name: String,
    },
    /// Name, names of the models, or storage of a relation differ.
    UpdateRelation {
        /// Name so far.
        name: String,
        /// New name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        new_name: Option<String>,
        /// Where its links are kept so far.
        before: Manifestation,
        /// Where its links are kept from now on.
        after: Manifestation,
    },
    /// The service's secrets differ. They have their own sealed place and do not stand here.
    UpdateSecrets {},
}

/// Where the links of a relation are kept, as the management API shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub enum Manifestation {
    /// A table of its own.
    LinkTable {
        /// The table.
        table: String,
        /// Column with the ids of model A.
        model_a_column: String,
        /// Column with the ids of model B.
        model_b_column: String,
        /// Id column of the link table.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id_column: Option<String>,
    },
    /// A column in the table of a model.
    Inline {
        /// The model.
        model: String,
        /// The column.
        column: String,
    },
}

/// The steps of a stored migration cannot be read.
#[derive(Debug, Error)]
#[error("the stored migration steps cannot be read: {0}")]
pub struct StoredStepError(#[from] serde_json::Error);

impl Step {
    /// Text of `UpdateSecrets.message`.
    pub const SECRETS_MESSAGE: &str = "Secrets have been updated.";

    /// Name of the step's GraphQL type, which is also its `type` and the `discriminator` of the stored form.
    pub fn type_name(&self) -> &'static str {
        match self {
            Step::CreateModel { .. } => "CreateModel",
            Step::DeleteModel { .. } => "DeleteModel",
            Step::UpdateModel { .. } => "UpdateModel",
            Step::CreateField { .. } => "CreateField",
            Step::DeleteField { .. } => "DeleteField",
            Step::UpdateField { .. } => "UpdateField",
            Step::CreateEnum { .. } => "CreateEnum",
            Step::DeleteEnum { .. } => "DeleteEnum",
            Step::UpdateEnum { .. } => "UpdateEnum",
            Step::CreateRelation { .. } => "CreateRelation",
            Step::DeleteRelation { .. } => "DeleteRelation",
            Step::UpdateRelation { .. } => "UpdateRelation",
            Step::UpdateSecrets {} => "UpdateSecrets",
        }
    }
}

impl Manifestation {
    /// Name of the manifestation's GraphQL type, which is also its `type`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Manifestation::LinkTable { .. } => "LinkTable",
            Manifestation::Inline { .. } => "Inline",
        }
    }
}

/// The form in which a migration row keeps its steps.
pub fn steps_to_json(steps: &[Step]) -> Json {
    serde_json::to_value(steps).expect("steps are strings, booleans and lists of them, which always have a JSON form")
}

/// Reads what [`steps_to_json`] wrote.
pub fn steps_from_json(stored: &Json) -> Result<Vec<Step>, StoredStepError> {
    Ok(Vec::<Step>::deserialize(stored)?)
}
