//! Dates as the original reads them: ISO 8601 in the forms that Joda-Time's general parser accepts.
//!
//! ```text
//! datetime = time | date ['T' [time] [offset]]           time alone: 'T' time [offset], on 1970-01-01
//! date     = year ['-' month ['-' day]] | year '-' DDD | year '-W' week ['-' weekday]
//! time     = hour [':' minute [':' second]], the last of them with an optional fraction after '.' or ','
//! offset   = 'Z' | ('+' | '-') HH [[':'] mm [[':'] ss]]
//! ```
//!
//! Without an offset the time is UTC. Fractions are cut to milliseconds. Years −9999 to 9999 are accepted.

use jiff::civil::{Date, ISOWeekDate, Weekday};

const MS_PER_SECOND: i64 = 1_000;
const MS_PER_MINUTE: i64 = 60 * MS_PER_SECOND;
const MS_PER_HOUR: i64 = 60 * MS_PER_MINUTE;
const MS_PER_DAY: i64 = 24 * MS_PER_HOUR;

/// Milliseconds since 1970, UTC; `None` when it is no date.
pub fn parse_date_time(text: &str) -> Option<i64> {
    let mut rest = Rest(text.as_bytes());
    let mut ms = 0;
    let time_alone = matches!(rest.0.first(), Some(b'T' | b't'));
    if !time_alone {
        let epoch = Date::constant(1970, 1, 1);
        let days = date(&mut rest)?.since(epoch).ok()?.get_days();
        ms = i64::from(days) * MS_PER_DAY;
    }
    if rest.takes(b"Tt") {
        if rest.starts_with_digit() {
            ms += time(&mut rest)?;
        } else if time_alone {
            return None;
        }
        ms -= offset(&mut rest)?;
    }
    rest.0.is_empty().then_some(ms)
}

fn date(rest: &mut Rest<'_>) -> Option<Date> {
    let negative = match rest.0.first()? {
        b'-' => rest.takes(b"-"),
        _ => {
            rest.takes(b"+");
            false
        }
    };
    let (year, _) = rest.number(9)?;
    let year = i16::try_from(year).ok()? * if negative { -1 } else { 1 };
    if !rest.takes(b"-") {
        return Date::new(year, 1, 1).ok();
    }
    if rest.takes(b"Ww") {
        let week = i8::try_from(rest.number(2)?.0).ok()?;
        let weekday = if rest.takes(b"-") { i8::try_from(rest.number(1)?.0).ok()? } else { 1 };
        let weekday = Weekday::from_monday_one_offset(weekday).ok()?;
        return Some(ISOWeekDate::new(year, week, weekday).ok()?.date());
    }
    let (number, digits) = rest.number(3)?;
    if digits == 3 {
        let day = i16::try_from(number).ok()?;
        return Date::new(year, 1, 1).ok()?.with().day_of_year(day).build().ok();
    }
    let month = i8::try_from(number).ok()?;
    let day = if rest.takes(b"-") { i8::try_from(rest.number(2)?.0).ok()? } else { 1 };
    Date::new(year, month, day).ok()
}

fn time(rest: &mut Rest<'_>) -> Option<i64> {
    let mut ms = 0;
    for (unit_ms, limit) in [(MS_PER_HOUR, 24), (MS_PER_MINUTE, 60), (MS_PER_SECOND, 60)] {
        let (value, _) = rest.number(2).filter(|(value, _)| *value < limit)?;
        ms += value * unit_ms;
        if rest.takes(b".,") {
            return Some(ms + fraction(rest, unit_ms)?);
        }
        if unit_ms == MS_PER_SECOND || !rest.takes(b":") {
            break;
        }
    }
    Some(ms)
}

/// A decimal fraction of a unit, cut to milliseconds. Digits past the ninth do not count.
fn fraction(rest: &mut Rest<'_>, unit_ms: i64) -> Option<i64> {
    let (value, digits) = rest.number(9)?;
    while rest.starts_with_digit() {
        rest.skip();
    }
    Some(value * unit_ms / 10_i64.pow(digits))
}

fn offset(rest: &mut Rest<'_>) -> Option<i64> {
    if rest.0.is_empty() || rest.takes(b"Zz") {
        return Some(0);
    }
    let sign = if rest.takes(b"-") { -1 } else { i64::from(rest.takes(b"+")) };
    if sign == 0 {
        return None;
    }
    let mut ms = 0;
    let mut separated = None;
    for (unit_ms, limit) in [(MS_PER_HOUR, 24), (MS_PER_MINUTE, 60), (MS_PER_SECOND, 60)] {
        let (value, _) = rest.number(2).filter(|(value, digits)| *value < limit && *digits == 2)?;
        ms += value * unit_ms;
        // Separators stand between all parts or between none.
        let separator = rest.takes(b":");
        if !separator && !rest.starts_with_digit() || separated.is_some_and(|before| before != separator) {
            break;
        }
        separated = Some(separator);
    }
    Some(sign * ms)
}

/// What is still to be read.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn takes(&mut self, any_of: &[u8]) -> bool {
        let found = self.0.first().is_some_and(|byte| any_of.contains(byte));
        if found {
            self.skip();
        }
        found
    }

    fn skip(&mut self) {
        self.0 = self.0.get(1..).unwrap_or_default();
    }

    fn starts_with_digit(&self) -> bool {
        self.0.first().is_some_and(u8::is_ascii_digit)
    }

    /// One to `digits_max` (at most 9) digits: their value and how many they were.
    fn number(&mut self, digits_max: u32) -> Option<(i64, u32)> {
        let mut value = 0;
        let mut digits = 0;
        while let Some(byte) = self.0.first().filter(|byte| byte.is_ascii_digit() && digits < digits_max) {
            value = value * 10 + i64::from(byte - b'0');
            digits += 1;
            self.skip();
        }
        (digits > 0).then_some((value, digits))
    }
}
