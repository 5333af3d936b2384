//! The parsed document. It holds what was written; nothing here is checked yet.

/// Types and enums of a datamodel in the order of the text. Names may occur more than once.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// The `type` definitions.
    pub types: Vec<TypeDefinition>,
    /// The `enum` definitions.
    pub enums: Vec<EnumDefinition>,
}

/// A `type`.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeDefinition {
    /// Its name.
    pub name: String,
    /// Directives behind the name.
    pub directives: Directives,
    /// Fields, at least one.
    pub fields: Vec<FieldDefinition>,
}

/// A field of a type.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldDefinition {
    /// Its name.
    pub name: String,
    /// Its type as written.
    pub field_type: TypeReference,
    /// Directives behind the type.
    pub directives: Directives,
}

/// An `enum`.
#[derive(Debug, Clone, PartialEq)]
pub struct EnumDefinition {
    /// Its name.
    pub name: String,
    /// Directives behind the name.
    pub directives: Directives,
    /// Values, at least one.
    pub values: Vec<String>,
}

/// The type of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeReference {
    /// Name of the innermost type.
    pub name: String,
    /// The whole type in its plain spelling, such as `[Post!]!`.
    pub text: String,
    /// All that matters of the brackets and exclamation marks.
    pub shape: TypeShape,
}

/// How a type is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeShape {
    /// `T`
    Optional,
    /// `T!`
    Required,
    /// Any form with brackets.
    List,
}

/// Directives of a definition in the order of the text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Directives(pub Vec<Directive>);

/// One directive.
#[derive(Debug, Clone, PartialEq)]
pub struct Directive {
    /// Name without the `@`.
    pub name: String,
    /// Arguments in the order of the text.
    pub arguments: Vec<Argument>,
}

/// An argument of a directive.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Value,
}

/// A literal.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A whole number of any size, without needless signs.
    Int(String),
    /// Any other number, spelled as `java.math.BigDecimal` spells it, since that is what messages show.
    Float(String),
    /// A string.
    String {
        /// The text it stands for.
        text: String,
        /// Written with three quotes.
        block: bool,
    },
    /// `true` or `false`.
    Boolean(bool),
    /// `null`.
    Null,
    /// A bare name.
    Enum(String),
    /// `$name`.
    Variable(String),
    /// `[…]`
    List(Vec<Value>),
    /// `{…}`
    Object(Vec<Argument>),
}

impl TypeReference {
    /// Written with brackets.
    pub fn is_list(&self) -> bool {
        self.shape == TypeShape::List
    }

    /// Written as `T!`. Lists are never required.
    pub fn is_required(&self) -> bool {
        self.shape == TypeShape::Required
    }
}

impl Directives {
    /// The first directive of that name.
    pub fn get(&self, name: &str) -> Option<&Directive> {
        self.0.iter().find(|directive| directive.name == name)
    }

    /// Whether there is a directive of that name.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The text of an argument of the first directive of that name.
    pub fn text(&self, directive: &str, argument: &str) -> Option<String> {
        self.get(directive)?.text(argument)
    }

    /// Whether a directive, known or not, is given more than once.
    pub fn repeat(&self) -> bool {
        (1..self.0.len()).any(|i| self.0[..i].iter().any(|earlier| earlier.name == self.0[i].name))
    }
}

impl Directive {
    /// The value of the first argument of that name.
    pub fn argument(&self, name: &str) -> Option<&Value> {
        self.arguments.iter().find(|argument| argument.name == name).map(|argument| &argument.value)
    }

    /// The text of the first argument of that name that has one.
    pub fn text(&self, name: &str) -> Option<String> {
        self.arguments.iter().filter(|argument| argument.name == name).find_map(|argument| argument.value.text())
    }
}

impl Value {
    /// The value as text, whatever its kind: `onDelete: "CASCADE"` is as good as `onDelete: CASCADE`. Null, variables,
    /// lists and objects have none.
    pub fn text(&self) -> Option<String> {
        match self {
            Value::Int(text) | Value::Float(text) | Value::Enum(text) | Value::String { text, .. } => {
                Some(text.clone())
            }
            Value::Boolean(value) => Some(value.to_string()),
            Value::Null | Value::Variable(_) | Value::List(_) | Value::Object(_) => None,
        }
    }
}
