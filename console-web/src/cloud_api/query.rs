//! Queries of the cloud API.

use super::{
    Asked,
    types::{CloudTokenRequest, User},
};
use async_graphql::{Context, Object};

/// The root of queries.
pub(crate) struct Query;

#[Object]
impl Query {
    /// The signed-in account; null for everybody else.
    async fn me(&self, context: &Context<'_>) -> Option<User> {
        Asked::of(context).caller.as_ref().map(|caller| User(caller.account.clone()))
    }

    /// The state of a login: its token, once, when it was approved in a browser.
    async fn cloud_token_request(
        &self,
        context: &Context<'_>,
        secret: String,
    ) -> async_graphql::Result<CloudTokenRequest> {
        let asked = Asked::of(context);
        let token = asked.console.exchange_login(&secret).await.map_err(|e| asked.error(e))?;
        Ok(CloudTokenRequest { secret, token })
    }
}
