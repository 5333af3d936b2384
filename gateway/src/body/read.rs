//! Reads a body: no more bytes than allowed, no slower than allowed, and none that the process has no room for.

use crate::{
    budget::{Budget, Lease},
    refusal::Refusal,
};
use actix_web::dev::Payload;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use region_config::Clock;
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// Bodies up to this size are read to their end before a refusal, so that the connection can be kept: a client that
/// must connect again costs four times as much as these bytes.
const DRAIN_BYTES_MAX: usize = 64 * 1024;
/// How long that may take.
const DRAIN_TIME_MAX: Duration = Duration::from_millis(200);

/// How a body may come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimits {
    /// Bytes.
    pub bytes_max: usize,
    /// Time until its end.
    pub time_max: Duration,
    /// Time after which it must come at 1 byte a millisecond at least.
    pub grace: Duration,
}

/// A body in memory, and the memory it holds of the budget.
#[derive(Debug)]
pub(crate) struct Body {
    pub bytes: Bytes,
    pub lease: Lease,
}

/// Reads a body; `length` is what the head says.
pub(crate) async fn read(
    payload: &mut Payload,
    length: Option<usize>,
    limits: BodyLimits,
    budget: &Arc<Budget>,
    clock: &dyn Clock,
) -> Result<Body, Refusal> {
    let too_large = Refusal::BodyTooLarge { max: limits.bytes_max };
    if length.is_some_and(|length| length > limits.bytes_max) {
        return Err(too_large);
    }
    // What the head announces is leased at once; what comes without a length, chunk by chunk.
    let mut lease = budget.lease(length.unwrap_or(0)).ok_or(Refusal::Busy)?;
    let start = clock.monotonic();
    let mut first = Bytes::new();
    let mut joined = BytesMut::new();
    loop {
        let received = first.len() + joined.len();
        let pace = limits.grace + Duration::from_millis(u64::try_from(received).unwrap_or(u64::MAX));
        let left = (start + limits.time_max.min(pace)).saturating_sub(clock.monotonic());
        let chunk = match timeout(left, payload.next()).await {
            Err(_) => return Err(Refusal::BodyTooSlow),
            Ok(None) => break,
            Ok(Some(Err(_))) => return Err(Refusal::BodyBroken),
            Ok(Some(Ok(chunk))) => chunk,
        };
        let received = received + chunk.len();
        if received > limits.bytes_max {
            return Err(too_large);
        }
        if length.is_none() && !lease.grow(chunk.len()) {
            return Err(Refusal::Busy);
        }
        // Most bodies are one chunk, which is handed on as it is.
        if received == chunk.len() {
            first = chunk;
        } else {
            if joined.is_empty() {
                joined.reserve(length.unwrap_or(received).max(received));
                joined.extend_from_slice(&std::mem::take(&mut first));
            }
            joined.extend_from_slice(&chunk);
        }
    }
    let bytes = if joined.is_empty() { first } else { joined.freeze() };
    Ok(Body { bytes, lease })
}

/// Reads a small body away before a refusal. A larger one stays unread, and actix closes the connection.
pub(crate) async fn drain(payload: &mut Payload, length: Option<usize>) {
    if length.is_some_and(|length| length > 0 && length <= DRAIN_BYTES_MAX) {
        let _ = timeout(DRAIN_TIME_MAX, async { while let Some(Ok(_)) = payload.next().await {} }).await;
    }
}
