//! The linear scan that stands before every GraphQL parser (design D9): bounds bytes, nesting and tokens of a document
//! without recursion, so that no parser meets a text that could exhaust its stack.

use crate::limits::DocumentLimits;

/// Why a document is not parsed at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DocumentTooLarge {
    /// Bytes.
    #[error("the document has {bytes} bytes; at most {max} are allowed. Split it into several requests.")]
    Bytes {
        /// How many it has.
        bytes: usize,
        /// How many it may have.
        max: usize,
    },
    /// Nesting.
    #[error("the document is nested deeper than {max} levels at line {line}. Flatten it, or use variables.")]
    Nesting {
        /// How deep it may be.
        max: usize,
        /// Where it gets deeper, from 1.
        line: usize,
    },
    /// Tokens.
    #[error("the document has more than {max} tokens. Split it into several requests.")]
    Tokens {
        /// How many it may have.
        max: usize,
    },
    /// Directives.
    #[error("the document has more than {max} directives. Leave some out.")]
    Directives {
        /// How many it may have.
        max: usize,
    },
    /// Uses of named fragments.
    #[error("the document uses named fragments more than {max} times. Write some selections out.")]
    Spreads {
        /// How often it may.
        max: usize,
    },
}

/// Checks a document against the limits, in one pass.
pub fn scan(document: &str, limits: &DocumentLimits) -> Result<(), DocumentTooLarge> {
    if document.len() > limits.bytes_max {
        return Err(DocumentTooLarge::Bytes { bytes: document.len(), max: limits.bytes_max });
    }
    let bytes = document.as_bytes();
    let (mut at, mut depth, mut tokens, mut line) = (0, 0usize, 0usize, 1usize);
    let (mut directives, mut spreads) = (0usize, 0usize);
    let mut after_dots = false;
    while let Some(&byte) = bytes.get(at) {
        let length = match byte {
            b'\n' => {
                line += 1;
                at += 1;
                continue;
            }
            b' ' | b'\t' | b'\r' | b',' => {
                at += 1;
                continue;
            }
            b'#' => {
                at += bytes[at..].iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(bytes.len() - at);
                continue;
            }
            b'"' => {
                let length = string_length(&bytes[at..]);
                line += bytes[at..at + length].iter().filter(|b| **b == b'\n').count();
                length
            }
            b'{' | b'[' | b'(' => {
                depth += 1;
                if depth > limits.nesting_max {
                    return Err(DocumentTooLarge::Nesting { max: limits.nesting_max, line });
                }
                1
            }
            b'}' | b']' | b')' => {
                depth = depth.saturating_sub(1);
                1
            }
            _ if is_word(byte) => bytes[at..].iter().position(|b| !is_word(*b)).unwrap_or(bytes.len() - at),
            _ => 1,
        };
        match &bytes[at..at + length] {
            b"@" => directives += 1,
            word if after_dots && is_word(byte) && word != b"on" => spreads += 1,
            _ => {}
        }
        after_dots = byte == b'.';
        if directives > limits.directives_max {
            return Err(DocumentTooLarge::Directives { max: limits.directives_max });
        }
        if spreads > limits.spreads_max {
            return Err(DocumentTooLarge::Spreads { max: limits.spreads_max });
        }
        tokens += 1;
        if tokens > limits.tokens_max {
            return Err(DocumentTooLarge::Tokens { max: limits.tokens_max });
        }
        at += length;
    }
    Ok(())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Bytes of the string at the start of `bytes`, which starts with a quote. An open string ends at the line's end, an
/// open block string at the text's: a bracket hidden in what a parser would not take for a string is still counted.
fn string_length(bytes: &[u8]) -> usize {
    if bytes.starts_with(b"\"\"\"") {
        let mut at = 3;
        while at < bytes.len() {
            if bytes[at..].starts_with(b"\\\"\"\"") {
                at += 4;
            } else if bytes[at..].starts_with(b"\"\"\"") {
                return at + 3;
            } else {
                at += 1;
            }
        }
        return bytes.len();
    }
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            b'\n' | b'\r' => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: DocumentLimits =
        DocumentLimits { bytes_max: 1000, nesting_max: 3, tokens_max: 20, directives_max: 2, spreads_max: 1 };

    #[test]
    fn brackets_count_outside_strings_and_comments_only() {
        for (document, fits) in [
            ("{ a(x: [1]) }", true),
            ("{ a(x: [[1]]) }", false),
            ("{ a(x: \"[[[[\") }", true),
            ("{ a(x: \"\"\"[[[[ \\\"\"\" [[\"\"\") }", true),
            ("{ a # [[[[\n }", true),
            ("{ a # [[[[\n (x: [[1]]) }", false),
            ("{ a(x: \"open\n [[[[", false),
            ("{ a(x: \"\\\"[[[[\") }", true),
            ("{{{", true),
            ("}}}}{{{", true),
            ("{{{{", false),
        ] {
            assert_eq!(scan(document, &LIMITS).is_ok(), fits, "{document}");
        }
    }

    #[test]
    fn bytes_tokens_and_lines_are_told() {
        assert_eq!(scan(&" ".repeat(1001), &LIMITS), Err(DocumentTooLarge::Bytes { bytes: 1001, max: 1000 }));
        assert_eq!(scan(&"a ".repeat(20), &LIMITS), Ok(()));
        assert_eq!(scan(&"a ".repeat(21), &LIMITS), Err(DocumentTooLarge::Tokens { max: 20 }));
        assert_eq!(scan("{\n[\n[\n[", &LIMITS), Err(DocumentTooLarge::Nesting { max: 3, line: 4 }));
        assert_eq!(scan("\"", &LIMITS), Ok(()));
        assert_eq!(scan("a @b @c", &LIMITS), Ok(()));
        assert_eq!(scan("a @b @c @d", &LIMITS), Err(DocumentTooLarge::Directives { max: 2 }));
        assert_eq!(scan("{ ...on A ... on B ...c }", &LIMITS), Ok(()));
        assert_eq!(scan("{ ...b ... ,c }", &LIMITS), Err(DocumentTooLarge::Spreads { max: 1 }));
        assert_eq!(scan("\"\\", &LIMITS), Ok(()));
    }
}
