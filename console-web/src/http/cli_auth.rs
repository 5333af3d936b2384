//! The consent page of a login of the command line: who asks, from where, and what would be given away. Anybody can
//! send anybody this link, so it says so, and asks once more when the command line runs elsewhere than the browser.

use super::{
    client::is_same_machine,
    error::{FormRefusal, PageError},
    form::Post,
    page::{Frame, form_page, page, shown_time},
    visitor::SignedIn,
};
use crate::device_grant::{Decision, DeviceGrant};
use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "cli_auth.html")]
struct ConsentPage<'a> {
    frame: Frame,
    secret: &'a str,
    email: &'a str,
    request: &'a DeviceGrant,
    requested: String,
    browser_address: String,
    elsewhere: bool,
    refusal: Option<FormRefusal>,
}

#[derive(Template)]
#[template(path = "cli_auth_ask.html")]
struct AskPage {
    frame: Frame,
}

#[derive(Template)]
#[template(path = "cli_auth_done.html")]
struct DonePage<'a> {
    frame: Frame,
    email: &'a str,
    approved: bool,
}

/// Query of the page.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    secret: String,
}

/// The form.
#[derive(Deserialize)]
pub(super) struct Decided {
    secret: String,
    decision: String,
    /// Whether it is known that the command line runs elsewhere.
    elsewhere: Option<String>,
}

/// The page.
pub(super) async fn show(by: SignedIn, query: web::Query<Asked>) -> Result<HttpResponse, PageError> {
    let secret = query.secret.trim();
    if secret.is_empty() {
        let frame = Frame::new("Log the command line in", by.as_ref());
        return Ok(page(by.as_ref(), StatusCode::OK, &AskPage { frame }));
    }
    let request = by.console().login_request(secret).await?;
    Ok(shown(&by, secret, &request, None))
}

/// Approves or denies.
pub(super) async fn decide(post: Post<SignedIn, Decided>) -> Result<HttpResponse, PageError> {
    let Post { by, form } = post;
    let decision = match form.decision.as_str() {
        "approve" => Decision::Approve,
        "deny" => Decision::Deny,
        _ => return Err(PageError::FormInvalid),
    };
    let request = by.console().login_request(&form.secret).await?;
    if decision == Decision::Approve && is_elsewhere(&by, &request) && form.elsewhere.as_deref() != Some("yes") {
        let refusal = FormRefusal::new(
            "Nothing was approved: the command line runs at another address than this browser. Say that you know that.",
        );
        return Ok(shown(&by, &form.secret, &request, Some(refusal)));
    }
    by.console().decide_login(&form.secret, &by.account, decision).await?;
    let approved = decision == Decision::Approve;
    let title = if approved { "Login approved" } else { "Login denied" };
    let done = DonePage { frame: Frame::new(title, by.as_ref()), email: &by.account.email, approved };
    Ok(page(by.as_ref(), StatusCode::OK, &done))
}

fn is_elsewhere(by: &SignedIn, request: &DeviceGrant) -> bool {
    !request.client_address.parse().is_ok_and(|client| is_same_machine(client, by.as_ref().client))
}

fn shown(by: &SignedIn, secret: &str, request: &DeviceGrant, refusal: Option<FormRefusal>) -> HttpResponse {
    let consent = ConsentPage {
        frame: Frame::new("Log the command line in", by.as_ref()),
        secret,
        email: &by.account.email,
        request,
        requested: shown_time(request.requested_at_ms),
        browser_address: by.as_ref().client.to_string(),
        elsewhere: is_elsewhere(by, request),
        refusal: refusal.clone(),
    };
    form_page(by.as_ref(), refusal.as_ref(), &consent)
}
