//! Dates as the original reads them: ISO 8601 in the forms that Joda-Time's general parser accepts.
//!
//! ```text
//! datetime = time | date ['T' [time] [offset]]           time alone: 'T' time [offset], on 1970-01-01
//! date     = year ['-' month ['-' day]] | year '-' DDD | year '-W' week ['-' weekday]
//! time     = hour [':' minute [':' second]], the last of them with an optional fraction after '.' or ','
//! offset   = 'Z' | ('+' | '-') HH [[':'] mm [[':'] ss]]
//! ```
//!
//! Without an offset the time is UTC. Fractions are cut to milliseconds. The years are those that every database has;
//! the calendar libraries end at 9999, which the original did not, so the arithmetic is here.

use std::ops::RangeInclusive;

/// Years that Postgres has as well.
const YEARS: RangeInclusive<i64> = -4_712..=294_275;

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
        ms = date(&mut rest)? * MS_PER_DAY;
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

/// Days since 1970-01-01.
fn date(rest: &mut Rest<'_>) -> Option<i64> {
    let negative = rest.takes(b"-");
    if !negative {
        rest.takes(b"+");
    }
    let (year, _) = rest.number(9)?;
    let year = if negative { -year } else { year };
    if !YEARS.contains(&year) {
        return None;
    }
    if !rest.takes(b"-") {
        return Some(days_before_year(year));
    }
    if rest.takes(b"Ww") {
        let (week, _) = rest.number(2)?;
        let weekday = if rest.takes(b"-") { rest.number(1)?.0 } else { 1 };
        let days = first_monday(year) + (week - 1) * 7 + (weekday - 1);
        let fits = week >= 1 && (1..=7).contains(&weekday) && days < first_monday(year + 1);
        return fits.then_some(days);
    }
    let (number, digits) = rest.number(3)?;
    if digits == 3 {
        let days_in_year = days_before_year(year + 1) - days_before_year(year);
        return (1..=days_in_year).contains(&number).then(|| days_before_year(year) + number - 1);
    }
    let day = if rest.takes(b"-") { rest.number(2)?.0 } else { 1 };
    let february = if is_leap(year) { 29 } else { 28 };
    let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let before = usize::try_from(number).ok()?.checked_sub(1)?;
    let fits = (1..=*months.get(before)?).contains(&day);
    fits.then(|| days_before_year(year) + months[..before].iter().sum::<i64>() + day - 1)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// From 1970-01-01 to the first day of a year of the Gregorian calendar, extended backwards.
fn days_before_year(year: i64) -> i64 {
    let last = year - 1;
    let since_year_one = last * 365 + last.div_euclid(4) - last.div_euclid(100) + last.div_euclid(400);
    since_year_one - 719_162
}

/// The Monday of the first week of a year: the week that 4 January is in.
fn first_monday(year: i64) -> i64 {
    let fourth = days_before_year(year) + 3;
    // 1970-01-01 was a Thursday.
    fourth - (fourth + 3).rem_euclid(7)
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
