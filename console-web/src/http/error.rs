//! Why a page is not shown. The look is made by [`guard`](super::guard), which knows the request.

use super::next::sign_in_path;
use crate::error::ConsoleError;
use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};

/// Why a page is not shown.
#[derive(Debug, thiserror::Error)]
pub(super) enum PageError {
    /// Sign in first, then come back.
    #[error("sign in first")]
    SignInFirst {
        /// The page that was asked for.
        next: Option<String>,
    },
    /// The form was not filled in on a page of ours, or for another session.
    #[error(
        "this form was not sent from a page of this console, or the page is too old. Go back, reload it, and try again."
    )]
    FormForeign,
    /// The form cannot be read.
    #[error("this form cannot be read.")]
    FormInvalid,
    /// It did not arrive.
    #[error("the request took too long to arrive.")]
    BodySlow,
    /// The console refused, or failed.
    #[error(transparent)]
    Console(#[from] ConsoleError),
}

impl ConsoleError {
    /// The status of a page or form that ended like this.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            ConsoleError::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
            ConsoleError::Region(_) => StatusCode::SERVICE_UNAVAILABLE,
            ConsoleError::NotFound => StatusCode::NOT_FOUND,
            ConsoleError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            ConsoleError::SignInRefused | ConsoleError::SignUpClosed => StatusCode::FORBIDDEN,
            ConsoleError::LinkInvalid
            | ConsoleError::InvitationInvalid
            | ConsoleError::LoginRequestOver
            | ConsoleError::LoginRequestDenied => StatusCode::GONE,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// The text for the form that was filled in, if that is what it is about; else the whole page is an error.
    pub(super) fn for_form(self) -> Result<FormRefusal, PageError> {
        let status = self.status();
        match status {
            StatusCode::UNPROCESSABLE_ENTITY | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS => {
                let retry_after_s = match self {
                    ConsoleError::TooMany { retry_after_s } => Some(retry_after_s),
                    _ => None,
                };
                Ok(FormRefusal { status, text: sentence(&self.to_string()), retry_after_s })
            }
            _ => Err(self.into()),
        }
    }
}

/// Why a form is shown again.
#[derive(Debug, Clone)]
pub(super) struct FormRefusal {
    pub(super) status: StatusCode,
    pub(super) text: String,
    pub(super) retry_after_s: Option<u64>,
}

impl FormRefusal {
    /// A refusal that is the page's own.
    pub(super) fn new(text: &str) -> FormRefusal {
        FormRefusal { status: StatusCode::UNPROCESSABLE_ENTITY, text: text.to_owned(), retry_after_s: None }
    }
}

/// Error texts begin in lower case; on a page they are sentences.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

impl ResponseError for PageError {
    fn status_code(&self) -> StatusCode {
        match self {
            PageError::SignInFirst { .. } => StatusCode::SEE_OTHER,
            PageError::FormForeign => StatusCode::FORBIDDEN,
            PageError::FormInvalid => StatusCode::BAD_REQUEST,
            PageError::BodySlow => StatusCode::REQUEST_TIMEOUT,
            PageError::Console(error) => error.status(),
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        match self {
            PageError::SignInFirst { next } => {
                response.insert_header((header::LOCATION, sign_in_path(next.as_deref())));
            }
            PageError::Console(ConsoleError::TooMany { retry_after_s }) => {
                response.insert_header((header::RETRY_AFTER, retry_after_s.to_string()));
            }
            _ => {}
        }
        response.finish()
    }
}
