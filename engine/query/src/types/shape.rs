//! Types as they stand in positions: a named type, lists around it, and where null is refused.

use super::TypeId;

/// A named type with its lists and its `!`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TypeRef {
    /// The named type inside.
    pub named: TypeId,
    /// What is around it.
    pub shape: Shape,
}

/// Lists around a named type, and where null is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shape {
    /// How many lists stand around the named type.
    pub lists: u8,
    /// Bit 0: the named type has a `!`; bit n: the n-th list around it has one.
    pub required: u32,
}

impl Shape {
    /// More lists than anybody needs; a type that is nested deeper is no type of ours.
    pub const LISTS_MAX: u8 = 30;
    /// `T`
    pub const NULLABLE: Shape = Shape { lists: 0, required: 0 };
    /// `T!`
    pub const REQUIRED: Shape = Shape { lists: 0, required: 1 };
    /// `[T!]`
    pub const LIST: Shape = Shape { lists: 1, required: 1 };
    /// `[T!]!`
    pub const REQUIRED_LIST: Shape = Shape { lists: 1, required: 3 };
    /// `[T]!`
    pub const REQUIRED_LIST_OF_NULLABLE: Shape = Shape { lists: 1, required: 2 };

    /// Whether null is refused here.
    pub fn is_required(self) -> bool {
        self.required >> self.lists & 1 == 1
    }

    /// Whether it is a list.
    pub fn is_list(self) -> bool {
        self.lists > 0
    }

    /// The same, but null is taken.
    pub fn nullable(self) -> Shape {
        Shape { lists: self.lists, required: self.required & !(1 << self.lists) }
    }

    /// The same, but null is refused.
    pub fn required(self) -> Shape {
        Shape { lists: self.lists, required: self.required | 1 << self.lists }
    }

    /// The shape of a list's items.
    pub fn item(self) -> Shape {
        let inner = self.nullable();
        Shape { lists: inner.lists.saturating_sub(1), required: inner.required }
    }

    /// Whether a variable of this shape can stand where `place` is expected: it has the same lists, and refuses null
    /// wherever the place does.
    pub fn fits(self, place: Shape) -> bool {
        self.lists == place.lists && place.required & !self.required == 0
    }
}

impl TypeRef {
    /// `T`
    pub fn nullable(named: TypeId) -> TypeRef {
        TypeRef { named, shape: Shape::NULLABLE }
    }

    /// `T!`
    pub fn required(named: TypeId) -> TypeRef {
        TypeRef { named, shape: Shape::REQUIRED }
    }

    /// `T` or `T!`
    pub fn required_if(named: TypeId, required: bool) -> TypeRef {
        if required { TypeRef::required(named) } else { TypeRef::nullable(named) }
    }

    /// `[T!]`
    pub fn list(named: TypeId) -> TypeRef {
        TypeRef { named, shape: Shape::LIST }
    }

    /// `[T!]!`
    pub fn required_list(named: TypeId) -> TypeRef {
        TypeRef { named, shape: Shape::REQUIRED_LIST }
    }

    /// Whether null is refused.
    pub fn is_required(self) -> bool {
        self.shape.is_required()
    }

    /// Whether it is a list.
    pub fn is_list(self) -> bool {
        self.shape.is_list()
    }

    /// The type of a list's items.
    pub fn item(self) -> TypeRef {
        TypeRef { named: self.named, shape: self.shape.item() }
    }

    /// The same type without an outer `!`.
    pub fn without_required(self) -> TypeRef {
        TypeRef { named: self.named, shape: self.shape.nullable() }
    }

    /// How the type is written around its name.
    pub fn written(self, name: &str) -> String {
        let mut text = "[".repeat(self.shape.lists.into());
        text += name;
        for level in 0..=self.shape.lists {
            if self.shape.required >> level & 1 == 1 {
                text.push('!');
            }
            if level < self.shape.lists {
                text.push(']');
            }
        }
        text
    }
}
