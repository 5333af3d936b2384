//! What no two runs have in common, by names: `<id 1>` is the first generated id of a case, `<uuid 1>`, `<time 1>`,
//! `<token 1>` likewise, `<service>` and `<project>` its names. They stand in answers, and in what is sent later.

/// The values of a case.
pub struct Placeholders {
    /// Text of the case: what stands there is nothing generated.
    written: String,
    service: String,
    found: Vec<(&'static str, String)>,
}

impl Placeholders {
    /// None yet.
    pub fn new(written: String, service: String) -> Placeholders {
        Placeholders { written: written.to_lowercase(), service, found: Vec::new() }
    }

    /// Values instead of names.
    pub fn fill(&self, text: &str) -> String {
        let mut text = text.replace("<service>", &self.service);
        for (index, (kind, value)) in self.found.iter().enumerate() {
            text = text.replace(&format!("<{kind} {}>", self.number(index)), value);
        }
        text
    }

    /// Names instead of values.
    pub fn name(&mut self, text: &str) -> String {
        // Each connector has its own character between service and stage in project ids.
        let text = text.replace("$dev", "_dev").replace("$prod", "_prod");
        let text = text.replace(&format!("{}_dev", self.service), "<project>").replace(&self.service, "<service>");
        let mut named = String::new();
        let mut rest = text.as_str();
        while let Some(character) = rest.chars().next() {
            let begins = !named.ends_with(|c: char| c.is_ascii_alphanumeric());
            if let Some((kind, length)) = begins.then(|| generated(rest)).flatten() {
                let (value, behind) = rest.split_at(length);
                if !self.written.contains(&value.to_lowercase()) {
                    named.push_str(&self.known(kind, value));
                    rest = behind;
                    continue;
                }
            }
            named.push(character);
            rest = &rest[character.len_utf8()..];
        }
        named
    }

    fn known(&mut self, kind: &'static str, value: &str) -> String {
        let known = self.found.iter().position(|(k, v)| *k == kind && v == value);
        let index = known.unwrap_or_else(|| {
            self.found.push((kind, value.to_owned()));
            self.found.len() - 1
        });
        format!("<{kind} {}>", self.number(index))
    }

    fn number(&self, index: usize) -> usize {
        self.found[..=index].iter().filter(|(kind, _)| *kind == self.found[index].0).count()
    }
}

/// Kind and length of the generated value that a text begins with.
fn generated(text: &str) -> Option<(&'static str, usize)> {
    let bytes = text.as_bytes();
    let fits = |pattern: &str| {
        pattern.len() <= bytes.len()
            && pattern.bytes().zip(bytes).all(|(wanted, byte)| match wanted {
                b'x' => byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'),
                b'0' => byte.is_ascii_digit(),
                b'a' => byte.is_ascii_digit() || byte.is_ascii_lowercase(),
                other => other == *byte,
            })
            && !bytes.get(pattern.len()).is_some_and(u8::is_ascii_alphanumeric)
    };
    if fits("caaaaaaaaaaaaaaaaaaaaaaaa") {
        return Some(("id", 25));
    }
    if fits("xxxxxxxx-xxxx-4xxx-xxxx-xxxxxxxxxxxx") {
        return Some(("uuid", 36));
    }
    // Cases write times before 2025, which no clock shows.
    if fits("0000-00-00T00:00:00.000Z") && text > "2025" {
        return Some(("time", 24));
    }
    let token = bytes.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')).count();
    (text.starts_with("eyJ") && token > 60).then_some(("token", token))
}
