//! Signing up, as far as the settings let strangers.

use super::{
    error::{FormRefusal, PageError},
    form::Post,
    next::local_path,
    page::{Frame, form_page},
    sign_in::signed_in,
    visitor::Visitor,
};
use crate::{accounts::SignUpForm, config::SignUp, error::ConsoleError};
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "sign_up.html")]
struct SignUpPage {
    frame: Frame,
    email: String,
    name: String,
    /// Given with an invitation, which is for one e-mail address.
    invitation: Option<String>,
    next: String,
    refusal: Option<FormRefusal>,
}

/// Query of the page.
#[derive(Deserialize)]
pub(super) struct ComesFrom {
    invitation: Option<String>,
    next: Option<String>,
}

/// The form.
#[derive(Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    email: String,
    #[serde(default)]
    name: String,
    password: String,
    invitation: Option<String>,
    next: Option<String>,
}

/// The page.
pub(super) async fn show(visitor: Visitor, query: web::Query<ComesFrom>) -> Result<HttpResponse, PageError> {
    let ComesFrom { invitation, next } = query.into_inner();
    let email = match (&invitation, visitor.console.shared.sign_up) {
        (Some(token), _) => visitor.console.invited_email(token).await?,
        (None, SignUp::Open) => String::new(),
        (None, SignUp::Invitation | SignUp::Closed) => return Err(ConsoleError::SignUpClosed.into()),
    };
    let shown = SignUpPage {
        frame: Frame::new("Sign up", &visitor),
        email,
        name: String::new(),
        invitation,
        next: local_path(next.as_deref()).to_owned(),
        refusal: None,
    };
    Ok(form_page(&visitor, None, &shown))
}

/// Makes the account and signs it in.
pub(super) async fn sign_up(post: Post<Visitor, Filled>) -> Result<HttpResponse, PageError> {
    let Post { by, form } = post;
    let next = local_path(form.next.as_deref()).to_owned();
    let invitation = form.invitation.filter(|token| !token.is_empty());
    let filled = SignUpForm {
        email: form.email.clone(),
        name: form.name.clone(),
        password: form.password,
        invitation: invitation.clone(),
    };
    match by.console.sign_up(filled, by.client).await {
        Ok(account) => signed_in(&by, &account, &next).await,
        Err(error @ ConsoleError::SignUpClosed) => Err(error.into()),
        Err(error) => {
            let refusal = error.for_form()?;
            let (email, name) = (form.email, form.name);
            let frame = Frame::new("Sign up", &by);
            let shown = SignUpPage { frame, email, name, invitation, next, refusal: Some(refusal.clone()) };
            Ok(form_page(&by, Some(&refusal), &shown))
        }
    }
}
