//! What holds for every type system: names lead back to what they name, each member is found by its name, and the list
//! of types is exactly what can be reached from the roots.

mod api;
mod case_files;

use query::types::{FieldDefinition, MetaType, TypeId};
use query::{Api, ApiOptions};
use std::collections::HashSet;

#[test]
fn every_type_system_holds_together() {
    case_files::run("schema", |sections| {
        let (_, datamodel) = sections.first().expect("a datamodel comes first");
        for raw_access in [None, Some(vec!["default".to_owned()])] {
            let api = api::api(datamodel, ApiOptions { raw_access, ..ApiOptions::default() });
            names_lead_back(&api);
            members_are_found(&api);
            the_list_is_complete(&api);
        }
        sections.iter().map(|(name, body)| format!("=== {name}\n{body}")).collect()
    });
}

fn names_lead_back(api: &Api) {
    for id in api.all_types() {
        let name = api.type_name(id);
        assert_eq!(api.type_named(&name), Some(id), "{name}");
        assert_eq!(api.type_named(&format!("{name}X")), None, "{name}X");
    }
}

fn members_are_found(api: &Api) {
    for id in api.all_types() {
        for field in api.fields(id) {
            assert_eq!(api.field(id, &field.name), Some(field.clone()), "{}.{}", api.type_name(id), field.name);
            for argument in api.arguments(field.arguments) {
                assert_eq!(api.argument(field.arguments, &argument.name), Some(argument.clone()));
            }
        }
        if let TypeId::Input(input) = id {
            let fields = api.input_fields(input);
            assert!(!fields.is_empty(), "{} has no fields", api.type_name(id));
            let has_required = fields.iter().any(|field| field.input_type.is_required());
            assert!(!has_required || input.has_required_fields(), "{}", api.type_name(id));
            for field in fields {
                assert_eq!(api.input_field(input, &field.name), Some(field.clone()), "{}", field.name);
            }
        }
        for value in api.enum_values(id) {
            assert!(api.has_enum_value(id, &value), "{value}");
        }
    }
}

fn the_list_is_complete(api: &Api) {
    let roots = [TypeId::Query, TypeId::Mutation, TypeId::Subscription, TypeId::Meta(MetaType::Schema)];
    let mut open: Vec<TypeId> = roots.into_iter().filter(|id| api.type_exists(*id)).collect();
    let mut reached: HashSet<TypeId> = open.iter().copied().collect();
    while let Some(id) = open.pop() {
        let leads_to: Vec<TypeId> = match id {
            TypeId::Input(input) => api.input_fields(input).iter().map(|field| field.input_type.named).collect(),
            _ => api.fields(id).iter().flat_map(|field| types_of(api, field)).collect(),
        };
        open.extend(leads_to.into_iter().filter(|id| reached.insert(*id)));
    }
    let listed: HashSet<TypeId> = api.all_types().into_iter().collect();
    let names = |of: HashSet<TypeId>| of.into_iter().map(|id| api.type_name(id).into_owned()).collect::<Vec<_>>();
    assert_eq!(names(&listed - &reached), Vec::<String>::new(), "listed but not reached");
    assert_eq!(names(&reached - &listed), Vec::<String>::new(), "reached but not listed");
}

fn types_of(api: &Api, field: &FieldDefinition<'_>) -> Vec<TypeId> {
    let arguments = api.arguments(field.arguments);
    [field.field_type.named].into_iter().chain(arguments.iter().map(|argument| argument.input_type.named)).collect()
}
