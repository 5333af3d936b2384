//! Fast, forgettable, shared: hints between processes, and their in-process stand-ins (design D21).
//!
//! Losing everything in here loses no data: what a hint is about is read again from a control store. It does not know
//! what the hints mean.

use region_config::RegionName;
use tokio::sync::broadcast;

/// "Something of this region changed": look into its control store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeHint {
    /// Whose control store.
    pub region: RegionName,
}

/// Carries hints to everybody in this process.
#[derive(Debug, Clone)]
pub struct Hints {
    sender: broadcast::Sender<ChangeHint>,
}

impl Hints {
    /// A carrier that keeps at most 1,024 hints for a slow listener; what is lost is found by polling.
    pub fn in_process() -> Hints {
        Hints { sender: broadcast::channel(1024).0 }
    }

    /// Tells everybody. Nobody listening is fine.
    pub fn tell(&self, hint: ChangeHint) {
        let _ = self.sender.send(hint);
    }

    /// Listens from now on.
    pub fn listen(&self) -> broadcast::Receiver<ChangeHint> {
        self.sender.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hint_reaches_every_listener() {
        let hints = Hints::in_process();
        let (mut first, mut second) = (hints.listen(), hints.listen());
        let hint = ChangeHint { region: RegionName::parse("eu1").unwrap() };
        hints.tell(hint.clone());
        assert_eq!((first.recv().await.unwrap(), second.recv().await.unwrap()), (hint.clone(), hint));
    }
}
