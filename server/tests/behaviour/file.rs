//! Files of cases.
//!
//! `=== title` begins a case, `@kind words` a step, whose lines follow as they are sent; a line `$ {…}` holds the
//! variables of a query; lines `| …` hold what the step answers. `#` begins a comment. Steps:
//!
//! | step | does |
//! | --- | --- |
//! | `@model` | deploys a datamodel with `force`; has no answer, must succeed |
//! | `@deploy [force] [dry] [secrets=a,b]` | deploys, and shows errors, warnings, steps, migration; `$ …` is a server-side subscription |
//! | `@do` | sends an operation to the data API; has no answer, must succeed |
//! | `@query [name=…] [token=…] [at=…]` | sends an operation to the data API |
//! | `@private`, `@manage` | sends an operation to the private and the management API |
//! | `@body` | sends these bytes to the data API |
//! | `@import` | sends this chunk of an import |
//! | `@export` | asks for a bundle of an export with this body |
//! | `@datamodel` | asks for the source of the datamodel |
//! | `@tick` | waits until the clock has moved |
//! | `@only connector` | runs the case on one connector alone |

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A file of cases.
pub struct CaseFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its path below the folder of cases.
    pub name: String,
    /// Lines before the first case.
    head: Vec<String>,
    /// Its cases.
    pub cases: Vec<Case>,
}

/// A case.
pub struct Case {
    /// What it shows.
    pub title: String,
    /// Number of its first line.
    pub line: usize,
    /// The one connector that it is for.
    pub only: Option<String>,
    /// Comments below its title.
    head: Vec<String>,
    /// What is done.
    pub steps: Vec<Step>,
}

/// A step.
pub struct Step {
    /// Number of its first line.
    pub line: usize,
    /// Its kind, without `@`.
    pub kind: String,
    /// The words behind the kind.
    pub words: Vec<String>,
    /// Comments above it.
    head: Vec<String>,
    /// What is sent, comments and the variables' line included.
    lines: Vec<String>,
    /// What it answers.
    pub expected: Vec<String>,
}

impl Step {
    /// What is sent.
    pub fn text(&self) -> String {
        let sent = self.lines.iter().filter(|line| !line.starts_with("$ ") && !line.starts_with('#'));
        sent.cloned().collect::<Vec<_>>().join("\n").trim_end().to_owned()
    }

    /// Variables, as JSON text.
    pub fn variables(&self) -> Option<&str> {
        self.lines.iter().find_map(|line| line.strip_prefix("$ "))
    }

    /// The value behind `name=`.
    pub fn word(&self, name: &str) -> Option<&str> {
        self.words.iter().find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    }

    /// Whether a word is there.
    pub fn has(&self, word: &str) -> bool {
        self.words.iter().any(|present| present == word)
    }

    /// Whether its answer stands in the file.
    pub fn is_shown(&self) -> bool {
        !matches!(self.kind.as_str(), "model" | "do" | "tick")
    }
}

impl CaseFile {
    /// Every file below a folder, in order.
    pub fn all(folder: &Path) -> Vec<CaseFile> {
        let mut paths = Vec::new();
        let mut open = vec![folder.to_owned()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
                let path = entry.expect("an entry").path();
                match path.extension() {
                    _ if path.is_dir() => open.push(path),
                    Some(ending) if ending == "case" => paths.push(path),
                    _ => {}
                }
            }
        }
        paths.sort();
        assert!(!paths.is_empty(), "no cases below {}", folder.display());
        paths.into_iter().map(|path| CaseFile::read(folder, path)).collect()
    }

    fn read(folder: &Path, path: PathBuf) -> CaseFile {
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let name = path.strip_prefix(folder).unwrap_or(&path).with_extension("").to_string_lossy().into_owned();
        let mut file = CaseFile { path, name, head: Vec::new(), cases: Vec::new() };
        for (number, line) in text.lines().enumerate().map(|(index, line)| (index + 1, line)) {
            if let Some(title) = line.strip_prefix("=== ") {
                let (title, head, steps) = (title.to_owned(), Vec::new(), Vec::new());
                file.cases.push(Case { title, line: number, only: None, head, steps });
                continue;
            }
            let Some(case) = file.cases.last_mut() else {
                file.head.push(line.to_owned());
                continue;
            };
            if let Some(only) = line.strip_prefix("@only ") {
                case.only = Some(only.to_owned());
            } else if let Some(head) = line.strip_prefix('@') {
                let mut words = head.split_whitespace().map(str::to_owned);
                let kind = words.next().unwrap_or_default();
                let words = words.collect();
                // Comments above a step are its own.
                let mut head = Vec::new();
                if let Some(above) = case.steps.last_mut() {
                    let end = above.lines.iter().rposition(|line| !line.is_empty() && !line.starts_with('#'));
                    head = above.lines.split_off(end.map_or(0, |last| last + 1));
                    head.retain(|line| !line.is_empty());
                }
                case.steps.push(Step { line: number, kind, words, head, lines: Vec::new(), expected: Vec::new() });
            } else if let Some(step) = case.steps.last_mut() {
                match line.strip_prefix("| ") {
                    Some(answer) => step.expected.push(answer.to_owned()),
                    None => step.lines.push(line.to_owned()),
                }
            } else {
                case.head.push(line.to_owned());
            }
        }
        file
    }

    /// Writes it with the answers that its steps hold now.
    pub fn write(&self) {
        let mut lines = self.head.clone();
        for case in &self.cases {
            lines.push(format!("=== {}", case.title));
            lines.extend(case.only.as_ref().map(|only| format!("@only {only}")));
            lines.extend(case.head.iter().cloned());
            for step in &case.steps {
                lines.extend(step.head.iter().cloned());
                let words: String = step.words.iter().map(|word| format!(" {word}")).collect();
                lines.push(format!("@{}{words}", step.kind));
                let end = step.lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
                lines.extend(step.lines[..end].iter().cloned());
                lines.extend(step.expected.iter().map(|answer| format!("| {answer}")));
            }
            lines.push(String::new());
        }
        let text = lines.join("\n").trim_end().to_owned() + "\n";
        fs::write(&self.path, text).unwrap_or_else(|e| panic!("{}: {e}", self.path.display()));
    }
}
