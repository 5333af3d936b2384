//! How pages are rendered. Every value is escaped by the template engine; no template switches that off.

use super::{error::FormRefusal, visitor::Visitor};
use crate::config::SignUp;
use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use askama::Template;

/// What every page shows around itself.
pub(super) struct Frame {
    pub(super) title: String,
    /// Name of the account that is signed in.
    pub(super) account: Option<String>,
    /// Token of the page's forms.
    pub(super) csrf: String,
    /// Whether everybody may sign up.
    pub(super) sign_up: bool,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    frame: Frame,
    status: u16,
    text: &'a str,
    request_id: &'a str,
}

impl Frame {
    /// The frame of a page.
    pub(super) fn new(title: impl Into<String>, visitor: &Visitor) -> Frame {
        Frame {
            title: title.into(),
            account: visitor.account.as_ref().map(|account| account.name.clone()),
            csrf: visitor.csrf(),
            sign_up: visitor.console.shared.sign_up == SignUp::Open,
        }
    }
}

/// A page.
pub(super) fn page(visitor: &Visitor, status: StatusCode, template: &impl Template) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    if let Some(cookie) = visitor.new_cookie() {
        response.append_header((header::SET_COOKIE, cookie));
    }
    response.content_type("text/html; charset=utf-8").body(rendered(template))
}

/// A page whose form was refused, or is shown for the first time.
pub(super) fn form_page(visitor: &Visitor, refusal: Option<&FormRefusal>, template: &impl Template) -> HttpResponse {
    let mut response = page(visitor, refusal.map_or(StatusCode::OK, |r| r.status), template);
    if let Some(seconds) = refusal.and_then(|r| r.retry_after_s) {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
    }
    response
}

/// The page of an error, for anybody.
pub(super) fn error(status: StatusCode, text: &str, request_id: &str) -> String {
    let title = status.canonical_reason().unwrap_or("Error").to_owned();
    let frame = Frame { title, account: None, csrf: String::new(), sign_up: false };
    rendered(&ErrorPage { frame, status: status.as_u16(), text, request_id })
}

/// Leads the browser on after a form.
pub(super) fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish()
}

/// A time, as pages show it.
pub(super) fn shown_time(ms: i64) -> String {
    match jiff::Timestamp::from_millisecond(ms) {
        Ok(time) => time.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        Err(_) => "at an unknown time".to_owned(),
    }
}

fn rendered(template: &impl Template) -> String {
    template.render().expect("templates only write texts into memory")
}
