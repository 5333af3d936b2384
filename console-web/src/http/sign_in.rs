//! Signing in with a password, and signing out.

use super::{
    cookies::Cookie,
    error::{FormRefusal, PageError},
    form::{Nothing, Post},
    next::local_path,
    page::{Frame, form_page, see_other},
    visitor::Visitor,
};
use crate::accounts::Account;
use actix_web::{HttpResponse, http::header, web};
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    email: String,
    next: String,
    refusal: Option<FormRefusal>,
}

/// Query of the page.
#[derive(Deserialize)]
pub(super) struct ComesFrom {
    next: Option<String>,
}

/// The form.
#[derive(Deserialize)]
pub(super) struct Credentials {
    email: String,
    password: String,
    next: Option<String>,
}

/// The page.
pub(super) async fn show(visitor: Visitor, query: web::Query<ComesFrom>) -> HttpResponse {
    let next = local_path(query.next.as_deref());
    if visitor.account.is_some() {
        return see_other(next);
    }
    shown(&visitor, String::new(), next, None)
}

/// Signs in.
pub(super) async fn sign_in(post: Post<Visitor, Credentials>) -> Result<HttpResponse, PageError> {
    let Post { by, form } = post;
    let next = local_path(form.next.as_deref());
    match by.console.check_password(&form.email, form.password, by.client).await {
        Ok(account) => signed_in(&by, &account, next).await,
        Err(error) => Ok(shown(&by, form.email, next, Some(error.for_form()?))),
    }
}

/// Signs out: the session ends here as well as in the browser.
pub(super) async fn sign_out(post: Post<Visitor, Nothing>) -> Result<HttpResponse, PageError> {
    let Post { by, form: Nothing {} } = post;
    if let Some(session) = by.session() {
        by.console.close_session(session).await?;
    }
    let mut response = see_other("/sign-in");
    set_cookie(&mut response, Cookie::Session.clear(&by.console))?;
    Ok(response)
}

/// Opens a session for an account and leads on. Whatever session the browser had ends, and its id is never used again.
pub(super) async fn signed_in(visitor: &Visitor, account: &Account, next: &str) -> Result<HttpResponse, PageError> {
    if let Some(session) = visitor.session() {
        visitor.console.close_session(session).await?;
    }
    let session = visitor.console.open_session(&account.id).await?;
    let mut response = see_other(next);
    set_cookie(&mut response, Cookie::Session.set(&visitor.console, &session))?;
    set_cookie(&mut response, Cookie::Visitor.clear(&visitor.console))?;
    Ok(response)
}

fn set_cookie(response: &mut HttpResponse, cookie: String) -> Result<(), PageError> {
    let value = cookie.try_into().map_err(|_| PageError::FormInvalid)?;
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(())
}

fn shown(visitor: &Visitor, email: String, next: &str, refusal: Option<FormRefusal>) -> HttpResponse {
    let page =
        SignInPage { frame: Frame::new("Sign in", visitor), email, next: next.to_owned(), refusal: refusal.clone() };
    form_page(visitor, refusal.as_ref(), &page)
}
