//! A place in a line as a future: ready when its turn has come; dropped before, it leaves the line.

use super::{Limiter, Meter, Ticket, Turn};
use region_config::Clock;
use std::{
    hash::Hash,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};
use tokio::time::{Sleep, sleep};

/// Waits for the turn of a ticket.
pub(crate) struct Waiting<K: Hash + Eq + Copy> {
    limiter: Arc<Limiter<K>>,
    clock: Arc<dyn Clock>,
    /// None once its turn has come.
    ticket: Option<Ticket<K>>,
    /// Only the head of a line sleeps.
    timer: Option<Pin<Box<Sleep>>>,
}

impl<K: Hash + Eq + Copy> Waiting<K> {
    /// Waits in a limiter's line, with a ticket of that limiter.
    pub fn new(limiter: Arc<Limiter<K>>, clock: Arc<dyn Clock>, ticket: Ticket<K>) -> Self {
        Waiting { limiter, clock, ticket: Some(ticket), timer: None }
    }
}

impl<K: Hash + Eq + Copy + Unpin> Future for Waiting<K> {
    type Output = Meter;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Meter> {
        loop {
            let Some(ticket) = &self.ticket else { return Poll::Pending };
            let now = self.clock.monotonic();
            match self.limiter.turn(ticket, now, cx.waker()) {
                Turn::Go(meter) => {
                    self.ticket = None;
                    return Poll::Ready(meter);
                }
                Turn::Behind => return Poll::Pending,
                // The timer says only when to look again; what counts is the clock.
                Turn::At(due) => {
                    let timer = self.timer.insert(Box::pin(sleep(due.saturating_sub(now))));
                    ready!(timer.as_mut().poll(cx));
                }
            }
        }
    }
}

impl<K: Hash + Eq + Copy> Drop for Waiting<K> {
    fn drop(&mut self) {
        if let Some(ticket) = &self.ticket {
            self.limiter.leave(ticket);
        }
    }
}
