//! `refract datamodel upgrade`: prints the datamodel 1.1 of an old one, without a server.

use crate::failure::Failure;
use clap::{Args, Subcommand};
use cli::upgrade::{NEXT, upgrade};
use std::path::PathBuf;

/// Flags of `datamodel`.
#[derive(Args)]
pub struct DatamodelArguments {
    #[command(subcommand)]
    command: DatamodelCommand,
}

#[derive(Subcommand)]
enum DatamodelCommand {
    /// Prints the datamodel 1.1 that keeps the data of a datamodel of Prisma 1.0 to 1.30 (without @id).
    Upgrade {
        /// The old datamodel file.
        file: PathBuf,
    },
}

/// Runs the command. What it prints can be kept as it is; what there is to say about it goes to the terminal.
pub fn run(arguments: DatamodelArguments) -> Result<(), Failure> {
    let DatamodelCommand::Upgrade { file } = arguments.command;
    let shown = file.display();
    let text =
        std::fs::read_to_string(&file).map_err(|e| Failure::Configuration(format!("cannot read {shown}: {e}")))?;
    let upgraded =
        upgrade(&text).map_err(|report| Failure::Failed(format!("{shown} cannot be upgraded:\n{report}")))?;
    print!("{upgraded}");
    eprintln!("{NEXT}");
    Ok(())
}
