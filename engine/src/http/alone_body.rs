//! Reads a body for the engine that stands alone: no more bytes than allowed, and no slower than allowed.

use actix_web::web::{Bytes, BytesMut, Payload};
use futures::StreamExt as _;
use region_config::{
    Clock,
    limits::{BODY_GRACE, BODY_TIME_MAX},
};
use std::time::Duration;
use tokio::time::timeout;

/// Why a body is not there.
#[derive(Debug, thiserror::Error)]
pub(super) enum BodyRefused {
    #[error("the body is larger than the {max} bytes that are allowed here")]
    TooLarge { max: usize },
    #[error("the body did not arrive in time")]
    TooSlow,
    #[error("the body did not arrive")]
    Broken,
}

/// Reads a body; `announced` is its length as the head tells it.
pub(super) async fn read(
    mut payload: Payload,
    announced: Option<usize>,
    bytes_max: usize,
    clock: &dyn Clock,
) -> Result<Bytes, BodyRefused> {
    if announced.is_some_and(|bytes| bytes > bytes_max) {
        return Err(BodyRefused::TooLarge { max: bytes_max });
    }
    let start = clock.monotonic();
    let mut body = BytesMut::new();
    loop {
        let pace = BODY_GRACE + Duration::from_millis(u64::try_from(body.len()).unwrap_or(u64::MAX));
        let left = (start + BODY_TIME_MAX.min(pace)).saturating_sub(clock.monotonic());
        match timeout(left, payload.next()).await {
            Err(_) => return Err(BodyRefused::TooSlow),
            Ok(None) => return Ok(body.freeze()),
            Ok(Some(Err(_))) => return Err(BodyRefused::Broken),
            Ok(Some(Ok(chunk))) if body.len() + chunk.len() > bytes_max => {
                return Err(BodyRefused::TooLarge { max: bytes_max });
            }
            // Most bodies are one chunk, which is handed on as it is.
            Ok(Some(Ok(chunk))) if body.is_empty() => body = BytesMut::from(chunk),
            Ok(Some(Ok(chunk))) => body.extend_from_slice(&chunk),
        }
    }
}
