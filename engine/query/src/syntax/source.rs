//! The text of a document, to show places in it as the original's messages do.

use connector_interface::Position;

/// Longest excerpt of a line in a message. Longer lines are cut around the place, so that a message stays short
/// whatever was sent.
const EXCERPT_MAX: usize = 400;

/// A document's text.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a>(pub &'a str);

impl Source<'_> {
    /// ` (line l, column c):`, the source line, and a caret below the place.
    pub fn place(&self, position: Position) -> String {
        let column = position.column.max(1) as usize - 1;
        let line = self.0.split('\n').nth(position.line.max(1) as usize - 1).unwrap_or_default();
        // Cut to at most twice the excerpt before walking it, so that no place in a long line costs more than that.
        let skip = column.saturating_sub(EXCERPT_MAX / 2);
        let line: String = line.chars().skip(skip).filter(|c| *c != '\r').take(EXCERPT_MAX).collect();
        format!(" (line {}, column {}):\n{line}\n{}^", position.line, position.column, " ".repeat(column - skip))
    }

    /// The places of a message, one below the other.
    pub fn places(&self, positions: &[Position]) -> String {
        positions.iter().map(|position| self.place(*position)).collect::<Vec<_>>().join("\n")
    }
}
