//! `refract check`: judges a datamodel file as a deploy would, without a server.

use crate::failure::Failure;
use clap::Args;
use cli::check::{Report, check};
use std::path::PathBuf;

/// Flags of `check`.
#[derive(Args)]
pub struct CheckArguments {
    /// The datamodel file.
    file: PathBuf,
    /// Prints the findings as JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: CheckArguments) -> Result<(), Failure> {
    let file = arguments.file.display();
    let text = std::fs::read_to_string(&arguments.file)
        .map_err(|e| Failure::Configuration(format!("cannot read {file}: {e}")))?;
    let report = check(&text);
    if arguments.json {
        println!("{}", report.to_json());
    } else {
        print!("{report}");
    }
    match report {
        Report { errors, .. } if !errors.is_empty() => {
            Err(Failure::Failed(format!("{file} cannot be deployed: {} error(s)", errors.len())))
        }
        _ => Ok(()),
    }
}
