//! Session keys: made and shown once, listed with their last use, revoked.

use super::{
    error::{FormRefusal, PageError},
    form::Post,
    page::{Frame, form_page, see_other, shown_time},
    visitor::SignedIn,
};
use crate::session_keys::{LIFETIME_DEFAULT_DAYS, LIFETIME_MAX_DAYS};
use actix_web::HttpResponse;
use askama::Template;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "session_keys.html")]
struct SessionKeysPage {
    frame: Frame,
    keys: Vec<ShownKey>,
    /// A key that was made just now: shown this once.
    made: Option<String>,
    title: String,
    lifetime_default_days: u32,
    lifetime_max_days: u32,
    refusal: Option<FormRefusal>,
}

struct ShownKey {
    id: String,
    title: String,
    created: String,
    last_used: String,
    expires: String,
}

/// The form that makes one.
#[derive(Deserialize)]
pub(super) struct NewKey {
    title: String,
    /// A number of days, as a text.
    lifetime: String,
}

/// The form that revokes one.
#[derive(Deserialize)]
pub(super) struct KeyToRevoke {
    id: String,
}

/// The page.
pub(super) async fn list(by: SignedIn) -> Result<HttpResponse, PageError> {
    shown(&by, String::new(), None, None).await
}

/// Makes a key and shows it.
pub(super) async fn make(post: Post<SignedIn, NewKey>) -> Result<HttpResponse, PageError> {
    let Post { by, form } = post;
    // What is no number is no possible lifetime either.
    let days = form.lifetime.trim().parse().unwrap_or(0);
    match by.console().make_own_session_key(&by.account.id, &form.title, days).await {
        Ok(token) => shown(&by, String::new(), Some(token), None).await,
        Err(error) => shown(&by, form.title, None, Some(error.for_form()?)).await,
    }
}

/// Revokes a key.
pub(super) async fn revoke(post: Post<SignedIn, KeyToRevoke>) -> Result<HttpResponse, PageError> {
    let Post { by, form } = post;
    by.console().revoke_session_key(&by.account.id, &form.id).await?;
    Ok(see_other("/session-keys"))
}

async fn shown(
    by: &SignedIn,
    title: String,
    made: Option<String>,
    refusal: Option<FormRefusal>,
) -> Result<HttpResponse, PageError> {
    let keys = by.console().session_keys(&by.account.id).await?;
    let keys = keys.into_iter().map(|key| ShownKey {
        id: key.id.as_str().to_owned(),
        title: key.title,
        created: shown_time(key.created_at_ms),
        last_used: key.last_used_at_ms.map_or_else(|| "never".to_owned(), shown_time),
        expires: shown_time(key.expires_at_ms),
    });
    let page = SessionKeysPage {
        frame: Frame::new("Session keys", by.as_ref()),
        keys: keys.collect(),
        made,
        title,
        lifetime_default_days: LIFETIME_DEFAULT_DAYS,
        lifetime_max_days: LIFETIME_MAX_DAYS,
        refusal: refusal.clone(),
    };
    Ok(form_page(by.as_ref(), refusal.as_ref(), &page))
}
