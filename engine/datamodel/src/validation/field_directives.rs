//! Checks of the directives of fields, link tables included.
//!
//! For each known directive in the order of the text: directives given twice, its arguments, then what it means.

use super::context::{Context, scalar_named};
use super::defaults;
use crate::model::ScalarType;
use crate::rules::Diagnostic;
use crate::syntax::{Directive, FieldDefinition, TypeDefinition, Value};

pub(super) fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    for owner in &context.document.types {
        for field in &owner.fields {
            let place = Place { context, owner, field };
            let known = field.directives.0.iter().filter_map(|directive| place.check(directive));
            let found: Vec<String> = known.flatten().collect();
            errors.extend(found.into_iter().map(|text| Diagnostic::on_field(&owner.name, &field.name, text)));
        }
    }
    errors
}

/// Where a directive stands.
struct Place<'a, 'd> {
    context: &'a Context<'d>,
    owner: &'d TypeDefinition,
    field: &'d FieldDefinition,
}

impl Place<'_, '_> {
    /// What is wrong with a directive; `None` for one that means nothing here.
    fn check(&self, directive: &Directive) -> Option<Vec<String>> {
        let own = match directive.name.as_str() {
            "default" => self.default(directive),
            "relation" => self.relation(directive),
            "unique" => self.unique(),
            "db" => self.db(),
            "sequence" => self.sequence(directive),
            "id" => self.id(directive),
            "createdAt" => self.created_at(),
            "updatedAt" => self.timestamp("@updatedAt").into_iter().collect(),
            "scalarList" => self.scalar_list(directive),
            _ => return None,
        };
        Some(twice(self.field).into_iter().chain(own).collect())
    }

    fn default(&self, directive: &Directive) -> Vec<String> {
        let Some(value) = directive.argument("value") else {
            return vec![missing_argument(self.field, "default", "value")];
        };
        let is_value = !self.context.is_relation(self.field);
        let is_misplaced = !is_value || (self.field.field_type.is_list() && !self.context.is_enum(self.field));
        let misplaced = is_misplaced
            .then(|| "The `@default` directive must only be placed on scalar fields that are not lists.".to_owned());
        let wrong = is_value.then(|| defaults::read(self.context, self.field, value).err()).flatten();
        misplaced.into_iter().chain(wrong).collect()
    }

    fn relation(&self, directive: &Directive) -> Vec<String> {
        let one_of = |argument: &str, valid: [&str; 2]| {
            let is_valid = |value: &Value| value.text().is_some_and(|text| valid.contains(&text.as_str()));
            let given = directive.argument(argument);
            given
                .is_some_and(|value| !is_valid(value))
                .then(|| format!("Valid values for the argument `{argument}` are: {}.", valid.join(",")))
        };
        let on_scalar = scalar_named(&self.field.field_type.name).map(|_| on_scalar(self.field));
        let name = directive.argument("name").and_then(not_a_string);
        let on_delete = one_of("onDelete", ["CASCADE", "SET_NULL"]);
        let link = one_of("link", ["INLINE", "TABLE"]);
        [name, on_delete, link, on_scalar].into_iter().flatten().collect()
    }

    fn unique(&self) -> Vec<String> {
        let (field, owner) = (&self.field.name, &self.owner.name);
        let is_embedded = self.owner.directives.has("embedded");
        let error =
            format!("The field `{field}` is marked as unique but its type `{owner}` is embedded. This is disallowed.");
        is_embedded.then_some(error).into_iter().collect()
    }

    /// A relation field has a column of its own where its links are stored inline: always assumed of a to-one field.
    fn db(&self) -> Vec<String> {
        let is_inline = self.field.directives.text("relation", "link").as_deref() == Some("INLINE");
        let is_misplaced = self.context.is_relation(self.field) && self.field.field_type.is_list() && !is_inline;
        let error = format!(
            "The field `{}` specifies the `@db` directive. Relation fields must not specify this directive.",
            self.field.name
        );
        is_misplaced.then_some(error).into_iter().collect()
    }

