//! The parser: one function a rule of the grammar, each reading from the lexer's current token on.

use super::ast::*;
use super::lexer::{Lexer, Token, TokenKind, block_text, unescape};
use super::source::Source;
use crate::operation::OperationKind;
use connector_interface::Position;

/// Why a text is no executable document.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SyntaxError {
    /// It does not follow the grammar; the text says what was found and expected, and shows the place.
    #[error("Syntax error while parsing GraphQL query. {0}")]
    Grammar(String),
    /// It holds a definition of a type or directive, which nothing can execute.
    #[error("{message}")]
    NotExecutable {
        /// The original's text.
        message: String,
        /// Place of the definition.
        position: Position,
    },
}

/// Parses an executable document. Selections, lists and objects may be nested `nesting_max` deep, so that no text
/// exhausts the stack.
pub fn parse(text: &str, nesting_max: usize) -> Result<Ast, SyntaxError> {
    let mut lexer = Lexer::new(text);
    let token = lexer.next();
    let mut parser = Parser { text, lexer, token, depth_left: nesting_max };
    let mut ast = Ast::default();
    loop {
        match parser.token.kind {
            TokenKind::End if !ast.operations.is_empty() || !ast.fragments.is_empty() => return Ok(ast),
            TokenKind::Name if parser.lexeme() == "fragment" => ast.fragments.push(parser.fragment()?),
            _ => ast.operations.push(parser.operation()?),
        }
    }
}

/// Definitions that belong into a schema.
const SCHEMA_KEYWORDS: [&str; 9] =
    ["schema", "scalar", "type", "interface", "union", "enum", "input", "extend", "directive"];

struct Parser<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    /// The current token, not yet taken.
    token: Token,
    depth_left: usize,
}

type Parsed<T> = Result<T, SyntaxError>;

impl<'a> Parser<'a> {
    fn operation(&mut self) -> Parsed<Operation> {
        let position = self.token.position;
        if self.is(b'{') {
            return Ok(Operation {
                kind: OperationKind::Query,
                name: None,
                variables: Vec::new(),
                directives: Vec::new(),
                selections: self.selections()?,
                position,
            });
        }
        let kind = match self.lexeme() {
            "query" => OperationKind::Query,
            "mutation" => OperationKind::Mutation,
            "subscription" => OperationKind::Subscription,
            keyword if SCHEMA_KEYWORDS.contains(&keyword) => return Err(self.not_executable()),
            _ => return Err(self.unexpected("OperationDefinition, FragmentDefinition or TypeSystemDefinition")),
        };
        self.take();
        Ok(Operation {
            kind,
            name: if self.token.kind == TokenKind::Name { Some(self.name("Name")?) } else { None },
            variables: self.variables()?,
            directives: self.directives()?,
            selections: self.selections()?,
            position,
        })
    }

    fn variables(&mut self) -> Parsed<Vec<VariableDefinition>> {
        if !self.skip(b'(') {
            return Ok(Vec::new());
        }
        self.until(b')', |parser| {
            let position = parser.token.position;
            parser.expect(b'$', "VariableDefinition")?;
            let name = parser.name("Name")?;
            parser.expect(b':', "':'")?;
            let declared_type = parser.declared_type()?;
            let default = if parser.skip(b'=') { Some(parser.value(true)?) } else { None };
            Ok(VariableDefinition { name, declared_type, default, position })
        })
    }

    fn declared_type(&mut self) -> Parsed<DeclaredType> {
        let position = self.token.position;
        let kind = if self.skip(b'[') {
            let item = self.nested(Self::declared_type)?;
            self.expect(b']', "']'")?;
            DeclaredTypeKind::List(Box::new(item))
        } else {
            DeclaredTypeKind::Named(self.name("Type")?)
        };
        Ok(DeclaredType { kind, required: self.skip(b'!'), position })
    }

    fn fragment(&mut self) -> Parsed<Fragment> {
        let position = self.token.position;
        self.take();
        if self.lexeme() == "on" {
            return Err(self.unexpected("FragmentName"));
        }
        let name = self.name("FragmentName")?;
        let Some(condition) = self.condition()? else { return Err(self.unexpected("TypeCondition")) };
        Ok(Fragment { name, condition, directives: self.directives()?, selections: self.selections()?, position })
    }

    fn condition(&mut self) -> Parsed<Option<TypeCondition>> {
        if self.lexeme() != "on" {
            return Ok(None);
        }
        self.take();
        let position = self.token.position;
        Ok(Some(TypeCondition { name: self.name("NamedType")?, position }))
    }

    fn selections(&mut self) -> Parsed<Vec<Selection>> {
        self.expect(b'{', "SelectionSet")?;
        self.nested(|parser| parser.until(b'}', Self::selection))
    }

    fn selection(&mut self) -> Parsed<Selection> {
        let position = self.token.position;
        if self.token.kind != TokenKind::Dots {
            return self.field().map(Selection::Field);
        }
        self.take();
        if self.token.kind == TokenKind::Name && self.lexeme() != "on" {
            let fragment = self.name("FragmentName")?;
            return Ok(Selection::Spread(Spread { fragment, directives: self.directives()?, position }));
        }
        let condition = self.condition()?;
        let (directives, selections) = (self.directives()?, self.selections()?);
        Ok(Selection::Inline(InlineFragment { condition, directives, selections, position }))
    }

