//! Validation of subscriptions on their own: websockets, webhooks and the private API ask for it
//! (`prisma1-server.md` §8.4).

use crate::api::Api;
use crate::names::capitalised;
use crate::operation::OperationKind;
use crate::syntax::{self, Ast, Selection};
use crate::validate;
use datamodel::ModelId;

/// Checks a subscription: it names a model, and is valid in an API that has nothing but that model's subscription.
/// The errors are the original's texts; its socket protocols send the first one only.
pub fn validate_subscription(api: &Api, text: &str) -> Result<(), Vec<String>> {
    let Ok(ast) = syntax::parse(text, api.options().limits.nesting_max) else {
        return Err(vec!["The subscription query is invalid GraphQL.".to_owned()]);
    };
    let Some(model) = subscribed_model(api, &ast) else {
        let message =
            "The provided query doesn't include any known model name. Please check for the latest subscriptions API.";
        return Err(vec![message.to_owned()]);
    };
    let errors = validate::validate(api, &ast, text, Some(model));
    if errors.is_empty() { Ok(()) } else { Err(errors.into_iter().map(|error| error.message).collect()) }
}

/// The model of the last subscription in the document, named by its first root field.
fn subscribed_model(api: &Api, ast: &Ast) -> Option<ModelId> {
    let subscriptions = ast.operations.iter().rev().filter(|o| o.kind == OperationKind::Subscription);
    let mut names = subscriptions.filter_map(|operation| match operation.selections.first() {
        Some(Selection::Field(field)) => Some(&field.name),
        _ => None,
    });
    api.model_named(&capitalised(names.next()?))
}
