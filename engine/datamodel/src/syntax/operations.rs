//! Operations and fragments: allowed in the text of a datamodel, and without effect there.

use super::cursor::{Cursor, Parsed};

impl Cursor<'_> {
    /// `query Name($a: Int) @d { … }`, without its first word.
    pub(super) fn operation(&mut self) -> Parsed<()> {
        if !self.word().is_empty() {
            self.name()?;
        }
        if self.take_if(b'(') {
            self.variable()?;
            while !self.take_if(b')') {
                self.variable()?;
            }
        }
        self.directives(true)?;
        self.selection_set()
    }

    fn variable(&mut self) -> Parsed<()> {
        self.take(b'$')?;
        self.adjacent_name()?;
        self.take(b':')?;
        self.type_reference()?;
        if self.take_if(b'=') {
            self.value(false)?;
        }
        Ok(())
    }

    /// `fragment Name on Type @d { … }`, without its first word.
    pub(super) fn fragment(&mut self) -> Parsed<()> {
        if self.word() == "on" {
            return self.stop();
        }
        self.name()?;
        self.take_word("on")?;
        self.name()?;
        self.directives(true)?;
        self.selection_set()
    }

    pub(super) fn selection_set(&mut self) -> Parsed<()> {
        self.nested(|cursor| {
            cursor.take(b'{')?;
            cursor.selection()?;
            while !cursor.take_if(b'}') {
                cursor.selection()?;
            }
            Ok(())
        })
    }

    fn selection(&mut self) -> Parsed<()> {
        self.skip_ignored();
        if self.rest().starts_with("...") {
            self.at += 3;
            return self.spread();
        }
        self.name()?;
        if self.take_if(b':') {
            self.name()?;
        }
        if self.sees(b'(') {
            self.arguments(true)?;
        }
        self.directives(true)?;
        if self.sees(b'{') { self.selection_set() } else { Ok(()) }
    }

    fn spread(&mut self) -> Parsed<()> {
        match self.word() {
            "on" => {
                self.take_word("on")?;
                self.name()?;
            }
            "" => {}
            _ => {
                self.name()?;
                self.directives(true)?;
                return Ok(());
            }
        }
        self.directives(true)?;
        self.selection_set()
    }
}
