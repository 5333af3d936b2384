//! Forms: small, in time, from a page of ours, and with the token that the page was given.

use super::{error::PageError, same_origin::is_same_origin, visitor::Visitor};
use actix_web::{FromRequest, HttpRequest, dev::Payload};
use futures::future::LocalBoxFuture;
use region_config::limits::BODY_TIME_MAX;
use serde::{Deserialize, de::DeserializeOwned};
use subtle::ConstantTimeEq as _;

/// A form `F` that somebody (`V`: anybody, or somebody signed in) was shown and filled in.
pub(super) struct Post<V, F> {
    pub(super) by: V,
    pub(super) form: F,
}

/// Bytes of a form.
const FORM_BYTES_MAX: usize = 16 * 1024;

/// The fields of every form. Flattened fields arrive as texts, so `F` may hold texts only.
#[derive(Deserialize)]
struct WithToken<F> {
    csrf: String,
    #[serde(flatten)]
    form: F,
}

/// A form with nothing to fill in.
#[derive(Deserialize)]
pub(super) struct Nothing {}

impl<V, F> FromRequest for Post<V, F>
where
    V: FromRequest<Error = PageError> + AsRef<Visitor> + 'static,
    F: DeserializeOwned + 'static,
{
    type Error = PageError;
    type Future = LocalBoxFuture<'static, Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let by = V::from_request(&request, &mut payload).await?;
            if !is_same_origin(&request, &by.as_ref().console) {
                return Err(PageError::FormForeign);
            }
            let read = actix_web::dev::UrlEncoded::<WithToken<F>>::new(&request, &mut payload).limit(FORM_BYTES_MAX);
            let WithToken { csrf, form } = tokio::time::timeout(BODY_TIME_MAX, read)
                .await
                .map_err(|_| PageError::BodySlow)?
                .map_err(|_| PageError::FormInvalid)?;
            if !bool::from(csrf.as_bytes().ct_eq(by.as_ref().csrf().as_bytes())) {
                return Err(PageError::FormForeign);
            }
            Ok(Post { by, form })
        })
    }
}
