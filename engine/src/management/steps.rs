//! Migration steps as the management API shows them: one object type each, all `MigrationStep`.

use super::types::RelationManifestation;
use async_graphql::{Interface, SimpleObject};
use migrate::Step;

/// A migration step.
#[derive(Interface, Clone)]
#[graphql(field(name = "type", method = "kind", ty = "String"))]
#[allow(missing_docs, reason = "one variant a step; the fields are those of the specification")]
pub enum MigrationStep {
    CreateEnum(CreateEnum),
    CreateField(CreateField),
    CreateModel(CreateModel),
    CreateRelation(CreateRelation),
    DeleteEnum(DeleteEnum),
    DeleteField(DeleteField),
    DeleteModel(DeleteModel),
    DeleteRelation(DeleteRelation),
    UpdateEnum(UpdateEnum),
    UpdateField(UpdateField),
    UpdateModel(UpdateModel),
    UpdateRelation(UpdateRelation),
    UpdateSecrets(UpdateSecrets),
}

/// Declares the object of one step: `type`, which is its own name, and its fields.
macro_rules! step_object {
    ($name:ident { $($field:ident: $ty:ty),* }) => {
        #[derive(SimpleObject, Clone)]
        #[graphql(complex)]
        #[doc = concat!("`", stringify!($name), "`.")]
        #[allow(missing_docs, reason = "the fields are those of the specification")]
        pub struct $name { $(pub $field: $ty),* }

        #[async_graphql::ComplexObject]
        impl $name {
            #[graphql(name = "type")]
            async fn kind(&self) -> String {
                stringify!($name).to_owned()
            }
        }
    };
}

step_object!(CreateModel { name: String });
step_object!(DeleteModel { name: String });
step_object!(DeleteEnum { name: String });
step_object!(DeleteRelation { name: String });
step_object!(UpdateModel { name: String, new_name: String, is_embedded: Option<bool> });
step_object!(CreateEnum { name: String, values: Vec<String> });
step_object!(UpdateEnum { name: String, new_name: Option<String>, values: Option<Vec<String>> });
step_object!(CreateField {
    model: String, name: String, type_name: String, is_required: bool, is_list: bool, unique: bool,
    r#enum: Option<String>, default: Option<String>, relation: Option<String>
});
step_object!(DeleteField { model: String, name: String });
step_object!(UpdateField {
    model: String, name: String, new_name: Option<String>, type_name: Option<String>, is_required: Option<bool>,
    is_list: Option<bool>, unique: Option<bool>, r#enum: Option<String>, default: Option<String>, relation: Option<String>
});
step_object!(CreateRelation { name: String, left_model: String, right_model: String, after: RelationManifestation });
step_object!(UpdateRelation {
    name: String, new_name: Option<String>, before: RelationManifestation, after: RelationManifestation
});
step_object!(UpdateSecrets { message: String });

impl From<Step> for MigrationStep {
    fn from(step: Step) -> MigrationStep {
        match step {
            Step::CreateModel { name } => CreateModel { name }.into(),
            Step::DeleteModel { name } => DeleteModel { name }.into(),
            Step::UpdateModel { name, new_name } => UpdateModel { name, new_name, is_embedded: None }.into(),
            Step::CreateField {
                model,
                name,
                type_name,
                is_required,
                is_list,
                unique,
                enum_name,
                default,
                relation,
            } => {
                let default = Some(default);
                CreateField {
                    model,
                    name,
                    type_name,
                    is_required,
                    is_list,
                    unique,
                    r#enum: enum_name,
                    default,
                    relation,
                }
                .into()
            }
            Step::DeleteField { model, name } => DeleteField { model, name }.into(),
            Step::UpdateField {
                model,
                new_model: _,
                name,
                new_name,
                type_name,
                is_required,
                is_list,
                unique,
                enum_name,
                default,
                relation,
            } => UpdateField {
                model,
                name,
                new_name,
                type_name,
                is_required,
                is_list,
                unique,
                r#enum: enum_name,
                default,
                relation,
            }
            .into(),
            Step::CreateEnum { name, values } => CreateEnum { name, values }.into(),
            Step::DeleteEnum { name } => DeleteEnum { name }.into(),
            Step::UpdateEnum { name, new_name, values } => UpdateEnum { name, new_name, values }.into(),
            Step::CreateRelation { name, left_model, right_model, after } => {
                CreateRelation { name, left_model, right_model, after: after.into() }.into()
            }
            Step::DeleteRelation { name } => DeleteRelation { name }.into(),
            Step::UpdateRelation { name, new_name, before, after } => {
                UpdateRelation { name, new_name, before: before.into(), after: after.into() }.into()
            }
            Step::UpdateSecrets {} => UpdateSecrets { message: Step::SECRETS_MESSAGE.to_owned() }.into(),
        }
    }
}
