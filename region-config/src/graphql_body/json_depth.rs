//! How deep a JSON text nests, told by one pass over its bytes, before any recursive reader meets it.

/// Whether a text nests deeper than `max`. Brackets in strings do not count; whether it is JSON at all is not asked.
pub(super) fn nests_deeper(text: &[u8], max: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for byte in text {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > max {
                    return true;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_count_outside_strings() {
        for (text, deeper) in [
            (r#"{"a":[1]}"#, false),
            (r#"{"a":[[1]]}"#, true),
            (r#"{"a":"[[[["}"#, false),
            (r#"{"a":"\"[[[["}"#, false),
            (r#"{"a":"\\","b":[[1]]}"#, true),
            ("]]]][[", false),
            ("[[[", true),
            ("\"[[[", false),
        ] {
            assert_eq!(nests_deeper(text.as_bytes(), 2), deeper, "{text}");
        }
    }
}