    fn sequence(&self, directive: &Directive) -> Vec<String> {
        let argument = |name: &str, check: fn(&Value) -> Option<String>| match directive.argument(name) {
            Some(value) => check(value),
            None => Some(missing_argument(self.field, "sequence", name)),
        };
        let is_sequence_id = self.field.directives.text("id", "strategy").as_deref() == Some("SEQUENCE");
        let misplaced = (!is_sequence_id || self.field.field_type.name != "Int").then(|| {
            "The directive `@sequence` must only be specified for fields that are marked as id, are of type `Int` and use the sequence strategy. E.g. `id: Int! @id(strategy: SEQUENCE)`.".to_owned()
        });
        [
            argument("name", not_a_string),
            argument("initialValue", not_an_int),
            argument("allocationSize", not_an_int),
            misplaced,
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn id(&self, directive: &Directive) -> Vec<String> {
        let strategies = ["AUTO", "NONE", "SEQUENCE"];
        let is_known = |value: &Value| value.text().is_some_and(|text| strategies.contains(&text.as_str()));
        let strategy = directive
            .argument("strategy")
            .filter(|value| !is_known(value))
            .map(|_| format!("Valid values for the strategy argument of `@id` are: {}.", strategies.join(", ")));
        let optional =
            (!self.field.field_type.is_required()).then(|| "Fields that are marked as id must be required.".to_owned());
        let field_type = match scalar_named(&self.field.field_type.name) {
            Some(ScalarType::Id | ScalarType::Int) => true,
            Some(ScalarType::Uuid) => self.context.rules.uuid_ids,
            _ => false,
        };
        let valid = if self.context.rules.uuid_ids { "`ID!`,`UUID!`,`Int!`" } else { "`ID!`,`Int!`" };
        let wrong_type = (!field_type).then(|| {
            format!("The field `{}` is marked as id must have one of the following types: {valid}.", self.field.name)
        });
        // Of two ids only the first one would get a column.
        let ids = self.owner.fields.iter().filter(|field| field.directives.has("id")).count();
        let several = (ids > 1).then(|| {
            format!("The type `{}` must not mark more than one field with the `@id` directive.", self.owner.name)
        });
        [strategy, optional, wrong_type, several].into_iter().flatten().collect()
    }

    fn created_at(&self) -> Vec<String> {
        let both = self
            .field
            .directives
            .has("updatedAt")
            .then(|| "Fields cannot be marked simultaneously with `@createdAt` and `@updatedAt`.".to_owned());
        self.timestamp("`@createdAt`").into_iter().chain(both).collect()
    }

    fn timestamp(&self, directive: &str) -> Option<String> {
        let is_date = self.field.field_type.name == "DateTime" && !self.field.field_type.is_list();
        (!is_date).then(|| format!("Fields that are marked as {directive} must be of type `DateTime!` or `DateTime`."))
    }

    fn scalar_list(&self, directive: &Directive) -> Vec<String> {
        let is_list = self.field.field_type.is_list();
        let is_relation = self.context.is_relation(self.field);
        // Without a strategy the directive means nothing; the original fails on it.
        let is_known = match directive.argument("strategy") {
            Some(value) => value.text().as_deref() == Some("RELATION"),
            None => is_relation || !is_list,
        };
        let strategy = (!is_known).then(|| LIST_STRATEGY.to_owned());
        let not_a_list = (!is_list).then(|| {
            let name = &self.field.field_type.name;
            format!("Fields that are marked as `@scalarList` must be lists, e.g. `[{name}]`.")
        });
        strategy.into_iter().chain(not_a_list).collect()
    }
}

pub(super) fn twice(field: &FieldDefinition) -> Option<String> {
    let name = &field.name;
    field.directives.repeat().then(|| {
        format!(
            "The field `{name}` specifies a directive more than once. Directives must appear exactly once on a field."
        )
    })
}

pub(super) fn on_scalar(field: &FieldDefinition) -> String {
    format!("The field `{}` is a scalar field and cannot specify the `@relation` directive.", field.name)
}

pub(super) fn missing_argument(field: &FieldDefinition, directive: &str, argument: &str) -> String {
    format!(
        "The field `{}` specifies the directive `@{directive}` but it's missing the required argument `{argument}`.",
        field.name
    )
}

/// What is said of a list whose storage is not the one there is.
pub(super) const LIST_STRATEGY: &str = "Valid values for the strategy argument of `@scalarList` are: RELATION.";

fn not_a_string(value: &Value) -> Option<String> {
    (!matches!(value, Value::String { .. })).then(|| "This argument must be a String.".to_owned())
}

/// The original cuts larger numbers down to 32 bits.
fn not_an_int(value: &Value) -> Option<String> {
    let is_int = matches!(value, Value::Int(text) if text.parse::<i32>().is_ok());
    (!is_int).then(|| "This argument must be an Int.".to_owned())
}
