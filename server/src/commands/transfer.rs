//! `refract export` and `refract import`: a service's data to and from a folder, also while the installation runs.
//!
//! They ask the engine for what `prisma1 export` and `prisma1 import` ask it over HTTP. An import may be stopped and run
//! again: every file is stored as a whole, and what is stored already is left as it is.

use super::service::ServiceArguments;
use crate::failure::Failure;
use clap::Args;
use cli::transfer::{KINDS, Tally, elements, file, file_name, files};
use region_config::limits::IMPORT_BODY_BYTES_MAX;
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};
use std::{
    fs,
    io::{IsTerminal as _, Write as _},
    path::{Path, PathBuf},
};

/// What stands in place of a request's id in the log.
const REQUEST: &str = "command-line";

/// Flags of both.
#[derive(Args)]
pub struct TransferArguments {
    #[command(flatten)]
    of: ServiceArguments,
    /// The folder with the files.
    folder: PathBuf,
    /// Prints the result as one line of JSON.
    #[arg(long)]
    json: bool,
}

/// A bundle of an export.
#[derive(Deserialize)]
struct Bundle<'a> {
    #[serde(borrow)]
    out: Out<'a>,
    cursor: Value,
}

#[derive(Deserialize)]
struct Out<'a> {
    #[serde(rename = "jsonElements", borrow)]
    elements: Vec<&'a RawValue>,
}

/// Runs `export`.
pub fn export(arguments: TransferArguments) -> Result<(), Failure> {
    actix_web::rt::System::new().block_on(async {
        let (engine, service) = arguments.of.open().await?;
        let folder = &arguments.folder;
        if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(Failure::Configuration(format!("the folder {} is not empty", folder.display())));
        }
        let mut progress = Progress::default();
        for kind in KINDS {
            let within = folder.join(kind);
            fs::create_dir_all(&within).map_err(|e| unwritable(&within, e))?;
            let mut cursor = json!({ "table": 0, "row": 0, "field": 0, "array": 0 });
            for number in 1.. {
                let request = json!({ "fileType": kind, "cursor": cursor }).to_string();
                let answer = engine.export(&service, request.as_bytes(), REQUEST).await;
                let bundle: Bundle<'_> = serde_json::from_slice(&answer.body)
                    .map_err(|_| Failure::Failed(format!("cannot export {kind}: {}", message(&answer.body))))?;
                if !bundle.out.elements.is_empty() {
                    let path = within.join(file_name(number));
                    let text = file(kind, &bundle.out.elements).map_err(|e| Failure::Failed(e.to_string()))?;
                    fs::write(&path, &text).map_err(|e| unwritable(&path, e))?;
                    progress.add(kind, bundle.out.elements.len() as u64, text.len());
                }
                cursor = bundle.cursor;
                if cursor["table"] == -1 {
                    break;
                }
            }
        }
        engine.close().await;
        progress.end(arguments.json, 0);
        Ok(())
    })
}

/// Runs `import`.
pub fn import(arguments: TransferArguments) -> Result<(), Failure> {
    actix_web::rt::System::new().block_on(async {
        let folder = &arguments.folder;
        let found = files(folder).map_err(|e| Failure::of(&format!("cannot read {}", folder.display()), e))?;
        if found.is_empty() {
            let text =
                format!("there is nothing to import in {}: no files in nodes, lists or relations", folder.display());
            return Err(Failure::Configuration(text));
        }
        let (engine, service) = arguments.of.open().await?;
        let (mut progress, mut refused) = (Progress::default(), 0);
        for (kind, path) in found {
            let name = format!("{kind}/{}", path.file_name().unwrap_or_default().display());
            let stopped = |why: &str| {
                Failure::Failed(format!(
                    "stopped at {name}: {why}. What came before it is stored; run it again when that is mended"
                ))
            };
            let body = fs::read(&path).map_err(|e| stopped(&e.to_string()))?;
            if body.len() > IMPORT_BODY_BYTES_MAX {
                return Err(stopped(&format!("a file may have {IMPORT_BODY_BYTES_MAX} bytes")));
            }
            let (count, bytes) = (elements(&body).unwrap_or_default(), body.len());
            let answer = engine.import(&service, body, REQUEST).await;
            let texts: Vec<String> =
                serde_json::from_slice(&answer.body).map_err(|_| stopped(&message(&answer.body)))?;
            progress.add(kind, count, bytes);
            refused += texts.len();
            for text in texts {
                progress.say(&format!("{name}: {text}"));
            }
        }
        engine.close().await;
        progress.end(arguments.json, refused);
        match refused {
            0 => Ok(()),
            1 => Err(Failure::Partly("1 element was refused".to_owned())),
            _ => Err(Failure::Partly(format!("{refused} elements were refused"))),
        }
    })
}

fn unwritable(path: &Path, error: std::io::Error) -> Failure {
    Failure::of(&format!("cannot write {}", path.display()), error)
}

/// What an answer with errors says.
fn message(body: &[u8]) -> String {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    answer["errors"][0]["message"].as_str().unwrap_or("the engine gave no answer").trim_end_matches('.').to_owned()
}

/// How far it is, in a line that is written again and again where somebody looks at it.
#[derive(Default)]
struct Progress {
    tally: Tally,
    is_shown: bool,
}

impl Progress {
    fn add(&mut self, kind: &str, elements: u64, bytes: usize) {
        self.tally.add(kind, elements, bytes);
        let mut terminal = std::io::stderr();
        if terminal.is_terminal() {
            // Progress that cannot be shown is no reason to stop.
            let _ = write!(terminal, "\r{}", self.tally);
            self.is_shown = true;
        }
    }

    /// Says something beside it.
    fn say(&mut self, line: &str) {
        self.finish_line();
        eprintln!("{line}");
    }

    fn finish_line(&mut self) {
        if std::mem::take(&mut self.is_shown) {
            eprintln!();
        }
    }

    fn end(mut self, as_json: bool, refused: usize) {
        self.finish_line();
        if as_json {
            let mut result = self.tally.to_json();
            result["refused"] = json!(refused);
            println!("{result}");
        } else {
            println!("{}", self.tally);
        }
    }
}
