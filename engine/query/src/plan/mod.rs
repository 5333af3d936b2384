//! From a validated operation to its plan.
//!
//! What happens, in order: each root field is told by its name; its arguments become filters, pages and writes, in
//! which every value is a slot; its selections become the tree that the answer's writer walks.
//!
//! The document has passed validation, so the shapes of arguments are trusted; where one is not as it must be, the
//! request is refused as a fault of ours rather than answered wrongly. The plan may depend on the variables only in
//! what [`crate::Document::shape`] hashes: which keys are there, what is null, Booleans, the names of orders.

mod connection;
mod filter;
mod input;
mod nested;
mod node;
mod print;
mod relation;
mod root;
mod rows;
mod slots;
mod write;

use crate::{
    api::Api,
    document::Document,
    operation::{OperationKind, OperationPlan, RequestError, Root, RootField, SlotSource},
    parameters::have_slots,
    selection::SelectedType,
    syntax::{Ast, Fragment, Operation, Value},
    types::{FieldMeaning, TypeId},
    variables_check::{DeclaredVariable, check_variables},
};
use connector_interface::ServiceError;
use datamodel::Datamodel;
use serde_json::{Map, Value as Json};
use std::collections::HashMap;

pub(crate) use input::Input;
pub(crate) use slots::unmet_demand;

/// Everything that planning one operation looks at, and the slots so far.
pub(crate) struct Planner<'d> {
    api: &'d Api,
    /// The API's model.
    datamodel: &'d Datamodel,
    pub(crate) fragments: HashMap<&'d str, &'d Fragment>,
    defaults: HashMap<&'d str, Option<&'d Value>>,
    variables: &'d Map<String, Json>,
    slots: Vec<SlotSource>,
    /// Position of the root field that is being planned.
    root: usize,
}

/// Why a root field has no plan.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// It fails whatever the data are.
    Service(ServiceError),
    /// The document is not as validation leaves it: a fault of ours.
    Internal(&'static str),
}

pub(crate) type Planned<T> = Result<T, Refusal>;

impl From<ServiceError> for Refusal {
    fn from(error: ServiceError) -> Refusal {
        Refusal::Service(error)
    }
}

impl Document {
    /// The plan of an operation for all variables of the same shape as these.
    pub fn plan(
        &self,
        api: &Api,
        operation_name: Option<&str>,
        variables: &Map<String, Json>,
    ) -> Result<OperationPlan, Vec<RequestError>> {
        let operation = self.operation(operation_name).map_err(|error| vec![error])?;
        let declared = DeclaredVariable::all(api, self, operation);
        check_variables(api, &declared, variables)?;
        let mut planner = Planner::new(api, self.ast(), operation, variables);
        let roots = planner.roots(operation).map_err(|what| vec![internal_error(what)])?;
        let slots = planner.slots;
        let slots_check_all = have_slots(&operation.variables, variables, &slots);
        Ok(OperationPlan { kind: operation.kind, roots, slots, variables: declared, slots_check_all })
    }
}

impl<'d> Planner<'d> {
    fn new(api: &'d Api, ast: &'d Ast, operation: &'d Operation, variables: &'d Map<String, Json>) -> Planner<'d> {
        Planner {
            api,
            datamodel: api.datamodel(),
            fragments: ast.fragments.iter().map(|fragment| (&*fragment.name, fragment)).collect(),
            defaults: operation.variables.iter().map(|variable| (&*variable.name, variable.default.as_ref())).collect(),
            variables,
            slots: Vec::new(),
            root: 0,
        }
    }

    pub(crate) fn api(&self) -> &'d Api {
        self.api
    }

    fn roots(&mut self, operation: &'d Operation) -> Result<Vec<Root>, &'static str> {
        let (root_type, name) = match operation.kind {
            OperationKind::Query => (TypeId::Query, "Query"),
            OperationKind::Mutation => (TypeId::Mutation, "Mutation"),
            // Subscriptions are evaluated against events, not planned.
            OperationKind::Subscription => return Ok(Vec::new()),
        };
        let selected = self.merged(&[&operation.selections], SelectedType { name, is_node: false });
        let mut roots = Vec::with_capacity(selected.len());
        for (index, selected) in selected.iter().enumerate() {
            self.root = index;
            let slots = self.slots.len();
            let definition = self.api.field(root_type, &selected.field.name).ok_or("an unknown root field")?;
            let required = definition.field_type.is_required();
            let planned = match definition.meaning {
                FieldMeaning::Typename => Ok(RootField::Static(format!("{name:?}").into())),
                FieldMeaning::Query(query) => self.query(query, selected),
                FieldMeaning::Mutation(mutation) => self.mutation(mutation, selected, required),
                _ => return Err("a root field of another operation"),
            };
            let field = match planned {
                Ok(field) => field,
                Err(Refusal::Service(error)) => {
                    self.slots.truncate(slots);
                    RootField::Failed(error)
                }
                Err(Refusal::Internal(what)) => return Err(what),
            };
            let key = selected.field.response_key().to_owned();
            roots.push(Root { key, position: selected.field.position, required, field });
        }
        Ok(roots)
    }
}

/// A fault of ours as an answer to the request.
pub(crate) fn internal_error(what: &str) -> RequestError {
    RequestError { message: format!("internal error: {what}"), locations: Vec::new() }
}
