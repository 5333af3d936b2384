//! Values and variables for arguments and input fields.

use super::Writer;
use datamodel::ScalarType;
use query::types::{InputType, TypeId, TypeRef};

/// Levels of input objects; deeper ones hold what they must.
const DEPTH_MAX: usize = 3;

impl Writer<'_> {
    /// A value of a type.
    pub(super) fn value(&mut self, of: TypeRef, depth: usize) -> String {
        if self.errs(25) {
            return self.other_value();
        }
        if self.chance(7) {
            return self.variable(of);
        }
        self.literal(of, depth)
    }

    fn literal(&mut self, of: TypeRef, depth: usize) -> String {
        if !of.is_required() && self.chance(16) {
            return "null".to_owned();
        }
        if of.is_list() {
            if self.chance(4) {
                return self.value(required(of.item()), depth);
            }
            let items: Vec<String> = (0..self.numbers.below(3)).map(|_| self.value(of.item(), depth)).collect();
            return format!("[{}]", items.join(", "));
        }
        match of.named {
            TypeId::Input(input) => self.object(input, depth),
            TypeId::Scalar(scalar) => self.scalar(scalar).to_owned(),
            named => {
                let values = self.api.enum_values(named);
                if values.is_empty() || self.errs(8) {
                    return "NOTHING".to_owned();
                }
                values[self.numbers.below(values.len())].to_string()
            }
        }
    }

    fn scalar(&mut self, scalar: ScalarType) -> &'static str {
        match scalar {
            ScalarType::Int => self.pick(&["0", "1", "-7", "2147483647", "-2147483648"]),
            ScalarType::Float => self.pick(&["0", "1.5", "-2e3", "12345678901", "0.1E-2"]),
            ScalarType::Boolean => self.pick(&["true", "false"]),
            ScalarType::String => self.pick(&["\"\"", "\"a b\"", "\"\\u00e9\\n\"", "\"\"\"block\"\"\""]),
            ScalarType::Id => self.pick(&["\"a\"", "7", "\"\""]),
            ScalarType::DateTime => self.pick(&["\"2020-01-02\"", "\"2020-01-02T03:04:05.678Z\""]),
            ScalarType::Json => self.pick(&["\"{}\"", "\"[1, null]\"", "\"{\\\"a\\\": 1}\""]),
            ScalarType::Uuid => "\"7e2ce5c5-7a4e-4e5c-9d5e-5f1d7a1f6a11\"",
        }
    }

    fn object(&mut self, input: InputType, depth: usize) -> String {
        let mut written = Vec::new();
        for field in self.api.input_fields(input) {
            let is_given = match field.input_type.is_required() {
                true => !self.errs(12),
                false => depth < DEPTH_MAX && self.chance(8),
            };
            if is_given {
                let value = self.value(field.input_type, depth + 1);
                written.push(format!("{}: {value}", field.name));
            }
        }
        if self.errs(15) {
            written.push("nothing: null".to_owned());
        }
        if !written.is_empty() && self.errs(20) {
            written.push(written[self.numbers.below(written.len())].clone());
        }
        format!("{{{}}}", written.join(", "))
    }

    /// A value that mostly does not fit.
    fn other_value(&mut self) -> String {
        let values = [
            "1",
            "-1.5",
            "12345678901",
            "1e400",
            "\"a\"",
            "true",
            "null",
            "NOTHING",
            "[]",
            "[1]",
            "[null]",
            "[\"a\"]",
            "{}",
            "{a: 1}",
            "[{}]",
            "[[1]]",
            "$nowhere",
            "\"null\"",
        ];
        self.pick(&values).to_owned()
    }

    /// A variable that fits, most of the time.
    fn variable(&mut self, of: TypeRef) -> String {
        let fitting = match of.is_required() {
            false if self.chance(3) => required(of),
            // With a default value it may stand where null is refused.
            true if self.chance(4) => {
                let default = self.constant(of);
                let declared = self.api.type_text(of.without_required());
                return format!("${}", self.declare(declared, Some(default)));
            }
            _ => of,
        };
        if self.errs(15) {
            let declared = match self.numbers.below(6) {
                0 => self.api.type_text(of.without_required()),
                1 => format!("[{}]", self.api.type_text(of)),
                2 => self.api.type_text(TypeRef::nullable(of.named)),
                3 => self.pick(&["User", "Query", "PageInfo!", "Node"]).to_owned(),
                4 => self.pick(&["Nothing", "[Nothing!]", "UserWhereInputs"]).to_owned(),
                _ => self.pick(&["Int", "String", "ID!", "DateTime", "Role", "Boolean", "Float"]).to_owned(),
            };
            return format!("${}", self.declare(declared, None));
        }
        let default = match fitting.is_required() {
            true if self.errs(15) => Some(self.constant(fitting)),
            false if self.errs(15) => Some(self.other_value().replace('$', "")),
            false if self.chance(4) => Some(self.constant(fitting)),
            _ => None,
        };
        let declared = self.api.type_text(fitting);
        format!("${}", self.declare(declared, default))
    }

    /// A value without variables.
    fn constant(&mut self, of: TypeRef) -> String {
        if of.is_list() {
            return "[]".to_owned();
        }
        match of.named {
            // What must be there is written without a chance for variables.
            TypeId::Input(input) => {
                let required = self.api.input_fields(input).into_iter().filter(|field| field.input_type.is_required());
                let fields: Vec<String> =
                    required.map(|field| format!("{}: {}", field.name, self.constant(field.input_type))).collect();
                format!("{{{}}}", fields.join(", "))
            }
            _ => self.literal(required(of), DEPTH_MAX),
        }
    }
}

/// The same type, null refused.
fn required(of: TypeRef) -> TypeRef {
    TypeRef { named: of.named, shape: of.shape.required() }
}
