//! Whose turn it is: writes of one service that take several statements run one after the other, first come first served.
//!
//! So nested writes never meet in the middle of their links: no deadlock, and no two of them that each find a one-to-one
//! link free. They wait before they take a connection, and the database holds the same order between processes.

use connector_interface::ConnectorError;
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    sync::{Arc, Weak},
    time::Duration,
};
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

/// Writes of a service that wait or run; more are refused.
const WAITING_MAX: usize = 256;

/// The statement that holds a service for the rest of a transaction, whatever process asks.
pub const HOLD: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";

/// The turns of all services that write.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<String, Weak<Turn<()>>>>);

impl Turns {
    /// Waits for a service's turn; it lasts as long as what comes back.
    pub async fn of(&self, schema: &str, longest: Duration) -> Result<OwnedMutexGuard<()>, ConnectorError> {
        let turn = self.turn(schema);
        if Arc::strong_count(&turn) > WAITING_MAX {
            return Err(ConnectorError::Unavailable(format!("{WAITING_MAX} writes of this service are waiting")));
        }
        let waited = tokio::time::timeout(longest, turn.lock_owned()).await;
        waited.map_err(|_| ConnectorError::Unavailable("other writes of this service took too long".to_owned()))
    }

    fn turn(&self, schema: &str) -> Arc<Turn<()>> {
        let mut turns = self.0.lock();
        if let Some(turn) = turns.get(schema).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::default();
        turns.insert(schema.to_owned(), Arc::downgrade(&turn));
        turn
    }
}
