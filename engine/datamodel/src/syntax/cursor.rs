//! Walks over the text of a document: white space, comments, names, punctuation.

/// Nesting of literals and selection sets that a document may have.
pub(super) const NESTING_MAX: usize = 64;

/// Why parsing stopped; the place is [`Cursor::furthest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The next characters fit nothing that is allowed there.
    Unexpected,
    /// Nested deeper than [`NESTING_MAX`].
    TooDeep,
}

pub(super) type Parsed<T> = Result<T, Stop>;

/// A place in the text.
pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) furthest: usize,
    pub(super) depth: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Cursor { text, at: 0, furthest: 0, depth: 0 }
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn stop<T>(&mut self) -> Parsed<T> {
        self.furthest = self.furthest.max(self.at);
        Err(Stop::Unexpected)
    }

    /// Skips white space, commas and byte order marks.
    pub(super) fn skip_blank(&mut self) {
        loop {
            let rest = self.rest();
            self.at += match rest.as_bytes() {
                [b' ' | b'\t' | b'\n' | b',', ..] => 1,
                [b'\r', b'\n', ..] => 2,
                _ if rest.starts_with('\u{feff}') => '\u{feff}'.len_utf8(),
                _ => return,
            };
        }
    }

    /// Skips what [`Cursor::skip_blank`] does, and comments.
    pub(super) fn skip_ignored(&mut self) {
        loop {
            self.skip_blank();
            if self.peek() != Some(b'#') {
                return;
            }
            self.at += self.rest().find('\n').unwrap_or(self.rest().len());
        }
    }

    /// Whether the next thing is this character.
    pub(super) fn sees(&mut self, wanted: u8) -> bool {
        self.skip_ignored();
        self.peek() == Some(wanted)
    }

    /// Takes this character if it comes next.
    pub(super) fn take_if(&mut self, wanted: u8) -> bool {
        let found = self.sees(wanted);
        self.at += usize::from(found);
        found
    }

    pub(super) fn take(&mut self, wanted: u8) -> Parsed<()> {
        if self.take_if(wanted) { Ok(()) } else { self.stop() }
    }

    /// The word that comes next, without taking it.
    pub(super) fn word(&mut self) -> &'a str {
        self.skip_ignored();
        self.adjacent_word()
    }

    fn adjacent_word(&self) -> &'a str {
        let rest = self.rest();
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if rest.starts_with(|c: char| c.is_ascii_digit()) {
            return "";
        }
        &rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())]
    }

    pub(super) fn name(&mut self) -> Parsed<&'a str> {
        self.skip_ignored();
        self.adjacent_name()
    }

    /// A name right here: nothing may stand between `@` or `$` and the name.
    pub(super) fn adjacent_name(&mut self) -> Parsed<&'a str> {
        let word = self.adjacent_word();
        if word.is_empty() {
            return self.stop();
        }
        self.at += word.len();
        Ok(word)
    }

    pub(super) fn take_word_if(&mut self, wanted: &str) -> bool {
        let found = self.word() == wanted;
        self.at += if found { wanted.len() } else { 0 };
        found
    }

    pub(super) fn take_word(&mut self, wanted: &str) -> Parsed<()> {
        if self.take_word_if(wanted) { Ok(()) } else { self.stop() }
    }

    /// Runs a parser one level deeper.
    pub(super) fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == NESTING_MAX {
            self.furthest = self.at;
            return Err(Stop::TooDeep);
        }
        self.depth += 1;
        let parsed = inner(self);
        self.depth -= 1;
        parsed
    }
}
