//! The places where parts that do not know each other meet in one process: each adapts one part to the trait that
//! another part declares.

mod cloud;
mod directory;
mod regions;
mod workspaces;

pub use cloud::ConsoleCloud;
pub use directory::EngineDirectory;
pub use regions::EngineRegion;
pub use workspaces::ConsoleWorkspaces;
