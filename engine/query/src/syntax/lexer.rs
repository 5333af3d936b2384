//! Cuts a document into tokens, one when asked, and knows the place of each.

use connector_interface::Position;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// One of `! $ ( ) : = @ [ ] { | } &`.
    Punctuation(u8),
    /// `...`.
    Dots,
    /// A name.
    Name,
    /// A number without fraction and exponent.
    Int,
    /// Any other number.
    Float,
    /// `"text"`.
    String,
    /// `"""text"""`.
    BlockString,
    /// Nothing more to come.
    End,
    /// No token of the language starts here; or a text that does not end.
    Unknown,
}

/// A token: its bytes in the text and its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub start: usize,
    pub end: usize,
    pub position: Position,
}

/// Reads tokens from left to right.
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// Place of the byte `counted`: the column is counted on from token to token, never from the start of the line.
    position: Position,
    counted: usize,
}

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str) -> Self {
        Lexer { text, at: 0, position: Position { line: 1, column: 1 }, counted: 0 }
    }

    /// The next token. After the last it is [`TokenKind::End`] again and again.
    pub fn next(&mut self) -> Token {
        self.skip_ignored();
        let bytes = self.text.as_bytes();
        let start = self.at;
        let position = self.place_of(start);
        let kind = match bytes.get(start) {
            None => TokenKind::End,
            Some(b'.') if bytes[start..].starts_with(b"...") => self.advance(3, TokenKind::Dots),
            Some(b'!' | b'$' | b'(' | b')' | b':' | b'=' | b'@' | b'[' | b']' | b'{' | b'|' | b'}' | b'&') => {
                self.advance(1, TokenKind::Punctuation(bytes[start]))
            }
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'_') => {
                let length = bytes[start..].iter().take_while(|b| is_name_byte(**b)).count();
                self.advance(length, TokenKind::Name)
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'"') if bytes[start..].starts_with(b"\"\"\"") => self.block_string(),
            Some(b'"') => self.string(),
            Some(_) => TokenKind::Unknown,
        };
        Token { kind, start, end: self.at, position }
    }

    fn advance(&mut self, length: usize, kind: TokenKind) -> TokenKind {
        self.at += length;
        kind
    }

    fn skip_ignored(&mut self) {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at) {
                Some(b' ' | b'\t' | b'\r' | b'\n' | b',') => self.at += 1,
                Some(b'#') => self.at += bytes[self.at..].iter().take_while(|b| **b != b'\n').count(),
                // The byte order mark.
                Some(0xef) if bytes[self.at..].starts_with(&[0xef, 0xbb, 0xbf]) => self.at += 3,
                _ => return,
            }
        }
    }

    fn place_of(&mut self, offset: usize) -> Position {
        for character in self.text[self.counted..offset].chars() {
            if character == '\n' {
                self.position = Position { line: self.position.line + 1, column: 1 };
            } else {
                self.position.column += 1;
            }
        }
        self.counted = offset;
        self.position
    }

    fn number(&mut self) -> TokenKind {
        let bytes = &self.text.as_bytes()[self.at..];
        let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
        let mut length = usize::from(bytes[0] == b'-');
        match bytes.get(length) {
            Some(b'0') => length += 1,
            Some(b'1'..=b'9') => length += digits(length),
            _ => return TokenKind::Unknown,
        }
        let mut kind = TokenKind::Int;
        if bytes.get(length) == Some(&b'.') && digits(length + 1) > 0 {
            length += 1 + digits(length + 1);
            kind = TokenKind::Float;
        }
        if let Some(b'e' | b'E') = bytes.get(length) {
            let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
            if bytes.len() > length + 1 + sign && digits(length + 1 + sign) > 0 {
                length += 1 + sign + digits(length + 1 + sign);
                kind = TokenKind::Float;
            }
        }
        self.advance(length, kind)
    }

    fn string(&mut self) -> TokenKind {
        let bytes = self.text.as_bytes();
        let mut at = self.at + 1;
        loop {
            match bytes.get(at) {
                Some(b'"') => return self.advance(at + 1 - self.at, TokenKind::String),
                Some(b'\\') => at += 2,
                None | Some(b'\n') => return TokenKind::Unknown,
                Some(_) => at += 1,
            }
        }
    }

    fn block_string(&mut self) -> TokenKind {
        let bytes = self.text.as_bytes();
        let mut at = self.at + 3;
        loop {
            match bytes.get(at) {
                Some(b'"') if bytes[at..].starts_with(b"\"\"\"") => {
                    return self.advance(at + 3 - self.at, TokenKind::BlockString);
                }
                Some(b'\\') if bytes[at..].starts_with(b"\\\"\"\"") => at += 4,
                Some(_) => at += 1,
                None => return TokenKind::Unknown,
            }
        }
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The text of a string token without its quotes, escapes resolved; `None` when an escape is not one.
pub(super) fn unescape(quoted: &str) -> Option<String> {
    let mut text = String::with_capacity(quoted.len());
    let mut rest = quoted;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let escape = rest.as_bytes().get(at + 1)?;
        let mut length = 2;
        text.push(match escape {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let (character, used) = unicode(&rest[at..])?;
                length = used;
                character
            }
            _ => return None,
        });
        rest = &rest[at + length..];
    }
    text.push_str(rest);
    Some(text)
}

/// The character at `\u` with four digits, or at a pair of surrogates, and the length of the escape. A lone surrogate is no
/// character and becomes the replacement character.
fn unicode(escape: &str) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = escape.get(at..at + 6)?.strip_prefix("\\u")?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        u32::from_str_radix(digits, 16).ok()
    };
    let first = unit(0)?;
    if let (0xd800..=0xdbff, Some(second @ 0xdc00..=0xdfff)) = (first, unit(6)) {
        let character = char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00));
        return Some((character.unwrap_or(char::REPLACEMENT_CHARACTER), 12));
    }
    Some((char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 6))
}

/// The text of a block string without its quotes: the common indentation, and blank lines at both ends, are taken off.
pub(super) fn block_text(quoted: &str) -> String {
    let raw = quoted.replace("\\\"\"\"", "\"\"\"").replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = raw.split('\n').collect();
    let indent = |line: &str| line.bytes().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let is_blank = |line: &&str| indent(line) == line.len();
    let common = lines.iter().skip(1).filter(|line| !is_blank(line)).map(|line| indent(line)).min().unwrap_or(0);
    let stripped: Vec<&str> = lines
        .iter()
        .enumerate()
        .map(|(i, line)| if i == 0 { line } else { line.get(common..).unwrap_or("") })
        .collect();
    let first = stripped.iter().position(|line| !is_blank(line)).unwrap_or(stripped.len());
    let last = stripped.iter().rposition(|line| !is_blank(line)).map_or(first, |i| i + 1);
    stripped[first..last].join("\n")
}
