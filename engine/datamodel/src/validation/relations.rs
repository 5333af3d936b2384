//! Checks of relation fields as they are written.

use std::collections::HashMap;

use super::context::{Context, RelationField};
use crate::declared::is_relation_name;
use crate::model::Version;
use crate::rules::Diagnostic;
use crate::syntax::TypeDefinition;

/// Several fields of one type that lead to the same type need names that tell them apart.
pub(super) fn within_type(context: &Context<'_>, definition: &TypeDefinition) -> Vec<Diagnostic> {
    let relations = context.relation_fields(definition);
    let mut order: Vec<&str> = Vec::new();
    let mut by_target: HashMap<&str, Vec<&RelationField<'_>>> = HashMap::new();
    for relation in &relations {
        let group = by_target.entry(relation.target()).or_default();
        if group.is_empty() {
            order.push(relation.target());
        }
        group.push(relation);
    }
    let ambiguous = order.iter().map(|target| &by_target[target]).filter(|group| group.len() > 1).flatten();
    ambiguous.filter_map(|relation| ambiguity(context, relation)).collect()
}

fn ambiguity(context: &Context<'_>, relation: &RelationField<'_>) -> Option<Diagnostic> {
    let Some(previous_name) = relation.previous_name.as_ref().filter(|_| relation.name.is_some()) else {
        let description = format!(
            "The relation field `{}` must specify a `@relation` directive: `@relation(name: \"MyRelation\")`",
            relation.field.name
        );
        return Some(relation.error(description));
    };
    let count = count(context, relation);
    let description = match relation.is_self_relation() {
        false if count > 2 => {
            format!("A relation directive cannot appear more than twice. Relation name: '{previous_name}'")
        }
        true if count != 1 && count != 2 => {
            format!(
                "A relation directive for a self relation must appear either 1 or 2 times. Relation name: '{previous_name}'"
            )
        }
        _ => return None,
    };
    Some(relation.error(description))
}

/// How many fields between the two types have the name of this relation.
fn count(context: &Context<'_>, relation: &RelationField<'_>) -> usize {
    let (owner, target) = (relation.owner.name.as_str(), relation.target());
    let named = |from, to| context.leading(from, to).filter(|other| other.name == relation.name).count();
    named(target, owner) + if relation.is_self_relation() { 0 } else { named(owner, target) }
}

/// Named relation fields of all types: whether both ends of each relation fit.
pub(super) fn between_types(context: &Context<'_>) -> Vec<Diagnostic> {
    let named = named(context);
    let mut errors = ends_apart(&named, |relation| relation.previous_name.as_deref());
    errors.extend(ends_apart(&named, |relation| relation.name.as_deref()));
    errors.extend(named.iter().filter_map(|relation| half_named(context, relation)));
    errors
}

/// Names that no relation can have.
pub(super) fn invalid_names(context: &Context<'_>) -> Vec<Diagnostic> {
    let is_valid = |relation: &RelationField<'_>| relation.name.as_ref().is_none_or(|name| is_relation_name(name));
    let invalid = named(context).into_iter().filter(|relation| !is_valid(relation));
    invalid.map(|relation| relation.error(invalid_name(&relation.field.name))).collect()
}

pub(super) fn invalid_name(field: &str) -> String {
    format!(
        "The field `{field}` has an invalid name in the `@relation` directive. It can only have up to 54 characters and must have the shape [A-Z][a-zA-Z0-9]*"
    )
}

/// All relation fields with a name. A target that does not exist is an error elsewhere.
fn named<'d>(context: &Context<'d>) -> Vec<RelationField<'d>> {
    let all = context.document.types.iter().flat_map(|t| context.relation_fields(t));
    all.filter(|r| r.name.is_some() && context.type_named(r.target()).is_some()).collect()
}

/// Fields with the same name that do not lead to each other. The original looks at the first and the last field, and
/// at old names in the place of names; fields that then pass are two fields of one type for the same relation.
fn ends_apart<'a, 'd>(
    named: &'a [RelationField<'d>],
    name: impl Fn(&'a RelationField<'d>) -> Option<&'a str>,
) -> Vec<Diagnostic> {
    let mut order: Vec<&str> = Vec::new();
    let mut groups: HashMap<&str, Vec<&RelationField<'_>>> = HashMap::new();
    for relation in named {
        let Some(name) = name(relation) else { continue };
        let group = groups.entry(name).or_default();
        if group.is_empty() {
            order.push(name);
        }
        group.push(relation);
    }
    let pairs = order.iter().map(|name| &groups[name]).filter(|group| group.len() > 1);
    pairs
        .flat_map(|group| {
            let (first, last) = (group[0], group[group.len() - 1]);
            [(first, last), (last, first)]
        })
        .filter(|(relation, other)| relation.target() != other.owner.name)
        .map(|(relation, other)| {
            let description = format!(
                "The relation field `{}` has the type `{}`. But the other directive for this relation appeared on the type `{}`",
                relation.field.name, relation.field.field_type.text, other.owner.name
            );
            relation.error(description)
        })
        .collect()
}

/// A name at one end only, where the other end has a field without a name.
fn half_named(context: &Context<'_>, relation: &RelationField<'_>) -> Option<Diagnostic> {
    let (owner, target) = (relation.owner.name.as_str(), relation.target());
    if relation.is_self_relation() || count(context, relation) != 1 {
        return None;
    }
    context.leading(target, owner).find(|back| back.name.is_none())?;
    let name = relation.previous_name.as_deref().unwrap_or_default();
    Some(relation.error(match context.version {
        Version::V1 => format!(
            "You are trying to set the relation '{name}' from `{owner}` to `{target}` and are only providing a relation directive on `{owner}`. \
             Since there is also a relation field without a relation directive on `{target}` pointing towards `{owner}` that is ambiguous. \
             Please provide the same relation directive on `{target}` if this is supposed to be the same relation. \
             If you meant to create two separate relations without backrelations please provide a relation directive with a different name on `{target}`."
        ),
        Version::V11 => format!(
            "You are trying to set the relation '{name}' from `{owner}` to `{target}` and are only providing a relation directive with a name on `{owner}`. \
             Please also provide the same named relation directive on the relation field on `{target}` pointing towards `{owner}`."
        ),
    }))
}
