//! The tree of a document. Every node knows its place; nothing is merged, sorted or checked.

use crate::operation::OperationKind;
use connector_interface::Position;
use std::fmt;

/// A name in a document.
pub type Name = Box<str>;

/// A whole document, its definitions in the order of the text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ast {
    /// Queries, mutations and subscriptions.
    pub operations: Vec<Operation>,
    /// Fragment definitions.
    pub fragments: Vec<Fragment>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// Query, mutation or subscription.
    pub kind: OperationKind,
    /// Its name, if it has one.
    pub name: Option<Name>,
    /// Declared variables.
    pub variables: Vec<VariableDefinition>,
    /// Directives.
    pub directives: Vec<Directive>,
    /// Selected root fields.
    pub selections: Vec<Selection>,
    /// Where it starts.
    pub position: Position,
}

/// A declared variable.
#[derive(Debug, Clone, PartialEq)]
pub struct VariableDefinition {
    /// Name without `$`.
    pub name: Name,
    /// Declared type.
    pub declared_type: DeclaredType,
    /// Default value.
    pub default: Option<Value>,
    /// Where the `$` stands.
    pub position: Position,
}

/// The type of a variable as it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct DeclaredType {
    /// Name or list.
    pub kind: DeclaredTypeKind,
    /// With `!`.
    pub required: bool,
    /// Where it starts.
    pub position: Position,
}

/// A name, or a list of something.
#[derive(Debug, Clone, PartialEq)]
pub enum DeclaredTypeKind {
    /// `T`.
    Named(Name),
    /// `[T]`.
    List(Box<DeclaredType>),
}

/// A fragment definition.
#[derive(Debug, Clone, PartialEq)]
pub struct Fragment {
    /// Its name.
    pub name: Name,
    /// `on T`.
    pub condition: TypeCondition,
    /// Directives.
    pub directives: Vec<Directive>,
    /// Selections.
    pub selections: Vec<Selection>,
    /// Where it starts.
    pub position: Position,
}

/// The type after `on`.
#[derive(Debug, Clone, PartialEq)]
pub struct TypeCondition {
    /// The type's name.
    pub name: Name,
    /// Where the name stands.
    pub position: Position,
}

/// Part of a selection set.
#[derive(Debug, Clone, PartialEq)]
pub enum Selection {
    /// A field.
    Field(Field),
    /// `...Name`.
    Spread(Spread),
    /// `... on T { }`.
    Inline(InlineFragment),
}

/// A selected field.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Response key, when it is not the name.
    pub alias: Option<Name>,
    /// The field's name.
    pub name: Name,
    /// Arguments.
    pub arguments: Vec<Argument>,
    /// Directives.
    pub directives: Vec<Directive>,
    /// Sub-selections; empty for a leaf.
    pub selections: Vec<Selection>,
    /// Where it starts (with its alias).
    pub position: Position,
}

/// A use of a fragment.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// Name of the fragment.
    pub fragment: Name,
    /// Directives.
    pub directives: Vec<Directive>,
    /// Where the dots stand.
    pub position: Position,
}

/// Selections under a condition.
#[derive(Debug, Clone, PartialEq)]
pub struct InlineFragment {
    /// `on T`, if given.
    pub condition: Option<TypeCondition>,
    /// Directives.
    pub directives: Vec<Directive>,
    /// Selections.
    pub selections: Vec<Selection>,
    /// Where the dots stand.
    pub position: Position,
}

/// A directive.
#[derive(Debug, Clone, PartialEq)]
pub struct Directive {
    /// Name without `@`.
    pub name: Name,
    /// Arguments.
    pub arguments: Vec<Argument>,
    /// Where the `@` stands.
    pub position: Position,
}

/// An argument of a field or directive.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    /// Its name.
    pub name: Name,
    /// Its value.
    pub value: Value,
    /// Where the name stands.
    pub position: Position,
}

/// A literal or a variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Where it starts.
    pub position: Position,
}

