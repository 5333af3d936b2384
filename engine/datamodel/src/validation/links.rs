//! Checks across types: where links and lists are stored, and the types that describe link tables.

use std::collections::{HashMap, HashSet};

use super::field_directives::LIST_STRATEGY;
use crate::declared::{At, Declared, Link, ValueKind};
use crate::model::{Behaviour, ScalarType};
use crate::rules::Diagnostic;

/// Link strategies of relation fields.
pub(super) fn check(declared: &Declared) -> Vec<Diagnostic> {
    let error = |at: At, text: String| Diagnostic::on_field(&declared.type_of(at).name, &declared.field(at).name, text);
    let (mut to_link_tables, mut missing, mut twice, mut unsupported) = (vec![], vec![], vec![], vec![]);
    for related @ (at, field, relation) in declared.relations() {
        let (name, target) = (&field.name, &declared.types[relation.target]);
        if target.is_link_table {
            // The original fails on it.
            let text =
                format!("The field `{name}` has the type `{}`, which is a link table and no model.", target.name);
            to_link_tables.push(error(at, text));
            continue;
        }
        let opposite = declared.opposite(related);
        if let Some((_, back, back_relation)) = opposite {
            if relation.link.is_none() && back_relation.link.is_none() && !field.is_list && !back.is_list {
                missing.push(error(at, missing_link(name)));
            }
            if relation.link.is_some() && back_relation.link.is_some() {
                twice.push(error(at, link_on_both_sides(name, &back.name)));
            }
        }
        if field.is_list && relation.link == Some(Link::Inline) {
            let one = opposite.filter(|(_, back, _)| !back.is_list).map(|(_, back, _)| back.name.as_str());
            unsupported.push(error(at, inline_list(one, &target.name)));
        }
    }
    [to_link_tables, missing, twice, unsupported].concat()
}

fn missing_link(field: &str) -> String {
    format!(
        "The field `{field}` must provide a relation link mode. Either specify it on this field or the opposite field. \
         Valid values are: `@relation(link: TABLE)`,`@relation(link: INLINE)`"
    )
}

fn link_on_both_sides(field: &str, opposite: &str) -> String {
    format!(
        "The `link` argument must be specified only on one side of a relation. \
         The field `{field}` provides a link mode and the opposite field `{opposite}` as well.}}"
    )
}

fn inline_list(one: Option<&str>, model: &str) -> String {
    let hint = match one {
        Some(field) => format!("putting `link: INLINE` on the opposite field `{field}` in the model `{model}`."),
        None => "using the strategy `TABLE` instead.".to_owned(),
    };
    format!(
        "This connector does not support the `INLINE` strategy for list relation fields. You could fix this by {hint}"
    )
}

/// Lists of scalars and enum values need to say how they are stored.
pub(super) fn lists(declared: &Declared) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    for (_, model) in declared.models() {
        let lists = || model.values().filter(|(field, _)| field.is_list);
        // Scalars first, then enums, as the original has it.
        for enums in [false, true] {
            let fields = lists().filter(|(_, value)| matches!(value.kind, ValueKind::Enum(_)) == enums);
            let wrong = fields.filter(|(_, value)| value.behaviour != Some(Behaviour::ScalarList));
            errors.extend(wrong.map(|(field, _)| Diagnostic::on_field(&model.name, &field.name, LIST_STRATEGY)));
        }
    }
    errors
}

/// Types that describe link tables: each is used, for the types that it connects, and has nothing else.
pub(super) fn link_tables(declared: &Declared) -> Vec<Diagnostic> {
    let mut connected: HashMap<&str, HashSet<usize>> = HashMap::new();
    for (at, _, relation) in declared.relations() {
        if let Some(name) = &relation.name {
            connected.entry(name).or_default().extend([at.owner, relation.target]);
        }
    }
    let on_type = |name: &str, text: &str| Diagnostic::on_type(name, text);
    let tables = || declared.link_tables();
    let mut errors: Vec<_> = tables()
        .filter(|(_, table)| !connected.contains_key(table.name.as_str()))
        .map(|(_, table)| {
            let name = &table.name;
            on_type(name, &format!("The link table `{name}` is not referenced in any relation field."))
        })
        .collect();
    if errors.is_empty() {
        let targets = |position| declared.relations_of(position).map(|(_, _, r)| r.target).collect::<HashSet<_>>();
        let wrong =
            tables().filter(|(position, table)| connected.get(table.name.as_str()) != Some(&targets(*position)));
        errors.extend(wrong.map(|(_, table)| {
            let name = &table.name;
            on_type(name, &format!("The link table `{name}` is not referencing the right types."))
        }));
    }
    for (position, table) in tables() {
        if declared.relations_of(position).count() != 2 {
            errors.push(on_type(&table.name, "A link table must specify exactly two relation fields."));
        }
        for (field, _) in table.values().filter(|(_, value)| !value.is_id()) {
            let text = "A link table must not specify any additional scalar fields.";
            errors.push(Diagnostic::on_field(&table.name, &field.name, text));
        }
        if let Some((field, _)) = table.id().filter(|(_, value)| value.kind != ValueKind::Scalar(ScalarType::Id)) {
            let text = "The id field of a link table must be of type `ID!`.";
            errors.push(Diagnostic::on_field(&table.name, &field.name, text));
        }
    }
    errors
}

/// Link tables with an id.
pub(super) fn warnings(declared: &Declared) -> Vec<Diagnostic> {
    let text = "Id fields on link tables are deprecated and will soon loose support. Please remove it from your datamodel to remove the underlying column.";
    let ids = declared.link_tables().filter_map(|(_, table)| table.id().map(|(field, _)| (table, field)));
    ids.map(|(table, field)| Diagnostic::on_field(&table.name, &field.name, text)).collect()
}
