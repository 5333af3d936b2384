//! What clients read, to the letter.

pub(super) const DATA_LOSS_MODEL: &str = "You already have nodes for this model. This change will result in data loss.";

pub(super) const DATA_LOSS_RELATION: &str =
    "You already have nodes for this relation. This change will result in data loss.";

pub(super) const DATA_LOSS_FIELD: &str = "You already have nodes for this model. This change may result in data loss.";

pub(super) const REQUIRED_RELATION: &str =
    "You are creating a required relation, but there are already nodes that would violate that constraint.";

pub(super) const SINGULAR_BACK_RELATION: &str = "You are adding a singular backrelation field to a type but there are \
     already pairs in the relation that would violate that constraint.";

pub(super) const LINK_TABLE_ID: &str = "Adding an id field to an existing link table is forbidden.";

pub(super) fn prefill_new_field(value: &str) -> String {
    format!(
        "You are creating a required field but there are already nodes present that would violate that constraint.The \
         fields will be pre-filled with the value `{value}`."
    )
}

pub(super) fn prefill_existing_field(value: &str) -> String {
    format!("You are changing the type of a required field. The fields will be pre-filled with the value: `{value}`.")
}

pub(super) fn new_required_unique(field: &str, model: &str) -> String {
    format!(
        "You are creating a new required unique field `{field}`. There are already nodes for the model `{model}` that \
         would violate that constraint."
    )
}

pub(super) fn becomes_required_and_unique(field: &str, model: &str) -> String {
    becomes(field, "required and unique", model)
}

pub(super) fn becomes_required(field: &str, model: &str) -> String {
    becomes(field, "required", model)
}

pub(super) fn becomes_unique(field: &str, model: &str) -> String {
    becomes(field, "unique", model)
}

fn becomes(field: &str, what: &str, model: &str) -> String {
    format!(
        "You are updating the field `{field}` to be {what}. But there are already nodes for the model `{model}` that \
         would violate that constraint."
    )
}

pub(super) fn id_type(field: &str, model: &str) -> String {
    format!(
        "You are changing the type of the id field `{field}`. But there are already nodes for this model. {}",
        remove_all_nodes(model)
    )
}

/// Ours: the original lets another field become the id and then finds no related node any more.
pub(super) fn other_id_field(was: &str, is: &str, model: &str) -> String {
    format!(
        "You are changing the id field from `{was}` to `{is}`. But there are already nodes for this model. {}",
        remove_all_nodes(model)
    )
}

fn remove_all_nodes(model: &str) -> String {
    format!(
        "This would require to regenerate IDs for all nodes which is not possible. You have to remove all nodes for \
         this type by either running `prisma reset` or through a `deleteMany{model}s` mutation."
    )
}

pub(super) fn enum_value_used(value: &str, enum_name: &str) -> String {
    format!("You are deleting the value '{value}' of the enum '{enum_name}', but that value is in use.")
}

pub(super) fn missing_timestamp_directive(field: &str, what_happened: &str) -> String {
    format!(
        "You are adding the field `{field}` but is missing the directive `@{field}`. Please specify the field as \
         `{field}: DateTime! @{field}` if you want to track the times for when a record was {what_happened}. Or deploy \
         with `--force` to ignore this."
    )
}

pub(super) const LEAVES_V1: &str = "You are migrating from the old datamodel syntax to the new one. Make sure that you understand the listed changes \
     because the semantics are different now. Then perform the deployment with the `--force` flag.";

pub(super) fn keeps_time_without_directive(field: &str) -> String {
    format!(
        "You are migrating to the new datamodel with the field `{field}` but is missing the directive `@{field}`. Please \
         specify the field as `{field}: DateTime! @{field}` to keep its original behaviour."
    )
}

pub(super) fn drops_time(field: &str) -> String {
    format!(
        "You are removing the field `{field}` while migrating to the new datamodel. Add the field `{field}: DateTime! \
         @{field}` explicitly to your model to keep this functionality."
    )
}
