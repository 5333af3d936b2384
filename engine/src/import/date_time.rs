//! Times of imported elements: the three forms that the original took, and its words about others.

use query::scalar::parse_date_time;

/// Digits of a year at most; the other parts have two.
const YEAR_DIGITS: usize = 9;

/// Milliseconds since 1970, of `2017-12-05T12:34:23.000Z`, `2017-12-05T12:34:23Z` (both with any offset from UTC instead of
/// `Z`) or `2017-12-05 12:34:23`; or the exception of the original.
pub(super) fn parse(text: &str) -> Result<i64, String> {
    let date_time = match walk(text, "Y-M-DTh:m:s") {
        Ok(end) => is_end(&text[end..]).then(|| parse_date_time(text)),
        Err(_) => match walk(text, "Y-M-D h:m:s") {
            Ok(end) if end == text.len() => Some(parse_date_time(&text.replace(' ', "T"))),
            _ => None,
        },
    };
    match date_time {
        Some(Some(milliseconds)) => Ok(milliseconds),
        Some(None) => Err(format!("org.joda.time.IllegalFieldValueException: Cannot parse \"{text}\"")),
        // The last form that the original tried is the one that it speaks of.
        None => Err(format!(
            "java.lang.IllegalArgumentException: {}",
            malformed(text, walk(text, "Y-M-D h:m:s").unwrap_or_else(|at| at))
        )),
    }
}

/// Whether there is an offset, with up to three digits of a fraction before it.
fn is_end(rest: &str) -> bool {
    let offset = match rest.strip_prefix('.') {
        Some(fraction) => {
            let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
            if !(1..=3).contains(&digits) {
                return false;
            }
            &fraction[digits..]
        }
        None => rest,
    };
    offset.starts_with(['Z', 'z', '+', '-'])
}

/// Walks along a pattern in which letters stand for digits, but for `T`: where it ends, or where it breaks off.
fn walk(text: &str, pattern: &str) -> Result<usize, usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    for expected in pattern.bytes() {
        if !expected.is_ascii_alphabetic() || expected == b'T' {
            if bytes.get(at) != Some(&expected) {
                return Err(at);
            }
            at += 1;
            continue;
        }
        let max = if expected == b'Y' { YEAR_DIGITS } else { 2 };
        let sign = usize::from(expected == b'Y' && matches!(bytes.get(at), Some(b'-' | b'+')));
        let digits = bytes[at + sign..].iter().take(max).take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return Err(at);
        }
        at += sign + digits;
    }
    Ok(at)
}

/// The sentence of the library that the original read times with.
fn malformed(text: &str, at: usize) -> String {
    const SAMPLE: usize = 32;
    let end = text.floor_char_boundary(at + SAMPLE);
    let sample = if text.len() <= at + SAMPLE + 3 { text.to_owned() } else { format!("{}...", &text[..end]) };
    if at == 0 {
        format!("Invalid format: \"{sample}\"")
    } else if at >= text.len() {
        format!("Invalid format: \"{sample}\" is too short")
    } else {
        format!("Invalid format: \"{sample}\" is malformed at \"{}\"", &sample[at..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_forms_are_read() {
        for (text, expected) in [
            ("2017-12-05T12:34:23.000Z", Ok(1_512_477_263_000)),
            ("2017-12-05T12:34:23.7Z", Ok(1_512_477_263_700)),
            ("2017-12-05T12:34:23Z", Ok(1_512_477_263_000)),
            ("2017-12-05T13:34:23+0100", Ok(1_512_477_263_000)),
            ("2017-12-05T13:34:23.000+01:00", Ok(1_512_477_263_000)),
            ("2017-12-05 12:34:23", Ok(1_512_477_263_000)),
            ("+12017-12-05 12:34:23", Ok(317_081_997_263_000)),
            ("", Err("java.lang.IllegalArgumentException: Invalid format: \"\"")),
            ("x", Err("java.lang.IllegalArgumentException: Invalid format: \"x\"")),
            ("2017", Err("java.lang.IllegalArgumentException: Invalid format: \"2017\" is too short")),
            ("2017-12-05", Err("java.lang.IllegalArgumentException: Invalid format: \"2017-12-05\" is too short")),
            (
                "2017-12-05T12:34",
                Err(
                    "java.lang.IllegalArgumentException: Invalid format: \"2017-12-05T12:34\" is malformed at \"T12:34\"",
                ),
            ),
            (
                "2017-12-05T12:34:23",
                Err(
                    "java.lang.IllegalArgumentException: Invalid format: \"2017-12-05T12:34:23\" is malformed at \"T12:34:23\"",
                ),
            ),
            (
                "2017-12-05 12:34:23.000",
                Err(
                    "java.lang.IllegalArgumentException: Invalid format: \"2017-12-05 12:34:23.000\" is malformed at \".000\"",
                ),
            ),
            (
                "2017-13-05 12:34:23",
                Err("org.joda.time.IllegalFieldValueException: Cannot parse \"2017-13-05 12:34:23\""),
            ),
        ] {
            assert_eq!(parse(text), expected.map_err(str::to_owned), "{text}");
        }
        for (length, text) in (0..60).map(|length| (length, format!("2017{}", "ä".repeat(length)))) {
            assert!(parse(&text).is_err(), "{length}");
        }
    }
}
