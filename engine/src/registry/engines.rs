//! The engines of a region, as they know of each other where several can share a registry: who is alive, and who has
//! heard of which change (design D21).
//!
//! An engine counts its beat up all the time. Whoever sees the same beat for long enough, by a clock of its own that
//! nobody can set, takes the engine for dead and removes its row. Such an engine, when it comes back, finds that out by
//! its next beat and forgets all that it kept.

use super::{Registry, RegistryError};
use control_store::{Row, StoreError, Transaction, current_change, next_change, params};
use region_config::Address;

/// Changes that are kept for engines that have not heard of them yet; over it, an engine forgets everything.
const CHANGES_KEPT: i64 = 10_000;

/// What an engine heard at a beat.
pub(crate) struct Heard {
    /// The number up to which it knows everything.
    pub seen: i64,
    /// The beats of all engines.
    pub beats: Vec<(String, i64)>,
}

/// What an engine has to forget.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Forget {
    /// These services.
    Services(Vec<Address>),
    /// Everything: it was taken for dead meanwhile, or has not listened for long.
    Everything,
}

impl Registry {
    /// Whether other engines may share this registry.
    pub(crate) fn is_shared(&self) -> bool {
        self.shared
    }

    /// Counts this engine's beat up and tells what has changed since it has `seen` a number. What is to be forgotten has
    /// been forgotten, by `forget`, before anybody can read that this engine has seen it.
    pub(crate) async fn beat(
        &self,
        engine: &str,
        seen: i64,
        forget: impl FnOnce(&Forget) + Send + 'static,
    ) -> Result<Heard, RegistryError> {
        let engine = engine.to_owned();
        self.store
            .transaction(move |t| {
                let current = current_change(t)?;
                let sql = "UPDATE engine SET beat = beat + 1, seen = ?2 WHERE id = ?1";
                let known = t.execute(sql, params![engine, current])? > 0;
                if !known {
                    t.execute("INSERT INTO engine (id, beat, seen) VALUES (?1, 1, ?2)", params![engine, current])?;
                }
                let changed = changed_since(t, seen)?;
                let all = known && i64::try_from(changed.len()).is_ok_and(|count| count == current - seen);
                let to_forget = if all { Forget::Services(changed) } else { Forget::Everything };
                forget(&to_forget);
                let beats = t.query("SELECT id, beat FROM engine", params![], |row| Ok((row.get(0)?, row.get(1)?)))?;
                Ok(Heard { seen: current, beats })
            })
            .await
    }

    /// Removes engines that still have the beat that they had when they were found dead.
    pub(crate) async fn remove_engines(&self, dead: Vec<(String, i64)>) -> Result<(), RegistryError> {
        self.store
            .transaction(move |t| {
                for (engine, beat) in dead {
                    t.execute("DELETE FROM engine WHERE id = ?1 AND beat = ?2", params![engine, beat])?;
                }
                Ok(())
            })
            .await
    }

    /// Removes this engine: it answers no more.
    pub(crate) async fn leave(&self, engine: &str) -> Result<(), RegistryError> {
        let engine = engine.to_owned();
        self.store
            .transaction(move |t| {
                t.execute("DELETE FROM engine WHERE id = ?1", params![engine])?;
                Ok(())
            })
            .await
    }

    /// Whether each engine but this one has heard of a change.
    pub(crate) async fn all_have_seen(&self, but: &str, number: i64) -> Result<bool, RegistryError> {
        let but = but.to_owned();
        self.store
            .transaction(move |t| {
                let sql = "SELECT count(*) FROM engine WHERE seen < ?1 AND id <> ?2";
                Ok(t.query_row(sql, params![number, but], |row| row.get::<i64>(0))? == 0)
            })
            .await
    }
}

/// Notes that what is kept of a service is old; the number of the change.
pub(super) fn note_change(t: &Transaction<'_>, address: &Address) -> Result<i64, StoreError> {
    let number = next_change(t)?;
    t.execute(
        "INSERT INTO changed_service (number, workspace, name, stage) VALUES (?1, ?2, ?3, ?4)",
        params![number, address.workspace.as_deref().unwrap_or(""), address.service, address.stage],
    )?;
    t.execute("DELETE FROM changed_service WHERE number <= ?1", params![number - CHANGES_KEPT])?;
    Ok(number)
}

fn changed_since(t: &Transaction<'_>, seen: i64) -> Result<Vec<Address>, StoreError> {
    t.query(
        "SELECT workspace, name, stage FROM changed_service WHERE number > ?1 ORDER BY number",
        params![seen],
        |row: &Row| {
            let workspace: String = row.get(0)?;
            let workspace = (!workspace.is_empty()).then_some(workspace);
            Ok(Address { workspace, service: row.get(1)?, stage: row.get(2)? })
        },
    )
}
