//! The `refract` binary: puts the parts together, all in one process or one role of them, and offers their commands.
//!
//! Exit codes: 0 done, 1 it failed, 2 the command line or the configuration is wrong, 3 done but for parts that were refused.

mod commands;
mod data_folder;
mod failure;
mod links;
mod listen;
mod open_files;
mod settings;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// A GraphQL demo cloud that the Prisma 1 tools can use unchanged.
#[derive(Parser)]
#[command(name = "refract", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the whole cloud in this process: gateway, engine, console, every region.
    Up(commands::up::UpArguments),
    /// Runs a Prisma 1 server: the engine alone, configured by PRISMA_CONFIG.
    Engine(commands::engine::EngineArguments),
    /// Prints the shell lines that point the `prisma1` command at a running cloud.
    Env(commands::env::EnvArguments),
    /// Looks after an installation: keys, links, invitations.
    Admin(commands::admin::AdminArguments),
    /// Checks a datamodel file as a deploy would.
    Check(commands::check::CheckArguments),
    /// Writes a service's data into a folder, in the form of `prisma1 export`.
    Export(commands::transfer::TransferArguments),
    /// Reads such a folder into a service. It may be run again: what is stored already stays as it is.
    Import(commands::transfer::TransferArguments),
    /// Works on datamodel files, without a server.
    Datamodel(commands::datamodel::DatamodelArguments),
}

fn main() -> ExitCode {
    // Wrong flags end here, with exit code 2.
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Command::Up(arguments) => commands::up::run(arguments),
        Command::Engine(arguments) => commands::engine::run(arguments),
        Command::Env(arguments) => commands::env::run(arguments),
        Command::Admin(arguments) => commands::admin::run(arguments),
        Command::Check(arguments) => commands::check::run(arguments),
        Command::Export(arguments) => commands::transfer::export(arguments),
        Command::Import(arguments) => commands::transfer::import(arguments),
        Command::Datamodel(arguments) => commands::datamodel::run(arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("refract: {failure}");
            failure.exit_code()
        }
    }
}
