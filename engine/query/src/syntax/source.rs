//! The text of a document, to show places in it as the original's messages do.

use connector_interface::Position;

/// Longest excerpt of a line, in characters. Longer lines are cut around the place, so that a message stays short
/// whatever was sent.
const EXCERPT_MAX: usize = 400;
/// Longest line that is walked character by character to find a place in it, in bytes.
const WALKED_MAX: usize = 4_000;

/// A document's text, with its lines.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    lines: Vec<&'a str>,
}

impl<'a> Source<'a> {
    /// Cuts a text into lines.
    pub fn new(text: &'a str) -> Source<'a> {
        Source { lines: text.split('\n').collect() }
    }

    /// ` (line l, column c):`, the source line, and a caret below the place.
    pub fn place(&self, position: Position) -> String {
        let column = position.column.max(1) as usize - 1;
        let line = self.lines.get(position.line.max(1) as usize - 1).copied().unwrap_or_default();
        let skip = column.saturating_sub(EXCERPT_MAX / 2);
        let skipped = if line.len() <= WALKED_MAX {
            line.char_indices().nth(skip).map_or("", |(start, _)| &line[start..])
        } else if line.is_ascii() {
            line.get(skip..).unwrap_or_default()
        } else {
            // Many places in such a line would cost too much; the numbers have to do.
            ""
        };
        let excerpt: String = skipped.chars().filter(|c| *c != '\r').take(EXCERPT_MAX).collect();
        format!(" (line {}, column {}):\n{excerpt}\n{}^", position.line, position.column, " ".repeat(column - skip))
    }

    /// The places of a message, one below the other.
    pub fn places(&self, positions: &[Position]) -> String {
        positions.iter().map(|position| self.place(*position)).collect::<Vec<_>>().join("\n")
    }
}