    fn field(&mut self) -> Parsed<Field> {
        let position = self.token.position;
        let mut name = self.name("Selection")?;
        let mut alias = None;
        if self.skip(b':') {
            alias = Some(std::mem::replace(&mut name, self.name("Name")?));
        }
        let (arguments, directives) = (self.arguments()?, self.directives()?);
        let selections = if self.is(b'{') { self.selections()? } else { Vec::new() };
        Ok(Field { alias, name, arguments, directives, selections, position })
    }

    fn arguments(&mut self) -> Parsed<Vec<Argument>> {
        if !self.skip(b'(') {
            return Ok(Vec::new());
        }
        self.until(b')', |parser| {
            let position = parser.token.position;
            let name = parser.name("Argument")?;
            parser.expect(b':', "':'")?;
            Ok(Argument { name, value: parser.value(false)?, position })
        })
    }

    fn directives(&mut self) -> Parsed<Vec<Directive>> {
        let mut directives = Vec::new();
        while self.is(b'@') {
            let position = self.token.position;
            self.take();
            let name = self.name("Name")?;
            directives.push(Directive { name, arguments: self.arguments()?, position });
        }
        Ok(directives)
    }

    /// A value; `constant` ones have no variables in them.
    fn value(&mut self, constant: bool) -> Parsed<Value> {
        let Token { kind, position, start, end } = self.token;
        let lexeme = &self.text[start..end];
        let kind = match kind {
            TokenKind::Punctuation(b'$') if !constant => {
                self.take();
                return Ok(Value { kind: ValueKind::Variable(self.name("Name")?), position });
            }
            TokenKind::Punctuation(b'[') => {
                self.take();
                let items = self.nested(|parser| parser.list_until(b']', |parser| parser.value(constant)))?;
                return Ok(Value { kind: ValueKind::List(items), position });
            }
            TokenKind::Punctuation(b'{') => {
                self.take();
                let fields = self.nested(|parser| parser.list_until(b'}', |parser| parser.object_field(constant)))?;
                return Ok(Value { kind: ValueKind::Object(fields), position });
            }
            TokenKind::Int => ValueKind::Int(if lexeme == "-0" { "0" } else { lexeme }.into()),
            TokenKind::Float => ValueKind::Float(lexeme.into()),
            TokenKind::BlockString => ValueKind::String(block_text(&lexeme[3..lexeme.len() - 3]).into()),
            TokenKind::String => match unescape(&lexeme[1..lexeme.len() - 1]) {
                Some(text) => ValueKind::String(text.into()),
                None => return Err(self.unexpected("a string with valid escapes")),
            },
            TokenKind::Name => match lexeme {
                "true" => ValueKind::Boolean(true),
                "false" => ValueKind::Boolean(false),
                "null" => ValueKind::Null,
                name => ValueKind::Enum(name.into()),
            },
            _ => return Err(self.unexpected(if constant { "ValueConst" } else { "Value" })),
        };
        self.take();
        Ok(Value { kind, position })
    }

    fn object_field(&mut self, constant: bool) -> Parsed<ObjectField> {
        let position = self.token.position;
        let name = self.name("ObjectField")?;
        self.expect(b':', "':'")?;
        Ok(ObjectField { name, value: self.value(constant)?, position })
    }

    /// One or more up to the closing bracket.
    fn until<T>(&mut self, close: u8, mut item: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut items = vec![item(self)?];
        while !self.skip(close) {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// None or more up to the closing bracket.
    fn list_until<T>(&mut self, close: u8, mut item: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut items = Vec::new();
        while !self.skip(close) {
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth_left == 0 {
            return Err(self.unexpected("a document that is not nested as deep"));
        }
        self.depth_left -= 1;
        let inner = inner(self)?;
        self.depth_left += 1;
        Ok(inner)
    }

    fn name(&mut self, expected: &str) -> Parsed<Name> {
        if self.token.kind != TokenKind::Name {
            return Err(self.unexpected(expected));
        }
        let name = self.lexeme().into();
        self.take();
        Ok(name)
    }

    fn expect(&mut self, punctuation: u8, expected: &str) -> Parsed<()> {
        if self.skip(punctuation) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    fn skip(&mut self, punctuation: u8) -> bool {
        let found = self.is(punctuation);
        if found {
            self.take();
        }
        found
    }

    fn is(&self, punctuation: u8) -> bool {
        self.token.kind == TokenKind::Punctuation(punctuation)
    }

    fn lexeme(&self) -> &'a str {
        &self.text[self.token.start..self.token.end]
    }

    fn take(&mut self) {
        self.token = self.lexer.next();
    }

    fn unexpected(&self, expected: &str) -> SyntaxError {
        let found = match self.text[self.token.start..].chars().next() {
            Some(found) if found.is_control() => format!("Invalid input '{}'", found.escape_default()),
            Some(found) => format!("Invalid input '{found}'"),
            None => "Unexpected end of input".to_owned(),
        };
        let place = Source::new(self.text).place(self.token.position);
        SyntaxError::Grammar(format!("{found}, expected {expected}{place}"))
    }

    fn not_executable(&mut self) -> SyntaxError {
        let position = self.token.position;
        let has_name = !matches!(self.lexeme(), "schema");
        // The name stands behind the keyword, or behind `extend type` and `directive @`.
        loop {
            self.take();
            let is_keyword = SCHEMA_KEYWORDS.contains(&self.lexeme());
            if !is_keyword && !self.is(b'@') {
                break;
            }
        }
        let message = match self.token.kind {
            TokenKind::Name if has_name => format!("The '{}' definition is not executable.", self.lexeme()),
            _ => "Query document contains non-executable definitions.".to_owned(),
        };
        SyntaxError::NotExecutable { message: message + &Source::new(self.text).place(position), position }
    }
}
