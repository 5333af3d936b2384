//! What engines must know of workspaces, answered by the console of this process.

use console_web::Console;
use engine::{WorkspaceFacts, Workspaces};
use futures::future::BoxFuture;

/// Asks the console.
pub struct ConsoleWorkspaces {
    /// The console.
    pub console: Console,
    /// `--open`: the home workspace needs no management secret.
    pub home_is_open: bool,
}

impl Workspaces for ConsoleWorkspaces {
    fn find<'a>(&'a self, slug: &'a str) -> BoxFuture<'a, Result<Option<WorkspaceFacts>, String>> {
        Box::pin(async move {
            let facts = self.console.workspace(slug).await.map_err(|e| e.to_string())?;
            Ok(facts.map(|facts| {
                let open = self.home_is_open && facts.home;
                let secrets = if open { Vec::new() } else { self.console.management_secrets(&facts) };
                WorkspaceFacts { incarnation: facts.incarnation, secrets }
            }))
        })
    }

    fn home(&self) -> BoxFuture<'_, Result<Option<String>, String>> {
        Box::pin(async move {
            let home = self.console.home_workspace().await.map_err(|e| e.to_string())?;
            Ok(home.map(|facts| facts.slug))
        })
    }
}
