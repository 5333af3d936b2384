//! Who looks at a page. The permission stands in a handler's signature: [`Visitor`] is anybody, [`SignedIn`] has an
//! account, and without one the browser is led to the sign-in page and back.

use super::{client, cookies::Cookie, error::PageError, guard::RequestId};
use crate::{accounts::Account, console::Console};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev::Payload, http::Method, web};
use futures::future::LocalBoxFuture;
use hkdf::Hkdf;
use region_config::keys::Purpose;
use sha2::Sha256;
use std::net::IpAddr;

/// Anybody's browser.
pub(super) struct Visitor {
    pub(super) console: Console,
    pub(super) client: IpAddr,
    pub(super) account: Option<Account>,
    /// Id of the session, or, without one, of the browser.
    token: String,
    /// Whether the browser must be told its id.
    pub(super) is_new: bool,
}

/// The browser of somebody who is signed in.
pub(super) struct SignedIn {
    visitor: Visitor,
    pub(super) account: Account,
}

impl Visitor {
    async fn of(request: &HttpRequest) -> Result<Visitor, PageError> {
        let console = console_of(request);
        let client = client::address(request, &console);
        if let Some(token) = Cookie::Session.read(request, &console)
            && let Some(account) = console.session(&token).await?
        {
            return Ok(Visitor { console, client, account: Some(account), token, is_new: false });
        }
        let known = Cookie::Visitor.read(request, &console);
        let is_new = known.is_none();
        let token = known.unwrap_or_else(|| console.new_secret());
        Ok(Visitor { console, client, account: None, token, is_new })
    }

    /// The token that its forms carry: follows from the session, or the browser, and from a key of ours.
    pub(super) fn csrf(&self) -> String {
        let key = self.console.shared.keys.derive(Purpose::Csrf);
        let kind = if self.account.is_some() { "session " } else { "visitor " };
        let mut out = [0; 32];
        Hkdf::<Sha256>::new(None, key.bytes())
            .expand_multi_info(&[kind.as_bytes(), self.token.as_bytes()], &mut out)
            .expect("32 bytes are within what HKDF-SHA256 yields");
        region_config::keys::Secret::from_bytes(out).to_text()
    }

    /// Id of its session, if it has one.
    pub(super) fn session(&self) -> Option<&str> {
        self.account.is_some().then_some(self.token.as_str())
    }

    /// The header that tells a new browser its id.
    pub(super) fn new_cookie(&self) -> Option<String> {
        self.is_new.then(|| Cookie::Visitor.set(&self.console, &self.token))
    }
}

impl AsRef<Visitor> for Visitor {
    fn as_ref(&self) -> &Visitor {
        self
    }
}

impl AsRef<Visitor> for SignedIn {
    fn as_ref(&self) -> &Visitor {
        &self.visitor
    }
}

impl SignedIn {
    /// The console.
    pub(super) fn console(&self) -> &Console {
        &self.visitor.console
    }
}

impl FromRequest for Visitor {
    type Error = PageError;
    type Future = LocalBoxFuture<'static, Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Visitor::of(&request).await })
    }
}

impl FromRequest for SignedIn {
    type Error = PageError;
    type Future = LocalBoxFuture<'static, Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let visitor = Visitor::of(&request).await?;
            match visitor.account.clone() {
                Some(account) => Ok(SignedIn { visitor, account }),
                None => {
                    // A form that was sent in vain cannot be sent again by a redirect.
                    let next = (request.method() == Method::GET)
                        .then(|| request.uri().path_and_query().map(|p| p.as_str().to_owned()))
                        .flatten();
                    Err(PageError::SignInFirst { next })
                }
            }
        })
    }
}

/// The console that the app was configured with.
pub(super) fn console_of(request: &HttpRequest) -> Console {
    request.app_data::<web::Data<Console>>().expect("the app was configured with a console").get_ref().clone()
}

/// Id of the request.
pub(super) fn request_id(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}
