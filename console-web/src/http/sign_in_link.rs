//! Landing page of a one-time link. Opening it signs nobody in: programs that look at mail open links, too.

use super::{
    error::PageError,
    form::Post,
    page::{Frame, page},
    sign_in::signed_in,
    visitor::Visitor,
};
use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "sign_in_link.html")]
struct LinkPage {
    frame: Frame,
    email: String,
    token: String,
}

/// The link's query, and the form.
#[derive(Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    token: String,
}

/// The page: whom the link signs in.
pub(super) async fn show(visitor: Visitor, link: web::Query<Link>) -> Result<HttpResponse, PageError> {
    let token = link.into_inner().token;
    let account = visitor.console.link_account(&token, visitor.client).await?;
    let shown = LinkPage { frame: Frame::new("Sign in", &visitor), email: account.email, token };
    Ok(page(&visitor, StatusCode::OK, &shown))
}

/// Uses the link up.
pub(super) async fn sign_in(post: Post<Visitor, Link>) -> Result<HttpResponse, PageError> {
    let Post { by, form } = post;
    let account = by.console.use_link(&form.token, by.client).await?;
    signed_in(&by, &account, if account.has_password { "/workspaces" } else { "/account" }).await
}
