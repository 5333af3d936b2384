//! Literals, arguments and directives.

use super::cursor::{Cursor, Parsed};
use super::document::{Argument, Directive, Directives, Value};

impl Cursor<'_> {
    /// Directives, if any; variables as values only where `variables` says so.
    pub(super) fn directives(&mut self, variables: bool) -> Parsed<Directives> {
        let mut directives = Vec::new();
        while self.take_if(b'@') {
            let name = self.adjacent_name()?.to_owned();
            let arguments = if self.sees(b'(') { self.arguments(variables)? } else { Vec::new() };
            directives.push(Directive { name, arguments });
        }
        Ok(Directives(directives))
    }

    /// `(a: 1, b: 2)`, at least one.
    pub(super) fn arguments(&mut self, variables: bool) -> Parsed<Vec<Argument>> {
        self.take(b'(')?;
        let mut arguments = vec![self.argument(variables)?];
        while !self.take_if(b')') {
            arguments.push(self.argument(variables)?);
        }
        Ok(arguments)
    }

    fn argument(&mut self, variables: bool) -> Parsed<Argument> {
        let name = self.name()?.to_owned();
        self.take(b':')?;
        Ok(Argument { name, value: self.value(variables)? })
    }

    /// A literal.
    pub(super) fn value(&mut self, variables: bool) -> Parsed<Value> {
        self.skip_ignored();
        match self.peek() {
            Some(b'$') if variables => {
                self.at += 1;
                Ok(Value::Variable(self.adjacent_name()?.to_owned()))
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'"') => self.string(),
            Some(b'[') => self.nested(|cursor| cursor.list(variables)),
            Some(b'{') => self.nested(|cursor| cursor.object(variables)),
            _ => Ok(match self.name()? {
                "true" => Value::Boolean(true),
                "false" => Value::Boolean(false),
                "null" => Value::Null,
                name => Value::Enum(name.to_owned()),
            }),
        }
    }

    fn list(&mut self, variables: bool) -> Parsed<Value> {
        self.take(b'[')?;
        let mut values = Vec::new();
        while !self.take_if(b']') {
            values.push(self.value(variables)?);
        }
        Ok(Value::List(values))
    }

    fn object(&mut self, variables: bool) -> Parsed<Value> {
        self.take(b'{')?;
        let mut fields = Vec::new();
        while !self.take_if(b'}') {
            fields.push(self.argument(variables)?);
        }
        Ok(Value::Object(fields))
    }

    /// A number ends where it can: `1e` is the number 1 and the name `e`, as in the original.
    fn number(&mut self) -> Parsed<Value> {
        let bytes = self.rest().as_bytes();
        let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
        let sign = usize::from(bytes[0] == b'-');
        let whole = match bytes.get(sign) {
            Some(b'0') => sign + 1,
            _ => sign + digits(sign),
        };
        if whole == sign {
            self.at += sign;
            return self.stop();
        }
        let mut end = whole;
        if bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
            end += 1 + digits(end + 1);
        }
        if let Some(b'e' | b'E') = bytes.get(end) {
            let exponent = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            if digits(exponent) > 0 {
                end = exponent + digits(exponent);
            }
        }
        let text = &self.rest()[..end];
        self.at += end;
        Ok(match end == whole {
            true if text == "-0" => Value::Int("0".to_owned()),
            true => Value::Int(text.to_owned()),
            false => Value::Float(decimal_text(text)),
        })
    }

    /// A string in one or three quotes. Three quotes that never end are an empty string and the start of another one.
    pub(super) fn string(&mut self) -> Parsed<Value> {
        self.skip_ignored();
        if let Some(raw) = self.rest().strip_prefix("\"\"\"")
            && let Some((text, length)) = block_text(raw)
        {
            self.at += 3 + length;
            return Ok(Value::String { text, block: true });
        }
        self.take(b'"')?;
        let mut text = String::new();
        // Half of a surrogate pair that waits for its other half.
        let mut high: Option<u16> = None;
        loop {
            let Some(c) = self.rest().chars().next().filter(|c| *c != '\n') else { return self.stop() };
            self.at += c.len_utf8();
            let unit = match c {
                '"' => break,
                '\\' => self.escaped()?,
                c => Escaped::Char(c),
            };
            match (unit, high.take()) {
                (Escaped::Unit(low), Some(high)) => {
                    text.extend(char::decode_utf16([high, low]).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
                }
                (Escaped::Unit(unit @ 0xd800..=0xdbff), None) => high = Some(unit),
                (Escaped::Unit(unit), None) => {
                    text.push(char::from_u32(unit.into()).unwrap_or(char::REPLACEMENT_CHARACTER))
                }
                (Escaped::Char(c), Some(_)) => text.extend([char::REPLACEMENT_CHARACTER, c]),
                (Escaped::Char(c), None) => text.push(c),
            }
        }
        text.extend(high.map(|_| char::REPLACEMENT_CHARACTER));
        Ok(Value::String { text, block: false })
    }

    fn escaped(&mut self) -> Parsed<Escaped> {
        let unit = match self.peek() {
            Some(c @ (b'"' | b'\\')) => Escaped::Char(c.into()),
            Some(b'b') => Escaped::Char('\u{8}'),
            Some(b'f') => Escaped::Char('\u{c}'),
            Some(b'n') => Escaped::Char('\n'),
            Some(b'r') => Escaped::Char('\r'),
            Some(b't') => Escaped::Char('\t'),
            Some(b'u') => {
                let digits = self.rest().get(1..5).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
                let Some(unit) = digits.and_then(|d| u16::from_str_radix(d, 16).ok()) else { return self.stop() };
                self.at += 4;
                Escaped::Unit(unit)
            }
            _ => return self.stop(),
        };
        self.at += 1;
        Ok(unit)
    }
}

