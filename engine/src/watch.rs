//! What an engine does all the time, besides answering: it tells the others that it is alive, hears what changed, and ends
//! what was begun and left, by an earlier life of its own, by a task that failed, or by an engine that is dead
//! (design D11, D21).
//!
//! The clocks of two machines differ, and can be set; so nothing here compares their times. An engine counts its beat up.
//! Another one that reads the same beat for [`DEAD_AFTER`], on a clock of its own that nobody can set, calls it dead. An
//! engine itself trusts what it keeps for [`LISTENS_FOR`], which is less.

use crate::{
    engine::{Engine, EngineError, LOOK_AGAIN},
    registry::{Forget, RegistryError},
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};
use tokio::task::JoinHandle;

/// Time between two beats: others hear of a change within it.
const BEAT: Duration = Duration::from_millis(500);
/// What an engine keeps is trusted for so long after its last beat.
const LISTENS_FOR: Duration = Duration::from_secs(10);
/// An engine whose beat stands still for so long is dead.
const DEAD_AFTER: Duration = Duration::from_secs(15);

/// What this engine knows of those that share its registry.
#[derive(Default)]
pub(crate) struct Peers {
    /// Number of the newest change that was heard of.
    seen: i64,
    /// The beat of each, and since when it stands.
    beats: HashMap<String, (i64, Duration)>,
}

impl Engine {
    /// Joins the engines of the region, and finishes what a crash left half done. To be called before requests are served.
    pub async fn resume(self: &Arc<Engine>) -> Result<(), EngineError> {
        self.beat().await?;
        for work in self.take_over().await? {
            // How it ended stands in the registry; what did not end is taken up again.
            let _ = work.await;
        }
        Ok(())
    }

    /// Watches for ever.
    pub async fn watch(self: Arc<Engine>) {
        let mut fails = false;
        loop {
            tokio::time::sleep(BEAT).await;
            let round = async {
                self.beat().await?;
                self.take_over().await
            };
            match round.await {
                Ok(_) => fails = false,
                // Once, not with each beat.
                Err(error) if !fails => {
                    tracing::error!(%error, "the registry cannot be watched");
                    fails = true;
                }
                Err(_) => {}
            }
        }
    }

    /// Tells that this engine is alive, forgets what changed, and removes those that are dead.
    async fn beat(&self) -> Result<(), RegistryError> {
        if !self.registry.is_shared() {
            return Ok(());
        }
        let (began, seen) = (self.clock.monotonic(), self.peers.lock().seen);
        let services = self.services.clone();
        let forget = move |forget: &Forget| match forget {
            Forget::Everything => services.forget_all(),
            Forget::Services(changed) => changed.iter().for_each(|address| services.forget(address)),
        };
        let heard = self.registry.beat(&self.id, seen, forget).await?;
        self.services.listened(began, LISTENS_FOR);
        let dead = self.peers.lock().hear(&self.id, heard.seen, heard.beats, self.clock.monotonic());
        if dead.is_empty() {
            return Ok(());
        }
        tracing::warn!(engines = ?dead, "engines are dead; what they were doing is taken over");
        self.registry.remove_engines(dead).await
    }

    /// Takes up what is left half done, each in a task of its own.
    async fn take_over(self: &Arc<Engine>) -> Result<Vec<JoinHandle<()>>, EngineError> {
        let mut begun = Vec::new();
        for deleting in self.registry.take_over_deletes(&self.id).await? {
            let Some(claim) = self.claim(deleting.service) else { continue };
            let worker = self.clone();
            begun.push(tokio::task::spawn_local(async move {
                let service = deleting.service;
                if let Err(error) = worker.finish_delete(claim, deleting).await {
                    tracing::error!(service, %error, "a delete stays open");
                }
            }));
        }
        for (service, revision) in self.registry.unfinished_migrations(&self.id).await? {
            let Some(claim) = self.claim(service) else { continue };
            if !self.registry.take_over(service, revision, &self.id).await? {
                continue;
            }
            tracing::warn!(service, revision, "a migration that was left is taken over");
            let worker = self.clone();
            begun.push(tokio::task::spawn_local(async move {
                if let Err(error) = worker.resume_migration(claim, revision).await {
                    tracing::error!(service, revision, %error, "a migration stays open");
                }
            }));
        }
        Ok(begun)
    }

    /// Waits until no other engine answers from what it kept before a change.
    pub(crate) async fn all_others_have_seen(&self, change: i64) -> Result<(), RegistryError> {
        while self.registry.is_shared() && !self.registry.all_have_seen(&self.id, change).await? {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }

    /// Leaves the engines of the region.
    pub(crate) async fn leave(&self) -> Result<(), RegistryError> {
        if self.registry.is_shared() { self.registry.leave(&self.id).await } else { Ok(()) }
    }
}

impl Peers {
    /// Notes what was heard; yields those who are dead, with the beat at which they stand still.
    fn hear(&mut self, own: &str, seen: i64, beats: Vec<(String, i64)>, now: Duration) -> Vec<(String, i64)> {
        self.seen = seen;
        let there: HashSet<&str> = beats.iter().map(|(engine, _)| engine.as_str()).collect();
        self.beats.retain(|engine, _| there.contains(engine.as_str()));
        let mut dead = Vec::new();
        for (engine, beat) in beats.into_iter().filter(|(engine, _)| engine != own) {
            let (known, since) = self.beats.entry(engine.clone()).or_insert((beat, now));
            if *known != beat {
                (*known, *since) = (beat, now);
            } else if now.saturating_sub(*since) >= DEAD_AFTER {
                dead.push((engine, beat));
            }
        }
        dead
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_stands_still_for_long_is_dead() {
        let mut peers = Peers::default();
        let mut hear = |beat: i64, second: u64| {
            let beats = vec![("own".to_owned(), 1), ("other".to_owned(), beat)];
            peers.hear("own", 0, beats, Duration::from_secs(second)).len()
        };
        assert_eq!([hear(1, 0), hear(1, 14), hear(2, 15), hear(2, 29)], [0, 0, 0, 0]);
        assert_eq!([hear(2, 30), hear(2, 31), hear(3, 60)], [1, 1, 0], "until it beats again");
    }
}