/// The kinds of values.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueKind {
    /// `null`.
    Null,
    /// A number without fraction and exponent, as it is written, of any length.
    Int(Box<str>),
    /// A number with fraction or exponent, as it is written.
    Float(Box<str>),
    /// A text, escapes resolved.
    String(Box<str>),
    /// `true`, `false`.
    Boolean(bool),
    /// An enum value.
    Enum(Name),
    /// A variable's name, without `$`.
    Variable(Name),
    /// A list.
    List(Vec<Value>),
    /// An object; a field may stand in it twice.
    Object(Vec<ObjectField>),
}

/// A field of an object literal.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectField {
    /// Its name.
    pub name: Name,
    /// Its value.
    pub value: Value,
    /// Where the name stands.
    pub position: Position,
}

impl Field {
    /// The key of the field in the answer.
    pub fn response_key(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name)
    }

    /// The argument of that name, if it is given.
    pub fn argument(&self, name: &str) -> Option<&Value> {
        argument(&self.arguments, name)
    }
}

impl Directive {
    /// The argument of that name, if it is given.
    pub fn argument(&self, name: &str) -> Option<&Value> {
        argument(&self.arguments, name)
    }
}

impl Selection {
    /// The directives of whatever it is.
    pub fn directives(&self) -> &[Directive] {
        match self {
            Selection::Field(field) => &field.directives,
            Selection::Spread(spread) => &spread.directives,
            Selection::Inline(inline) => &inline.directives,
        }
    }
}

impl Ast {
    /// The first fragment of that name.
    pub fn fragment(&self, name: &str) -> Option<&Fragment> {
        self.fragments.iter().find(|fragment| &*fragment.name == name)
    }
}

fn argument<'a>(arguments: &'a [Argument], name: &str) -> Option<&'a Value> {
    arguments.iter().find(|argument| &*argument.name == name).map(|argument| &argument.value)
}

impl Value {
    /// Whether both are the same literal, wherever they stand.
    pub fn is_same(&self, other: &Value) -> bool {
        match (&self.kind, &other.kind) {
            (ValueKind::List(a), ValueKind::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_same(b))
            }
            (ValueKind::Object(a), ValueKind::Object(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.name == b.name && a.value.is_same(&b.value))
            }
            (a, b) => a == b,
        }
    }
}

/// As the original writes literals into its messages.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ValueKind::Null => f.write_str("null"),
            ValueKind::Int(number) | ValueKind::Float(number) => f.write_str(number),
            ValueKind::String(text) => write_string(f, text),
            ValueKind::Boolean(boolean) => write!(f, "{boolean}"),
            ValueKind::Enum(name) => f.write_str(name),
            ValueKind::Variable(name) => write!(f, "${name}"),
            ValueKind::List(items) => {
                f.write_str("[")?;
                for (i, item) in items.iter().enumerate() {
                    let comma = if i > 0 { ", " } else { "" };
                    write!(f, "{comma}{item}")?;
                }
                f.write_str("]")
            }
            ValueKind::Object(fields) => {
                f.write_str("{")?;
                for (i, ObjectField { name, value, .. }) in fields.iter().enumerate() {
                    let comma = if i > 0 { ", " } else { "" };
                    write!(f, "{comma}{name}: {value}")?;
                }
                f.write_str("}")
            }
        }
    }
}

fn write_string(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for character in text.chars() {
        match character {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            '\u{8}' => f.write_str("\\b")?,
            '\u{c}' => f.write_str("\\f")?,
            ' '..='\u{7f}' => write!(f, "{character}")?,
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    write!(f, "\\u{unit:04X}")?;
                }
            }
        }
    }
    f.write_str("\"")
}

impl fmt::Display for DeclaredType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            DeclaredTypeKind::Named(name) => f.write_str(name)?,
            DeclaredTypeKind::List(item) => write!(f, "[{item}]")?,
        }
        f.write_str(if self.required { "!" } else { "" })
    }
}
