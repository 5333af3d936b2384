//! Scalars as JSON text (`prisma1-server.md` §1.5).

use std::io::Write;

/// Appends a text in quotes.
pub fn string(bytes: &mut Vec<u8>, text: &str) {
    bytes.push(b'"');
    if !needs_escapes(text.as_bytes()) {
        bytes.extend_from_slice(text.as_bytes());
    } else {
        escaped(bytes, text);
    }
    bytes.push(b'"');
}

/// Whether a byte of these cannot stand in JSON as it is. Eight are looked at in one word: a byte of a difference that
/// borrowed, and had no highest bit before, was too small.
fn needs_escapes(bytes: &[u8]) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGHEST: u64 = 0x80 * EACH;
    let below = |word: u64, limit: u64| word.wrapping_sub(limit * EACH) & !word & HIGHEST;
    let is = |word: u64, byte: u8| below(word ^ (u64::from(byte) * EACH), 1);
    let (words, rest) = bytes.as_chunks::<8>();
    let found = words.iter().fold(0, |found, word| {
        let word = u64::from_le_bytes(*word);
        found | below(word, 0x20) | is(word, b'"') | is(word, b'\\')
    });
    found != 0 || rest.iter().any(|byte| is_escaped(*byte))
}

fn is_escaped(byte: u8) -> bool {
    (byte < 0x20) | (byte == b'"') | (byte == b'\\')
}

fn escaped(bytes: &mut Vec<u8>, text: &str) {
    let mut copied = 0;
    for (at, byte) in text.bytes().enumerate() {
        if !is_escaped(byte) {
            continue;
        }
        bytes.extend_from_slice(&text.as_bytes()[copied..at]);
        copied = at + 1;
        match byte {
            b'"' => bytes.extend_from_slice(b"\\\""),
            b'\\' => bytes.extend_from_slice(b"\\\\"),
            b'\n' => bytes.extend_from_slice(b"\\n"),
            b'\r' => bytes.extend_from_slice(b"\\r"),
            b'\t' => bytes.extend_from_slice(b"\\t"),
            _ => {
                bytes.extend_from_slice(b"\\u00");
                hex(bytes, byte);
            }
        }
    }
    bytes.extend_from_slice(&text.as_bytes()[copied..]);
}

/// Appends a UUID in lower case, in quotes.
pub fn uuid(bytes: &mut Vec<u8>, uuid: [u8; 16]) {
    bytes.push(b'"');
    for (at, byte) in uuid.into_iter().enumerate() {
        if [4, 6, 8, 10].contains(&at) {
            bytes.push(b'-');
        }
        hex(bytes, byte);
    }
    bytes.push(b'"');
}

fn hex(bytes: &mut Vec<u8>, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    bytes.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
}

