//! What is prepared on a connection: bounded, the statement that was unused for longest goes first.

use ahash::RandomState;
use std::{collections::HashMap, sync::Arc};
use tokio_postgres::Statement;

/// The prepared statements of one connection, by text.
pub struct Statements {
    kept: HashMap<Arc<str>, (Statement, u64), RandomState>,
    uses: u64,
    max: usize,
}

impl Statements {
    /// None yet.
    pub fn new(max: usize) -> Statements {
        Statements { kept: HashMap::default(), uses: 0, max: max.max(1) }
    }

    /// The statement of a text, if it is prepared.
    pub fn get(&mut self, text: &str) -> Option<Statement> {
        self.uses += 1;
        let (statement, used) = self.kept.get_mut(text)?;
        *used = self.uses;
        Some(statement.clone())
    }

    /// Keeps a statement. When there is no room, a tenth of those that were unused for longest are closed.
    pub fn keep(&mut self, text: Arc<str>, statement: Statement) {
        if self.kept.len() >= self.max {
            let mut uses: Vec<u64> = self.kept.values().map(|(_, used)| *used).collect();
            let (_, oldest, _) = uses.select_nth_unstable(self.max / 10);
            let oldest = *oldest;
            self.kept.retain(|_, (_, used)| *used > oldest);
        }
        self.kept.insert(text, (statement, self.uses));
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        self.kept.clear();
    }

    /// Forgets a statement that no longer fits.
    pub fn forget(&mut self, text: &str) {
        self.kept.remove(text);
    }
}