enum Escaped {
    Char(char),
    /// A UTF-16 code unit.
    Unit(u16),
}

/// The text of a block string that starts here, and the length of its source with the closing quotes.
fn block_text(raw: &str) -> Option<(String, usize)> {
    let mut from = 0;
    let end = loop {
        let quotes = from + raw[from..].find("\"\"\"")?;
        if !raw[..quotes].ends_with('\\') {
            break quotes;
        }
        from = quotes + 3;
    };
    Some((dedent(&raw[..end].replace("\\\"\"\"", "\"\"\"")), end + 3))
}

/// Takes the common indentation away, and blank lines at both ends.
fn dedent(raw: &str) -> String {
    let normal = raw.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines: Vec<&str> = normal.split('\n').collect();
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let common = lines.iter().skip(1).filter(|l| indent(l) != l.len()).map(|l| indent(l)).min().unwrap_or(0);
    for line in lines.iter_mut().skip(1) {
        *line = &line[common.min(line.len())..];
    }
    let is_blank = |line: &&str| indent(line) == line.len();
    let Some(first) = lines.iter().position(|line| !is_blank(line)) else { return String::new() };
    let last = lines.iter().rposition(|line| !is_blank(line)).unwrap_or(first);
    lines[first..=last].join("\n")
}

/// A decimal number as `java.math.BigDecimal` spells it: `1.50` stays, `1e5` is `1E+5`.
fn decimal_text(source: &str) -> String {
    let (mantissa, exponent) = source.split_once(['e', 'E']).unwrap_or((source, "0"));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    let digits = if digits.is_empty() { "0" } else { digits };
    let sign = if digits == "0" { "" } else { sign };
    // Exponents beyond this are no numbers to anybody; they stay as they were written.
    let Some(exponent) = exponent.parse::<i64>().ok().filter(|e| e.abs() < 1_000_000) else { return source.to_owned() };
    let scale = fraction.len() as i64 - exponent;
    let adjusted = digits.len() as i64 - 1 - scale;
    if scale < 0 || adjusted < -6 {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        return format!("{sign}{first}{point}{rest}E{adjusted:+}");
    }
    if scale == 0 {
        return format!("{sign}{digits}");
    }
    let scale = scale as usize;
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    format!("{sign}{whole}.{fraction}")
}
