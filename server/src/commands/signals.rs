//! Waiting for Ctrl-C or SIGTERM.

/// Ends when the process is asked to stop.
pub async fn stop_requested() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
        else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Logs to standard error, as text for people or as JSON for machines.
pub fn start_logging(json: bool) {
    use tracing_subscriber::{EnvFilter, fmt};
    // A stranger's bytes that are no HTTP are no error of ours: they would fill the log.
    let default = || EnvFilter::new("warn,actix_http=off");
    let filter = EnvFilter::try_from_env("REFRACT_LOG").unwrap_or_else(|_| default());
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Only one logger can be set; a second start in one process (tests) keeps the first.
    let _ = if json { builder.json().try_init() } else { builder.with_ansi(is_terminal()).try_init() };
}

fn is_terminal() -> bool {
    std::io::IsTerminal::is_terminal(&std::io::stderr())
}
