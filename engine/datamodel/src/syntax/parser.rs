//! Definitions of a document.

use super::cursor::{Cursor, NESTING_MAX, Parsed, Stop};
use super::document::{Document, EnumDefinition, FieldDefinition, TypeDefinition, TypeReference, TypeShape};
use super::{SyntaxError, diagnosis};

pub(super) fn parse(text: &str) -> Result<Document, SyntaxError> {
    let mut cursor = Cursor::new(text);
    let mut document = Document::default();
    let mut is_empty = true;
    // Where the last two definitions began: nothing before them can have to do with an error in the last one.
    let mut starts = [0, 0];
    loop {
        starts = [starts[1], cursor.at];
        cursor.skip_ignored();
        if cursor.at == text.len() && !is_empty {
            return Ok(document);
        }
        is_empty = false;
        match cursor.definition(&mut document) {
            Ok(()) => {}
            Err(Stop::Unexpected) => return Err(diagnosis::explain(text, starts[0], cursor.furthest)),
            Err(Stop::TooDeep) => {
                let cause = format!("The document is nested more than {NESTING_MAX} levels deep");
                return Err(diagnosis::error_at(text, cursor.furthest, &cause));
            }
        }
    }
}

impl Cursor<'_> {
    fn definition(&mut self, document: &mut Document) -> Parsed<()> {
        if self.sees(b'{') {
            return self.selection_set();
        }
        let is_described = self.sees(b'"');
        if is_described {
            self.string()?;
        }
        let start = self.at;
        match self.word() {
            "query" | "mutation" | "subscription" | "fragment" | "schema" if is_described => self.stop(),
            word @ ("query" | "mutation" | "subscription" | "fragment" | "schema" | "type" | "enum" | "scalar"
            | "interface" | "union" | "input" | "extend" | "directive") => {
                self.take_word(word)?;
                match word {
                    "query" | "mutation" | "subscription" => self.operation(),
                    "fragment" => self.fragment(),
                    "schema" => self.schema(),
                    "type" => self.object_type().map(|definition| document.types.push(definition)),
                    "enum" => self.enum_type().map(|definition| document.enums.push(definition)),
                    "scalar" => self.named_head().map(drop),
                    "interface" => self.named_head().and_then(|_| self.fields()).map(drop),
                    "union" => self.union(),
                    "input" => self.named_head().and_then(|_| self.input_values(b'{', b'}')),
                    "extend" => self.extension(),
                    _ => self.directive_definition(),
                }
            }
            _ => {
                self.at = start;
                self.stop()
            }
        }
    }

    /// A name and its directives.
    fn named_head(&mut self) -> Parsed<(String, super::Directives)> {
        Ok((self.name()?.to_owned(), self.directives(false)?))
    }

    fn object_type(&mut self) -> Parsed<TypeDefinition> {
        let name = self.name()?.to_owned();
        self.interfaces()?;
        Ok(TypeDefinition { name, directives: self.directives(false)?, fields: self.fields()? })
    }

    /// `implements A, B`, if it is there.
    fn interfaces(&mut self) -> Parsed<bool> {
        if !self.take_word_if("implements") {
            return Ok(false);
        }
        self.name()?;
        while !self.word().is_empty() {
            self.name()?;
        }
        Ok(true)
    }

    fn fields(&mut self) -> Parsed<Vec<FieldDefinition>> {
        self.take(b'{')?;
        let mut fields = vec![self.field()?];
        while !self.take_if(b'}') {
            fields.push(self.field()?);
        }
        Ok(fields)
    }

    fn field(&mut self) -> Parsed<FieldDefinition> {
        self.description()?;
        let name = self.name()?.to_owned();
        if self.sees(b'(') {
            self.input_values(b'(', b')')?;
        }
        self.take(b':')?;
        Ok(FieldDefinition { name, field_type: self.type_reference()?, directives: self.directives(true)? })
    }

    fn description(&mut self) -> Parsed<()> {
        if self.sees(b'"') {
            self.string()?;
        }
        Ok(())
    }

    pub(super) fn type_reference(&mut self) -> Parsed<TypeReference> {
        let mut lists = 0;
        while self.take_if(b'[') {
            lists += 1;
        }
        let name = self.name()?.to_owned();
        let mut text = format!("{}{name}", "[".repeat(lists));
        let mut shape = TypeShape::Optional;
        if self.take_if(b'!') {
            text.push('!');
            shape = TypeShape::Required;
        }
        for _ in 0..lists {
            self.take(b']')?;
            text.push(']');
            if self.take_if(b'!') {
                text.push('!');
            }
            shape = TypeShape::List;
        }
        Ok(TypeReference { name, text, shape })
    }

    /// Arguments of a field or directive, fields of an input type: at least one.
    fn input_values(&mut self, open: u8, close: u8) -> Parsed<()> {
        self.take(open)?;
        loop {
            self.description()?;
            self.name()?;
            self.take(b':')?;
            self.type_reference()?;
            if self.take_if(b'=') {
                self.value(false)?;
            }
            self.directives(false)?;
            if self.take_if(close) {
                return Ok(());
            }
        }
    }

    fn enum_type(&mut self) -> Parsed<EnumDefinition> {
        let (name, directives) = self.named_head()?;
        self.take(b'{')?;
        let mut values = Vec::new();
        loop {
            self.description()?;
            if let "true" | "false" = self.word() {
                return self.stop();
            }
            values.push(self.name()?.to_owned());
            self.directives(false)?;
            if self.take_if(b'}') {
                return Ok(EnumDefinition { name, directives, values });
            }
        }
    }

    fn union(&mut self) -> Parsed<()> {
        self.named_head()?;
        self.take(b'=')?;
        self.alternatives()
    }

    fn directive_definition(&mut self) -> Parsed<()> {
        self.skip_blank();
        if self.peek() != Some(b'@') {
            return self.stop();
        }
        self.at += 1;
        self.adjacent_name()?;
        if self.sees(b'(') {
            self.input_values(b'(', b')')?;
        }
        self.take_word("on")?;
        self.alternatives()
    }

    /// `A | B`, with or without a bar in front.
    fn alternatives(&mut self) -> Parsed<()> {
        self.take_if(b'|');
        self.name()?;
        loop {
            // A bar that nothing follows is left over, and then nobody wants it.
            let before = self.at;
            if !self.take_if(b'|') {
                return Ok(());
            }
            if self.word().is_empty() {
                self.at = before;
                return Ok(());
            }
            self.name()?;
        }
    }

    fn schema(&mut self) -> Parsed<()> {
        self.directives(false)?;
        self.take(b'{')?;
        loop {
            match self.name()? {
                "query" | "mutation" | "subscription" => {}
                _ => return self.stop(),
            }
            self.take(b':')?;
            self.name()?;
            if self.take_if(b'}') {
                return Ok(());
            }
        }
    }

    /// `extend type A`, with at least one of interfaces, directives, fields. Braces that hold no fields are not part of
    /// it; they may be a query that follows.
    fn extension(&mut self) -> Parsed<()> {
        self.take_word("type")?;
        self.name()?;
        let has_interfaces = self.interfaces()?;
        let has_directives = !self.directives(false)?.0.is_empty();
        let before = self.at;
        match self.fields() {
            Ok(_) => Ok(()),
            Err(super::cursor::Stop::Unexpected) if has_interfaces || has_directives => {
                self.at = before;
                Ok(())
            }
            Err(stop) => Err(stop),
        }
    }
}
