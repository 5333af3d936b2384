//! A page of documentation that is lived through: commands are run by a shell and written down with what they said.
//! What differs from run to run is shown by a name that does not, so that the page can be compared with the one that is
//! kept.

use crate::{clients::Running, prisma1_shell::Shell};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// A page that is being written.
pub struct Page {
    text: String,
    /// What is seen in this run, and what the page says for it. In this order.
    names: Vec<(String, String)>,
    /// Folders with the commands that the page calls by name.
    commands: Vec<PathBuf>,
}

impl Page {
    /// An empty page, whose shells find commands in these folders.
    pub fn new(commands: Vec<PathBuf>) -> Page {
        Page { text: String::new(), names: Vec::new(), commands }
    }

    /// From here on the page says `shown` for `seen`.
    pub fn call(&mut self, seen: &str, shown: &str) {
        if !seen.is_empty() {
            self.names.push((seen.to_owned(), shown.to_owned()));
        }
    }

    /// Writes a paragraph or a heading.
    pub fn say(&mut self, text: &str) {
        self.text += text.trim_end();
        self.text += "\n\n";
    }

    /// Writes something to copy or to read.
    pub fn block(&mut self, language: &str, text: &str) {
        let shown = self.shown(text);
        self.say(&format!("```{language}\n{shown}\n```"));
    }

    /// Writes a file of the project, and shows it.
    pub fn file(&mut self, shell: &Shell, name: &str, text: &str) {
        shell.write(name, &self.meant(text));
        self.say(&format!("`{name}`:"));
        let language = if name.ends_with(".yml") { "yaml" } else { "graphql" };
        self.block(language, text);
    }

    /// Runs a line, written as the page shows it, and shows it with what it said. The exit code must be `code`.
    pub fn run(&mut self, shell: &Shell, line: &str, code: i32) -> String {
        let said = self.output(shell, line, code);
        self.show_run(line, &said);
        said
    }

    /// Shows a line with what it said.
    pub fn show_run(&mut self, line: &str, said: &str) {
        self.block("console", &format!("$ {line}\n{said}"));
    }

    /// Runs a line without showing it; what it said.
    pub fn output(&self, shell: &Shell, line: &str, code: i32) -> String {
        let said = self.start(shell, line).wait();
        assert_eq!(said.code, code, "{line}: {}", said.text);
        said.text
    }

    /// Starts a line, written as the page shows it.
    pub fn start(&self, shell: &Shell, line: &str) -> Running {
        Running::start(line, self.command(shell, line), &shell.project().join(".."))
    }

    /// A line, written as the page shows it, as a command of a shell.
    pub fn command(&self, shell: &Shell, line: &str) -> Command {
        let model = shell.command(&[]);
        let known = std::env::var_os("PATH").unwrap_or_default();
        let path = self.commands.iter().cloned().chain(std::env::split_paths(&known));
        let mut command = Command::new("sh");
        command
            .args(["-c", &self.meant(line)])
            .current_dir(shell.project())
            .env_clear()
            .envs(model.get_envs().filter_map(|(name, value)| Some((name, value?))))
            .env("PATH", std::env::join_paths(path).expect("folders without colons"));
        command
    }

    /// Compares with the page that is kept, or keeps this one if `UPDATE_EXPECT` is set.
    pub fn compare(self, kept: &Path) {
        let text = self.text.trim_end().to_owned() + "\n";
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(kept, text).expect("a writable page");
            return;
        }
        let expected = std::fs::read_to_string(kept).unwrap_or_default();
        let place = expected.lines().zip(text.lines()).position(|(a, b)| a != b);
        let place = place.unwrap_or_else(|| expected.lines().count().min(text.lines().count()));
        assert!(
            expected == text,
            "{} says otherwise from line {} on; UPDATE_EXPECT=1 writes it again.\nkept: {}\nseen: {}",
            kept.display(),
            place + 1,
            expected.lines().nth(place).unwrap_or_default(),
            text.lines().skip(place).take(12).collect::<Vec<_>>().join("\n")
        );
    }

    /// A text of the page as it is meant in this run.
    fn meant(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (seen, shown)| text.replace(shown, seen))
    }

    /// A text of this run as the page shows it.
    fn shown(&self, text: &str) -> String {
        let text = self.names.iter().fold(text.to_owned(), |text, (seen, shown)| text.replace(seen, shown));
        let lines: Vec<_> = text.lines().map(|line| words_shown(line).trim_end().to_owned()).collect();
        lines.join("\n").trim_end().to_owned()
    }
}

/// Tokens, ids and times of one run are named instead of shown.
fn words_shown(line: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let mut out = String::new();
    let mut rest = line;
    while let Some(start) = rest.find(is_word) {
        out.push_str(&rest[..start]);
        let end = rest[start..].find(|c| !is_word(c)).map_or(rest.len(), |length| start + length);
        out.push_str(word_shown(&rest[start..end]));
        rest = &rest[end..];
    }
    out + rest
}

fn word_shown(word: &str) -> &str {
    let is_id =
        word.len() == 25 && word.starts_with('c') && word.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase());
    let number = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let is_time = matches!(&word[number.len()..], "ms" | "s" | "m") && number.parse::<f64>().is_ok();
    match word {
        _ if word.starts_with("eyJ") && word.split('.').count() == 3 => "SESSION-KEY",
        _ if is_id => "ID",
        _ if is_time => "TIME",
        _ => word,
    }
}

#[test]
fn what_differs_from_run_to_run_is_named() {
    for (line, expected) in [
        ("Deploying service `shop` 1.2s", "Deploying service `shop` TIME"),
        (r#"{"id":"cmwvju4l7016z09vgk95zz610","age":4}"#, r#"{"id":"ID","age":4}"#),
        ("key eyJhbGci.eyJpZCI.c-_4, sms, 8 apples", "key SESSION-KEY, sms, 8 apples"),
    ] {
        assert_eq!(words_shown(line), expected);
    }
}
