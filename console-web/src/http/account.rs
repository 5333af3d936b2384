//! The account's own page: who is signed in, and its password.

use super::{
    error::{FormRefusal, PageError},
    form::Post,
    page::{Frame, form_page},
    sign_in::signed_in,
    visitor::SignedIn,
};
use crate::accounts::Account;
use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage<'a> {
    frame: Frame,
    account: &'a Account,
    refusal: Option<FormRefusal>,
}

/// The form.
#[derive(Deserialize)]
pub(super) struct Passwords {
    #[serde(default)]
    current: String,
    new: String,
}

/// The page.
pub(super) async fn show(by: SignedIn) -> HttpResponse {
    shown(&by, None)
}

/// Changes the password. Every other session of the account ends.
pub(super) async fn change_password(post: Post<SignedIn, Passwords>) -> Result<HttpResponse, PageError> {
    let Post { by, form } = post;
    let client = by.as_ref().client;
    match by.console().change_password(&by.account, form.current, form.new, client).await {
        Ok(()) => {
            by.console().close_all_sessions(&by.account.id).await?;
            signed_in(by.as_ref(), &by.account, "/account").await
        }
        Err(error) => Ok(shown(&by, Some(error.for_form()?))),
    }
}

fn shown(by: &SignedIn, refusal: Option<FormRefusal>) -> HttpResponse {
    let page =
        AccountPage { frame: Frame::new("Account", by.as_ref()), account: &by.account, refusal: refusal.clone() };
    form_page(by.as_ref(), refusal.as_ref(), &page)
}