/// Appends an integer.
pub fn integer(bytes: &mut Vec<u8>, number: i64) {
    bytes.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Appends a float in plain notation, without trailing zeros; false when JSON has no such number.
pub fn float(bytes: &mut Vec<u8>, number: f64) -> bool {
    if !number.is_finite() {
        return false;
    }
    if number == 0.0 {
        // Minus zero is zero, as in the original's decimals.
        bytes.push(b'0');
        return true;
    }
    let mut buffer = ryu::Buffer::new();
    let text = buffer.format_finite(number);
    if text.contains('e') {
        // The standard formatter is slower and never uses an exponent. Writing to a vector cannot fail.
        let _ = write!(bytes, "{number}");
    } else {
        bytes.extend_from_slice(text.strip_suffix(".0").unwrap_or(text).as_bytes());
    }
    true
}

/// Appends a time as `yyyy-MM-ddTHH:mm:ss.SSSZ`. Years before 0 get a sign, years after 9999 more digits.
pub fn date_time(bytes: &mut Vec<u8>, milliseconds: i64) {
    const DAY: i64 = 86_400_000;
    let (year, month, day) = civil(milliseconds.div_euclid(DAY));
    let rest = milliseconds.rem_euclid(DAY).unsigned_abs();
    bytes.push(b'"');
    if year < 0 {
        bytes.push(b'-');
    }
    let mut text = *b"0000-00-00T00:00:00.000Z\"";
    match year.unsigned_abs() {
        year @ 0..10_000 => digits(&mut text[..4], year),
        year => {
            integer(bytes, i64::try_from(year).unwrap_or(i64::MAX));
            text[..4].fill(b' ');
        }
    }
    digits(&mut text[5..7], month);
    digits(&mut text[8..10], day);
    digits(&mut text[11..13], rest / 3_600_000);
    digits(&mut text[14..16], rest / 60_000 % 60);
    digits(&mut text[17..19], rest / 1000 % 60);
    digits(&mut text[20..23], rest % 1000);
    bytes.extend_from_slice(if text[0] == b' ' { &text[4..] } else { &text });
}

/// Year, month and day of a number of days since 1970, in the Gregorian calendar without end on either side. Counts
/// from March of year 0, so that the leap day is a year's last, in eras of 400 years.
fn civil(days: i64) -> (i64, u64, u64) {
    const DAYS_PER_ERA: i64 = 146_097;
    let days = days + 719_468;
    let era = days.div_euclid(DAYS_PER_ERA);
    let day_of_era = days.rem_euclid(DAYS_PER_ERA);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month.unsigned_abs(), day.unsigned_abs())
}

/// Fills the places with the last digits of a number.
fn digits(places: &mut [u8], mut number: u64) {
    for place in places.iter_mut().rev() {
        *place = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut bytes = Vec::new();
        write(&mut bytes);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn strings_are_what_a_json_parser_reads_back() {
        let every: String =
            (0..0x250u32).chain(0x2020..0x2030).chain(0x1F600..0x1F605).filter_map(char::from_u32).collect();
        for text in ["", "plain", "\"", "\\", "a\"b\\c\n", "\u{0}\u{1f}\u{7f}", "ends\"", &every] {
            let json = written(|b| string(b, text));
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }

    #[test]
    fn uuids_are_in_lower_case() {
        let bytes = [0xDE, 0xAD, 0xBE, 0xEF, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0xFF];
        assert_eq!(written(|b| uuid(b, bytes)), "\"deadbeef-0001-0203-0405-060708090aff\"");
    }

    #[test]
    fn floats_are_plain() {
        let cases = [
            (10.0, "10"),
            (-0.0, "0"),
            (0.1, "0.1"),
            (-1.5, "-1.5"),
            (123_456_789.125, "123456789.125"),
            (1e21, "1000000000000000000000"),
            (1e-7, "0.0000001"),
            (1.0 / 3.0, "0.3333333333333333"),
        ];
        for (number, expected) in cases {
            assert_eq!(written(|b| assert!(float(b, number))), expected);
        }
        for number in [f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324] {
            let text = written(|b| assert!(float(b, number)));
            assert!(!text.contains(['e', 'E']));
            assert_eq!(text.parse::<f64>().unwrap(), number);
        }
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(written(|b| assert!(!float(b, number))), "");
        }
    }

    #[test]
    fn times_are_utc_with_milliseconds() {
        let cases = [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_001, "2000-02-29T00:00:00.001Z"),
            (1_795_564_800_000, "2026-11-25T00:00:00.000Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            (-62_167_219_200_001, "-0001-12-31T23:59:59.999Z"),
            (253_402_300_800_000, "10000-01-01T00:00:00.000Z"),
        ];
        for (milliseconds, expected) in cases {
            assert_eq!(written(|b| date_time(b, milliseconds)), format!("\"{expected}\""));
        }
        for milliseconds in [i64::MIN, i64::MAX] {
            assert!(written(|b| date_time(b, milliseconds)).ends_with("Z\""));
        }
        // Every day of 800 years against the library.
        for day in -146_097..146_097i64 {
            let time = jiff::Timestamp::from_millisecond(day * 86_400_000 + 1).unwrap();
            assert_eq!(written(|b| date_time(b, day * 86_400_000 + 1)), format!("\"{time}\""));
        }
    }
}
