//! A fault at a chosen place, for the crash test alone: the process ends, stands still, panics or fails exactly there, so
//! that what a real crash leaves behind can be looked at. Nothing is planned unless the operator says so.

use crate::ConnectorError;
use std::{
    process::Command,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

/// The fault that is planned, if there is one. Clones share it: it happens once.
#[derive(Debug, Clone, Default)]
pub struct Faults(Option<Arc<Planned>>);

#[derive(Debug)]
struct Planned {
    point: String,
    /// Passes of the point up to and with the one that it happens at.
    passes_left: AtomicI64,
    fault: Fault,
}

#[derive(Debug, Clone, Copy)]
enum Fault {
    Kill,
    Stop,
    Error,
    Panic,
}

impl FromStr for Faults {
    type Err = String;

    /// `POINT:PASS:FAULT`, such as `D3:2:kill`: at the second pass of `D3`. Nothing for an empty text.
    fn from_str(text: &str) -> Result<Faults, String> {
        if text.is_empty() {
            return Ok(Faults::default());
        }
        let refused = || format!("'{text}' is no fault: write POINT:PASS:kill, stop, error or panic");
        let [point, pass, fault] = text.split(':').collect::<Vec<_>>().try_into().map_err(|_| refused())?;
        let fault = match fault {
            "kill" => Fault::Kill,
            "stop" => Fault::Stop,
            "error" => Fault::Error,
            "panic" => Fault::Panic,
            _ => return Err(refused()),
        };
        let passes_left = AtomicI64::new(pass.parse().map_err(|_| refused())?);
        Ok(Faults(Some(Arc::new(Planned { point: point.to_owned(), passes_left, fault }))))
    }
}

impl Faults {
    /// Passes a point. What was planned for it happens.
    #[expect(clippy::panic, reason = "that is what was asked for")]
    pub fn at(&self, point: &str) -> Result<(), ConnectorError> {
        let Some(planned) = self.0.as_ref().filter(|planned| planned.point == point) else { return Ok(()) };
        if planned.passes_left.fetch_sub(1, Ordering::SeqCst) != 1 {
            return Ok(());
        }
        match planned.fault {
            Fault::Kill => signal("-KILL"),
            Fault::Stop => signal("-STOP"),
            Fault::Error => return Err(ConnectorError::Unavailable(format!("a fault was planned at {point}"))),
            Fault::Panic => panic!("a fault was planned at {point}"),
        }
        Ok(())
    }
}

/// Sends this process a signal. The standard library has no call for it.
fn signal(name: &str) {
    let sent = Command::new("kill").args([name, &std::process::id().to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()), "the signal of a planned fault was not sent");
}
